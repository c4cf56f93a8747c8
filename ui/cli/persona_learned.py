"""``simulacra persona learned`` and ``persona reflect``: what people learned since."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulacra.domain.learning import CHAT, Learned, LearnedStatus
from simulacra.domain.run import Mechanism
from simulacra.errors import InputError, UnknownName
from ui.cli.common import (
    JsonOption,
    ModelOption,
    NameArgument,
    SeedOption,
    console,
    example,
    finish,
    open_workspace,
    print_json,
    print_rows,
)

if TYPE_CHECKING:
    from simulacra.storage.learned import LearnedRepository

StreamOption = Annotated[
    str | None,
    typer.Option(help='Only this stream: "chat", or "run ID replicate N"; without it, all.'),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the group of people."""
    app.command(epilog=example("simulacra persona learned inti-quispe --stream chat"))(learned)
    app.command(epilog=example("simulacra persona reflect inti-quispe"))(reflect)


def learned(
    ctx: typer.Context,
    name: NameArgument,
    stream: StreamOption = None,
    accept: Annotated[
        str | None, typer.Option(metavar="ID", help="Settle a question: it is so.")
    ] = None,
    reject: Annotated[
        str | None, typer.Option(metavar="ID", help="Settle a question: it is not so.")
    ] = None,
    json_: JsonOption = False,
) -> None:
    """What a person learned in conversations, with source, time and status.

    What contradicts the life is a question until somebody settles it; the life is never changed.
    """
    if accept is not None and reject is not None:
        raise InputError("--accept and --reject: one at a time")
    with open_workspace(ctx) as workspace:
        person = workspace.personas.get(name)
        store = workspace.learned
        if (settled := accept or reject) is not None:
            _settle(store, person.id, stream, settled, "kept" if accept is not None else "rejected")
        found = store.list(person.id, None if stream is None else [stream])
    if json_:
        print_json([facts(one) for one in found])
        return
    if not found:
        console().print(f"{person.name} has learned nothing yet. Talk: simulacra chat {person.id}")
        return
    print_rows(
        ("id", "status", "stream", "when", "from", "memory"),
        [
            (
                one.id,
                one.status,
                one.stream,
                f"{one.created:%Y-%m-%d %H:%M}",
                "; ".join(source.words for source in one.sources),
                _line(one),
            )
            for one in found
        ],
    )


def reflect(
    ctx: typer.Context,
    name: NameArgument,
    model: ModelOption = None,
    stream: Annotated[str, typer.Option(help="Whose memories, and whose reflections.")] = CHAT,
    seed: SeedOption = 0,
    json_: JsonOption = False,
) -> None:
    """Let a person see what several memories add up to; each names those that it rests on."""
    with open_workspace(ctx) as workspace:
        person = workspace.personas.get(name)
        mind = workspace.respondent(person, Mechanism(), workspace.model(model))
        learner = workspace.learner(mind, stream, seed=seed)
        made = finish(workspace, learner.reflect)
    if json_:
        print_json([facts(one) for one in made])
        return
    for one in made:
        console().print(f"{one.id}: {one.memory.content}")
        console().print(f"  rests on {', '.join(one.memory.links)}")


def facts(one: Learned) -> dict[str, Any]:
    """A learned memory for machines."""
    memory = one.memory.model_dump(mode="json", exclude={"episode", "source", "emotions", "age"})
    rest = one.model_dump(mode="json", exclude={"memory"})
    return {**memory, "links": list(one.memory.links), **rest}


def _settle(
    store: "LearnedRepository",
    persona_id: str,
    stream: str | None,
    learned_id: str,
    status: LearnedStatus,
) -> None:
    within = None if stream is None else [stream]
    found = [one for one in store.list(persona_id, within) if one.id == learned_id]
    if not found:
        raise UnknownName(f"{persona_id} has no learned memory {learned_id!r}")
    asked = [one for one in found if one.status == "question"]
    if not asked:
        raise InputError(f"{learned_id} is no open question: it is {found[0].status}")
    if len(asked) > 1:
        streams = ", ".join(f'"{one.stream}"' for one in asked)
        raise InputError(
            f"{learned_id} is asked in several streams; add --stream, one of {streams}"
        )
    store.mark(persona_id, asked[0].stream, learned_id, status)


def _line(one: Learned) -> str:
    text = one.memory.summary or one.memory.content
    notes = [
        f"at odds with {one.contradicts}" if one.contradicts else "",
        f"as {one.merged_into}" if one.merged_into else "",
        f"rests on {', '.join(one.memory.links)}" if one.memory.links else "",
    ]
    told = "; ".join(note for note in notes if note)
    return f"{text} ({told})" if told else text

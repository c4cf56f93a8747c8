"""``simulacra persona check``: what is wrong with a character, and where."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulacra.domain.persona import Persona
from ui.cli.common import (
    JsonOption,
    ModelOption,
    console,
    example,
    finish,
    open_workspace,
    print_json,
    say,
)

if TYPE_CHECKING:
    from personas.checks.finding import Finding
    from simulacra.domain.memory import Span

_SHOWN = 110  # characters of a passage
_TODO = {
    "contradiction": "Change one of the two (simulacra persona edit), or approve with a reason.",
    "warning": "Look at it; a warning keeps nothing from being approved.",
}


def register(app: typer.Typer) -> None:
    """Add the command to the persona group."""
    app.command(epilog=example("simulacra persona check marta-kowalczyk"))(check)


def check(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Name or id, or the folder of a pack.")],
    content: Annotated[
        bool,
        typer.Option("--content", help="Also ask a model about harmful and stereotyping passages."),
    ] = False,
    model: ModelOption = None,
    json_: JsonOption = False,
) -> None:
    """Find contradictions, wrong dates and ages, lost attributes, repeats, and faulty questions.

    Nothing is asked of a model unless --content is given: then one call an episode, each bought
    once. The exit code is 0 whatever is found; ok in the JSON says whether nothing contradicts.
    """
    from personas.checks.door import check_persona, ordered
    from personas.checks.questions import set_findings

    persona, stale = _persona(ctx, name)
    asked = set_findings(persona, persona.questions)
    found = ordered((*check_persona(persona), *stale, *asked))
    if content:
        found = ordered((*found, *_rated(ctx, persona, model)))
    if json_:
        print_json(
            {
                "persona": persona.id,
                "ok": not any(one.severity == "contradiction" for one in found),
                "findings": [_document(persona, one) for one in found],
            }
        )
        return
    _print(persona, found)


def _persona(ctx: typer.Context, name: str) -> "tuple[Persona, tuple[Finding, ...]]":
    """The person of a pack where the name is its folder, else of the workspace.

    With what edits of that person have left stale.
    """
    from personas.editing.history import stale_findings
    from personas.formats.packs import is_pack, read_pack

    folder = Path(name)
    if is_pack(folder):
        return read_pack(folder), ()
    with open_workspace(ctx) as workspace:
        persona = workspace.personas.get(name)
        return persona, stale_findings(persona, workspace.changes.list(persona.id))


def _rated(ctx: typer.Context, persona: Persona, model: str | None) -> "tuple[Finding, ...]":
    from personas.authoring.author import Author
    from personas.checks.content import content_findings, passages

    with open_workspace(ctx) as workspace:
        author = Author.open(workspace, persona.id, model=model)
        if author.brief:
            say(f"Note: {author.model} is a small model, and its ratings mean little.")
        say(f"Asking {author.model} about {len(passages(persona))} passages.")
        with workspace.sole_writer(persona):
            return finish(workspace, lambda: content_findings(author, persona))


def _document(persona: Persona, one: "Finding") -> dict[str, Any]:
    """A finding with the words that its spans name."""
    return {
        **one.model_dump(mode="json"),
        "passage": persona.text_of(one.span) if one.span else None,
        "other_passage": persona.text_of(one.other_span) if one.other_span else None,
    }


def _print(persona: Persona, found: "Sequence[Finding]") -> None:
    out = console()
    if not found:
        out.print(f"{persona.name}: nothing found.")
        return
    for severity, todo in _TODO.items():
        some = [one for one in found if one.severity == severity]
        if not some:
            continue
        plural = "" if len(some) == 1 else "s"
        out.print(f"{persona.name}: {len(some)} {severity}{plural}. {todo}\n")
        for one in some:
            _print_one(persona, one)


def _print_one(persona: Persona, one: "Finding") -> None:
    out = console()
    place = f"{one.episode}: " if one.episode else ""
    out.print(f"  {place}{one.message} [{one.kind}]")
    for label, span in (("here", one.span), ("there", one.other_span)):
        if span:
            out.print(f"      {label}: {_short(persona, span)}")
    if one.detail:
        out.print(f"      see: {one.detail}")


def _short(persona: Persona, span: "Span") -> str:
    words = " ".join(persona.text_of(span).split())
    return words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1]}…"

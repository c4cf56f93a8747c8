"""``simulacra persona remember``: the life story becomes memories."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulacra.domain.persona import Persona
from simulacra.errors import InputError
from ui.cli.common import (
    ByOption,
    DryRunOption,
    JsonOption,
    ModelOption,
    NameArgument,
    SeedOption,
    console,
    example,
    finish,
    open_workspace,
    print_json,
    say,
    user_name,
)
from ui.cli.progress import counting

if TYPE_CHECKING:
    from personas.authoring.remembering import Due
    from simulacra.workspace import Workspace


def register(app: typer.Typer) -> None:
    """Add the command to the group of people."""
    app.command(epilog=example("simulacra persona remember amina-okafor --dry-run"))(remember)


def remember(
    ctx: typer.Context,
    name: NameArgument,
    model: ModelOption = None,
    concurrency: Annotated[
        int | None,
        typer.Option(min=1, help="Calls at once; without it, as many as the model serves."),
    ] = None,
    all_: Annotated[
        bool, typer.Option("--all", help="Every memory anew, but those edited by hand.")
    ] = False,
    seed: SeedOption = 0,
    by: ByOption = None,
    dry_run: DryRunOption = False,
    json_: JsonOption = False,
) -> None:
    """Turn the life story into memories, one call for each episode.

    Only episodes that have no memory, or whose text changed since, are asked about. What a person
    wrote or edited is left alone. Finished calls are kept as they come: after an interruption the
    same command buys only what is missing.
    """
    from personas.authoring.author import Author
    from personas.authoring.memories import make_memories
    from personas.authoring.remembering import due, remembered

    with open_workspace(ctx) as workspace:
        person = workspace.personas.get(name)
        if not person.episodes:
            raise InputError(f"the story of {person.name} has no episodes to remember")
        found = due(person, workspace.changes.list(person.id), all_=all_)
        if dry_run or not found.wanted:
            _plan(workspace, person, found, model, json_)
            return
        author = Author.open(workspace, person.id, model=model, seed=seed)
        if author.brief:
            say(f"Note: {author.model} is a small model, and seldom gives a usable memory.")
        at_once = concurrency or min(16, workspace.model(model).info.parallel)
        with workspace.sole_writer(person), counting("Memories", len(found.wanted)) as on_done:
            made = finish(
                workspace,
                lambda: make_memories(
                    person, found.wanted, author, concurrency=at_once, on_done=on_done
                ),
            )
        for key, words in made.failures.items():
            say(f"No memory {key}: {words}")
        changed, draft = remembered(person, made)
        version = person.version
        if changed != person:
            version = workspace.changes.apply(changed, draft, by=by or user_name())[0].version
        _report(workspace, person, version, found, made.failures, len(made.memories), json_)
        if made.failures:
            raise typer.Exit(1)


def _plan(
    workspace: "Workspace", person: Persona, found: "Due", model: str | None, json_: bool
) -> None:
    """What would be asked, and what it would take."""
    from personas.authoring.remembering import size_of
    from simulacra.domain.call import Usage
    from simulacra.llm.pricing import cost_of

    name = workspace.model(model).info.name
    price = workspace.settings.prices.get(name)
    tokens_in, tokens_out = size_of(person, found.wanted)
    usage = Usage(tokens_in=tokens_in, tokens_out=tokens_out)
    cost = cost_of(usage, price) if price else None
    if json_:
        print_json(
            {
                "id": person.id,
                "model": name,
                "calls": len(found.wanted),
                "tokens_in": tokens_in,
                "tokens_out": tokens_out,
                "cost": cost,
                "current": len(found.current),
                "own": list(found.own),
            }
        )
        return
    price_words = f"about ${cost:.4f}" if cost is not None else f"no price is set for {name}"
    console().print(
        f"{person.name}: {len(person.episodes)} episodes; {len(found.wanted)} memories to make, "
        f"{len(found.current)} up to date, {len(found.own)} a person's own.\n"
        f"{len(found.wanted)} model calls, about {tokens_in:,} tokens in and {tokens_out:,} out on "
        f"{name}, {price_words}. Nothing was asked."
    )


def _report(
    workspace: "Workspace",
    person: Persona,
    version: int,
    found: "Due",
    failures: dict[str, str],
    made: int,
    json_: bool,
) -> None:
    """What was made and, over all sessions, what it took."""
    sums = [one for one in workspace.authoring.sums(person.id) if one.stage == "memories"]
    took: dict[str, Any] = sums[0].model_dump(exclude={"stage"}) if sums else {}
    if json_:
        whole = {"id": person.id, "version": version, "made": made, "failures": failures}
        print_json({**whole, "own": list(found.own), "took": took})
        return
    console().print(
        f"{person.name}: {made} memories made, {len(failures)} failed, {len(found.own)} left as "
        f"they were (version {version})."
    )
    if took:
        console().print(
            f"Bought for memories so far: {took['calls']} calls, {took['tokens_in']:,} tokens in, "
            f"{took['tokens_out']:,} out, ${took['cost']:.4f}."
        )

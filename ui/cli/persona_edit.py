"""``simulacra persona edit``: change a person; what depends on it is listed, then refreshed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from simulacra.domain.change import Change, Dependent, Draft
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
    table,
    user_name,
)
from ui.cli.progress import counting

if TYPE_CHECKING:
    from personas.editing.changes import Changed
    from simulacra.workspace import Workspace

_EXAMPLE = 'simulacra persona edit "Marta Kowalczyk" --set occupation="harbour pilot"'


def register(app: typer.Typer) -> None:
    """Add the command to the group of people."""
    app.command(epilog=example(_EXAMPLE))(edit)


def edit(
    ctx: typer.Context,
    name: NameArgument,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="An attribute: occupation=..., attributes.religion=..., facets.trust=4, "
            "name=... An empty value takes it away. May be repeated.",
        ),
    ] = None,
    add: Annotated[
        str | None,
        typer.Option("--add-experience", metavar="DATE: TEXT", help='"2003-05: I learned to ..."'),
    ] = None,
    title: Annotated[str, typer.Option(help="The title of the experience added.")] = "",
    forget: Annotated[
        str | None,
        typer.Option(metavar="ID|WORDS", help="A memory, an episode, or words that point at one."),
    ] = None,
    memory: Annotated[
        tuple[str, str] | None,
        typer.Option(metavar="ID FIELD=VALUE", help='A memory by hand: m12 content="I ..."'),
    ] = None,
    fits: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="A stale part that is right as it is. May be repeated."),
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Back to the content before.")] = False,
    redo: Annotated[bool, typer.Option("--redo", help="Take the last undo back.")] = False,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Have a model rewrite what is stale.")
    ] = False,
    history: Annotated[bool, typer.Option("--history", help="Who changed what, and when.")] = False,
    model: ModelOption = None,
    seed: SeedOption = 0,
    concurrency: Annotated[int, typer.Option(min=1, help="For --refresh: calls at once.")] = 8,
    by: ByOption = None,
    dry_run: DryRunOption = False,
    json_: JsonOption = False,
) -> None:
    """Change a person. Every change makes a new version; the old ones stay.

    What depends on a change (passages of the story, facts, memories, questions) is listed and
    counts as stale until --refresh has rewritten it or --fits has found it right. --undo may be
    repeated and walks back; --redo takes undoing back until something else is changed.
    """
    wishes = {
        "--set": bool(set_),
        "--add-experience": add is not None,
        "--forget": forget is not None,
        "--memory": memory is not None,
        "--fits": bool(fits),
        "--undo": undo,
        "--redo": redo,
        "--refresh": refresh,
        "--history": history,
    }
    chosen = [flag for flag, wished in wishes.items() if wished]
    if len(chosen) != 1:
        raise InputError(f"give exactly one of: {', '.join(wishes)}")
    with open_workspace(ctx) as workspace:
        person = workspace.personas.get(name)
        editor = by or user_name()
        if history:
            _history(workspace, person, json_)
            return
        if refresh:
            changed = _refreshed(workspace, person, model, seed, concurrency, dry_run, json_)
            if changed is None:
                return
        elif undo or redo:
            changed = _restored(workspace, person, forward=redo)
        elif fits:
            changed = _fitting(workspace, person, fits)
        else:
            changed = _edited(person, set_, add, title, forget, memory)
        if dry_run:
            _say(person, changed.draft, changed.draft.stale, None, json_)
            return
        stored, change = workspace.changes.apply(
            changed.persona, changed.draft, by=editor, same=changed.persona == person
        )
        from personas.editing.history import stale

        still = stale(stored, workspace.changes.list(stored.id))
        _say(stored, changed.draft, changed.draft.stale or still, change, json_)
        if changed.draft.details.get("failures"):
            raise typer.Exit(1)


def _edited(
    person: Persona,
    settings: Sequence[str] | None,
    add: str | None,
    title: str,
    forgotten: str | None,
    memory: tuple[str, str] | None,
) -> "Changed":
    from personas.editing.changes import edit_memory, set_values
    from personas.editing.experiences import add_experience, forget

    if title and add is None:
        raise InputError("--title goes with --add-experience")
    if settings:
        return set_values(person, settings)
    if add is not None:
        return add_experience(person, add, title)
    if forgotten is not None:
        return forget(person, forgotten)
    assert memory is not None
    return edit_memory(person, *memory)


def _fitting(workspace: "Workspace", person: Persona, ids: Sequence[str]) -> "Changed":
    from personas.editing.changes import still_fits
    from personas.editing.history import stale

    return still_fits(person, stale(person, workspace.changes.list(person.id)), ids)


def _restored(workspace: "Workspace", person: Persona, *, forward: bool) -> "Changed":
    """The content before the last change, or after the one undone."""
    from personas.editing.changes import Changed
    from personas.editing.history import to_redo, to_undo

    changes = workspace.changes.list(person.id)
    change = to_redo(person, changes) if forward else to_undo(person, changes)
    content = workspace.personas.get(person.id, change.version if forward else change.base)
    draft = Draft(
        kind="redo" if forward else "undo",
        summary=f"change {change.number} ({change.kind}: {change.summary})",
        details={"change": change.number},
    )
    return Changed(content.model_copy(update={"version": person.version}), draft)


def _refreshed(
    workspace: "Workspace",
    person: Persona,
    model: str | None,
    seed: int,
    concurrency: int,
    dry_run: bool,
    json_: bool,
) -> "Changed | None":
    """The stale parts rewritten; None where there is nothing to do."""
    from personas.authoring.author import Author
    from personas.editing.history import line_of, stale
    from personas.editing.refresh import refresh

    changes = workspace.changes.list(person.id)
    found = stale(person, changes)
    calls = sum(one.kind not in ("fact", "question") for one in found)
    calls += sum(one.kind == "passage" for one in found) if person.facts else 0
    if not found or dry_run:
        if json_:
            print_json({"id": person.id, "version": person.version, "stale": _plain(found)})
            return None
        _show_stale(found)
        words = f"about {calls} model calls" if found else "nothing is stale"
        console().print(f"{person.name}: {words}. Nothing was changed.")
        return None
    line = line_of(changes, person.version).done
    author = Author.open(workspace, person.id, model=model, seed=seed)
    with workspace.sole_writer(person), counting("Refreshed", calls) as on_done:
        changed = finish(
            workspace,
            lambda: refresh(person, found, line, author, concurrency=concurrency, on_done=on_done),
        )
    for key, words in changed.draft.details["failures"].items():
        say(f"Not refreshed: {key.rstrip(':')}: {words}")
    if changed.persona == person:
        raise InputError("nothing could be refreshed; try another --model or --seed")
    return changed


def _history(workspace: "Workspace", person: Persona, json_: bool) -> None:
    """The changes, oldest first; those that count now are marked."""
    from personas.editing.history import line_of

    changes = workspace.changes.list(person.id)
    counted = {one.number for one in line_of(changes, person.version).done}
    if json_:
        print_json(
            [{**one.model_dump(mode="json"), "counts": one.number in counted} for one in changes]
        )
        return
    grid = table("", "when", "who", "version", "what", "stale", title=f"Changes of {person.name}")
    for one in changes:
        grid.add_row(
            f"{one.number}{'' if one.number in counted else ' (no longer counts)'}",
            f"{one.at:%Y-%m-%d %H:%M}",
            one.by,
            f"{one.base} -> {one.version}",
            f"{one.kind}: {one.summary}",
            str(len(one.stale) or ""),
        )
    console().print(grid)


def _say(
    person: Persona,
    draft: Draft,
    stale: Sequence[Dependent],
    change: Change | None,
    json_: bool,
) -> None:
    if json_:
        print_json(
            {
                "id": person.id,
                "version": person.version,
                "change": None if change is None else change.number,
                "kind": draft.kind,
                "summary": draft.summary,
                "stale": _plain(stale),
                "failures": draft.details.get("failures", {}),
            }
        )
        return
    out = console()
    done = f"version {person.version}" if change else "nothing was changed: --dry-run"
    out.print(f"{person.name}: {draft.kind}: {draft.summary} ({done})")
    _show_stale(stale)
    if stale and change:
        out.print("What is listed is stale until --refresh, or your own edit, has changed it.")


def _show_stale(stale: Sequence[Dependent]) -> None:
    if not stale:
        return
    grid = table("stale", "place", "why", "words", title=None)
    for one in stale:
        place = f"{one.span.start}-{one.span.end}" if one.span else ""
        grid.add_row(f"{one.kind} {_cut(one.id, 40)}".strip(), place, one.why, _cut(one.quote))
    console().print(grid)


def _cut(text: str, most: int = 70) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 3]}..."


def _plain(stale: Sequence[Dependent]) -> list[dict[str, Any]]:
    return [one.model_dump(mode="json") for one in stale]

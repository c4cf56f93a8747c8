"""``simulacra persona select``: candidates are scored, the best are kept."""

import contextlib
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from simulacra.errors import InputError, SimulacraError
from ui.cli.common import (
    ByOption,
    DryRunOption,
    JsonOption,
    ModelOption,
    ReasonOption,
    SeedOption,
    console,
    error_console,
    example,
    finish,
    open_workspace,
    print_json,
    say,
    table,
    user_name,
)

if TYPE_CHECKING:
    from personas.selection.ranking import Place
    from simulacra.domain.selection import Score, Selection, SelectionSpec
    from simulacra.workspace import Workspace

Decision = Literal["keep", "drop"]
People = Annotated[
    list[str] | None, typer.Option(help="Name or id of a candidate; may be given several times.")
]


def register(app: typer.Typer) -> None:
    """Add the command to the persona group."""
    app.command(
        epilog=example("simulacra persona select sample --keep 10 --model openai:gpt-5-mini")
    )(select)


def select(
    ctx: typer.Context,
    who: Annotated[
        str | None,
        typer.Argument(help="Candidates: all, sample, library, or names and ids with commas."),
    ] = None,
    keep: Annotated[int | None, typer.Option(min=1, help="How many to keep.")] = None,
    model: ModelOption = None,
    seed: SeedOption = 0,
    temperature: Annotated[
        float | None, typer.Option(min=0.0, help="Without it, the model's own default.")
    ] = None,
    concurrency: Annotated[int, typer.Option(min=1, help="Candidates asked about at once.")] = 8,
    keep_anyway: People = None,
    drop: People = None,
    reason: ReasonOption = "",
    by: ByOption = None,
    show: Annotated[
        str | None, typer.Option(help="A past selection by id, or all to list them; buys nothing.")
    ] = None,
    dry_run: DryRunOption = False,
    json_: JsonOption = False,
) -> None:
    """Have a model score candidates for coherence and distinctness, and keep the best.

    Order: coherence plus distinctness, less one for each contradiction; then coherence; then id.
    --keep-anyway and --drop stand above the scores, with --reason, and are kept with name and time.
    The same command again continues an interrupted selection and buys no finished call twice.

    The last line printed is the ids of those kept, with commas: what --personas of simulacra run,
    and WHO of other commands, take.
    """
    words = _words(keep_anyway, drop, reason)
    with open_workspace(ctx) as workspace:
        if show == "all":
            _list(workspace.selections.list(), json_)
            return
        spec = _spec(workspace, who, keep, show, model, seed, temperature)
        if dry_run:
            _say_plan(workspace, spec, json_)
            return
        if show is None and workspace.model(spec.model).info.detail == "brief":
            say(f"Note: {spec.model} is a small model, and its scores mean little.")
        decided = {_candidate(workspace, spec, name): word for name, word in words.items()}
        selection = workspace.selections.begin(spec)
        _decide(workspace, selection, decided, by, reason.strip())
        if show is None:
            with workspace.sole_selector(spec):
                _score(workspace, selection, concurrency)
        _print(workspace, workspace.selections.get(selection.id), json_)


def _words(
    keep_anyway: list[str] | None, drop: list[str] | None, reason: str
) -> dict[str, Decision]:
    """What a person says of whom; only with a reason, and one thing of each."""
    kept, dropped = keep_anyway or [], drop or []
    if both := sorted(set(kept) & set(dropped)):
        raise InputError(f"{', '.join(both)}: either keep or drop somebody")
    if (kept or dropped) and not reason.strip():
        raise InputError('say why: add --reason "..."')
    words: dict[str, Decision] = dict.fromkeys(kept, "keep")
    return words | dict.fromkeys(dropped, "drop")


def _spec(
    workspace: "Workspace",
    who: str | None,
    keep: int | None,
    show: str | None,
    model: str | None,
    seed: int,
    temperature: float | None,
) -> "SelectionSpec":
    """The spec of the selection that is shown or asked for."""
    if show is not None and who is None:
        return workspace.selections.get(show).spec
    if show is not None or who is None:
        raise InputError("name either the candidates, with --keep, or a past selection, by --show")
    if keep is None:
        raise InputError("say how many to keep: add --keep K")
    from personas.selection.selecting import planned

    return planned(workspace, who, keep, model=model, seed=seed, temperature=temperature)


def _candidate(workspace: "Workspace", spec: "SelectionSpec", name: str) -> str:
    """The id of a candidate by name or id."""
    found = workspace.personas.find(name).id
    if found not in {one.id for one in spec.candidates}:
        raise InputError(f"{name!r} is no candidate of this selection")
    return found


def _decide(
    workspace: "Workspace",
    selection: "Selection",
    decided: dict[str, Decision],
    by: str | None,
    reason: str,
) -> None:
    """Keep what a person decided; what was said in the same words before is not said again."""
    if not decided:
        return
    latest = {one.persona_id: one for one in selection.overrides}
    name = by or user_name()
    for persona_id, decision in decided.items():
        last = latest.get(persona_id)
        if last and (last.decision, last.by, last.reason) == (decision, name, reason):
            continue
        workspace.selections.override(selection.id, persona_id, decision, by=name, reason=reason)


def _score(workspace: "Workspace", selection: "Selection", concurrency: int) -> None:
    """Score whoever has no score, with a bar; an interrupted work says how to go on."""
    from personas.selection.selecting import select as score

    total, done = len(selection.spec.candidates), len(selection.scores)
    try:
        with _bar(done, total) as on_score:
            finish(
                workspace,
                lambda: score(
                    workspace, selection.spec, concurrency=concurrency, on_score=on_score
                ),
            )
    except (KeyboardInterrupt, SimulacraError):
        kept = len(workspace.selections.get(selection.id).scores)
        say(f"Stopped: {kept} of {total} scores kept. The same command again goes on from there.")
        raise


@contextlib.contextmanager
def _bar(done: int, total: int) -> Iterator[Callable[["Score"], None]]:
    """A bar on stderr, or a line for each tenth where stderr is no terminal."""
    out = error_console()
    if not out.is_terminal:
        yield _tenths(done, total)
        return
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=None), MofNCompleteColumn())
    with Progress(*columns, console=out) as bar:
        task = bar.add_task("Scores", total=total, completed=done)
        yield lambda _: bar.advance(task)


def _tenths(done: int, total: int) -> Callable[["Score"], None]:
    def show(_: "Score") -> None:
        nonlocal done
        done += 1
        if 10 * done // total > 10 * (done - 1) // total:
            say(f"Scores {done}/{total}")

    return show


def _say_plan(workspace: "Workspace", spec: "SelectionSpec", json_: bool) -> None:
    from personas.selection.selecting import estimate

    found = estimate(workspace, spec)
    if json_:
        print_json({"model": spec.model, **found.model_dump()})
        return
    console().print(
        f"{found.candidates} candidates, {found.scored} scored already: {found.calls} calls on "
        f"{spec.model}, about {found.tokens_in:,} tokens in, at most {found.tokens_out:,} out. "
        "Nothing was asked."
    )


def _list(selections: list["Selection"], json_: bool) -> None:
    """Past selections, newest first."""
    rows = [
        {
            "id": one.id,
            "created": one.created.isoformat(timespec="seconds"),
            "model": one.spec.model,
            "candidates": len(one.spec.candidates),
            "scored": len(one.scores),
            "keep": one.spec.keep,
            "overrides": len(one.overrides),
        }
        for one in selections
    ]
    if json_:
        print_json(rows)
        return
    grid = table("id", "created", "model", "candidates", "scored", "keep", "overrides")
    for row in rows:
        grid.add_row(*(str(value) for value in row.values()))
    console().print(grid)


def _print(workspace: "Workspace", selection: "Selection", json_: bool) -> None:
    """Everybody by rank, and last the ids of those kept."""
    from personas.selection.ranking import standing

    names = {one.id: one.name for one in workspace.personas.list()}
    places = standing(selection)
    kept = [place.persona_id for place in places if place.kept]
    if json_:
        print_json(
            {
                "id": selection.id,
                "created": selection.created.isoformat(timespec="seconds"),
                "model": selection.spec.model,
                "keep": selection.spec.keep,
                "candidates": [_record(place, names[place.persona_id]) for place in places],
                "overrides": [one.model_dump(mode="json") for one in selection.overrides],
                "kept": kept,
                "who": ",".join(kept),
            }
        )
        return
    grid = table(
        "id", "name", "rank", "coherence", "distinctness", "contradictions", "kept", "overridden by"
    )
    for place in places:
        verdict = place.score.verdict if place.score else None
        scores = (verdict.coherence, verdict.distinctness) if verdict else ("-", "-")
        found = len(verdict.contradictions) if verdict else "-"
        row = (place.rank, *scores, found, "yes" if place.kept else "no")
        by = place.override.by if place.override else ""
        grid.add_row(place.persona_id, names[place.persona_id], *(str(one) for one in row), by)
    console().print(grid)
    for place in places:
        for line in _said_of(place):
            console().print(f"{place.persona_id}: {line}")
    console().print(f"Selection {selection.id}: kept {len(kept)} of {len(places)}.")
    print(",".join(kept))


def _said_of(place: "Place") -> list[str]:
    """What the table has no room for: contradictions, why there is no score, a person's word."""
    score, word = place.score, place.override
    lines = ["not scored yet"] if score is None else []
    if score and score.verdict:
        found = score.verdict.contradictions
        lines += [f"{one.what} ({', '.join(one.fields)})" for one in found]
    elif score:
        lines.append(f"no score: {score.note}")
    if word:
        done = "kept" if word.decision == "keep" else "dropped"
        lines.append(f"{done} by {word.by} on {word.at:%Y-%m-%d %H:%M} UTC: {word.reason}")
    return lines


def _record(place: "Place", name: str) -> dict[str, Any]:
    verdict = place.score.verdict if place.score else None
    return {
        "rank": place.rank,
        "id": place.persona_id,
        "name": name,
        "coherence": verdict.coherence if verdict else None,
        "distinctness": verdict.distinctness if verdict else None,
        "total": verdict.total if verdict else None,
        "contradictions": [one.model_dump(mode="json") for one in verdict.contradictions]
        if verdict
        else [],
        "note": place.score.note if place.score else "not scored",
        "kept": place.kept,
        "override": place.override.model_dump(mode="json") if place.override else None,
    }

"""What evaluations share: the options of who is asked and how, progress, and what they print."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.common import console, print_json, say, table
from ui.cli.run import checked_way, known_people, suitable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evaluation.asking import Asking
    from evaluation.sections import Section
    from simulacra.runs.progress import Progress
    from simulacra.workspace import Workspace

PeopleOption = Annotated[
    str, typer.Option("--personas", help="library, sample, all, names with commas, or a pack.")
]
MethodOption = Annotated[
    str, typer.Option("--method", help="blank, profile, retrieval or cognitive.")
]
ReplicatesOption = Annotated[
    int, typer.Option("--replicates", min=1, help="Interviews with each person.")
]
TemperatureOption = Annotated[
    float | None,
    typer.Option("--temperature", min=0.0, help="Without it, the model's own default."),
]
ConcurrencyOption = Annotated[
    int | None,
    typer.Option("--concurrency", min=1, help="Interviews at once; else what suits the model."),
]
OutOption = Annotated[
    Path | None,
    typer.Option("--out", help="Folder for report.html, report.json and the tables as CSV."),
]


def asking_of(
    workspace: "Workspace",
    who: str,
    *,
    model: str | None = None,
    method: str = "cognitive",
    mode: str = "full",
    without: str = "",
    replicates: int = 1,
    seed: int = 0,
    temperature: float | None = None,
    concurrency: int | None = None,
) -> "Asking":
    """The options as a value; people of a pack are saved first.

    Raises:
        InputError: an option names something that is not there.
    """
    from evaluation.asking import Asking

    spec = model or workspace.settings.model
    return Asking(
        people=tuple(workspace.personas.select(known_people(workspace, who))),
        mechanism=checked_way(method, mode, without),
        model=spec,
        replicates=replicates,
        seed=seed,
        temperature=temperature,
        concurrency=concurrency or suitable(workspace, spec),
    )


def tenths() -> "Callable[[str, Progress], None]":
    """Says a line for each tenth of each run."""
    told: dict[str, int] = {}

    def heard(part: str, event: "Progress") -> None:
        tenth = 10 * event.done // event.total if event.total else 10
        if tenth > told.get(part, -1):
            told[part] = tenth
            say(f"{part}: answers {event.done}/{event.total}")

    return heard


def stopped() -> typer.Exit:
    """The end of an interrupted measurement: what was answered is kept."""
    say("Stopped; what was answered is kept. Give the same command again to go on.")
    return typer.Exit(1)


def show_section(
    section: "Section",
    value: Any,
    *,
    model: str,
    people: "Sequence[str]",
    out: Path | None,
    json_: bool,
) -> None:
    """What every evaluation does at its end: the report where one is wanted, tables or JSON.

    ``value`` is the result as plain values, for ``--json``.

    Raises:
        StorageError: the report cannot be written.
    """
    if out is not None:
        from evaluation.report.evaluation import alone, write_evaluation

        say(f"Report: {write_evaluation(alone(section, model=model, people=tuple(people)), out)}")
    if json_:
        print_json(value)
    else:
        print_section(section)


def print_section(section: "Section") -> None:
    """A section for a terminal: warnings, findings, the tables that are not folded, limits."""
    from evaluation.sections import said

    out = console()
    out.print(section.title)
    for warning in section.warnings:
        out.print(f"Warning: {warning}")
    for finding in section.findings:
        out.print(finding)
    out.print(f"{section.method} {section.sample}")
    for one in section.tables:
        if not one.folded:
            grid = table(*one.columns, title=one.title, caption=one.note or None)
            for row in one.rows:
                grid.add_row(*(said(cell) for cell in row))
            out.print(grid)
    folded = [one.title for one in section.tables if one.folded]
    if folded:
        out.print(f"In the report (--out DIR) also: {'; '.join(folded)}.")
    for limit in section.limits:
        out.print(f"Limit: {limit}")

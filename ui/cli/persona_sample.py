"""``simulacra persona sample``: people drawn to a population."""

import contextlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from simulacra.errors import InputError
from ui.cli.common import (
    JsonOption,
    SeedOption,
    console,
    error_console,
    example,
    open_workspace,
    print_json,
    say,
    table,
)

if TYPE_CHECKING:
    from personas.population.report import SampleReport
    from simulacra.domain.persona import Persona

_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_SHOWN = 40
_SOME = 10

_MAPPING = """\b
A mapping (YAML) names the columns of microdata that are used:
  id: caseid                     # optional: a column of ids, to find the row again
  weight: wt                     # optional: a column of weights
  constants: {place: Austria}    # what holds for everybody
  draw: resample                 # or rows: each row at most once, with its weight
  columns:
    years: age
    sex: {as: gender, recode: {1: male, 2: female}}
    born: {as: date_of_birth, format: "%d/%m/%Y"}
    vote: {as: party, missing: drop}

"""

Tell = Callable[[str, int], None]


def register(app: typer.Typer) -> None:
    """Add the command to the people's group."""
    app.command(
        "sample",
        epilog=_MAPPING
        + example("simulacra persona sample 1000 --margins margins.csv --seed 7 --out people"),
    )(sample_)


def sample_(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(metavar="N", help="How many people.")],
    margins: Annotated[
        Path | None,
        typer.Option(
            "--margins",
            help="CSV with the columns variable,category,share: what the population looks like.",
        ),
    ] = None,
    microdata: Annotated[
        Path | None,
        typer.Option("--microdata", help="CSV of respondents to draw from, one a row."),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", help="YAML: which column of the microdata becomes what."),
    ] = None,
    seed: SeedOption = 0,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            "--as-of",
            formats=["%Y-%m-%d"],
            help="The day the people live on, by which ages count [default: 2026-11-01].",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder for people, fit, report and figure."),
    ] = None,
    json_: JsonOption = False,
) -> None:
    """Draw people: from our own pools, to margins, or from microdata; and store them.

    The same seed and files give the same people: those stored already are left as they are.

    In margins, gender, age (30, 18-29, 65+), education (ISCED 3-4, or words such as bachelor),
    place, country, culture, marital_status, children, household, income, employment and occupation
    are known to our pools and kept in keeping with each other; any other variable becomes an
    attribute of its own. Categories become attributes as they stand.
    """
    from personas.attributes.draw import SAMPLE_DAY
    from personas.attributes.pools import load_pools
    from personas.personality.draw import draw_personality
    from personas.population.ids import with_ids
    from personas.population.margins import read_margins
    from personas.population.microdata import read_microdata
    from personas.population.sample import sample

    if (microdata is None) != (mapping is None):
        raise InputError(
            "give --microdata and --mapping together: the mapping says what columns mean"
        )
    if out is not None and out.exists() and not out.is_dir():
        raise InputError(f"{out} is no folder: give a folder for the files")
    day = SAMPLE_DAY if as_of is None else as_of.date()
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise InputError(
            f"--as-of {day}: the day must lie in the years {_FIRST_YEAR} to {_LAST_YEAR}"
        )
    wanted = None if margins is None else read_margins(margins)
    rows = None
    if microdata is not None and mapping is not None:
        rows = read_microdata(microdata, mapping, load_pools(), day)
    with progress(number) as tell:
        drawn = sample(
            number,
            seed,
            margins=wanted,
            microdata=rows,
            as_of=day,
            personality=draw_personality,
            on_person=lambda done: tell("Drawn", done),
        )
        with open_workspace(ctx) as workspace:
            people, new = with_ids(drawn.personas, workspace.personas.hashes())
            workspace.personas.save_all(new, lambda done: tell("Stored", done))
    known = len(people) - len(new)
    files = [] if out is None else _written(people, drawn.report, out)
    if json_:
        print_json(
            {
                "people": len(people),
                "new": len(new),
                "known": known,
                "ids": [one.id for one in people],
                "report": drawn.report.model_dump(mode="json"),
                "unmapped": [] if rows is None else list(rows.unmapped),
                "files": [str(path) for path in files],
            }
        )
        return
    show_report(drawn.report)
    if rows is not None and rows.unmapped:
        console().print(f"Columns that are not mapped and not used: {_some(rows.unmapped)}")
    show_stored(people, known)
    if files:
        console().print(f"Wrote {', '.join(path.name for path in files)} to {out}")


def _written(people: "list[Persona]", report: "SampleReport", out: Path) -> list[Path]:
    """The files of a sample; what draws the figure takes long to load."""
    from personas.population.files import write_sample

    return write_sample(people, report, out)


def show_report(report: "SampleReport") -> None:
    """How the sample fits, for a terminal: all categories, or those with the largest errors."""
    lines = sorted(report.lines, key=lambda one: -abs(one.error))[:_SHOWN]
    if lines:
        grid = table("variable", "category", "target %", "drawn %", "error", "weighted %")
        for line in (one for one in report.lines if one in lines):
            grid.add_row(
                line.variable,
                line.category,
                f"{100 * line.target:.2f}",
                f"{100 * line.drawn:.2f}",
                f"{line.error:+.2f}",
                f"{100 * line.weighted:.2f}",
            )
        console().print(grid)
        if len(report.lines) > len(lines):
            console().print(f"{_SHOWN} of {len(report.lines)} categories, with the largest errors.")
        console().print(
            f"Largest error: {report.largest_error:.2f} percentage points; "
            f"with the weights {report.largest_weighted_error:.2f}."
        )
    low, high = report.weights["least"], report.weights["most"]
    console().print(
        f"Effective sample size (Kish): {report.effective_size:,.1f} of {report.people:,}; "
        f"weights {low:g} to {high:g}."
    )
    for note in report.notes:
        console().print(f"Note: {note}.")


def show_stored(people: "list[Persona]", known: int) -> None:
    """Who was stored, in a sentence or two."""
    new = len(people) - known
    if not known:
        console().print(f"Stored {new:,} people ({_some([one.id for one in people])}).")
    elif not new:
        console().print(
            f"All {known:,} people are stored already: the same sample; nothing is new."
        )
    else:
        console().print(
            f"Stored {new:,} new people; {known:,} were there already and stay as they are."
        )


def _some(names: "list[str] | tuple[str, ...]") -> str:
    rest = f" and {len(names) - _SOME:,} more" if len(names) > _SOME else ""
    return ", ".join(names[:_SOME]) + rest


@contextlib.contextmanager
def progress(total: int) -> Iterator[Tell]:
    """A bar on stderr, or a line for each quarter where stderr is no terminal."""
    screen = error_console()
    if not screen.is_terminal:
        yield _quarters(total)
        return
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=None),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=screen,
        transient=True,
    ) as bar:
        task = bar.add_task("Drawn", total=total)
        yield lambda what, done: bar.update(task, description=what, completed=done)


def _quarters(total: int) -> Tell:
    """Says a line at each quarter of each part; nothing for a small sample, which takes no time."""
    told: dict[str, int] = {}

    def tell(what: str, done: int) -> None:
        quarter = 4 * done // max(total, 1)
        if total >= _LONG and quarter > told.get(what, 0):
            told[what] = quarter
            say(f"{what} {done:,} of {total:,} people")

    return tell


_LONG = 2000

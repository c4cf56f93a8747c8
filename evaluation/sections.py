"""What an evaluation tells, in one form for all: a page, a terminal and files show the same."""

from pydantic import Field

from evaluation.intervals import Interval
from simulacra.domain.base import Frozen

_NAME = r"^[a-z][a-z0-9_]*$"


class Estimate(Frozen):
    """A number with its interval; ``value`` None where it is undefined, ``n`` what it rests on.

    ``why`` says why there is no value.
    """

    value: float | None = None
    interval: Interval | None = None
    n: int | None = None
    why: str = ""

    @property
    def ends(self) -> tuple[float, float] | None:
        """The ends of the interval."""
        return (self.interval.low, self.interval.high) if self.interval else None

    def covers(self, value: float) -> bool:
        """Whether a value lies in the interval; without one, it does not."""
        return self.interval is not None and self.interval.low <= value <= self.interval.high


Cell = str | int | float | Estimate | None


class Table(Frozen):
    """A table; ``name`` is that of its file, ``note`` says how to read it.

    ``folded``: a page shows it on request, since it is long.
    """

    name: str = Field(pattern=_NAME)
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    folded: bool = False


class Drawing(Frozen):
    """A figure; ``base`` says what it rests on and what its intervals are, ``svg`` is drawn.

    A ``wide`` one has a line of the page to itself.
    """

    name: str = Field(pattern=_NAME)
    title: str
    base: str
    svg: str = Field(repr=False)
    wide: bool = False


class Section(Frozen):
    """One evaluation: what was asked, how, of whom, what was found, and how far that goes.

    ``findings`` are plain sentences, the main one first; ``warnings`` are what makes a finding
    invalid or weak, shown before everything else; ``limits`` hold always. ``sources`` are the
    papers of the methods. ``runs`` names the runs of the engine by part; ``cost`` is in US dollars.
    """

    name: str = Field(pattern=_NAME)
    title: str
    question: str
    method: str
    sample: str
    findings: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    drawings: tuple[Drawing, ...] = ()
    limits: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    runs: dict[str, str] = Field(default_factory=dict)
    calls: int = 0
    cost: float = 0.0


class EvaluationReport(Frozen):
    """Several evaluations in one report; ``notes`` hold for all of them.

    ``skipped`` names evaluations that were not made, each with the reason.
    """

    simulated: bool = True
    title: str
    model: str
    people: tuple[str, ...]
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = ()
    skipped: dict[str, str] = Field(default_factory=dict)


def said(cell: Cell, *, signed: bool = False) -> str:
    """A cell in words: two or three figures of a number, its interval in brackets."""
    if cell is None:
        return "–"
    if isinstance(cell, str):
        return cell
    if isinstance(cell, Estimate):
        if cell.value is None:
            return "–"
        number = said(cell.value, signed=signed)
        if cell.interval is None:
            return number
        low, high = (said(float(end), signed=signed) for end in cell.ends or ())
        return f"{number} ({low} to {high})"
    if isinstance(cell, int):
        return f"{cell:,}".replace("-", "−")
    size = abs(cell)
    places = 0 if size >= 100 else 1 if size >= 10 else 2
    return f"{round(cell, places) + 0.0:{'+' if signed else ''}.{places}f}".replace("-", "−")


def counted(number: int, one: str, several: str = "") -> str:
    """A number with its noun; ``several`` where the plural is no plain s."""
    return f"{number:,} {one if number == 1 else several or one + 's'}"

"""The drift of a person as files: one page that stands alone, and the same numbers as JSON."""

from collections.abc import Sequence
from pathlib import Path

from evaluation.drift import Drifted, DriftResult, Shift
from evaluation.figures import DriftRow, drift_panel
from evaluation.pages import environment, write_page

NAME = "drift"


def write_drift(result: DriftResult, out: Path) -> Path:
    """Write ``drift.html`` and ``drift.json`` into ``out``; the path of the page.

    Raises:
        StorageError: the files cannot be written.
    """
    return write_page(out, NAME, page(result), result)


def page(result: DriftResult) -> str:
    """The drift as one HTML page; equal results give equal pages."""
    templates = environment()
    templates.filters["shift"] = said
    templates.filters["interval"] = interval_of
    return templates.get_template("drift.html.j2").render(result=result, figure=figure_of(result))


def figure_of(result: DriftResult) -> str:
    """The figure: scales where there are some, else items; empty where none has bounds."""
    rows = [row for one in result.scales or result.items if (row := _row(one))]
    if not rows:
        return ""
    label = f"Levels of {result.name} with attributes, with biography, and with the whole life"
    return drift_panel(rows, key="drift", label=label)


def whole_shift(one: Drifted) -> Shift:
    """The shift from the first stage to the last."""
    return one.shifts[-1]


def said(shift: Shift) -> str:
    """A shift as a number with its sign; a star where its interval leaves out zero."""
    if shift.mean is None:
        return "no answers"
    return f"{shift.mean + 0.0:+.2f}{' *' if shift.clear else ''}".replace("-", "−")


def interval_of(shift: Shift) -> str:
    """The interval of a shift, or why there is none."""
    if shift.interval is None:
        return f"{shift.replicates} replicates: no interval"
    low, high = shift.interval.low + 0.0, shift.interval.high + 0.0
    return f"{low:+.2f} to {high:+.2f}".replace("-", "−")


def _row(one: Drifted) -> DriftRow | None:
    if one.lowest is None or one.highest is None:
        return None
    levels: Sequence[float | None] = [
        one.levels[stage] for stage in ("attributes", "biography", "life")
    ]
    first, second, third = levels
    return DriftRow(one.id, (first, second, third), one.lowest, one.highest, said(whole_shift(one)))

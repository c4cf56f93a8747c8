"""Robustness as files: one page that stands alone, and the same numbers as JSON and CSV."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from evaluation.figures import WhiskerRow, whisker_panel
from evaluation.pages import environment, write_page
from evaluation.robustness.result import Effect, Measure, PerturbationResult, RobustnessResult
from simulacra.domain.base import Frozen

NAME = "robustness"
_MEASURES = (
    "changed", "retest", "beyond", "shift", "retest_shift", "distance", "retest_distance",
)  # fmt: skip


class Panel(Frozen):
    """A figure of the page; ``base`` says what it rests on, ``svg`` is the drawing."""

    name: str
    base: str
    svg: str


def write_robustness(result: RobustnessResult, out: Path) -> Path:
    """Write ``robustness.html``, ``.json`` and ``.csv`` into ``out``; the path of the page.

    Raises:
        StorageError: the files cannot be written.
    """
    return write_page(out, NAME, page(result), result, {"csv": as_csv(result)})


def page(result: RobustnessResult) -> str:
    """The result as one HTML page; equal results give equal pages."""
    templates = environment()
    templates.filters["said"] = said
    templates.filters["share"] = share
    templates.filters["interval"] = interval_of
    return templates.get_template("robustness.html.j2").render(
        result=result, figures=figures_of(result), stars=stars(result)
    )


def figures_of(result: RobustnessResult) -> list[Panel]:
    """Change beyond the retest by perturbation; then shifts, a panel for each perturbation."""
    applied = [one for one in result.perturbations if one.overall]
    overall = [
        row for one in applied if one.overall and (row := _row(one.name, one.overall.beyond, 100))
    ]
    panels: list[Panel] = []
    if overall:
        label = "Answers that changed beyond the retest, by perturbation"
        svg = whisker_panel(overall, unit="percentage points", key="beyond", label=label)
        base = f"{result.people} people, all items that each was applied to"
        panels.append(Panel(name="All items: changed beyond the retest", base=base, svg=svg))
    for number, one in enumerate(applied, start=1):
        rows = [
            row
            for part in one.scales or one.items
            if part.shift and (row := _row(part.id, part.shift, 1))
        ]
        if rows:
            label = f"Shifts by {one.name}"
            svg = whisker_panel(rows, unit="mean shift", key=f"shift{number}", label=label)
            base = "scales" if one.scales else "items"
            panels.append(Panel(name=f"{one.name}: mean shift", base=base, svg=svg))
    return panels


def stars(result: RobustnessResult) -> tuple[int, int]:
    """How many intervals of items (of shift, or else of change beyond the retest) leave out zero.

    And how many there are: by chance alone a twentieth would.
    """
    found = [
        one.shift or one.beyond for part in result.perturbations for one in part.items if one.people
    ]
    with_interval = [one for one in found if one.interval]
    return sum(one.clear for one in with_interval), len(with_interval)


def said(measure: Measure | None) -> str:
    """A difference as a number with its sign; a star where its interval leaves out zero."""
    if measure is None or measure.value is None:
        return "–"
    return f"{measure.value + 0.0:+.2f}{' *' if measure.clear else ''}".replace("-", "−")


def share(measure: Measure) -> str:
    """A share, or a distance, as a number without a sign."""
    return "–" if measure.value is None else f"{measure.value:.2f}"


def interval_of(measure: Measure | None) -> str:
    """The interval of a measure."""
    if measure is None or measure.interval is None:
        return "–"
    low, high = measure.interval.low + 0.0, measure.interval.high + 0.0
    return f"{low:.2f} to {high:.2f}".replace("-", "−")


def as_csv(result: RobustnessResult) -> str:
    """A row for each perturbation and item, scale or all items; numbers are empty where none is."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    measures = [f"{name}{part}" for name in _MEASURES for part in ("", "_low", "_high")]
    writer.writerow(("perturbation", "level", "id", "items", "people", *measures, "spared"))
    for one in result.perturbations:
        for level, effect in _effects(one):
            cells = [cell for name in _MEASURES for cell in _cells(getattr(effect, name))]
            writer.writerow((one.name, level, effect.id, effect.items, effect.people, *cells, ""))
        for item, why in one.spared.items():
            writer.writerow((one.name, "item", item, 1, 0, *[""] * len(measures), why))
    return text.getvalue()


def _effects(one: PerturbationResult) -> Iterator[tuple[str, Effect]]:
    if one.overall:
        yield "overall", one.overall
    yield from (("scale", part) for part in one.scales)
    yield from (("item", part) for part in one.items)


def _cells(measure: Measure | None) -> tuple[str, str, str]:
    if measure is None or measure.value is None:
        return "", "", ""
    value = f"{measure.value:.6g}"
    if measure.interval is None:
        return value, "", ""
    return value, f"{measure.interval.low:.6g}", f"{measure.interval.high:.6g}"


def _row(name: str, measure: Measure, unit: float) -> WhiskerRow | None:
    if measure.value is None:
        return None
    ends = measure.interval and (unit * measure.interval.low, unit * measure.interval.high)
    star = " *" if measure.clear else ""
    number = f"{unit * measure.value + 0.0:+.{0 if unit == 100 else 2}f}{star}".replace("-", "−")
    return WhiskerRow(name, unit * measure.value, ends or None, number)

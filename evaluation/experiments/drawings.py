"""Drawings of an experiment: effects beside those of people, and item by item."""

from evaluation.experiments.result import ExperimentResult, Named, OfItem
from evaluation.figures import Dot, DotRow, dot_panel
from evaluation.sections import Drawing, Estimate, said

_UNITS = {
    "share": "share",
    "difference": "difference of shares",
    "d": "standard deviations",
    "ratio": "ratio",
    "index": "share of the distance of the anchors",
    "points": "points of the scale",
}
_SHARES = (-0.04, 1.0)  # a mark at 0 does not cover the names
_SERIES = ("simulated", "people")


def drawings_of(result: ExperimentResult) -> tuple[Drawing, ...]:
    """A panel for each estimate that is known of people, and one with the items."""
    panels = [_beside(result, one) for one in result.analysed.estimates]
    return (*(one for one in panels if one), *_items(result))


def _beside(result: ExperimentResult, one: Named) -> Drawing | None:
    humans = [human for human in result.human if human.estimate == one.name]
    ours = _dot(one.estimate)
    if not humans or ours is None:
        return None
    rows = [DotRow("simulated people", (ours, None), said(one.estimate.value))]
    for human in humans:
        ends = None if human.low is None or human.high is None else (human.low, human.high)
        rows.append(
            DotRow(human.who, (None, Dot(human.value, ends)), human.words or said(human.value))
        )
    svg = dot_panel(
        rows,
        _SERIES,
        unit=_UNITS[one.unit],
        key=f"{result.name}_{one.name}",
        label=f"{one.label}: simulated people beside people",
        bounds=_SHARES if one.unit == "share" else None,
    )
    base = f"simulated people: n = {one.estimate.n}; whiskers: 95% intervals"
    return Drawing(name=one.name, title=_capital(one.label), base=base, svg=svg)


def _items(result: ExperimentResult) -> tuple[Drawing, ...]:
    """Items with the difference between conditions; comparisons with what each condition gave."""
    found = result.analysed
    if not found.items:
        return ()
    if result.analysis == "conformity":
        rows = [
            DotRow(_trial(one), (_dot(one.first), _dot(one.second)), said(one.first.value))
            for one in sorted(found.items, key=_by_error)
        ]
        series: tuple[str, ...] = tuple(result.conditions)[:2]
        unit, bounds, title = "share who name the group's line", _SHARES, "By comparison"
    else:
        rows = [DotRow(one.id, (_dot(one.effect),), said(one.effect.value)) for one in found.items]
        series, bounds = ("simulated",), None
        unit, title = found.columns[2], f"{_capital(found.columns[2])} by item"
    if _mixed(result) or all(dot is None for row in rows for dot in row.dots):
        return ()
    svg = dot_panel(
        rows, series, unit=unit, key=f"{result.name}_items", label=title, bounds=bounds, left=150
    )
    base = f"simulated people: n = {result.people}; whiskers: 95% intervals over people"
    return (Drawing(name="items", title=title, base=base, svg=svg),)


def _mixed(result: ExperimentResult) -> bool:
    """Whether items have units of their own, which no common axis holds."""
    return any(one.unit == "index" for one in result.analysed.estimates)


def _trial(one: OfItem) -> str:
    return f"{one.id}: {one.text} ({one.group})" if one.text else one.id


def _by_error(one: OfItem) -> tuple[float, str]:
    """By the distance of the wrong length, where the comparison says it, then as they came."""
    wrong, _, right = one.text.partition(" for ")
    return (abs(float(wrong) - float(right)) if right else 0.0, one.id)


def _dot(one: Estimate) -> Dot | None:
    return None if one.value is None else Dot(one.value, one.ends)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

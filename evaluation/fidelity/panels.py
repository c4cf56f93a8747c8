"""Drawings of fidelity: distances beside their noise floor, accuracy beside the human retest."""

from collections.abc import Sequence

from evaluation.fidelity.result import Distance, FidelityResult
from evaluation.figures import Dot, DotRow, dot_panel
from evaluation.sections import Drawing, Estimate

_MOST = 30
_SERIES = ("simulated to humans", "humans to humans, up to 95 in 100")


def drawings(result: FidelityResult) -> tuple[Drawing, ...]:
    """Items by distance, groups, and accuracy where there is any."""
    named = [
        (one.id, distance)
        for one in result.items
        if (distance := one.moved or one.total_variation) and distance.value is not None
    ]
    far = sorted(named, key=lambda one: -(one[1].value or 0.0))[:_MOST]
    found = []
    if far:
        most = f", the {_MOST} furthest of {len(named)}" if len(named) > _MOST else ""
        found.append(
            Drawing(
                name="distances",
                title="Distance from humans by item",
                base=f"{result.people} simulated people and {result.humans} humans{most}; "
                "Wasserstein over the range, total variation where answers have no order; 95% "
                "intervals, bootstrap of people on both sides.",
                svg=_distances(far, "fidelity-items", "Distance from humans by item"),
            )
        )
    groups = [
        (f"{one.variable} {one.group} (n = {min(one.humans, one.people)})", one.distance)
        for one in result.groups
        if one.distance and one.distance.value is not None
    ]
    if groups:
        found.append(
            Drawing(
                name="groups",
                title="Distance from humans by group",
                base="Mean over items within each group; n is the smaller side; intervals and "
                "noise floors are those of the group's own size.",
                svg=_distances(groups, "fidelity-groups", "Distance from humans by group"),
            )
        )
    if drawing := _accuracy(result):
        found.append(drawing)
    return tuple(found)


def _distances(rows: Sequence[tuple[str, Distance]], key: str, label: str) -> str:
    drawn = [
        DotRow(
            name,
            (
                Dot(one.value or 0.0, _ends(one)),
                None
                if one.floor is None or one.floor_high is None
                else Dot(one.floor, (0.0, one.floor_high)),
            ),
            f"{one.value or 0.0:.2f}{' *' if one.beyond else ''}",
        )
        for name, one in rows
    ]
    values = [end for _, one in rows for end in (one.value, one.floor_high, *(_ends(one) or ()))]
    top = max((one for one in values if one is not None), default=1.0)
    return dot_panel(
        drawn,
        _SERIES,
        unit="distance, 0 to 1; * beyond sampling",
        key=key,
        label=label,
        bounds=(0.0, min(1.0, 1.06 * top)),
    )


def _ends(one: Distance) -> tuple[float, float] | None:
    return (one.interval.low, one.interval.high) if one.interval else None


def _accuracy(result: FidelityResult) -> Drawing | None:
    rated = [(one.id, one.accuracy) for one in result.items if one.accuracy]
    known = [(name, one) for name, one in rated if one.accuracy.value is not None]
    if not known:
        return None
    lowest = sorted(known, key=lambda one: one[1].normalised.value or 0.0)[:_MOST]
    rows = [
        DotRow(
            name,
            (_dot(one.accuracy), _dot(one.retest), None if one.chance is None else Dot(one.chance)),
            "" if one.normalised.value is None else f"{one.normalised.value:.2f}",
        )
        for name, one in lowest
    ]
    most = f", the {_MOST} lowest of {len(known)}" if len(known) > _MOST else ""
    return Drawing(
        name="accuracy",
        title="Individual accuracy by item",
        base=f"Share of people who give the answer of the human behind them{most}; beside it the "
        "normalised accuracy; 95% intervals, bootstrap of people.",
        svg=dot_panel(
            rows,
            ("simulated", "humans at retest", "chance"),
            unit="share of the same answers",
            key="fidelity-accuracy",
            label="Individual accuracy by item",
            bounds=(0.0, 1.0),
        ),
    )


def _dot(one: Estimate) -> Dot | None:
    return None if one.value is None else Dot(one.value, one.ends)

"""Errors in subgroups, each with intervals and noise floors of its own size."""

from collections.abc import Iterator, Sequence

import numpy as np

from evaluation.fidelity.distances import means
from evaluation.fidelity.items import Both, compared, distance, mean_distance
from evaluation.fidelity.resampling import Apart, apart, estimate, floors
from evaluation.fidelity.result import GroupFidelity, GroupItem
from evaluation.fidelity.sides import Scale, Side
from simulacra.seeds import seed_of

LEAST = 10
"""Groups with fewer humans or simulated people get no numbers."""


def group_fidelity(
    humans: Side,
    simulated: Side,
    scales: Sequence[Scale],
    variable: str,
    *,
    order: Sequence[str] = (),
    least: int = LEAST,
    seed: int,
) -> Iterator[GroupFidelity]:
    """Every group of a variable: those of ``order`` first, others in alphabetical order."""
    found_in = {*humans.groups[variable], *simulated.groups[variable]}
    names = sorted(one for one in found_in if one is not None)
    for name in dict.fromkeys([*(one for one in order if one in names), *names]):
        theirs, ours = humans.in_group(variable, name), simulated.in_group(variable, name)
        found = GroupFidelity(
            variable=variable, group=name, humans=len(theirs.ids), people=len(ours.ids)
        )
        if short := _short(len(theirs.ids), len(ours.ids), least):
            yield found.model_copy(update={"reason": short})
            continue
        at = seed_of(seed, "group", variable, name)
        both = compared(theirs, ours, scales, seed=at)
        both = {item: one for item, one in both.items() if one.fewer >= least}
        floor = floors(theirs, ours, [one.scale for one in both.values()], seed=at)
        yield found.model_copy(
            update={
                "distance": mean_distance(both, floor, lambda one: one.main),
                "items": tuple(_item(one, floor.get(item)) for item, one in both.items()),
                "reason": "" if both else f"no item has {least} answers on both sides",
            }
        )


def _short(humans: int, people: int, least: int) -> str:
    fewer = [f"{many} {who}" for many, who in ((humans, "humans"), (people, "simulated")) if
             many < least]  # fmt: skip
    return f"{' and '.join(fewer)}: fewer than {least}" if fewer else ""


def _item(both: Both, floor: Apart | None) -> GroupItem:
    scale = both.scale
    each = apart(both.humans, both.simulated, scale)
    difference = None
    if scale.values is not None:
        gap = means(both.simulated, scale.values) - means(both.humans, scale.values)
        difference = estimate(gap / (scale.span or 1.0), both.fewer, expand=True)
    return GroupItem(
        item=scale.item,
        humans=both.human_n,
        people=both.simulated_n,
        distance=distance(each.main, None if floor is None else floor.main, both.fewer),
        difference=difference,
    )


def clear(item: GroupItem) -> bool:
    """Whether the difference of an item in a group is told from zero."""
    difference = item.difference
    return (
        difference is not None
        and difference.interval is not None
        and not np.isclose(difference.value or 0.0, 0.0)
        and not difference.covers(0)
    )

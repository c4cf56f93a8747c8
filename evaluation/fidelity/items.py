"""Distances, means and spread of each item, with intervals and noise floors."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from evaluation.fidelity.distances import means, variances
from evaluation.fidelity.resampling import (
    LEVEL,
    RESAMPLES,
    Apart,
    affordable,
    apart,
    distance_interval,
    distributions,
    estimate,
    over,
    weighted_draws,
)
from evaluation.fidelity.result import Distance, ItemFidelity
from evaluation.fidelity.sides import Scale, Side, shares
from evaluation.intervals import FEWEST, Points
from simulacra.seeds import seed_of


class Both(NamedTuple):
    """An item on both sides: shares over people by draw, and how many answered."""

    scale: Scale
    humans: Points
    simulated: Points
    human_n: int
    simulated_n: int

    @property
    def fewer(self) -> int:
        """The smaller number of people."""
        return min(self.human_n, self.simulated_n)


def compared(
    humans: Side, simulated: Side, scales: Sequence[Scale], *, seed: int
) -> dict[str, Both]:
    """The distributions of every item in the same draws of people, by item id."""
    many = affordable(RESAMPLES, max(len(humans.ids), len(simulated.ids)))
    theirs = weighted_draws(humans.weights, seed=seed_of(seed, "humans"), resamples=many)
    ours = weighted_draws(simulated.weights, seed=seed_of(seed, "simulated"), resamples=many)
    found = {}
    for scale in scales:
        one, other = shares(humans, scale), shares(simulated, scale)
        found[scale.item] = Both(
            scale,
            distributions(theirs, one),
            distributions(ours, other),
            int(one.any(axis=1).sum()),
            int(other.any(axis=1).sum()),
        )
    return found


def item_fidelity(
    both: Both, floor: Apart | None, *, column: str, totals: tuple[int, int]
) -> ItemFidelity:
    """One item; ``totals`` are the numbers of humans and simulated people, answering or not."""
    scale, values = both.scale, both.scale.values
    found = ItemFidelity(
        id=scale.item,
        text=scale.text,
        column=column,
        ordered=values is not None,
        humans=both.human_n,
        people=both.simulated_n,
        missing_human=1 - both.human_n / totals[0],
        missing_simulated=1 - both.simulated_n / totals[1],
    )
    if both.fewer < FEWEST:
        where = "humans" if both.human_n < FEWEST else "simulated people"
        why = f"fewer than {FEWEST} {where} answered"
        return found.model_copy(update={"reason": why})
    each = apart(both.humans, both.simulated, scale)
    more: dict[str, object] = {}
    if not scale.continuous:
        more["jensen_shannon"] = distance(each.divergent, floor and floor.divergent, both.fewer)
        more["total_variation"] = distance(each.varied, floor and floor.varied, both.fewer)
    if values is not None and each.moved is not None:
        moved = floor.moved if floor else None
        more["moved"] = distance(each.moved, moved, both.fewer)
        span = scale.span or 1.0
        more["wasserstein"] = distance(
            span * each.moved, None if moved is None else span * moved, both.fewer, most=span
        )
        theirs, ours = means(both.humans, values), means(both.simulated, values)
        more["mean_human"] = estimate(theirs, both.human_n)
        more["mean_simulated"] = estimate(ours, both.simulated_n)
        more["difference"] = estimate(ours - theirs, both.fewer)
    more["spread_ratio"] = estimate(_ratio(both), both.fewer)
    return found.model_copy(update=more)


def distance(values: Points, floor: Points | None, n: int, most: float = 1.0) -> Distance:
    """A distance by draw as a number with its interval, beside its floor."""
    value = float(values[0])
    known = floor is not None and not np.isnan(floor).all()
    return Distance(
        value=None if np.isnan(value) else value,
        interval=distance_interval(values, n, most),
        floor=float(np.nanmean(floor)) if floor is not None and known else None,
        floor_high=float(np.nanquantile(floor, LEVEL)) if floor is not None and known else None,
    )


def mean_distance(
    both: Mapping[str, Both],
    floor: Mapping[str, Apart],
    pick: Callable[[Apart], Points | None],
) -> Distance | None:
    """The mean over the items that have a distance, draw by draw; None without any."""
    drawn, floored, least = [], [], 0
    for item, one in both.items():
        values = pick(apart(one.humans, one.simulated, one.scale))
        under = pick(floor[item]) if item in floor else None
        if values is None or under is None or one.fewer < FEWEST:
            continue
        drawn.append(values)
        floored.append(under)
        least = max(least, one.fewer)
    if not drawn:
        return None
    return distance(over_items(drawn), over_items(floored), least)


def over_items(rows: Iterable[Points]) -> Points:
    """The mean over items in each draw, of those that are defined there."""
    stacked = np.array(list(rows))
    known = ~np.isnan(stacked)
    return over(np.where(known, stacked, 0.0).sum(axis=0), known.sum(axis=0).astype(float))


def _ratio(both: Both) -> Points:
    """Simulated over human standard deviation, each with n - 1 in place of n.

    Resamples of n people have a variance (n - 1) / n of the people's own, on either side, so the
    correction belongs to every draw alike.
    """
    values = both.scale.values
    theirs, ours = (variances(one, values) for one in (both.humans, both.simulated))
    theirs *= both.human_n / (both.human_n - 1)
    ours *= both.simulated_n / (both.simulated_n - 1)
    return np.sqrt(over(ours, theirs))


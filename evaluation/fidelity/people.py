"""Individual accuracy: whether a simulated person answers as the human whose row stands behind it.

Accuracy normalised by the humans' own consistency over time, and the like for correlations, as in
Park et al. (2024, arXiv 2411.10109): an accuracy of .6 where people agree with themselves at .7 is
worth .86.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from evaluation.fidelity.items import over_items
from evaluation.fidelity.resampling import (
    RESAMPLES,
    affordable,
    distributions,
    estimate,
    over,
    weighted_draws,
)
from evaluation.fidelity.result import Accuracy
from evaluation.fidelity.sides import Scale, Side, Told, shares
from evaluation.intervals import FEWEST, Points
from evaluation.sections import Estimate
from simulacra.seeds import seed_of


class _Drawn(NamedTuple):
    """Every measure of one item, a number for each draw."""

    accuracy: Points
    chance: Points
    modal: Points
    accuracy_again: Points
    retest: Points
    correlation: Points
    correlation_again: Points
    retest_correlation: Points


@dataclass(frozen=True)
class Pairs:
    """Humans behind whom simulated people were made, with the answers of both.

    Several simulated people of one human are averaged: the human is the unit that is resampled.
    """

    humans: Side
    simulated: Side
    again: Mapping[str, Sequence[Told]]
    places: tuple[tuple[int, tuple[int, ...]], ...]
    draws: Points

    @classmethod
    def of(
        cls, humans: Side, simulated: Side, again: Mapping[str, Sequence[Told]], *, seed: int
    ) -> "Pairs | None":
        """The pairs; None where no row stands behind anybody."""
        row = {id_: at for at, id_ in enumerate(humans.ids)}
        found: dict[int, list[int]] = {}
        for at, behind in enumerate(simulated.rows):
            if behind is not None and behind in row:
                found.setdefault(row[behind], []).append(at)
        if not found:
            return None
        places = tuple((at, tuple(ours)) for at, ours in sorted(found.items()))
        weights = humans.weights[[at for at, _ in places]]
        many = affordable(RESAMPLES, len(places))
        draws = weighted_draws(weights, seed=seed_of(seed, "pairs"), resamples=many)
        return cls(humans, simulated, again, places, draws)

    def item(self, scale: Scale) -> tuple[Accuracy, "_Drawn"] | None:
        """Accuracy on an item; None where fewer than three humans have answers on both sides."""
        theirs = shares(self.humans, scale)[[at for at, _ in self.places]]
        ours = self._ours(scale)
        both = theirs.any(axis=1) & ours.any(axis=1)
        if both.sum() < FEWEST:
            return None
        again = self._again(scale)
        drawn = _measured(self.draws, ours, theirs, again, scale)
        three = both & again.any(axis=1)
        return _accuracy(drawn, int(both.sum()), int(three.sum()), 1), drawn

    def _ours(self, scale: Scale) -> Points:
        table = shares(self.simulated, scale)
        rows = []
        for _, ours in self.places:
            told = table[list(ours)]
            rows.append(told.sum(axis=0) / max(1, int(told.any(axis=1).sum())))
        return np.array(rows)

    def _again(self, scale: Scale) -> Points:
        """Answers to the retest; none where the file has no second wave for the item."""
        if scale.item not in self.again:
            return np.zeros((len(self.places), len(scale.codes)))
        humans = self.humans
        retest = Side(humans.ids, humans.weights, self.again, {}, humans.rows)
        return shares(retest, scale)[[at for at, _ in self.places]]


def overall_accuracy(found: Sequence[tuple[Accuracy, _Drawn]]) -> Accuracy | None:
    """The mean over items, draw by draw; None without any."""
    if not found:
        return None
    columns = zip(*(drawn for _, drawn in found), strict=True)
    people = min(one.people for one, _ in found)
    again = min(one.retest.n or 0 for one, _ in found)
    return _accuracy(_Drawn(*(over_items(column) for column in columns)), people, again, len(found))


def _accuracy(drawn: _Drawn, people: int, again: int, items: int) -> Accuracy:
    first = {name: float(values[0]) for name, values in drawn._asdict().items()}
    beyond = drawn.accuracy - drawn.chance
    return Accuracy(
        items=items,
        people=people,
        accuracy=estimate(drawn.accuracy, people),
        chance=None if np.isnan(first["chance"]) else first["chance"],
        modal=None if np.isnan(first["modal"]) else first["modal"],
        beyond_chance=estimate(beyond, people),
        retest=estimate(drawn.retest, again),
        normalised=_over(drawn.accuracy_again, drawn.retest, again),
        correlation=estimate(drawn.correlation, people),
        retest_correlation=estimate(drawn.retest_correlation, again),
        normalised_correlation=_over(drawn.correlation_again, drawn.retest_correlation, again),
    )


def _over(values: Points, ceiling: Points, n: int) -> Estimate:
    """A number over its ceiling; undefined where the ceiling is not clear of zero."""
    top = estimate(ceiling, n)
    if top.value is None or top.value <= 0 or top.covers(0):
        return Estimate(n=n)
    return estimate(over(values, ceiling), n)


def _measured(
    draws: Points, ours: Points, theirs: Points, again: Points, scale: Scale
) -> _Drawn:
    both = (ours.any(axis=1) & theirs.any(axis=1)).astype(float)
    three = both * again.any(axis=1)
    nothing = np.full(len(draws), np.nan)
    one, other = distributions(draws * both, ours), distributions(draws * both, theirs)
    chosen = not scale.continuous  # two numbers are hardly ever the same
    values = scale.values
    return _Drawn(
        accuracy=_share(draws, (ours * theirs).sum(axis=1), both) if chosen else nothing,
        chance=(one * other).sum(axis=1) if chosen else nothing,
        modal=other.max(axis=1) if chosen else nothing,
        accuracy_again=_share(draws, (ours * theirs).sum(axis=1), three) if chosen else nothing,
        retest=_share(draws, (theirs * again).sum(axis=1), three) if chosen else nothing,
        correlation=nothing if values is None else _r(draws * both, ours, theirs, values),
        correlation_again=nothing if values is None else _r(draws * three, ours, theirs, values),
        retest_correlation=nothing if values is None else _r(draws * three, theirs, again, values),
    )


def _share(draws: Points, agreed: Points, counted: Points) -> Points:
    return over(draws @ (agreed * counted), draws @ counted)


def _r(draws: Points, first: Points, second: Points, values: Points) -> Points:
    """Pearson's correlation of single answers, every pair of somebody's answers counted alike."""
    total = draws.sum(axis=1)

    def mean(column: Points) -> Points:
        return over(draws @ column, total)

    one, other = first @ values, second @ values
    covariance = mean(one * other) - mean(one) * mean(other)
    variances = (mean(first @ values**2) - mean(one) ** 2) * (
        mean(second @ values**2) - mean(other) ** 2
    )
    return over(covariance, np.sqrt(np.clip(variances, 0, None)))

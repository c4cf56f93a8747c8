"""Measures of two runs, pair by pair.

Intervals are percentile intervals of a bootstrap over units (Efron and Tibshirani, 1993, An
Introduction to the Bootstrap, chapter 13): people, whose interviews are averaged first, or
interviews where there are too few people.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence

import numpy as np

from evaluation.answers import amount, is_amount, level_of, told
from evaluation.comparison.result import Paired
from evaluation.intervals import FEWEST, Points, percentile_interval, resampled
from evaluation.sections import Estimate
from simulacra.domain.answer import Response
from simulacra.domain.survey import Item
from simulacra.seeds import seed_of

Told = Mapping[str, Response]
"""The responses of one interview by item id."""
Pair = tuple[Told, Told]


class Pairs:
    """The interviews that two runs share, by unit; ``seed`` decides what the bootstrap draws."""

    def __init__(self, units: Mapping[Hashable, Sequence[Pair]], *, seed: int) -> None:
        self._pairs = [(row, pair) for row, some in enumerate(units.values()) for pair in some]
        self._units = len(units)
        self._seed = seed

    def item(self, item: Item) -> Paired:
        """One item: levels and their difference where answers are amounts, sameness, distance."""
        said = self._said(item)
        levels = is_amount(item)
        moved = self._levels(lambda one: amount(item, one.get(item.id))) if levels else []
        return Paired(
            id=item.id,
            text=item.text,
            pairs=len(said),
            units=len({row for row, _, _ in said}),
            **self._moved(moved, f"item {item.id}"),
            same=self._mean([(row, float(a == b)) for row, a, b in said], f"same {item.id}"),
            distance=self._distance([said], f"distance {item.id}"),
        )

    def scale(self, name: str, items: Sequence[Item]) -> Paired:
        """A scale: mean of its items, for those who answered three quarters of them in both."""
        moved = self._levels(lambda one: level_of(items, one))
        return Paired(
            id=name,
            items=len(items),
            pairs=len(moved),
            units=len({row for row, _, _ in moved}),
            **self._moved(moved, f"scale {name}"),
            correlation=self._correlation(moved, f"correlation {name}"),
        )

    def together(self, items: Sequence[Item]) -> tuple[Estimate, Estimate]:
        """Over all items: the share of answers that are alike, and the mean distance."""
        said = [self._said(item) for item in items]
        alike = [(row, float(a == b)) for some in said for row, a, b in some]
        return self._mean(alike, "same"), self._distance(said, "distance")

    def _said(self, item: Item) -> list[tuple[int, str, str]]:
        """What was answered in both runs, with the place of the unit."""
        found = [
            (row, told(item, first.get(item.id)), told(item, other.get(item.id)))
            for row, (first, other) in self._pairs
        ]
        return [(row, a, b) for row, a, b in found if a is not None and b is not None]

    def _levels(self, level: Callable[[Told], float | None]) -> list[tuple[int, float, float]]:
        found = [(row, level(first), level(other)) for row, (first, other) in self._pairs]
        return [(row, a, b) for row, a, b in found if a is not None and b is not None]

    def _moved(self, moved: Sequence[tuple[int, float, float]], what: str) -> dict[str, object]:
        if not moved:
            return {}
        return {
            "first": float(np.mean([first for _, first, _ in moved])),
            "other": float(np.mean([other for _, _, other in moved])),
            "difference": self._mean([(row, b - a) for row, a, b in moved], what),
        }

    def _mean(self, values: Sequence[tuple[int, float]], what: str) -> Estimate:
        """Mean over units of their own means."""
        sums, counts = self._by_unit(values)
        present = counts > 0
        means = np.divide(sums, counts, out=np.zeros_like(sums), where=present)
        held = present.astype(np.float64)
        return self._estimate(
            lambda draws: _over(draws @ means, draws @ held), int(present.sum()), what
        )

    def _correlation(self, moved: Sequence[tuple[int, float, float]], what: str) -> Estimate:
        """Pearson's r of the units' mean levels; undefined where one of them does not vary."""
        first, counts = self._by_unit([(row, a) for row, a, _ in moved])
        other, _ = self._by_unit([(row, b) for row, _, b in moved])
        present = counts > 0
        x, y = first[present] / counts[present], other[present] / counts[present]
        if len(x) < FEWEST or np.ptp(x) == 0 or np.ptp(y) == 0:
            return Estimate(n=len(x))

        def r(draws: Points) -> Points:
            weights = draws[:, present]
            total = weights.sum(axis=1)
            mean_x, mean_y = _over(weights @ x, total), _over(weights @ y, total)
            covariance = _over(weights @ (x * y), total) - mean_x * mean_y
            spread_x = _over(weights @ (x * x), total) - mean_x**2
            spread_y = _over(weights @ (y * y), total) - mean_y**2
            product = np.sqrt(np.clip(spread_x, 0, None) * np.clip(spread_y, 0, None))
            return _over(covariance, product)

        return self._estimate(r, len(x), what)

    def _distance(self, said: Sequence[Sequence[tuple[int, str, str]]], what: str) -> Estimate:
        """Mean over items of the total variation between the two distributions of answers."""
        tables = [self._table(some) for some in said if some]
        if not tables:
            return Estimate()

        def distance(draws: Points) -> Points:
            each = [
                _over(np.abs(draws @ gap).sum(axis=1), 2 * (draws @ answered))
                for gap, answered in tables
            ]
            return np.nanmean(each, axis=0) if len(each) > 1 else each[0]

        units = int(np.count_nonzero(np.sum([answered for _, answered in tables], axis=0)))
        return self._estimate(distance, units, what)

    def _table(self, said: Sequence[tuple[int, str, str]]) -> tuple[Points, Points]:
        """First minus other as shares of a unit's answers, (units, answers); 1 where it answers."""
        places = {one: at for at, one in enumerate(sorted({t for _, a, b in said for t in (a, b)}))}
        gap = np.zeros((self._units, len(places)))
        _, counts = self._by_unit([(row, 0.0) for row, _, _ in said])
        for row, first, other in said:
            gap[row, places[first]] += 1 / counts[row]
            gap[row, places[other]] -= 1 / counts[row]
        return gap, (counts > 0).astype(np.float64)

    def _by_unit(self, values: Sequence[tuple[int, float]]) -> tuple[Points, Points]:
        sums, counts = np.zeros(self._units), np.zeros(self._units)
        for row, value in values:
            sums[row] += value
            counts[row] += 1
        return sums, counts

    def _estimate(self, statistic: Callable[[Points], Points], units: int, what: str) -> Estimate:
        if not units:
            return Estimate(n=0)
        value = float(statistic(np.ones((1, self._units)))[0])
        if units < FEWEST:
            return Estimate(value=value, n=units)
        draws = resampled(self._units, seed=seed_of(self._seed, what))
        return Estimate(value=value, interval=percentile_interval(statistic(draws)), n=units)


def steady(units: Mapping[Hashable, Sequence[Told]], items: Sequence[Item], seed: int) -> Estimate:
    """The share of a person's answers that two of their replicates give alike."""
    pairs = {
        who: [(a, b) for at, a in enumerate(some) for b in some[at + 1 :]]
        for who, some in units.items()
        if len(some) > 1
    }
    return Pairs(pairs, seed=seed).together(items)[0]


def _over(sums: Points, weights: Points) -> Points:
    """Sums over weights; undefined without weight."""
    return np.divide(sums, weights, out=np.full_like(sums, np.nan), where=weights > 0)

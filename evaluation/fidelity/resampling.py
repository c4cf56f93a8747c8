"""What chance does to the measures: a bootstrap of both sides, and the noise floor of distances."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.stats import norm, t

from evaluation.fidelity.distances import jensen_shannon, total_variation, wasserstein
from evaluation.fidelity.sides import Scale, Side, effective, shares
from evaluation.intervals import FEWEST, Interval, Points, percentile_interval, resampled
from evaluation.sections import Estimate
from simulacra.seeds import seed_of

RESAMPLES = 1000
FLOOR_RESAMPLES = 400
FEWEST_RESAMPLES = 100
_CELLS = 20_000_000
"""Resamples times people that are held at once; more people get fewer resamples."""
LEVEL = 0.95


def weighted_draws(weights: Points, *, seed: int, resamples: int = RESAMPLES) -> Points:
    """Weights of people: as they are in the first row, in resamples of the people in the others."""
    drawn = resampled(len(weights), seed=seed, resamples=resamples)
    return np.concatenate([weights[None], drawn * weights])


def affordable(resamples: int, people: int) -> int:
    """So many resamples, or fewer where there are very many people."""
    return min(resamples, max(FEWEST_RESAMPLES, _CELLS // max(people, 1)))


def over(sums: Points, totals: Points) -> Points:
    """Sums over totals; undefined where there is nothing."""
    sums, totals = np.broadcast_arrays(sums, totals)
    found = np.full(sums.shape, np.nan)
    np.divide(sums, totals, out=found, where=totals > 1e-12)
    return found


def distributions(draws: Points, table: Points) -> Points:
    """Shares of the codes over people, one row for each row of draws; undefined without anybody."""
    sums = draws @ table
    return over(sums, sums.sum(axis=1, keepdims=True))


def estimate(values: Points, n: int, *, expand: bool = False) -> Estimate:
    """A number (the first value) with the percentile interval of the others.

    ``expand`` widens the percentiles as t intervals widen normal ones, for few people: Hesterberg
    (2015, The American Statistician 69, 371-386, section 5.2).
    """
    first = float(values[0])
    if math.isnan(first):
        return Estimate(n=n)
    drawn = values[1:]
    if n < FEWEST or np.isnan(drawn).all():
        return Estimate(value=first, n=n)
    level = 1 - 2 * _tail(n) if expand else LEVEL
    found = percentile_interval(drawn, level=level)
    return Estimate(value=first, n=n, interval=found.model_copy(update={"level": LEVEL}))


def _tail(n: int) -> float:
    quantile = math.sqrt(n / (n - 1)) * t.ppf((1 - LEVEL) / 2, n - 1)
    return float(norm.cdf(quantile))


def distance_interval(values: Points, n: int, most: float) -> Interval | None:
    """The basic bootstrap interval of a distance, within 0 and ``most``.

    2 x estimate minus the percentiles (Davison and Hinkley, 1997, Bootstrap Methods and their
    Application, section 5.2), since resampling adds to a distance, which cannot be below 0. It is
    widened to hold the estimate.
    """
    first, drawn = float(values[0]), values[1:]
    if math.isnan(first) or n < FEWEST or np.isnan(drawn).all():
        return None
    found = percentile_interval(drawn, level=LEVEL)
    low, high = 2 * first - found.high, 2 * first - found.low
    return Interval(low=min(max(low, 0.0), first), high=max(min(high, most), first), level=LEVEL)


class Apart(NamedTuple):
    """Distances between two sides, one for each draw; ``moved`` is Wasserstein over the span."""

    moved: Points | None
    divergent: Points
    varied: Points

    @property
    def main(self) -> Points:
        """Wasserstein over the span of ordered answers, total variation of others; 0 to 1."""
        return self.varied if self.moved is None else self.moved


def apart(first: Points, second: Points, scale: Scale) -> Apart:
    """All distances between distributions of answers to an item."""
    moved = None
    if scale.values is not None:
        moved = wasserstein(first, second, scale.values) / (scale.span or 1.0)
    return Apart(moved, jensen_shannon(first, second), total_variation(first, second))


def floors(
    humans: Side, simulated: Side, scales: Sequence[Scale], *, seed: int
) -> dict[str, Apart]:
    """Distances between two samples of humans, of as many people as answered on either side.

    Both are drawn with replacement from the humans by their weights; the numbers are Kish's
    effective ones. All items go through the same people in the same order, each until it has its
    number, so that distances can be averaged over items draw by draw.
    """
    tables = {one.item: (shares(humans, one), shares(simulated, one)) for one in scales}
    sizes = {
        item: (_answered(simulated.weights, ours), _answered(humans.weights, theirs))
        for item, (theirs, ours) in tables.items()
    }
    if not humans.weights.any():
        return {}
    resamples = affordable(FLOOR_RESAMPLES, len(humans.ids) + len(simulated.ids))
    first, second = (
        _sequence(
            humans,
            tables,
            [size[at] for size in sizes.values()],
            resamples,
            seed_of(seed, "floor", at),
        )
        for at in (0, 1)
    )
    found = {}
    for scale in scales:
        theirs, (ours_n, theirs_n) = tables[scale.item][0], sizes[scale.item]
        if ours_n and theirs_n:
            one, other = _first(first, theirs, ours_n), _first(second, theirs, theirs_n)
            found[scale.item] = apart(one, other, scale)
    return found


def _answered(weights: Points, table: Points) -> int:
    """The effective number of people who answered."""
    return round(effective(weights[table.any(axis=1)]))


def _sequence(
    humans: Side,
    tables: dict[str, tuple[Points, Points]],
    sizes: Sequence[int],
    resamples: int,
    seed: int,
) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
    """Humans in the order in which they are drawn, long enough for every item to get its number."""
    chances = humans.weights / humans.weights.sum()
    needed = 1.0
    for (theirs, _), size in zip(tables.values(), sizes, strict=True):
        share = min(float(chances[theirs.any(axis=1)].sum()), 1.0)
        if share:
            expected = size / share
            needed = max(needed, expected + 4 * math.sqrt(expected * (1 - share) / share) + 1)
    rng = np.random.default_rng(seed)
    drawn = rng.choice(len(chances), size=(resamples, math.ceil(needed)), p=chances)
    return drawn.astype(np.int64)


def _first(
    sequence: np.ndarray[tuple[int, int], np.dtype[np.int64]], table: Points, size: int
) -> Points:
    """Shares of the codes among the first ``size`` people of each sequence who answered."""
    codes = np.where(table.any(axis=1), table.argmax(axis=1), -1)[sequence]
    kept = codes >= 0
    kept &= np.cumsum(kept, axis=1) <= size
    categories = table.shape[1]
    place = (np.arange(len(codes))[:, None] * categories + codes)[kept]
    counts = np.bincount(place, minlength=len(codes) * categories).reshape(-1, categories)
    return over(counts.astype(float), counts.sum(axis=1, keepdims=True).astype(float))

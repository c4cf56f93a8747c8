"""Confidence intervals by resampling."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from simulacra.domain.base import Frozen

Points = npt.NDArray[np.float64]
FEWEST = 3
"""With fewer values there is no interval."""


class Interval(Frozen):
    """From ``low`` to ``high``, at a confidence ``level``."""

    low: float
    high: float
    level: float = 0.95


def share_interval(
    points: Points,
    maxima: Points,
    strata: Sequence[str],
    *,
    seed: int,
    resamples: int = 2000,
    level: float = 0.95,
) -> Interval:
    """Percentile interval of 100 x points reached / points possible.

    ``points`` has shape (replicates, items), ``maxima`` shape (items,). Items are drawn anew
    within their stratum and replicates among themselves, crossed, since every replicate answers
    every item: the "pigeonhole bootstrap" (Owen, 2007, Annals of Applied Statistics 1, 386-411).

    Raises:
        ValueError: the shapes do not fit, or nothing can be reached.
    """
    replicates, items = points.shape
    if maxima.shape != (items,) or len(strata) != items:
        raise ValueError(f"{items} items, but {maxima.shape[0]} maxima and {len(strata)} strata")
    if replicates == 0 or maxima.sum() <= 0:
        raise ValueError("nothing to resample")
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, replicates, size=(resamples, replicates))
    columns = np.concatenate(
        [_drawn(rng, members, resamples) for members in _members(strata)], axis=1
    )
    drawn = points[rows[:, :, None], columns[:, None, :]]
    shares = 100 * drawn.mean(axis=1).sum(axis=1) / maxima[columns].sum(axis=1)
    tail = (1 - level) / 2
    low, high = np.quantile(shares, [tail, 1 - tail])
    return Interval(low=float(low), high=float(high), level=level)


def mean_interval(
    values: Sequence[float], *, seed: int, resamples: int = 2000, level: float = 0.95
) -> Interval | None:
    """Percentile bootstrap interval of a mean; None for fewer than three values.

    After Efron and Tibshirani (1993, An Introduction to the Bootstrap, chapter 13). With few values
    it is somewhat too narrow.
    """
    if len(values) < FEWEST:
        return None
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, len(values), size=(resamples, len(values)))
    means = np.asarray(values, dtype=np.float64)[drawn].mean(axis=1)
    tail = (1 - level) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    return Interval(low=float(low), high=float(high), level=level)


def resampled(people: int, *, seed: int, resamples: int = 2000) -> Points:
    """How often each of the people is drawn in each resample of a bootstrap.

    Shape (resamples, people). Several statistics of the same people can share it.
    """
    rng = np.random.default_rng(seed)
    chances = np.full(people, 1 / people)
    return rng.multinomial(people, chances, size=resamples).astype(np.float64)


def percentile_interval(values: Points, *, level: float = 0.95) -> Interval:
    """The middle part of the values that a statistic took over resamples; undefined ones aside."""
    tail = (1 - level) / 2
    low, high = np.nanquantile(values, [tail, 1 - tail])
    return Interval(low=float(low), high=float(high), level=level)


def usual_interval(values: Points, *, level: float = 0.95) -> Interval | None:
    """``percentile_interval``; None where more than a tenth of the resamples leave it undefined."""
    known = values[np.isfinite(values)]
    if len(known) < 0.9 * len(values):
        return None
    return percentile_interval(known, level=level)


def _members(strata: Sequence[str]) -> list[npt.NDArray[np.int64]]:
    return [
        np.array([place for place, one in enumerate(strata) if one == stratum])
        for stratum in sorted(set(strata))
    ]


def _drawn(
    rng: np.random.Generator, members: npt.NDArray[np.int64], resamples: int
) -> npt.NDArray[np.int64]:
    return members[rng.integers(0, len(members), size=(resamples, len(members)))]

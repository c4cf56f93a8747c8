"""Statistics of two conditions over resamples of people: the people are drawn, never answers.

A resample is a row of weights, how often each person is drawn in it; so the whole sample is the row
of ones. Everything here takes weights of shape (resamples, people).
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.stats import norm
from scipy.stats import t as student

from evaluation.experiments.observations import Scores, for_all
from evaluation.intervals import FEWEST, Interval, Points, percentile_interval, resampled
from evaluation.sections import Estimate

RESAMPLES = 2000
_NORMAL_975 = float(norm.ppf(0.975))

Statistic = Callable[[Points, Points], Points]
"""From the weights of the people in the first and in the second condition to one value a row."""


class Two(NamedTuple):
    """The scores of two conditions, and resamples of their people.

    Where everybody is in both, one draw of people serves both, so that a person stays one person.
    """

    first: Points
    second: Points
    draws: tuple[Points, Points]
    people: int

    @classmethod
    def of(cls, first: Scores, second: Scores, *, paired: bool, seed: int) -> "Two":
        """Two conditions of the same people (``paired``) or of different ones."""
        if paired:
            first, second = for_all(first, second)
            many = len(first.people)
            drawn = resampled(max(1, many), seed=seed, resamples=RESAMPLES)
            return cls(first.points, second.points, (drawn, drawn), many)
        sizes = (len(first.people), len(second.people))
        draws = tuple(
            resampled(max(1, many), seed=seed + at, resamples=RESAMPLES)
            for at, many in enumerate(sizes)
        )
        return cls(first.points, second.points, (draws[0], draws[1]), sum(sizes))

    def only(self, items: list[int]) -> "Two":
        """Some of the items."""
        return self._replace(first=self.first[:, items], second=self.second[:, items])

    @property
    def fewest(self) -> int:
        """People in the smaller condition."""
        return min(len(self.first), len(self.second))

    def estimate(self, statistic: Statistic) -> Estimate:
        """A statistic with its interval over people; see ``spread_of``.

        None where it is undefined; no interval with fewer than three people in a condition.
        """
        if not self.fewest:
            return Estimate(n=self.people)
        ones = (np.ones((1, len(self.first))), np.ones((1, len(self.second))))
        value = float(statistic(*ones)[0])
        if np.isnan(value):
            return Estimate(n=self.people)
        if self.fewest < FEWEST:
            return Estimate(value=value, n=self.people)
        drawn = statistic(*self.draws)
        usable = np.count_nonzero(~np.isnan(drawn))
        interval = spread_of(drawn, self.fewest) if 2 * usable > len(drawn) else None
        return Estimate(value=value, interval=interval, n=self.people)


def means(weights: Points, points: Points) -> Points:
    """The mean of each item, shape (resamples, items); NaN where nobody answered."""
    known = ~np.isnan(points)
    return over(weights @ np.where(known, points, 0.0), weights @ known.astype(float))


def deviations(weights: Points, points: Points) -> tuple[Points, Points]:
    """Sums of squared deviations from the mean, and how many answered, for each item."""
    known = ~np.isnan(points)
    filled = np.where(known, points, 0.0)
    middle = filled.sum(axis=0) / np.maximum(known.sum(axis=0), 1)  # keeps squares small
    centred = np.where(known, points - middle, 0.0)
    many = weights @ known.astype(float)
    total = weights @ centred
    return np.maximum(weights @ centred**2 - over(total**2, many, 0.0), 0.0), many


def medians(weights: Points, points: Points) -> Points:
    """The median of each item, people counted as often as they are drawn."""
    found = np.full((len(weights), points.shape[1]), np.nan)
    for item in range(points.shape[1]):
        known = np.flatnonzero(~np.isnan(points[:, item]))
        if not len(known):
            continue
        order = known[np.argsort(points[known, item], kind="stable")]
        reached = np.cumsum(weights[:, order], axis=1)
        half = reached[:, -1:] / 2
        values = points[order, item]
        low = values[np.argmax(reached >= half, axis=1)]
        high = values[np.argmax(reached > half, axis=1)]
        found[:, item] = np.where(half[:, 0] > 0, (low + high) / 2, np.nan)
    return found


def over(sums: Points, counts: Points, nothing: float = np.nan) -> Points:
    """Sums over counts; ``nothing`` where there is no count."""
    return np.divide(sums, counts, out=np.full_like(sums, nothing), where=counts > 0)


def known_mean(points: Points) -> Points:
    """Mean over the items that are defined, one value a row; NaN where none is."""
    known = ~np.isnan(points)
    return over(np.where(known, points, 0.0).sum(axis=1), known.sum(axis=1).astype(float))


def share_of_people(values: Points, *, seed: int) -> Estimate:
    """The mean of shares, one a person (NaN: none), with an interval over people.

    See ``spread_of``; where all people are alike at 0 or 1, so that resampling shows
    no spread, the score interval for so many people (Wilson, 1927, Journal of the American
    Statistical Association 22, 209-212).
    """
    known = values[~np.isnan(values)]
    many = len(known)
    if not many:
        return Estimate(n=0)
    mean = float(known.mean())
    if many < FEWEST:
        return Estimate(value=mean, n=many)
    if mean in (0.0, 1.0):
        return Estimate(value=mean, interval=wilson(mean, many), n=many)
    drawn = resampled(many, seed=seed, resamples=RESAMPLES)
    return Estimate(value=mean, interval=spread_of(drawn @ known / many, many), n=many)


def spread_of(values: Points, people: int) -> Interval:
    """The 95% interval of a statistic from its values over resamples of so many people.

    The percentile interval of the bootstrap is too narrow with few people; the expanded one reaches
    as much further as a t interval does (Hesterberg, 2015, What teachers should know about the
    bootstrap, American Statistician 69, 371-386).
    """
    reach = np.sqrt(people / (people - 1)) * student.ppf(0.975, people - 1)
    found = percentile_interval(values, level=1 - 2 * float(norm.cdf(-reach)))
    return Interval(low=found.low, high=found.high)


def wilson(share: float, many: int) -> Interval:
    """The 95% score interval of a share of so many people (Wilson, 1927)."""
    z2 = _NORMAL_975**2
    middle = (share + z2 / (2 * many)) / (1 + z2 / many)
    half = _NORMAL_975 * np.sqrt(share * (1 - share) / many + z2 / (4 * many**2)) / (1 + z2 / many)
    low = float(middle - half) if share > 0 else 0.0
    high = float(middle + half) if share < 1 else 1.0
    return Interval(low=low, high=high)

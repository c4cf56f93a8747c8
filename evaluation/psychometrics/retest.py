"""Test and retest: the same people on several occasions. Occasions never count as people."""

from itertools import combinations

import numpy as np

from evaluation.intervals import Points, resampled, usual_interval
from evaluation.psychometrics.sample import mean_known
from evaluation.sections import Estimate
from evaluation.statistics.agreement import icc
from evaluation.statistics.reliability import FEWEST_PEOPLE

ONCE = "everybody was asked once"


def retest_r(levels: Points, *, seed: int) -> Estimate:
    """Mean correlation of two occasions; shape (occasions, people), NaN missing.

    Over all pairs of occasions, each on the people who have both. The interval is the percentile
    interval of a bootstrap over people, who keep all their occasions (Efron and Tibshirani, 1993,
    An Introduction to the Bootstrap, chapter 13). ``n`` is people with two occasions at least.
    """
    if len(levels) < 2:
        return Estimate(why=ONCE)
    people = int(((~np.isnan(levels)).sum(axis=0) >= 2).sum())
    if people < FEWEST_PEOPLE:
        return Estimate(n=people, why=f"{people} people with two occasions: three are needed")
    value = _between(levels, np.ones((1, levels.shape[1])))[0]
    if np.isnan(value):
        return Estimate(n=people, why="everybody has the same level on an occasion")
    drawn = _between(levels, resampled(levels.shape[1], seed=seed))
    return Estimate(value=float(value), interval=usual_interval(drawn), n=people)


def retest_icc(levels: Points) -> Estimate:
    """Absolute agreement of single occasions, ICC(2,1) of Shrout and Fleiss (1979).

    Shape (occasions, people); people without a level on some occasion are left out.
    """
    return icc(levels.T, "ICC2") if len(levels) > 1 else Estimate(why=ONCE)


def scale_levels(cube: Points) -> Points:
    """Means of the items answered, (occasions, people, items) to (occasions, people).

    NaN where fewer than three quarters of the items were answered.
    """
    known = ~np.isnan(cube)
    many = known.sum(axis=2)
    sums = np.where(known, cube, 0).sum(axis=2)
    return np.where(4 * many >= 3 * cube.shape[2], sums / np.maximum(many, 1), np.nan)


def _between(levels: Points, weights: Points) -> Points:
    """The mean correlation of pairs of occasions when people count so often, for each weighting."""
    found = []
    for one, other in combinations(levels, 2):
        both = ~(np.isnan(one) | np.isnan(other))
        if both.sum() >= FEWEST_PEOPLE:
            found.append(_correlation(one[both], other[both], weights[:, both]))
    if not found:
        return np.full(len(weights), np.nan)
    return mean_known(np.array(found))


def _correlation(one: Points, other: Points, weights: Points) -> Points:
    """The correlation of pairs that count so often; NaN where a side is constant."""
    one, other = one - one.mean(), other - other.mean()
    many = weights.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        first, second = weights @ one / many, weights @ other / many
        shared = weights @ (one * other) / many - first * second
        spread = (weights @ one**2 / many - first**2) * (weights @ other**2 / many - second**2)
        return np.where(spread > 1e-12, shared / np.sqrt(np.maximum(spread, 1e-300)), np.nan)

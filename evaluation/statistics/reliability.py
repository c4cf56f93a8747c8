"""How far the items of a scale measure one thing: alpha, mean correlation, item-total."""

import numpy as np
from scipy import stats

from evaluation.intervals import Interval, Points
from evaluation.sections import Estimate
from evaluation.statistics.correlation import correlations, covariances, pearson

FEWEST_PEOPLE = 3


def alpha(data: Points, *, level: float = 0.95) -> Estimate:
    """Cronbach's alpha of items keyed the same way; shape (respondents, items), NaN missing.

    Cronbach, L. J. (1951). Coefficient alpha and the internal structure of tests. Psychometrika 16,
    297-334. From pairwise complete covariances, as psych::alpha of R takes it. The interval is that
    of Feldt (1965, The approximate sampling distribution of Kuder-Richardson reliability
    coefficient twenty, Psychometrika 30, 357-370). It may be negative: items that are not keyed the
    same way show so. Undefined for one item, fewer than three respondents, an item that is constant
    or two items that nobody answered both.
    """
    people = answered(data)
    if why := undefined(data):
        return Estimate(n=people, why=why)
    value = float(alpha_of(covariances(data)))
    return Estimate(
        value=value, interval=feldt(value, people, data.shape[1], level=level), n=people
    )


def alpha_of(covariance: Points) -> Points:
    """Alpha from covariances, (..., k, k)."""
    items = covariance.shape[-1]
    trace = np.trace(covariance, axis1=-2, axis2=-1)
    return np.asarray((1 - trace / covariance.sum(axis=(-2, -1))) * items / (items - 1))


def feldt(value: float, people: int, items: int, *, level: float = 0.95) -> Interval:
    """Interval of an alpha found on so many respondents and items (Feldt, 1965)."""
    tail = (1 - level) / 2
    law = stats.f(people - 1, (people - 1) * (items - 1))
    return Interval(
        low=float(1 - (1 - value) * law.ppf(1 - tail)),
        high=float(1 - (1 - value) * law.ppf(tail)),
        level=level,
    )


def mean_r(correlation: Points) -> Points:
    """Mean correlation of different items, (..., k, k)."""
    items = correlation.shape[-1]
    rows, columns = np.triu_indices(items, 1)
    return np.asarray(correlation[..., rows, columns].mean(axis=-1))


def item_total(data: Points) -> tuple[Estimate, ...]:
    """Correlation of each item with the mean of the others (``r.drop`` of psych::alpha)."""
    found = []
    for place in range(data.shape[1]):
        others = np.delete(data, place, axis=1)
        known = ~np.isnan(others)
        sums = np.where(known, others, 0).sum(axis=1)
        means = np.where(known.any(axis=1), sums / np.maximum(known.sum(axis=1), 1), np.nan)
        found.append(pearson(data[:, place], means))
    return tuple(found)


def answered(data: Points) -> int:
    """Respondents with an answer to at least one item."""
    return int((~np.isnan(data)).any(axis=1).sum())


def undefined(data: Points) -> str:
    """Why the items have no reliability; empty where they have."""
    if data.shape[1] < 2:
        return "one item has no inner consistency"
    if (people := answered(data)) < FEWEST_PEOPLE:
        return f"{people} respondents: three are needed"
    covariance = covariances(data)
    if np.isnan(covariance).any():
        return "two items were not answered by the same people"
    if np.isnan(correlations(covariance)).any():
        return "an item is constant"
    return ""

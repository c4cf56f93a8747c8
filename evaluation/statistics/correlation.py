"""Correlations with intervals, and the covariances of items of which some answers are missing."""

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from scipy import stats

from evaluation.intervals import Interval, Points
from evaluation.sections import Estimate

Values = Sequence[float] | Points


def pearson(first: Values, second: Values, *, level: float = 0.95) -> Estimate:
    """Product-moment correlation of pairs, those without a missing part.

    The interval is that of Fisher (1921, On the probable error of a coefficient of correlation,
    Metron 1, 3-32), from four pairs on. Undefined for fewer than three pairs or where one side is
    constant.

    Raises:
        ValueError: the two are not equally long.
    """
    one, other = _pairs(first, second)
    if why := _undefined(one, other):
        return Estimate(n=len(one), why=why)
    value = float(np.clip(np.corrcoef(one, other)[0, 1], -1, 1))
    return Estimate(value=value, interval=_fisher(value, len(one) - 3, 1.0, level), n=len(one))


def kendall(first: Values, second: Values, *, level: float = 0.95) -> Estimate:
    """Kendall's tau-b of pairs, those without a missing part; ties count as Kendall (1945) has it.

    Kendall, M. G. (1945). The treatment of ties in ranking problems. Biometrika 33, 239-251. The
    interval is that of Fieller, Hartley and Pearson (1957, Tests for rank correlation coefficients
    I, Biometrika 44, 470-481), from five pairs on; it is approximate for fewer than ten pairs and
    beyond .8. Undefined for fewer than three pairs or where one side is constant.

    Raises:
        ValueError: the two are not equally long.
    """
    one, other = _pairs(first, second)
    if why := _undefined(one, other):
        return Estimate(n=len(one), why=why)
    value = float(np.clip(stats.kendalltau(one, other, variant="b").statistic, -1, 1))
    return Estimate(value=value, interval=_fisher(value, len(one) - 4, 0.437, level), n=len(one))


def covariances(data: Points) -> Points:
    """Covariances of columns, each from the rows that have both; NaN where fewer than two have.

    Shape (rows, columns) gives (columns, columns). Each is taken about the means of its own rows,
    as ``cov(x, use = "pairwise")`` of R does.
    """
    found: Points = weighted_covariances(data, np.ones((1, len(data))))[0]
    return found


def weighted_covariances(data: Points, weights: Points) -> Points:
    """Covariances of columns when rows count so often: (samples, rows) gives (samples, k, k).

    With the weights of a bootstrap these are the covariances of its samples.
    """
    columns = data.shape[1]
    known = ~np.isnan(data)
    # Centred first: sums of squares of large values would lose their figures.
    means = np.nan_to_num(data).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    centred = np.where(known, data - means, 0.0)
    here = known.astype(np.float64)

    def summed(left: Points, right: Points) -> Points:
        products = (left[:, :, None] * right[:, None, :]).reshape(len(data), columns * columns)
        return (weights @ products).reshape(-1, columns, columns)

    many = summed(here, here)
    sums = summed(centred, here)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = summed(centred, centred) - sums * sums.transpose(0, 2, 1) / many
        found = np.where(many > 1, spread / (many - 1), np.nan)
    return np.asarray(found)


def correlations(covariance: Points) -> Points:
    """Correlations from covariances, (..., k, k); NaN for a constant column."""
    variances = np.diagonal(covariance, axis1=-2, axis2=-1)
    # What is left of rounding is no variance.
    spread = np.sqrt(np.where(variances > 1e-12, variances, np.nan))
    return np.asarray(covariance / (spread[..., :, None] * spread[..., None, :]))


def _pairs(first: Values, second: Values) -> tuple[Points, Points]:
    one, other = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if one.shape != other.shape or one.ndim != 1:
        raise ValueError(f"pairs of {one.shape} and {other.shape} values")
    known = ~(np.isnan(one) | np.isnan(other))
    return one[known], other[known]


def _undefined(one: Points, other: Points) -> str:
    if len(one) < 3:
        return f"{len(one)} pairs: a correlation needs three"
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return "one side is constant"
    return ""


def _fisher(value: float, weight: int, variance: float, level: float) -> Interval | None:
    """Interval on the scale of the inverse hyperbolic tangent."""
    if weight < 1 or abs(value) >= 1:
        return None
    half = NormalDist().inv_cdf((1 + level) / 2) * math.sqrt(variance / weight)
    middle = math.atanh(value)
    return Interval(low=math.tanh(middle - half), high=math.tanh(middle + half), level=level)

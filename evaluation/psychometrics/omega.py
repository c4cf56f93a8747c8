"""McDonald's omega: the share of a sum's variance that factors account for.

McDonald, R. P. (1999). Test Theory: A Unified Treatment. Factors are extracted by minimum residuals
(Harman and Jones, 1966, Psychometrika 31, 351-368) from correlations, as psych::omega of R does.
Items are taken as keyed: none is turned round because of its loading.
"""

import numpy as np
from scipy import optimize

from evaluation.intervals import Points
from evaluation.sections import Estimate

FEWEST_ITEMS = 3
GROUPS = 3
FEWEST_GROUPED = 3 * GROUPS
_LEAST = 1e-6
_STARTS = 4
_LARGEST = float(np.sqrt(0.995))
"""No item's unique variance is below .005, as in psych::fa."""


def omega_total(correlation: Points) -> Points:
    """Omega total of the one-factor model, (..., k, k), k >= 3: 1 - sum of uniquenesses / sum."""
    loadings = one_factor(correlation)
    total = correlation.sum(axis=(-2, -1))
    return np.asarray(1 - (1 - loadings**2).sum(axis=-1) / total)


def one_factor(correlation: Points) -> Points:
    """Loadings on one factor by minimum residuals, (..., k, k) to (..., k); NaN stays NaN.

    Each loading in turn takes the value that leaves the smallest residuals off the diagonal.
    """
    items = correlation.shape[-1]
    whole = ~np.isnan(correlation).any(axis=(-2, -1))
    matrices = np.atleast_3d(correlation[whole]).reshape(-1, items, items)
    loadings = _started(matrices)
    for _ in range(1000):
        before = loadings.copy()
        for at in range(items):
            others = np.delete(loadings, at, axis=1)
            beside = np.delete(matrices[:, at], at, axis=1)
            scale = np.maximum((others**2).sum(axis=1), 1e-12)
            loadings[:, at] = np.clip((beside * others).sum(axis=1) / scale, -_LARGEST, _LARGEST)
        if np.abs(loadings - before).max(initial=0) < 1e-9:
            break
    found = np.full(correlation.shape[:-1], np.nan)
    found[whole] = loadings.reshape(found[whole].shape)
    return found


def omega_hierarchical(correlation: Points) -> tuple[Estimate, Estimate]:
    """Omega hierarchical, and omega total, of a general factor with three group factors.

    Schmid, J. and Leiman, J. M. (1957). The development of hierarchical factor solutions.
    Psychometrika 22, 53-61; after Zinbarg, Revelle, Yovel and Li (2005, Psychometrika 70, 123-133):
    three oblique factors (quartimin), and one factor of their correlations. ``correlation`` has
    shape (k, k). Undefined for fewer than nine items, for correlations that no answers can have,
    and where the general factor takes up a group factor whole (a Heywood case), so that nothing is
    left to tell them apart.
    """
    if why := _ungrouped(correlation):
        return Estimate(why=why), Estimate(why=why)
    extracted, unique = _extracted(correlation, GROUPS)
    pattern, between = quartimin(extracted)
    on_general = one_factor(between)
    total = float(correlation.sum())
    whole = Estimate(value=1 - float(unique.sum()) / total)
    if np.abs(on_general).max() >= _LARGEST:
        why = "a Heywood case: a group factor is the general one"
        return Estimate(why=why), whole
    return Estimate(value=float((pattern @ on_general).sum()) ** 2 / total), whole


def quartimin(loadings: Points) -> tuple[Points, Points]:
    """Oblique rotation to simple structure: pattern (items, factors) and factor correlations.

    By gradient projection: Jennrich, R. I. (2002). A simple general method for oblique rotation.
    Psychometrika 67, 7-19; the criterion is the sum of products of squared loadings. The best of
    several starts, since groups that are alike make unrotated factors a point of rest.
    """
    factors = loadings.shape[1]
    draws = np.random.default_rng(0).normal(size=(_STARTS, factors, factors))
    starts = [np.eye(factors), *(np.linalg.qr(one)[0] for one in draws)]
    pattern, turned, _ = min((_rotated(loadings, start) for start in starts), key=lambda it: it[2])
    return pattern, turned.T @ turned


def _rotated(loadings: Points, turned: Points) -> tuple[Points, Points, float]:
    """The pattern, the rotation and the criterion that a start leads to."""
    pattern, value, slope = _crossed(loadings, turned)
    step = 1.0
    for _ in range(500):
        along = slope - turned * (turned * slope).sum(axis=0)
        size = float(np.linalg.norm(along))
        if size < 1e-7:
            break
        step *= 2
        for _ in range(12):
            tried = turned - step * along
            tried /= np.linalg.norm(tried, axis=0)
            pattern, found, slope_there = _crossed(loadings, tried)
            if value - found > 0.5 * size**2 * step:
                break
            step /= 2
        turned, value, slope = tried, found, slope_there
    return pattern, turned, round(value, 9)


def _ungrouped(correlation: Points) -> str:
    if len(correlation) < FEWEST_GROUPED:
        return f"{len(correlation)} items: three group factors need {FEWEST_GROUPED}"
    if np.isnan(correlation).any():
        return "an item is constant"
    if np.linalg.eigvalsh(correlation)[0] < _LEAST:
        return "as many respondents as there are items, or fewer, tell no group factors apart"
    return ""


def _started(matrices: Points) -> Points:
    """The first principal component, pointing the way of the sum."""
    values, vectors = np.linalg.eigh(matrices)
    first = vectors[:, :, -1] * np.sqrt(values[:, -1:])
    signs = np.where(first.sum(axis=1, keepdims=True) < 0, -1.0, 1.0)
    return np.asarray(np.clip(first * signs, -_LARGEST, _LARGEST))


def _extracted(correlation: Points, factors: int) -> tuple[Points, Points]:
    """Loadings (items, factors) and uniquenesses of the least squares solution."""

    def left(unique: Points) -> tuple[float, Points]:
        values, vectors = np.linalg.eigh(correlation - np.diag(unique))
        rest = values[:-factors]
        return float((rest**2).sum() / 2), -(vectors[:, :-factors] ** 2) @ rest

    smc = 1 / np.diag(np.linalg.pinv(correlation))
    bounds = [(0.005, 1.0)] * len(correlation)
    start = np.clip(smc, 0.005, 1)
    found = optimize.minimize(left, start, jac=True, method="L-BFGS-B", bounds=bounds,
                              options={"ftol": 1e-14, "gtol": 1e-9, "maxiter": 1000})  # fmt: skip
    values, vectors = np.linalg.eigh(correlation - np.diag(found.x))
    loadings = vectors[:, -factors:] * np.sqrt(np.maximum(values[-factors:], 0))
    return loadings, 1 - (loadings**2).sum(axis=1)


def _crossed(loadings: Points, turned: Points) -> tuple[Points, float, Points]:
    """The pattern under a rotation, its criterion, and the slope of that."""
    back = np.linalg.inv(turned)
    pattern = loadings @ back.T
    squares = pattern**2
    others = squares.sum(axis=1, keepdims=True) - squares
    slope = -(pattern.T @ (pattern * others) @ back).T
    return pattern, float((squares * others).sum() / 4), slope

"""McDonald's omega: the share of a sum's variance that factors account for.

McDonald, R. P. (1999). Test Theory: A Unified Treatment. Factors are extracted by minimum residuals
(Harman and Jones, 1966, Psychometrika 31, 351-368) from correlations, as psych::omega of R does.
Items are taken as keyed: none is turned round because of its loading.
"""

import numpy as np
from scipy import optimize
from statsmodels.multivariate.factor_rotation import rotate_factors

from evaluation.intervals import Points
from evaluation.sections import Estimate

FEWEST_ITEMS = 3
GROUPS = 3
FEWEST_GROUPED = 3 * GROUPS
_LEAST = 1e-6
_STARTS = 4
_REST = 1e-7
"""Slope at which a rotation is at its end."""
_LARGEST = float(np.sqrt(0.995))
"""No item's unique variance is below .005, as in psych::fa."""


def omega_total(correlation: Points) -> Points:
    """Omega total of the one-factor model, (..., k, k), k >= 3: 1 - sum of uniquenesses / sum."""
    loadings = one_factor(correlation)
    total = correlation.sum(axis=(-2, -1))
    unique = (1 - loadings**2).sum(axis=-1)
    nothing = np.full_like(total, np.nan)  # where items cancel out there is no sum to account for
    return np.asarray(1 - np.divide(unique, total, out=nothing, where=np.abs(total) > _LEAST))


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

    Carroll, J. B. (1957). Biquartimin criterion for rotation to oblique simple structure in factor
    analysis. Science 126, 1114-1115; rotated by statsmodels. The best of several starts, since
    groups that are alike make unrotated factors a point of rest.
    """
    factors = loadings.shape[1]
    draws = np.random.default_rng(0).normal(size=(_STARTS, factors, factors))
    starts = [np.eye(factors), *(np.linalg.qr(one)[0] for one in draws)]
    tried = [rotate_factors(loadings @ start, "quartimin", tol=_REST) for start in starts]
    # Ends that differ by less than this are the same one.
    pattern, turned = min(tried, key=lambda one: round(_crossed(one[0]), 9))
    return pattern, turned.T @ turned


def _crossed(pattern: Points) -> float:
    """What quartimin makes small: products of squared loadings of the same item."""
    squares = pattern**2
    return float((squares.sum(axis=1) ** 2 - (squares**2).sum(axis=1)).sum())


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

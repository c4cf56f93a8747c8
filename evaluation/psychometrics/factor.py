"""Confirmatory factor analysis: does each scale's factor account for how its items go together?"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import semopy
from scipy import optimize, stats

from evaluation.intervals import Interval, Points
from evaluation.psychometrics.result import Fit
from evaluation.sections import Estimate

FEWEST_ITEMS = 3
MOST_ITEMS = 60
"""A model of more items takes minutes."""
_RMSEA_LEVEL = 0.90


def fit(data: Points, scales: Mapping[str, Sequence[int]]) -> Fit:
    """Fit of correlated factors, one a scale of columns; shape (respondents, items), keyed.

    By maximum likelihood (Joereskog, 1969, Psychometrika 34, 183-202) with semopy, on respondents
    without a missing answer. CFI after Bentler (1990, Psychological Bulletin 107, 238-246), TLI
    after Tucker and Lewis (1973, Psychometrika 38, 1-10), RMSEA with its interval after Steiger
    (1990, Multivariate Behavioral Research 25, 173-180) and Browne and Cudeck (1992, Sociological
    Methods and Research 21, 230-258), SRMR after Hu and Bentler (1999, Structural Equation Modeling
    6, 1-55). Scales of fewer than three items are left out, since they identify no factor.
    """
    kept = {name: list(items) for name, items in scales.items() if len(items) >= FEWEST_ITEMS}
    columns = [column for items in kept.values() for column in items]
    whole = data[:, columns]
    whole = whole[~np.isnan(whole).any(axis=1)]
    if why := _undefined(whole, kept):
        return Fit(n=len(whole), items=len(columns), factors=len(kept), why=why)
    frame = pd.DataFrame(whole, columns=[f"i{at}" for at in range(len(columns))])
    model = semopy.Model(_described(kept))
    done = model.fit(frame)
    told = semopy.calc_stats(model).loc["Value"]
    if not done.success or not np.isfinite(told["chi2"]):
        why = "the model did not converge"
        return Fit(n=len(whole), items=len(columns), factors=len(kept), why=why)
    square, freedom = float(told["chi2"]), round(float(told["DoF"]))
    return Fit(
        n=len(whole),
        items=len(columns),
        factors=len(kept),
        chi2=square,
        df=freedom,
        p=float(stats.chi2.sf(square, freedom)),
        cfi=min(1.0, max(0.0, float(told["CFI"]))),
        tli=float(told["TLI"]),
        rmsea=rmsea(square, freedom, len(whole)),
        srmr=_srmr(np.cov(whole.T, bias=True), _implied(model, len(columns))),
    )


def rmsea(square: float, freedom: int, people: int) -> Estimate:
    """Root mean square error of approximation with its interval of 90%, as is the custom."""
    value = np.sqrt(max(0.0, (square - freedom) / (freedom * people)))
    tail = (1 - _RMSEA_LEVEL) / 2
    ends = (_noncentrality(square, freedom, part) for part in (1 - tail, tail))
    low, high = (float(np.sqrt(one / (freedom * people))) for one in ends)
    interval = Interval(low=low, high=high, level=_RMSEA_LEVEL)
    return Estimate(value=float(value), interval=interval, n=people)


def _noncentrality(square: float, freedom: int, share: float) -> float:
    """The noncentrality under which a share of squares is below the one found."""

    def beyond(noncentral: float) -> float:
        return float(stats.ncx2.cdf(square, freedom, noncentral)) - share

    if stats.chi2.cdf(square, freedom) <= share:
        return 0.0
    most = square + 10 * np.sqrt(2 * square) + 50
    return float(optimize.brentq(beyond, 1e-9, most))


def _undefined(whole: Points, scales: Mapping[str, list[int]]) -> str:
    people, items = whole.shape
    if not scales:
        return f"no scale has {FEWEST_ITEMS} items"
    if len(scales) == 1 and items == FEWEST_ITEMS:
        return "three items fit one factor whatever they are"
    if items > MOST_ITEMS:
        return f"{items} items: a model of more than {MOST_ITEMS} is not fitted"
    if people <= items:
        return f"{people} respondents without a missing answer for {items} items: too few"
    if np.linalg.eigvalsh(np.cov(whole.T))[0] < 1e-9:
        return "an item is constant, or follows from others"
    return ""


def _described(scales: Mapping[str, list[int]]) -> str:
    """The model in the language of lavaan; names of scales are not needed in it."""
    names = iter(range(sum(len(items) for items in scales.values())))
    return "\n".join(
        f"f{number} =~ " + " + ".join(f"i{next(names)}" for _ in items)
        for number, items in enumerate(scales.values())
    )


def _implied(model: semopy.Model, items: int) -> Points:
    """The covariances that the fitted model implies, in the order of the columns."""
    order = [model.vars["observed"].index(f"i{at}") for at in range(items)]
    return np.asarray(model.calc_sigma()[0])[np.ix_(order, order)]


def _srmr(found: Points, implied: Points) -> float:
    """Root mean square of the standardised residuals, the diagonal among them."""
    spread = np.sqrt(np.diag(found))
    residuals = (found - implied) / np.outer(spread, spread)
    return float(np.sqrt((residuals[np.tril_indices(len(found))] ** 2).mean()))

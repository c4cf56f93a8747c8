"""Agreement of raters, or of repeats: intraclass correlations and Krippendorff's alpha."""

import math
from typing import Literal, NamedTuple

import numpy as np
from scipy import stats

from evaluation.intervals import Interval, Points, percentile_interval, resampled
from evaluation.sections import Estimate

Form = Literal["ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k"]
FORMS: dict[Form, str] = {
    "ICC1": "one-way random, single rater, ICC(1,1)",
    "ICC2": "two-way random, absolute agreement, single rater, ICC(2,1)",
    "ICC3": "two-way mixed, consistency, single rater, ICC(3,1)",
    "ICC1k": "one-way random, mean of the raters, ICC(1,k)",
    "ICC2k": "two-way random, absolute agreement, mean of the raters, ICC(2,k)",
    "ICC3k": "two-way mixed, consistency, mean of the raters, ICC(3,k)",
}
"""The six forms of Shrout and Fleiss (1979) in words."""

Metric = Literal["nominal", "ordinal", "interval"]


def icc(data: Points, form: Form, *, level: float = 0.95) -> Estimate:
    """An intraclass correlation; shape (targets, raters), NaN missing.

    Shrout, P. E. and Fleiss, J. L. (1979). Intraclass correlations: Uses in assessing rater
    reliability. Psychological Bulletin 86, 420-428; intervals as there and, for ICC2 and ICC2k, in
    McGraw and Wong (1996, Forming inferences about some intraclass correlation coefficients,
    Psychological Methods 1, 30-46). Targets that a rater left out are left out. It may be negative.
    Undefined for fewer than two whole targets or raters, where all ratings are the same, and where
    targets differ so much less than chance would have it that the formula ends.
    """
    whole = data[~np.isnan(data).any(axis=1)]
    targets, raters = whole.shape
    if targets < 2 or raters < 2:
        why = f"{targets} targets rated by all {raters} raters: two of each are needed"
        return Estimate(n=targets, why=why)
    if np.ptp(whole) == 0:
        return Estimate(n=targets, why="all ratings are the same")
    squares = _squares(whole)
    value = _value(squares, form[:4])
    ends = _ends(squares, form[:4], (1 + level) / 2)
    if form.endswith("k"):
        value = stepped_up(value, raters)
        ends = tuple(stepped_up(end, raters) for end in ends)
    if not math.isfinite(value):
        return Estimate(n=targets, why="targets differ less than chance would have it")
    known = len(ends) == 2 and all(math.isfinite(end) for end in ends)
    interval = Interval(low=ends[0], high=ends[1], level=level) if known else None
    return Estimate(value=value, interval=interval, n=targets)


def iccs(data: Points, *, level: float = 0.95) -> dict[Form, Estimate]:
    """All six intraclass correlations; see ``icc``."""
    return {form: icc(data, form, level=level) for form in FORMS}


def stepped_up(value: float, raters: int) -> float:
    """Reliability of the mean of so many raters (Spearman, 1910; Brown, 1910).

    Minus infinity from -1 / (raters - 1) down, where the formula ends.
    """
    denominator = 1 + (raters - 1) * value
    return raters * value / denominator if denominator > 1e-12 else float("-inf")


def krippendorff(
    data: Points,
    metric: Metric,
    *,
    seed: int = 0,
    resamples: int = 2000,
    level: float = 0.95,
) -> Estimate:
    """Krippendorff's alpha; shape (units, raters), NaN missing, nominal values as numbers.

    Hayes, A. F. and Krippendorff, K. (2007). Answering the call for a standard reliability measure
    for coding data. Communication Methods and Measures 1, 77-89. The interval is the percentile
    interval of a bootstrap over units (Zapf, Castell, Morawietz and Karch, 2016, Measuring
    inter-rater reliability for nominal data, BMC Medical Research Methodology 16, 93). Units with
    one rating cannot be paired and are left out. Undefined for fewer than two units with two
    ratings, and where all ratings are the same.
    """
    paired = data[(~np.isnan(data)).sum(axis=1) >= 2]
    if len(paired) < 2:
        return Estimate(n=len(paired), why="fewer than two units have two ratings")
    values = np.unique(paired[~np.isnan(paired)])
    if len(values) < 2:
        return Estimate(n=len(paired), why="all ratings are the same")
    counts = (paired[:, :, None] == values).sum(axis=1).astype(np.float64)
    value = _krippendorff(counts, values, np.ones(len(paired)), metric)
    draws = resampled(len(paired), seed=seed, resamples=resamples)
    drawn = np.array([_krippendorff(counts, values, weights, metric) for weights in draws])
    return Estimate(value=value, interval=percentile_interval(drawn, level=level), n=len(paired))


class _Squares(NamedTuple):
    """Mean squares of a table of targets by raters without repeats."""

    targets: int
    raters: int
    between: float
    within: float
    judges: float
    error: float


def _squares(table: Points) -> _Squares:
    targets, raters = table.shape
    rows, columns, mean = table.mean(axis=1), table.mean(axis=0), table.mean()
    between = raters * ((rows - mean) ** 2).sum()
    judges = targets * ((columns - mean) ** 2).sum()
    within = ((table - rows[:, None]) ** 2).sum()
    error = ((table - rows[:, None] - columns + mean) ** 2).sum()
    return _Squares(
        targets=targets,
        raters=raters,
        between=float(between / (targets - 1)),
        within=float(within / (targets * (raters - 1))),
        judges=float(judges / (raters - 1)),
        error=float(error / ((targets - 1) * (raters - 1))),
    )


def _value(of: _Squares, form: str) -> float:
    n, k = of.targets, of.raters
    noise = of.within if form == "ICC1" else of.error
    total = of.between + (k - 1) * noise
    if form == "ICC2":
        total += k * (of.judges - of.error) / n
    return (of.between - noise) / total if total > 1e-12 * _all(of) else math.nan


def _all(of: _Squares) -> float:
    return of.between + of.within


def _ends(of: _Squares, form: str, high: float) -> tuple[float, ...]:
    """The ends of the interval of a single rater; none where nothing is left to chance."""
    n, k = of.targets, of.raters
    noise = of.within if form == "ICC1" else of.error
    if noise <= 1e-12 * _all(of):
        return ()
    if form == "ICC2":
        return _agreement_ends(of, high)
    freedom = n * (k - 1) if form == "ICC1" else (n - 1) * (k - 1)
    ratio = of.between / noise
    bounds = (
        ratio / stats.f.ppf(high, n - 1, freedom),
        ratio * stats.f.ppf(high, freedom, n - 1),
    )
    return tuple(float((one - 1) / (one + k - 1)) for one in bounds)


def _agreement_ends(of: _Squares, high: float) -> tuple[float, ...]:
    """McGraw and Wong (1996), case 2A: the degrees of freedom of a weighted sum of squares."""
    n, k, rho = of.targets, of.raters, _value(of, "ICC2")
    judges = of.judges / of.error
    rest = n * (1 + (k - 1) * rho) - k * rho
    freedom = (k - 1) * (n - 1) * (k * rho * judges + rest) ** 2
    freedom /= (n - 1) * (k * rho * judges) ** 2 + rest**2
    low, up = stats.f.ppf(high, n - 1, freedom), stats.f.ppf(high, freedom, n - 1)
    spread = k * of.judges + (k * n - k - n) * of.error
    return (
        float(n * (of.between - low * of.error) / (low * spread + n * of.between)),
        float(n * (up * of.between - of.error) / (spread + n * up * of.between)),
    )


def _krippendorff(counts: Points, values: Points, weights: Points, metric: Metric) -> float:
    """Alpha when each unit counts so often; ``counts`` are ratings by unit and value."""
    share = weights / (counts.sum(axis=1) - 1)
    observed = counts.T @ (counts * share[:, None])
    observed -= np.diag(share @ counts)
    totals = weights @ counts
    apart = _apart(values, totals, metric)
    expected = float(totals @ apart @ totals) / (totals.sum() - 1)
    return 1 - float((observed * apart).sum()) / expected if expected else float("nan")


def _apart(values: Points, totals: Points, metric: Metric) -> Points:
    """Squared differences of values."""
    if metric == "nominal":
        return 1 - np.eye(len(values))
    # Of ranks: the ratings that lie between two values, half of those of the values themselves.
    places = values if metric == "interval" else np.cumsum(totals) - totals / 2
    return np.asarray((places[:, None] - places[None, :]) ** 2)

"""Two conditions against each other: means, proportions, and shifts within people.

Every item weighs alike, so that an effect is none of one text. People are the unit: replicates of a
person are averaged before anything is computed.
"""

from collections.abc import Callable, Sequence

import numpy as np
from scipy.stats import rankdata

from evaluation.drift import amount, is_amount
from evaluation.experiments.experiment import (
    Experiment,
    MeanDifference,
    ProportionDifference,
    WithinShift,
)
from evaluation.experiments.observations import Observation, scores
from evaluation.experiments.resampling import (
    Two,
    deviations,
    known_mean,
    means,
    medians,
    over,
)
from evaluation.experiments.result import Analysed, Named, OfItem
from evaluation.experiments.stimuli import Built
from evaluation.intervals import Points
from evaluation.sections import Estimate, said
from simulacra.domain.survey import Item
from simulacra.errors import InputError

_NO_SPREAD = "all answers to each item are alike, so there is no spread to measure it by"
_LOGIT = np.sqrt(3) / np.pi  # of a logistic distribution, its standard deviation in log odds
_BOOTSTRAP = (
    "Hesterberg, T. C. (2015). What teachers should know about the bootstrap. American Statistician "
    "69, 371-386."
)
_HEDGES = (
    "Hedges, L. V. (1981). Distribution theory for Glass's estimator of effect size and related "
    "estimators. Journal of Educational Statistics 6, 107-128."
)
_CHINN = (
    "Chinn, S. (2000). A simple method for converting an odds ratio to effect size for use in "
    "meta-analysis. Statistics in Medicine 19, 3127-3131."
)


def mean_difference(
    experiment: Experiment,
    analysis: MeanDifference,
    made: Built,
    observations: Sequence[Observation],
    seed: int,
) -> Analysed:
    """Means of the first condition minus those of the second.

    The standardised difference of an item is Hedges' g: the difference over the pooled standard
    deviation of people in the two conditions, with his correction for small samples (Hedges, 1981),
    also where the same people are in both, so that it stands beside those of other people. With
    ``ranks`` the answers to an item are ranked over both conditions first. The index is that of
    Jacowitz and Kahneman (1995): difference of medians over distance of the anchors.

    Raises:
        InputError: an item has no amounts.
    """
    _all_amounts(made.measured)
    plain = _two(experiment, analysis.conditions, made.measured, observations, seed)
    standard = plain
    if analysis.ranks:
        ranked = _ranked(made.measured, observations)
        standard = _two(experiment, analysis.conditions, made.measured, observations, seed, ranked)
    main = standard.estimate(lambda first, second: known_mean(_g(standard, first, second)))
    what = "standardised difference of ranks" if analysis.ranks else "standardised difference"
    estimates = [_named("d", what, "d", main, _NO_SPREAD)]
    if analysis.spans:
        spans = _spans(experiment, analysis.spans)
        index = plain.estimate(lambda first, second: known_mean(_index(plain, first, second, spans)))
        estimates.append(_named("index", "anchoring index", "index", index, "nobody answered"))
    items = tuple(
        _of_item(plain, at, item, medians if analysis.spans else means)
        for at, item in enumerate(made.measured)
    )
    middle = "median" if analysis.spans else "mean"
    first, second = analysis.conditions
    return Analysed(
        method=(
            f"Per item the {what} (Hedges' g) between {first} and {second}, averaged over items"
            + (", and the difference of medians as a share of the distance of the anchors" if
               analysis.spans else "") + "."
        ),
        estimates=tuple(estimates),
        columns=(f"{middle}, {first}", f"{middle}, {second}", "difference"),
        items=items,
        findings=_told(estimates, first, second),
        sources=(_HEDGES, _BOOTSTRAP),
    )  # fmt: skip


def proportion_difference(
    experiment: Experiment,
    analysis: ProportionDifference,
    made: Built,
    observations: Sequence[Observation],
    seed: int,
) -> Analysed:
    """How much more often an option is chosen in the first condition than in the second.

    Shares are those of the items, averaged; the difference, the ratio, and the standardised
    difference log odds ratio x sqrt(3) / pi (Chinn, 2000).
    """
    code = analysis.code

    def chosen(one: Observation) -> float | None:
        return None if one.code is None else float(one.code == code)

    shares = [
        scores(observations, name, [one.id for one in made.measured], chosen)
        for name in analysis.conditions
    ]
    two = Two.of(shares[0], shares[1], paired=experiment.within, seed=seed)

    def each(first: Points, second: Points) -> tuple[Points, Points]:
        return known_mean(means(first, two.first)), known_mean(means(second, two.second))

    def log_odds(first: Points, second: Points) -> Points:
        high, low = each(first, second)
        inside = (high > 0) & (high < 1) & (low > 0) & (low < 1)
        high, low = np.where(inside, high, 0.5), np.where(inside, low, 0.5)
        odds = np.log(high / (1 - high)) - np.log(low / (1 - low))
        return np.where(inside, _LOGIT * odds, np.nan)

    first, second = analysis.conditions
    only = f"nobody or everybody chooses {code} in a condition"
    estimates = (
        _named("difference", "difference of shares", "difference",
               two.estimate(lambda a, b: np.subtract(*each(a, b))), "nobody answered"),
        _named("ratio", "ratio of shares", "ratio",
               two.estimate(lambda a, b: over(*each(a, b))), f"nobody chooses {code} in {second}"),
        _named("d", "standardised difference", "d", two.estimate(log_odds), only),
        _named("first", f"share in {first}", "share",
               two.estimate(lambda a, b: each(a, b)[0]), "nobody answered"),
        _named("second", f"share in {second}", "share",
               two.estimate(lambda a, b: each(a, b)[1]), "nobody answered"),
    )  # fmt: skip
    return Analysed(
        method=(
            f"The share of people who choose {code}, averaged over the items, in {first} minus "
            f"that in {second}; also their ratio, and the log odds ratio x sqrt(3)/pi as a "
            "standardised difference."
        ),
        estimates=estimates,
        columns=(f"share, {first}", f"share, {second}", "difference"),
        items=tuple(_of_item(two, at, item, means) for at, item in enumerate(made.measured)),
        findings=_told(estimates, first, second),
        sources=(_CHINN, _BOOTSTRAP),
    )


def within_shift(
    experiment: Experiment,
    analysis: WithinShift,
    made: Built,
    observations: Sequence[Observation],
    seed: int,
) -> Analysed:
    """How far a person's mean over the items moves from the second condition to the first.

    Also over the standard deviation of these shifts (Cohen, 1988, Statistical Power Analysis, d_z).
    A person counts who answered at least three quarters of the items in both.

    Raises:
        InputError: an item has no amounts.
    """
    _all_amounts(made.measured)
    two = _two(experiment, analysis.conditions, made.measured, observations, seed)
    shift = (_level(two.first) - _level(two.second))[:, None]

    def standard(first: Points, second: Points) -> Points:  # noqa: ARG001
        squares, many = deviations(first, shift)
        spread = np.sqrt(over(squares, many - 1))[:, 0]
        return over(means(first, shift)[:, 0], np.nan_to_num(spread))

    estimates = (
        _named("shift", "shift within people", "points",
               two.estimate(lambda a, b: means(a, shift)[:, 0]),
               "nobody answered enough in both"),
        _named("d", "standardised shift", "d", two.estimate(standard),
               "all people move alike, so there is no spread to measure it by"),
    )  # fmt: skip
    first, second = analysis.conditions
    return Analysed(
        method=(
            f"Each person's mean over the items in {first} minus that in {second}, of people who "
            "answered three quarters of the items in both."
        ),
        estimates=estimates,
        columns=(f"mean, {first}", f"mean, {second}", "shift"),
        items=tuple(_of_item(two, at, item, means) for at, item in enumerate(made.measured)),
        findings=_told(estimates, first, second),
        sources=(_BOOTSTRAP,),
    )


def _two(
    experiment: Experiment,
    conditions: tuple[str, ...],
    items: Sequence[Item],
    observations: Sequence[Observation],
    seed: int,
    given: dict[int, float] | None = None,
) -> Two:
    """Amounts in two conditions; ``given`` replaces them, by the place of the observation."""
    known = {item.id: item for item in items}
    place = {id(one): at for at, one in enumerate(observations)}

    def score(one: Observation) -> float | None:
        if given is not None:
            return given.get(place[id(one)])
        return amount(known[one.item], one.response)

    ids = list(known)
    first, second = (scores(observations, name, ids, score) for name in conditions)
    return Two.of(first, second, paired=experiment.within, seed=seed)


def _ranked(items: Sequence[Item], observations: Sequence[Observation]) -> dict[int, float]:
    """Mid-ranks of the answers to each item over all conditions, as shares of how many there are."""
    found: dict[int, float] = {}
    for item in items:
        values = {
            at: value
            for at, one in enumerate(observations)
            if one.item == item.id and (value := amount(item, one.response)) is not None
        }
        ranks = rankdata(list(values.values())) / max(1, len(values))
        found |= dict(zip(values, ranks.tolist(), strict=True))
    return found


def _g(two: Two, first: Points, second: Points) -> Points:
    """Hedges' g of each item, shape (resamples, items); NaN where there is no spread."""
    squares, many = zip(deviations(first, two.first), deviations(second, two.second), strict=True)
    freedom = many[0] + many[1] - 2
    spread = np.sqrt(over(squares[0] + squares[1], np.maximum(freedom, 0)))
    difference = means(first, two.first) - means(second, two.second)
    correction = 1 - 3 / np.maximum(4 * freedom - 1, 1)
    return over(difference, np.where(spread > 1e-12, spread, 0)) * correction


def _index(two: Two, first: Points, second: Points, spans: Points) -> Points:
    return (medians(first, two.first) - medians(second, two.second)) / spans


def _spans(experiment: Experiment, names: tuple[str, str]) -> Points:
    """The distance of the two numbers of each stimulus."""
    found: list[float] = []
    for one in experiment.stimuli:
        try:
            high, low = (float(one.texts[name]) for name in names)
        except (KeyError, ValueError):
            raise InputError(
                f"stimulus {one.id} needs numbers as {names[0]} and {names[1]}"
            ) from None
        if high == low:
            raise InputError(f"stimulus {one.id}: {names[0]} and {names[1]} are the same number")
        found.append(high - low)
    return np.array(found)


def _level(points: Points) -> Points:
    """Mean over items; NaN where fewer than three quarters are answered."""
    enough = 4 * (~np.isnan(points)).sum(axis=1) >= 3 * points.shape[1]
    return np.where(enough, known_mean(points), np.nan)


def _of_item(
    two: Two, at: int, item: Item, take: Callable[[Points, Points], Points]
) -> OfItem:
    one = two._replace(first=two.first[:, [at]], second=two.second[:, [at]])
    return OfItem(
        id=item.id,
        wording=item.text,
        first=one.estimate(lambda a, b: take(a, one.first)[:, 0]),
        second=one.estimate(lambda a, b: take(b, one.second)[:, 0]),
        effect=one.estimate(lambda a, b: (take(a, one.first) - take(b, one.second))[:, 0]),
    )


def _all_amounts(items: Sequence[Item]) -> None:
    if wrong := [one.id for one in items if not is_amount(one)]:
        raise InputError(
            f"the analysis needs ratings with numbers for codes, or numbers: {wrong[0]} is neither"
        )


def _named(name: str, label: str, unit: str, estimate: Estimate, why: str) -> Named:
    undefined = why if estimate.value is None else ""
    return Named(name=name, label=label, unit=unit, estimate=estimate, why=undefined)


def _told(estimates: Sequence[Named], first: str, second: str) -> tuple[str, ...]:
    """The main estimate as a sentence."""
    main = estimates[0]
    if main.estimate.value is None:
        return (f"The {main.label} between {first} and {second} is undefined: {main.why}.",)
    return (
        f"The {main.label}, {first} minus {second}, is {said(main.estimate, signed=True)}.",
    )

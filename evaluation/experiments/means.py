"""Means of two conditions against each other, and shifts within people.

Every item weighs alike, so that an effect is none of one text. People are the unit: replicates of a
person are averaged before anything is computed.
"""

from collections.abc import Sequence

import numpy as np

from evaluation.answers import is_amount
from evaluation.experiments.experiment import Experiment, MeanDifference, WithinShift
from evaluation.experiments.observations import Observation
from evaluation.experiments.parts import BOOTSTRAP, named, of_item, told
from evaluation.experiments.resampling import deviations, known_mean, means, medians, over
from evaluation.experiments.result import Analysed
from evaluation.experiments.standardised import Standardised, amounts_of, ranks_of, two_of
from evaluation.experiments.stimuli import Built
from evaluation.intervals import Points
from simulacra.domain.survey import Item
from simulacra.errors import InputError

_NO_SPREAD = "all answers to each item are alike, so there is no spread to measure it by"
_HEDGES = (
    "Hedges, L. V. (1981). Distribution theory for Glass's estimator of effect size and related "
    "estimators. Journal of Educational Statistics 6, 107-128."
)


def mean_difference(
    experiment: Experiment,
    analysis: MeanDifference,
    made: Built,
    observations: Sequence[Observation],
    seed: int,
) -> Analysed:
    """Means of the first condition minus those of the second.

    Hedges' g of each item, averaged (see ``Standardised.g``), also where the same people are in
    both conditions, so that it stands beside that of other people. With ``ranks`` the answers to an
    item are ranked over both conditions first. With ``spans`` also the anchoring index of Jacowitz
    and Kahneman (1995): the difference of medians over the distance of the anchors.

    Raises:
        InputError: an item has no amounts, or a stimulus no two numbers.
    """
    items = made.measured
    _all_amounts(items)
    amounts = amounts_of(items, observations)
    plain = two_of(experiment, items, observations, amounts, seed)
    scored = ranks_of(items, observations, amounts) if analysis.ranks else amounts
    standard = Standardised.of(experiment, items, observations, scored, seed)
    what = "standardised difference of ranks" if analysis.ranks else "standardised difference"
    main = plain.estimate(lambda a, b: known_mean(standard.g(a, b)))
    estimates = [named("d", what, "d", main, _NO_SPREAD)]
    first, second = analysis.conditions
    method = f"Per item the {what} (Hedges' g) between {first} and {second}, averaged over items"
    if analysis.spans:
        spans = _spans(experiment, analysis.spans)

        def index(a: Points, b: Points) -> Points:
            return known_mean((medians(a, plain.first) - medians(b, plain.second)) / spans)

        estimates.append(named("index", "anchoring index", "index", plain.estimate(index)))
        method += "; and the difference of medians as a share of the distance of the anchors"
    middle, word = (medians, "median") if analysis.spans else (means, "mean")
    return Analysed(
        method=f"{method}.",
        estimates=tuple(estimates),
        columns=(f"{word}, {first}", f"{word}, {second}", "difference"),
        items=tuple(of_item(plain, at, item, middle) for at, item in enumerate(items)),
        findings=told(estimates, first, second),
        sources=(_HEDGES, BOOTSTRAP),
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
    items = made.measured
    _all_amounts(items)
    two = two_of(experiment, items, observations, amounts_of(items, observations), seed)
    shift = (_level(two.first) - _level(two.second))[:, None]

    def standard(first: Points, second: Points) -> Points:  # noqa: ARG001
        squares, many = deviations(first, shift)
        spread = np.sqrt(over(squares, np.maximum(many - 1, 0)))[:, 0]
        return over(means(first, shift)[:, 0], np.nan_to_num(spread))

    shifts = two.estimate(lambda a, b: means(a, shift)[:, 0])  # noqa: ARG005
    estimates = (
        named("shift", "shift within people", "points", shifts, "nobody answered enough in both"),
        named("d", "standardised shift", "d", two.estimate(standard),
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
        items=tuple(of_item(two, at, item, means) for at, item in enumerate(items)),
        findings=told(estimates, first, second),
        sources=(BOOTSTRAP,),
    )


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


def _all_amounts(items: Sequence[Item]) -> None:
    if wrong := [one.id for one in items if not is_amount(one)]:
        raise InputError(
            f"the analysis needs ratings with numbers for codes, or numbers: {wrong[0]} is neither"
        )

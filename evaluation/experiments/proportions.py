"""How often an option is chosen in two conditions. Every item weighs alike; people are the unit."""

from collections.abc import Sequence

import numpy as np

from evaluation.experiments.experiment import Experiment, ProportionDifference
from evaluation.experiments.observations import Observation
from evaluation.experiments.parts import BOOTSTRAP, named, of_item, told
from evaluation.experiments.resampling import known_mean, means, over
from evaluation.experiments.result import Analysed
from evaluation.experiments.standardised import two_of
from evaluation.experiments.stimuli import Built
from evaluation.intervals import Points

_LOGIT = float(np.sqrt(3) / np.pi)
"""Standard deviations of a logistic distribution in a unit of log odds."""
_CHINN = (
    "Chinn, S. (2000). A simple method for converting an odds ratio to effect size for use in "
    "meta-analysis. Statistics in Medicine 19, 3127-3131."
)


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
    code, (first, second) = analysis.code, analysis.conditions
    chosen = [None if one.code is None else float(one.code == code) for one in observations]
    two = two_of(experiment, made.measured, observations, chosen, seed)

    def high(a: Points) -> Points:
        return known_mean(means(a, two.first))

    def low(b: Points) -> Points:
        return known_mean(means(b, two.second))

    main = two.estimate(lambda a, b: high(a) - low(b))
    ratio = two.estimate(lambda a, b: over(high(a), low(b)))
    standard = two.estimate(lambda a, b: _LOGIT * (_log_odds(high(a)) - _log_odds(low(b))))
    shares = (two.estimate(lambda a, b: high(a)), two.estimate(lambda a, b: low(b)))  # noqa: ARG005
    never = f"nobody chooses {code} in {second}"
    only = f"nobody or everybody chooses {code} in a condition"
    estimates = (
        named("difference", "difference of shares", "difference", main),
        named("ratio", "ratio of shares", "ratio", ratio, never),
        named("d", "standardised difference", "d", standard, only),
        named("first", f"share in {first}", "share", shares[0]),
        named("second", f"share in {second}", "share", shares[1]),
    )
    return Analysed(
        method=(
            f"The share of people who choose {code}, averaged over the items, in {first} minus "
            f"that in {second}; also their ratio, and the log odds ratio x sqrt(3)/pi as a "
            "standardised difference."
        ),
        estimates=estimates,
        columns=(f"share, {first}", f"share, {second}", "difference"),
        items=tuple(of_item(two, at, item, means) for at, item in enumerate(made.measured)),
        findings=told(estimates, first, second),
        sources=(_CHINN, BOOTSTRAP),
    )


def _log_odds(share: Points) -> Points:
    """NaN at 0 and 1, where they have no end."""
    inside = (share > 0) & (share < 1)
    within = np.where(inside, share, 0.5)
    return np.where(inside, np.log(within / (1 - within)), np.nan)

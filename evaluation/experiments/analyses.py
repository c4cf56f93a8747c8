"""The analyses that an experiment can name."""

from collections.abc import Sequence

from evaluation.experiments.conformity import conformity
from evaluation.experiments.experiment import (
    Conformity,
    Experiment,
    MeanDifference,
    OrderEffects,
    ProportionDifference,
)
from evaluation.experiments.means import mean_difference, within_shift
from evaluation.experiments.observations import Observation
from evaluation.experiments.orders import order_effects
from evaluation.experiments.proportions import proportion_difference
from evaluation.experiments.result import Analysed
from evaluation.experiments.stimuli import Built


def analysed(
    experiment: Experiment, made: Built, observations: Sequence[Observation], seed: int
) -> Analysed:
    """What the analysis that the experiment names makes of the answers.

    Raises:
        InputError: the analysis does not fit the items.
    """
    given = (made, observations, seed)
    analysis = experiment.analysis
    if isinstance(analysis, MeanDifference):
        return mean_difference(experiment, analysis, *given)
    if isinstance(analysis, ProportionDifference):
        return proportion_difference(experiment, analysis, *given)
    if isinstance(analysis, Conformity):
        return conformity(experiment, analysis, *given)
    if isinstance(analysis, OrderEffects):
        return order_effects(analysis, *given)
    return within_shift(experiment, analysis, *given)

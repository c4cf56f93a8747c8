"""Answers as scores of two conditions, and their standardised difference."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.stats import rankdata

from evaluation.answers import amount
from evaluation.experiments.experiment import Experiment
from evaluation.experiments.observations import Observation, scores
from evaluation.experiments.resampling import Two, means, over
from evaluation.intervals import Points
from simulacra.domain.survey import Item

Amounts = Sequence[float | None]
"""What each observation is scored, None where it is missing."""

_TINY = 1e-9


class Standardised(NamedTuple):
    """Answers to each item, and their squares, about the item's mean."""

    values: Two
    squares: Two

    @classmethod
    def of(
        cls,
        experiment: Experiment,
        items: Sequence[Item],
        observations: Sequence[Observation],
        scored: Amounts,
        seed: int,
    ) -> "Standardised":
        """Of the answers as they are scored."""
        known: dict[str, list[float]] = {item.id: [] for item in items}
        for one, value in zip(observations, scored, strict=True):
            known[one.item] += [] if value is None else [value]
        middle = {name: float(np.mean(some)) if some else 0.0 for name, some in known.items()}
        about = [
            None if value is None else value - middle[one.item]
            for one, value in zip(observations, scored, strict=True)
        ]
        squared = [None if value is None else value**2 for value in about]
        return cls(
            two_of(experiment, items, observations, about, seed),
            two_of(experiment, items, observations, squared, seed),
        )

    def g(self, first: Points, second: Points) -> Points:
        """Hedges' g of each item, shape (resamples, items); NaN where there is no spread.

        The difference of means over the pooled standard deviation, with the correction for small
        samples (Hedges, 1981). The deviation is that of single answers, also where a person gave
        several: means of several answers lie closer together than answers do.
        """
        sums, many, levels = [], [], []
        for weights, values, squares in (
            (first, self.values.first, self.squares.first),
            (second, self.values.second, self.squares.second),
        ):
            level = means(weights, values)
            known = weights @ (~np.isnan(values)).astype(float)
            sums.append(known * np.maximum(means(weights, squares) - level**2, 0))
            many.append(known)
            levels.append(level)
        freedom = many[0] + many[1] - 2
        spread = np.sqrt(over(sums[0] + sums[1], np.maximum(freedom, 0)))
        correction = 1 - 3 / np.maximum(4 * freedom - 1, 1)
        found: Points = over(levels[0] - levels[1], np.where(spread > _TINY, spread, 0))
        found *= correction
        return found


def two_of(
    experiment: Experiment,
    items: Sequence[Item],
    observations: Sequence[Observation],
    scored: Amounts,
    seed: int,
) -> Two:
    """What was scored in the two conditions of the analysis."""
    value = {id(one): found for one, found in zip(observations, scored, strict=True)}
    ids = [item.id for item in items]
    first, second = (
        scores(observations, name, ids, lambda one: value[id(one)])
        for name in experiment.analysis.conditions
    )
    return Two.of(first, second, paired=experiment.within, seed=seed)


def amounts_of(items: Sequence[Item], observations: Sequence[Observation]) -> Amounts:
    """The amount that each observation holds."""
    known = {item.id: item for item in items}
    return [amount(known[one.item], one.response) for one in observations]


def ranks_of(
    items: Sequence[Item], observations: Sequence[Observation], amounts: Amounts
) -> Amounts:
    """Mid-ranks of the answers to each item over all conditions, as shares of their number."""
    found: dict[int, float] = {}
    for item in items:
        values = {
            at: value
            for at, (one, value) in enumerate(zip(observations, amounts, strict=True))
            if one.item == item.id and value is not None
        }
        ranks = rankdata(list(values.values())) / max(1, len(values))
        found |= dict(zip(values, ranks.tolist(), strict=True))
    return [found.get(at) for at in range(len(observations))]

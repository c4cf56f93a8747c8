"""The graded response model: how likely each category of a rating is, given the trait.

Samejima, F. (1969). Estimation of latent ability using a response pattern of graded scores.
Psychometrika Monograph Supplement 17. The probability of category k or a higher one is
logistic(a (theta - b_k)), with discrimination a and thresholds b_1 < b_2 < ...
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import NormalDist

from simulacra.domain.behaviour import Behaviour, Curve
from simulacra.seeds import seed_of

_NORMAL = NormalDist()
_REACH = 2.0  # thresholds lie between minus and plus this many standard deviations


def normal(*names: str | int) -> float:
    """A draw from the standard normal that follows from names."""
    return _NORMAL.inv_cdf(uniform(*names))


def uniform(*names: str | int) -> float:
    """A draw from (0, 1) that follows from names."""
    return (seed_of(*names) + 0.5) / 2**31


def curve_of(behaviour: Behaviour, item_id: str, categories: int) -> Curve:
    """The curve of an item with so many categories: the given one, or one drawn for the item."""
    given = behaviour.curves.get(item_id)
    log = behaviour.spread * normal(behaviour.seed, "curve", item_id)
    discrimination = given.discrimination if given else behaviour.discrimination * math.exp(log)
    if given and given.thresholds:
        return given
    steps = categories - 1
    spread = [2 * _REACH * (step + 0.5) / steps - _REACH for step in range(steps)]
    return Curve(discrimination=discrimination, thresholds=tuple(spread))


def category_probabilities(curve: Curve, level: float) -> list[float]:
    """Probability of each category, the lowest first, at a level of the trait."""
    above = [1.0, *(_logistic(curve.discrimination * (level - b)) for b in curve.thresholds), 0.0]
    return [higher - lower for higher, lower in pairwise(above)]


def tilted(probabilities: Sequence[float], log_odds: Sequence[float]) -> list[float]:
    """Probabilities after each category gained so much in log-odds."""
    weights = [p * math.exp(gain) for p, gain in zip(probabilities, log_odds, strict=True)]
    total = math.fsum(weights)
    return [weight / total for weight in weights]


def drawn(probabilities: Sequence[float], chance: float) -> int:
    """The category in which a chance from [0, 1) falls."""
    reached = 0.0
    for category, probability in enumerate(probabilities):
        reached += probability
        if chance < reached:
            return category
    return len(probabilities) - 1


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value)) if value > -700 else 0.0

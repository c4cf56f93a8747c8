"""The test of the eight functions: does what a person agrees with order them as they were given?

Weights and ordering after Xie et al. (2025, arXiv 2402.18180): agreeing with a sentence adds the
weight of its rank to its function, +4 to -4 from rank 1 to 8; functions are ordered by their sums.
Agreement with the order that the person was given is Kendall's tau-b (Kendall, 1945, Biometrika 33,
239-251) between the two rank vectors: ties lower what can be reached, and where all sums are equal
there is none.

The sentences are worded for the ranks that the person has, so agreeing with some at random orders
the functions well above zero, and agreeing with everything orders them perfectly. Two remedies: a
second tau counts the sentences' counterparts as well, where that gives nothing; and beside each tau
stands what a respondent would reach who agrees as often, but at random.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from evaluation.intervals import Interval, Points, mean_interval, percentile_interval
from evaluation.personality.materials import AGREE, Sentence
from evaluation.sections import Estimate
from simulacra.domain.answer import Answer, Response
from simulacra.domain.base import Frozen
from simulacra.domain.persona import FUNCTIONS, Function

WEIGHTS = {1: 4, 2: 3, 3: 2, 4: 1, 5: -1, 6: -2, 7: -3, 8: -4}
_DRAWS = 2000
_PAIRS = tuple(combinations(range(len(FUNCTIONS)), 2))


class Tau(Frozen):
    """Agreement of two orders of the functions, -1 to 1; None where all sums are equal.

    ``interval`` comes of drawing the sentences of each function anew; ``chance`` is the mean of
    respondents who agree as often but at random, ``chance_range`` the middle 95% of them.
    """

    value: float | None
    interval: Interval | None = None
    chance: float | None = None
    chance_range: Interval | None = None
    tied: int = 0


class FunctionScore(Frozen):
    """One person's test: ``own`` on sentences of the person's ranks, ``balanced`` with the others.

    ``order`` is by the balanced sums, ties in the order of ``FUNCTIONS``, empty if all are tied;
    ``agreed`` is the share of all sentences that the person agreed with.
    """

    person: str
    assigned: tuple[Function, ...]
    order: tuple[Function, ...]
    sums: dict[Function, float]
    own: Tau
    balanced: Tau
    agreed: float | None
    answered: int
    asked: int


class FunctionsResult(Frozen):
    """The test of everybody, with means over people; ``without`` were given no order."""

    people: tuple[FunctionScore, ...]
    own: Estimate
    balanced: Estimate
    chance_own: float | None
    chance_balanced: float | None
    without: tuple[str, ...] = ()


def tau_b(ranks: Sequence[float], sums: Points) -> Points:
    """Kendall's tau-b of ``sums`` (rows, functions) with an order, 1 the strongest; NaN if tied.

    High sums belong to low ranks.
    """
    first, second = np.array(_PAIRS).T
    given = -np.sign(np.asarray(ranks, dtype=np.float64)[first] - np.asarray(ranks)[second])
    found = np.sign(sums[:, first] - sums[:, second])
    size = np.sqrt((given**2).sum() * (found**2).sum(axis=1))
    nothing = np.full(len(sums), np.nan)
    return np.asarray(np.divide(found @ given, size, out=nothing, where=size > 0))


def score_functions(
    person: str,
    assigned: Sequence[Function],
    sentences: Sequence[Sentence],
    replicates: Sequence[Mapping[str, Response]],
    *,
    seed: int = 0,
) -> FunctionScore:
    """One person's test from the responses by item in each replicate.

    A sentence counts the share of replicates in which the person agreed with it. One without any
    answer is left out; where fewer than three quarters have one, there is no tau.
    """
    shares = [_share(one, replicates) for one in sentences]
    known = [at for at, share in enumerate(shares) if share is not None]
    told = [sentences[at] for at in known]
    agreed = np.array([shares[at] for at in known], dtype=np.float64)
    enough = 4 * len(known) >= 3 * len(sentences) > 0
    ranks = [assigned.index(function) + 1 for function in FUNCTIONS]
    sums = agreed @ _weights(told) if enough else np.zeros(len(FUNCTIONS))
    order = sorted(range(len(FUNCTIONS)), key=lambda at: -sums[at]) if np.ptp(sums) else []
    mine = [at for at, one in enumerate(told) if one.own]
    own = [told[at] for at in mine]
    return FunctionScore(
        person=person,
        assigned=tuple(assigned),
        order=tuple(FUNCTIONS[at] for at in order),
        sums=dict(zip(FUNCTIONS, sums.tolist(), strict=True)) if enough else {},
        own=_tau(ranks, own, agreed[mine], seed) if enough else Tau(value=None),
        balanced=_tau(ranks, told, agreed, seed) if enough else Tau(value=None),
        agreed=float(agreed.mean()) if known else None,
        answered=len(known),
        asked=len(sentences),
    )


def summed_up(
    people: Sequence[FunctionScore], without: Sequence[str] = (), *, seed: int = 0
) -> FunctionsResult:
    """The test of several people: means of their taus, with intervals over people."""
    return FunctionsResult(
        people=tuple(people),
        own=_mean([one.own.value for one in people], seed),
        balanced=_mean([one.balanced.value for one in people], seed),
        chance_own=_mean([one.own.chance for one in people], seed).value,
        chance_balanced=_mean([one.balanced.chance for one in people], seed).value,
        without=tuple(without),
    )


def _share(sentence: Sentence, replicates: Sequence[Mapping[str, Response]]) -> float | None:
    said = [told.get(sentence.item) for told in replicates]
    codes = [one.codes[0] for one in said if isinstance(one, Answer)]
    return sum(code == AGREE for code in codes) / len(codes) if codes else None


def _weights(sentences: Sequence[Sentence]) -> Points:
    """What agreeing with each sentence adds to each function: (sentences, functions)."""
    weights = np.zeros((len(sentences), len(FUNCTIONS)))
    for at, one in enumerate(sentences):
        weights[at, FUNCTIONS.index(one.function)] = WEIGHTS[one.rank]
    return weights


def _tau(ranks: Sequence[float], sentences: Sequence[Sentence], agreed: Points, seed: int) -> Tau:
    weights = _weights(sentences)
    sums = agreed @ weights
    value = float(tau_b(ranks, sums[None, :])[0])
    rng = np.random.default_rng(seed)
    random = rng.random((_DRAWS, len(sentences))) < (agreed.mean() if len(agreed) else 0)
    by_chance = tau_b(ranks, random.astype(np.float64) @ weights)
    defined = not np.isnan(by_chance).all()
    tied = sum(sums[one] == sums[two] for one, two in _PAIRS)
    if np.isnan(value):
        interval = None
    else:
        drawn = tau_b(ranks, _redrawn(sentences, agreed, weights, rng))
        interval = percentile_interval(drawn)
    return Tau(
        value=None if np.isnan(value) else value,
        interval=interval,
        chance=float(np.nanmean(by_chance)) if defined else None,
        chance_range=percentile_interval(by_chance) if defined else None,
        tied=int(tied),
    )


def _redrawn(
    sentences: Sequence[Sentence], agreed: Points, weights: Points, rng: np.random.Generator
) -> Points:
    """Sums with the sentences of each function and rank drawn anew (stratified bootstrap)."""
    sums = np.zeros((_DRAWS, weights.shape[1]))
    strata = sorted({(one.function, one.rank) for one in sentences})
    for stratum in strata:
        rows = np.array([
            at for at, one in enumerate(sentences) if (one.function, one.rank) == stratum
        ])  # fmt: skip
        drawn = rows[rng.integers(0, len(rows), size=(_DRAWS, len(rows)))]
        sums += (agreed[drawn][:, :, None] * weights[drawn]).sum(axis=1)
    return sums


def _mean(values: Sequence[float | None], seed: int) -> Estimate:
    known = [one for one in values if one is not None]
    if not known:
        return Estimate(n=0)
    return Estimate(
        value=sum(known) / len(known), interval=mean_interval(known, seed=seed), n=len(known)
    )

"""The multitrait-multimethod matrix: do different ways to measure a trait agree, and only on it?

Campbell, D. T., & Fiske, D. W. (1959). Convergent and discriminant validation by the
multitrait-multimethod matrix. Psychological Bulletin 56, 81-105. Their four requirements: the same
trait by two methods correlates (convergent validity); it does so more than different traits by
different methods, and more than different traits by the same method; and the traits hang together
in the same pattern in every block of the matrix. Sizes are compared, since a trait may be named
from its other end. People are the unit; correlations are of pairwise complete values.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Literal, NamedTuple

import numpy as np

from evaluation.intervals import Points, percentile_interval, resampled
from evaluation.sections import Estimate
from evaluation.statistics.correlation import correlations, pearson, weighted_covariances
from evaluation.statistics.reliability import alpha
from simulacra.domain.base import Frozen

FEWEST_PEOPLE = 4
"""With fewer people a correlation over people says nothing."""
HUMAN_BAND = (0.30, 0.58)
"""Self and peer reports of the Big Five in people, r; compare McCrae and Costa (1987)."""
TOO_GOOD = 0.90
"""Agreement of methods from here on is more than people show: a script, not a person, is told."""

Kind = Literal["convergent", "heteromethod", "monomethod"]
Levels = Mapping[str, Mapping[str, Mapping[str, float]]]
"""Levels by method, person and trait; what is missing is not there."""


class Correlation(Frozen):
    """Two measures: ``convergent`` (one trait, two methods), else two traits by two or one."""

    kind: Kind
    trait: str
    method: str
    other_trait: str
    other_method: str
    r: Estimate


class Requirements(Frozen):
    """The requirements of Campbell and Fiske, as shares of the comparisons that meet them.

    ``over_heteromethod``: convergent values above those of other traits in their row and column of
    the block; ``over_monomethod``: above those of other traits by the same methods; ``pattern``:
    mean correlation of the patterns of different blocks, from -1 to 1. None where none is defined.
    """

    convergent_above_zero: int
    convergent: int
    over_heteromethod: float | None
    over_monomethod: float | None
    pattern: float | None


class Mtmm(Frozen):
    """The matrix of some traits by some methods.

    ``reliabilities`` are alphas over the facets of a trait, by method and trait. Means are of the
    convergent values, and of the sizes of the others; ``gain`` is convergent less heteromethod,
    ``method_gain`` convergent less monomethod. Intervals of single values are Fisher's, those of
    means come of drawing people anew.
    """

    methods: tuple[str, ...]
    traits: tuple[str, ...]
    people: int
    correlations: tuple[Correlation, ...]
    reliabilities: dict[str, dict[str, Estimate]]
    convergent: Estimate
    heteromethod: Estimate
    monomethod: Estimate
    gain: Estimate
    method_gain: Estimate
    requirements: Requirements

    def between(self, kind: Kind, method: str, other: str) -> list[Correlation]:
        """The values of one kind in the block of two methods."""
        return [
            one
            for one in self.correlations
            if one.kind == kind and {one.method, one.other_method} == {method, other}
        ]


class _Pair(NamedTuple):
    first: int
    second: int
    kind: Kind


def mtmm(
    levels: Levels,
    traits: Sequence[str],
    parts: Mapping[str, Sequence[str]] | None = None,
    *,
    seed: int = 0,
) -> Mtmm | None:
    """The matrix of the methods in ``levels``; None for one method or fewer than four people.

    ``parts`` names the facets of each trait, found in ``levels`` too, for its reliability.
    """
    methods = tuple(levels)
    people = sorted({person for told in levels.values() for person in told})
    if len(methods) < 2 or len(people) < FEWEST_PEOPLE:
        return None
    measures = [(trait, method) for method in methods for trait in traits]
    data = np.array([
        [levels[method].get(person, {}).get(trait, np.nan) for trait, method in measures]
        for person in people
    ])  # fmt: skip
    pairs = [
        _Pair(one, two, _kind(measures[one], measures[two]))
        for one, two in combinations(range(len(measures)), 2)
    ]
    draws = np.vstack([np.ones(len(people)), resampled(len(people), seed=seed)])
    drawn = correlations(weighted_covariances(data, draws))
    means = {
        kind: _mean(drawn, [pair for pair in pairs if pair.kind == kind])
        for kind in ("convergent", "heteromethod", "monomethod")
    }
    return Mtmm(
        methods=methods,
        traits=tuple(traits),
        people=len(people),
        correlations=tuple(_correlation(pair, measures, data) for pair in pairs),
        reliabilities=_reliabilities(levels, people, parts or {}),
        convergent=_estimate(means["convergent"], len(people)),
        heteromethod=_estimate(means["heteromethod"], len(people)),
        monomethod=_estimate(means["monomethod"], len(people)),
        gain=_estimate(means["convergent"] - means["heteromethod"], len(people)),
        method_gain=_estimate(means["convergent"] - means["monomethod"], len(people)),
        requirements=_requirements(drawn[0], pairs, measures),
    )


def _kind(one: tuple[str, str], two: tuple[str, str]) -> Kind:
    if one[1] == two[1]:
        return "monomethod"
    return "convergent" if one[0] == two[0] else "heteromethod"


def _correlation(pair: _Pair, measures: Sequence[tuple[str, str]], data: Points) -> Correlation:
    (trait, method), (other_trait, other_method) = measures[pair.first], measures[pair.second]
    return Correlation(
        kind=pair.kind,
        trait=trait,
        method=method,
        other_trait=other_trait,
        other_method=other_method,
        r=pearson(data[:, pair.first], data[:, pair.second]),
    )


def _reliabilities(
    levels: Levels, people: Sequence[str], parts: Mapping[str, Sequence[str]]
) -> dict[str, dict[str, Estimate]]:
    return {
        method: {
            trait: alpha(
                np.array([
                    [told.get(person, {}).get(part, np.nan) for part in names] for person in people
                ])
            )
            for trait, names in parts.items()
        }
        for method, told in levels.items()
    }  # fmt: skip


def _mean(drawn: Points, pairs: Sequence[_Pair]) -> Points:
    """Mean over pairs in each sample: of values where they converge, of sizes else.

    Sizes have the signs that everybody together gives: sizes of each sample would all be above 0.
    """
    values = drawn[:, [pair.first for pair in pairs], [pair.second for pair in pairs]]
    if pairs and pairs[0].kind != "convergent":
        values = values * np.sign(values[0])
    known = ~np.isnan(values)
    sums = np.where(known, values, 0).sum(axis=1)
    many = known.sum(axis=1)
    nothing = np.full(len(sums), np.nan)
    return np.asarray(np.divide(sums, many, out=nothing, where=many > 0))


def _estimate(samples: Points, people: int) -> Estimate:
    """The value of everybody, first, with the interval of the samples after it."""
    if np.isnan(samples[0]):
        return Estimate(n=people, why="nobody differs in what is compared")
    return Estimate(value=float(samples[0]), interval=percentile_interval(samples[1:]), n=people)


def _requirements(
    r: Points, pairs: Sequence[_Pair], measures: Sequence[tuple[str, str]]
) -> Requirements:
    valid = [p for p in pairs if p.kind == "convergent" and not np.isnan(r[p.first, p.second])]
    hetero: list[bool] = []
    mono: list[bool] = []
    for pair in valid:
        value = r[pair.first, pair.second]
        for other in pairs:
            shared = {other.first, other.second} & {pair.first, pair.second}
            size = abs(r[other.first, other.second])
            if not shared or other.kind == "convergent" or np.isnan(size):
                continue
            methods = {measures[other.first][1], measures[other.second][1]}
            if other.kind == "monomethod":
                mono.append(value > size)
            elif methods == {measures[pair.first][1], measures[pair.second][1]}:
                hetero.append(value > size)
    return Requirements(
        convergent_above_zero=sum(r[p.first, p.second] > 0 for p in valid),
        convergent=len(valid),
        over_heteromethod=sum(hetero) / len(hetero) if hetero else None,
        over_monomethod=sum(mono) / len(mono) if mono else None,
        pattern=_pattern(r, measures),
    )


def _pattern(r: Points, measures: Sequence[tuple[str, str]]) -> float | None:
    """Mean correlation between the correlations of traits in the triangles of all methods."""
    methods = list(dict.fromkeys(method for _, method in measures))
    triangles = []
    for method in methods:
        places = [at for at, (_, by) in enumerate(measures) if by == method]
        triangles.append([r[one, two] for one, two in combinations(places, 2)])
    found = [pearson(one, two).value for one, two in combinations(triangles, 2)]
    known = [one for one in found if one is not None]
    return sum(known) / len(known) if known else None

"""From judgements to scores: the mean over raters, its interval, agreement, the probe."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import fmean

import numpy as np

from evaluation.intervals import FEWEST, Points, mean_interval
from evaluation.observer.probe import VARIANTS, Shift, Variant, shift_of
from evaluation.observer.result import (
    Agreement,
    Both,
    DomainFound,
    Judgement,
    RaterFound,
    ScenarioFound,
)
from evaluation.observer.scenarios import Scenario
from evaluation.observer.targets import Target
from evaluation.raters.base import Rated, RaterInfo, Rating, Unrated
from evaluation.raters.forms import NOT_FILLED_IN
from evaluation.raters.panel import Ratings
from evaluation.sections import Estimate
from evaluation.statistics.agreement import icc, krippendorff
from simulacra.domain.persona import DOMAINS
from simulacra.seeds import seed_of

FIT, SIMILARITY = "fit", "similarity"
ALL_RATERS = "all raters"
_Units = dict[tuple[str, ...], list[float]]


def judgements_of(targets: Sequence[Target], ratings: Ratings) -> tuple[Judgement, ...]:
    """One judgement for each target and each rater; what is not filled in yet is none."""
    return tuple(
        _judgement(target, rater, rated)
        for target in targets
        for rater, rated in ratings[target.view.id].items()
        if not _still_open(rated)
    )


class Measures:
    """The judgements, and what they say; ``seed`` is that of the bootstraps."""

    def __init__(self, judgements: Sequence[Judgement], seed: int) -> None:
        self._seed = seed
        self._given = [one for one in judgements if one.score is not None]
        self._all = judgements

    def both(self, people: Sequence[str], rater: str | None = None) -> Both:
        """Both parts of the report with their controls, for some people.

        The score of a unit (a description; a scenario) is the mean over replicates, writers and
        raters. Intervals are bootstraps over people where there are at least three of them, else
        over the units.
        """
        wanted = set(people)

        def mine(one: Judgement) -> bool:
            return one.person in wanted and rater in (None, one.rater)

        return Both(
            fit=self._estimate(FIT, "own", mine, len(wanted)),
            fit_other=self._estimate(FIT, "other", mine, len(wanted)),
            similarity=self._estimate(SIMILARITY, "own", mine, len(wanted)),
            similarity_other=self._estimate(SIMILARITY, "other", mine, len(wanted)),
        )

    def scenario(self, scenario: Scenario, people: int) -> ScenarioFound:
        """One scenario over all people."""

        def mine(one: Judgement) -> bool:
            return one.scenario == scenario.id

        return ScenarioFound(
            **scenario.model_dump(include={"id", "facet", "text"}),
            domain=scenario.domain,
            similarity=self._estimate(SIMILARITY, "own", mine, people),
            similarity_other=self._estimate(SIMILARITY, "other", mine, people),
            apart=self._apart(scenario.id),
        )

    def domains(self, scenarios: Sequence[Scenario], people: int) -> tuple[DomainFound, ...]:
        """The scenarios of each domain that has any."""
        found = []
        for domain in DOMAINS:
            ids = {one.id for one in scenarios if one.domain == domain}
            if not ids:
                continue

            def mine(one: Judgement, ids: set[str] = ids) -> bool:
                return one.scenario in ids

            found.append(
                DomainFound(
                    domain=domain,
                    scenarios=len(ids),
                    similarity=self._estimate(SIMILARITY, "own", mine, people),
                    similarity_other=self._estimate(SIMILARITY, "other", mine, people),
                )
            )
        return tuple(found)

    def rater(self, info: RaterInfo, people: Sequence[str]) -> RaterFound:
        """What one rater gave."""
        mine = [one for one in self._all if one.rater == info.name]
        given = [one for one in mine if one.score is not None]
        own = [one for one in given if one.variant == "own"]
        return RaterFound(
            rater=info,
            found=self.both(people, info.name),
            ratings=len(given),
            missing=len(mine) - len(given),
            own_texts=_mean(one.score for one in own if one.writer == info.name),
            others_texts=_mean(one.score for one in own if one.writer != info.name),
        )

    def agreement(self) -> tuple[Agreement, ...]:
        """How far the raters agree, over everything in a role that they judged, controls too.

        Controls belong to it: without them all answers are of one person, and hardly differ.
        """
        found = []
        for role in (FIT, SIMILARITY):
            raters = list(dict.fromkeys(one.rater for one in self._all if one.role == role))
            if len(raters) > 1:
                table = self._table(role, raters)
                found.append(
                    Agreement(
                        role=role,
                        raters=len(raters),
                        targets=len(table),
                        single=icc(table, "ICC2"),
                        mean=icc(table, "ICC2k"),
                        alpha=krippendorff(table, "interval", seed=seed_of(self._seed, role)),
                    )
                )
        return tuple(found)

    def probe(self) -> tuple[Shift, ...]:
        """What each variant did to each rater's scores, and to the mean of all of them."""
        raters = list(dict.fromkeys(one.rater for one in self._given if one.role == SIMILARITY))
        names = [*raters, *([ALL_RATERS] if len(raters) > 1 else [])]
        shifts = (
            shift_of(rater, variant, self._pairs(variant, rater))
            for rater in names
            for variant in VARIANTS[1:]
        )
        return tuple(one for one in shifts if one is not None)

    def _estimate(
        self, role: str, variant: Variant, mine: Callable[[Judgement], bool], people: int
    ) -> Estimate:
        chosen = [
            one for one in self._given if one.role == role and one.variant == variant and mine(one)
        ]
        units: _Units = {}
        for one in chosen:
            unit = (one.scenario,) if one.scenario else (one.writer, str(one.replicate))
            units.setdefault((one.person, *unit), []).append(one.score or 0.0)
        means = {key: fmean(scores) for key, scores in units.items()}
        if people >= FEWEST:
            parts = _grouped(means, 0)
        elif chosen and chosen[0].scenario:
            parts = _grouped(means, 1)
        else:
            parts = list(means.values())
        return Estimate(
            value=fmean(parts) if parts else None,
            interval=mean_interval(parts, seed=seed_of(self._seed, role, variant)),
            n=len(parts),
        )

    def _apart(self, scenario: str) -> float | None:
        scores: dict[tuple[object, ...], list[float]] = {}
        for one in self._given:
            if one.scenario == scenario and one.variant == "own":
                scores.setdefault(_place(one), []).append(one.score or 0.0)
        several = [max(some) - min(some) for some in scores.values() if len(some) > 1]
        return fmean(several) if several else None

    def _table(self, role: str, raters: Sequence[str]) -> Points:
        """Ratings of shape (targets, raters), NaN where one is missing."""
        rows: dict[tuple[object, ...], list[float]] = {}
        for one in self._given:
            if one.role == role and one.variant in ("own", "other"):
                row = rows.setdefault(_place(one), [float("nan")] * len(raters))
                row[raters.index(one.rater)] = one.score or 0.0
        return np.array(list(rows.values()), dtype=np.float64).reshape(-1, len(raters))

    def _pairs(self, variant: Variant, rater: str) -> list[tuple[float, float]]:
        """(own, variant) of the same person, replicate, scenario and expected answer.

        Replicates of a scenario are averaged, since they are no pairs of their own; of all raters
        together, those who judged both.
        """
        scores: dict[tuple[str, str, str, int, str], dict[str, float]] = {}
        for one in self._given:
            if one.role == SIMILARITY and (rater in (ALL_RATERS, one.rater)):
                key = (one.person, one.scenario, one.writer, one.replicate, one.rater)
                scores.setdefault(key, {})[one.variant] = one.score or 0.0
        pairs: dict[tuple[str, str], list[tuple[float, float]]] = {}
        for (person, scenario, *_), by in scores.items():
            if "own" in by and variant in by:
                pairs.setdefault((person, scenario), []).append((by["own"], by[variant]))
        return [
            (fmean(own for own, _ in some), fmean(other for _, other in some))
            for some in pairs.values()
        ]


def reasons(texts: Ratings) -> dict[str, int]:
    """Why texts were not written, with how often."""
    every = (one for rated in texts.values() for one in rated.values())
    return dict(
        Counter(one.why for one in every if isinstance(one, Unrated) and not _still_open(one))
    )


def _still_open(rated: Rated) -> bool:
    return isinstance(rated, Unrated) and rated.why == NOT_FILLED_IN


def _judgement(target: Target, rater: str, rated: Rated) -> Judgement:
    role = target.view.role
    return Judgement(
        role=role,
        **target.model_dump(exclude={"view"}),
        rater=rater,
        score=rated.scores[role] if isinstance(rated, Rating) else None,
        why="" if isinstance(rated, Rating) else rated.why,
    )


def _place(one: Judgement) -> tuple[object, ...]:
    """What is judged, whoever judges it."""
    return (one.person, one.scenario, one.replicate, one.writer, one.variant)


def _grouped(means: Mapping[tuple[str, ...], float], place: int) -> list[float]:
    """Means over all units that have one key at a place."""
    groups: dict[str, list[float]] = {}
    for key, mean in means.items():
        groups.setdefault(key[place], []).append(mean)
    return [fmean(group) for group in groups.values()]


def _mean(scores: Iterable[float | None]) -> float | None:
    given = [one for one in scores if one is not None]
    return fmean(given) if given else None

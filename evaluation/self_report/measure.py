"""Scores of a self report from the answers, by method, with intervals and paired differences."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Protocol

import numpy as np

from evaluation.intervals import Points, share_interval
from evaluation.scoring import (
    KINDS,
    QuestionScore,
    chance,
    profile_ceiling,
    profile_ceiling_with_guessing,
    score,
)
from evaluation.sections import Estimate
from evaluation.self_report.questions import by_question
from evaluation.self_report.result import Difference, MethodScore, PartScore, SelfReportResult
from simulacra.domain.answer import Response
from simulacra.domain.call import Usage
from simulacra.domain.persona import Persona
from simulacra.seeds import seed_of

Scored = tuple[tuple[QuestionScore, ...], ...]
"""The scored questions of each replicate."""


class Costly(Protocol):
    """What took calls, tokens, time and US dollars."""

    @property
    def calls(self) -> int:
        """Model calls made."""
        ...

    @property
    def usage(self) -> Usage:
        """Tokens in, out, and those of the prompt that the provider had already."""
        ...

    @property
    def seconds(self) -> float:
        """Seconds of waiting, summed over answers."""
        ...

    @property
    def cost(self) -> float:
        """US dollars."""
        ...


class Answers(Costly, Protocol):
    """What one method answered, and what it took."""

    @property
    def responses(self) -> Sequence[Mapping[str, Response]]:
        """The responses by item id, one dict a replicate."""
        ...


def result_of(
    persona: Persona, answers: Mapping[str, Answers], *, model: str, seed: int = 0
) -> SelfReportResult:
    """The scores of each method, from its answers to the instrument of a persona.

    Raises:
        ValueError: no method answered, or not all as often.
        KeyError: a question has no response, not even a missing one.
    """
    times = {len(one.responses) for one in answers.values()}
    if len(times) != 1:
        raise ValueError("every method answers as often, and at least one does")
    methods = tuple(
        _method_score(
            method,
            tuple(score(persona.questions, by_question(persona, one)) for one in told.responses),
            [told],
            seed,
        )
        for method, told in answers.items()
    )
    return SelfReportResult(
        personas=(persona.id,),
        model=model,
        replicates=times.pop(),
        seed=seed,
        questions=len(persona.questions),
        chance=chance(persona.questions),
        profile_ceiling=profile_ceiling(persona.questions),
        profile_ceiling_with_guessing=profile_ceiling_with_guessing(persona.questions),
        methods=methods,
        differences=_differences(methods, seed),
    )


def pooled(results: Sequence[SelfReportResult]) -> SelfReportResult:
    """Several personas as one: all their questions together; levels are weighted by points.

    Raises:
        ValueError: there is no result, or they differ in methods or replicates.
    """
    if len({(tuple(m.method for m in one.methods), one.replicates) for one in results}) != 1:
        raise ValueError("only results of the same methods and replicates can be pooled")
    first = results[0]
    weights = np.array([sum(one.maximum for one in r.methods[0].answers[0]) for r in results])
    methods = tuple(
        _method_score(
            kept.method,
            _together(results, number),
            [one.methods[number] for one in results],
            first.seed,
        )
        for number, kept in enumerate(first.methods)
    )
    return SelfReportResult(
        personas=tuple(name for one in results for name in one.personas),
        model=first.model,
        replicates=first.replicates,
        seed=first.seed,
        questions=sum(one.questions for one in results),
        methods=methods,
        differences=_differences(methods, first.seed),
        runs={
            f"{one.personas[0]} {method}": run for one in results for method, run in
            one.runs.items()
        },
        **{
            level: float(np.average([getattr(one, level) for one in results], weights=weights))
            for level in ("chance", "profile_ceiling", "profile_ceiling_with_guessing")
        },
    )  # fmt: skip


def _together(results: Sequence[SelfReportResult], number: int) -> Scored:
    """The questions of all personas in each replicate, with the persona before the id."""
    return tuple(
        tuple(
            answer.model_copy(update={"question_id": f"{one.personas[0]}/{answer.question_id}"})
            for one in results
            for answer in one.methods[number].answers[replicate]
        )
        for replicate in range(results[0].replicates)
    )


def _method_score(
    method: str, answers: Scored, costs: Sequence[Costly], seed: int
) -> MethodScore:
    whole = _part(answers, [True] * len(answers[0]), seed_of(seed, "interval", method))
    missing = Counter(
        answer.missing for one in answers for answer in one if answer.missing is not None
    )
    if whole.score.value is None or whole.score.interval is None:
        raise ValueError("there are no points to be had")

    def part(name: str, counted: Sequence[bool]) -> PartScore:
        return _part(answers, counted, seed_of(seed, "interval", method, name))

    first = answers[0]
    return MethodScore(
        method=method,
        score=whole.score.value,
        interval=whole.score.interval,
        kinds={kind: part(kind, [one.kind == kind for one in first]) for kind in KINDS},
        profile=part("profile", [one.basis == "profile" for one in first]),
        story=part("story", [one.basis == "story" for one in first]),
        missing=dict(sorted(missing.items())),
        calls=sum(one.calls for one in costs),
        usage=sum((one.usage for one in costs), Usage()),
        seconds=sum(one.seconds for one in costs),
        cost=sum(one.cost for one in costs),
        answers=answers,
    )


def _part(answers: Scored, counted: Sequence[bool], seed: int) -> PartScore:
    kept = tuple(
        tuple(answer for answer, yes in zip(one, counted, strict=True) if yes) for one in answers
    )
    points = _points(kept)
    total = sum(one.maximum for one in kept[0])
    known = sum(one.maximum for one in kept[0] if one.basis == "profile")
    return PartScore(
        points=float(points.mean(axis=0).sum()),
        maximum=total,
        right=sum(one.points == one.maximum for some in kept for one in some) / len(kept),
        questions=len(kept[0]),
        score=_share(points, kept[0], seed),
        chance=100 * sum(one.chance for one in kept[0]) / total if total else None,
        profile_ceiling=100 * known / total if total else None,
    )


def _points(answers: Scored) -> Points:
    """Shape (replicates, questions)."""
    return np.array([[one.points for one in some] for some in answers], dtype=np.float64)


def _share(points: Points, questions: Sequence[QuestionScore], seed: int) -> Estimate:
    """Points, or differences of points, of those possible; 0 to 100."""
    maxima = np.array([one.maximum for one in questions], dtype=np.float64)
    if not maxima.sum():
        return Estimate(n=0, why="there are no such questions")
    strata = [f"{one.kind}/{one.maximum:g}" for one in questions]
    return Estimate(
        value=float(100 * points.mean(axis=0).sum() / maxima.sum()),
        interval=share_interval(points, maxima, strata, seed=seed),
        n=len(questions),
    )


def _differences(methods: Sequence[MethodScore], seed: int) -> tuple[Difference, ...]:
    """Every pair of methods: the later less the earlier one, the same questions and seeds paired.

    Resampling draws questions and replicates of both together, so what is hard about a question
    is hard for both and cancels out.
    """
    found = []
    for than, method in combinations(methods, 2):
        moved = _points(method.answers) - _points(than.answers)
        questions = method.answers[0]
        told = [at for at, one in enumerate(questions) if one.basis == "story"]
        at = seed_of(seed, "difference", method.method, than.method)
        found.append(
            Difference(
                method=method.method,
                than=than.method,
                score=_share(moved, questions, at),
                story=_share(moved[:, told], [questions[one] for one in told], at),
            )
        )
    return tuple(found)

"""Scores of the self report: does a respondent know who it is?

The rule is that of Human Simulacra (Xie et al., 2025): 2 points for a cloze and for a single
choice; for a multiple choice +2 for each key and -2 for each other option chosen, never below 0.
With 5 questions of each kind and three keys a multiple choice, 50 points, reported as 0 to 100.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import comb
from typing import Literal

from evaluation.cloze import matches
from simulacra.domain.answer import Answer, Missing, Response
from simulacra.domain.base import Frozen
from simulacra.domain.persona import SelfReportQuestion

POINTS = 2

Kind = Literal["cloze", "single", "multiple"]
KINDS: tuple[Kind, ...] = ("cloze", "single", "multiple")


class QuestionScore(Frozen):
    """Points that one answer earned, of how many.

    ``chance`` are the expected points of a guess, ``missing`` is the code of a missing answer.
    """

    question_id: str
    kind: Kind
    basis: Literal["profile", "story"] | None
    points: float
    maximum: float
    chance: float = 0.0
    missing: int | None = None


def maximum(question: SelfReportQuestion) -> int:
    """Points that a question can earn."""
    return POINTS * len(set(question.answer)) if question.kind == "multiple" else POINTS


def score_question(question: SelfReportQuestion, response: Response) -> QuestionScore:
    """Points for one response; a missing one earns none."""
    missing = int(response.code) if isinstance(response, Missing) else None
    return QuestionScore(
        question_id=question.id,
        kind=question.kind,
        basis=question.basis,
        points=0 if isinstance(response, Missing) else _points(question, response),
        maximum=maximum(question),
        chance=chance_points(question),
        missing=missing,
    )


def score(
    questions: Sequence[SelfReportQuestion], responses: Mapping[str, Response]
) -> tuple[QuestionScore, ...]:
    """Points of every question; ``responses`` by question id.

    Raises:
        KeyError: a question has no response, not even a missing one.
    """
    return tuple(score_question(one, responses[one.id]) for one in questions)


def chance(questions: Sequence[SelfReportQuestion]) -> float:
    """Expected score (0 to 100), computed exactly, of one who knows nothing.

    A cloze stays blank, a single choice is one option at random, a multiple choice as many options
    at random as there are keys.
    """
    return _share(questions, chance_points)


def profile_ceiling(questions: Sequence[SelfReportQuestion]) -> float:
    """Score (0 to 100) of one who answers what the profile tells and nothing else."""
    return _share(questions, lambda one: maximum(one) if one.basis == "profile" else 0)


def profile_ceiling_with_guessing(questions: Sequence[SelfReportQuestion]) -> float:
    """Expected score (0 to 100) of one who knows the profile and guesses at all else."""
    return _share(
        questions, lambda one: maximum(one) if one.basis == "profile" else chance_points(one)
    )


def chance_points(question: SelfReportQuestion) -> float:
    """Expected points of a guess, computed exactly.

    For a multiple choice of k keys among n options the number of keys hit is hypergeometric.
    """
    options, keys = len(question.options), len(set(question.answer))
    if question.kind == "cloze":
        return 0.0
    if question.kind == "single":
        return POINTS * keys / options
    return sum(
        comb(keys, hits) * comb(options - keys, keys - hits) * max(0, POINTS * (2 * hits - keys))
        for hits in range(keys + 1)
    ) / comb(options, keys)


def _points(question: SelfReportQuestion, answer: Answer) -> float:
    chosen, keys = set(answer.codes), set(question.answer)
    if question.kind == "cloze":
        return POINTS * matches(_words_of(answer), (*question.answer, *question.accept))
    if question.kind == "single":
        return POINTS * (len(chosen) == 1 and chosen <= keys)
    return float(max(0, POINTS * (len(chosen & keys) - len(chosen - keys))))


def _words_of(answer: Answer) -> str:
    if answer.text is not None:
        return answer.text
    return "" if answer.number is None else f"{answer.number:g}"


def _share(
    questions: Iterable[SelfReportQuestion], points: Callable[[SelfReportQuestion], float]
) -> float:
    listed = list(questions)
    possible = sum(maximum(one) for one in listed)
    return 100 * sum(points(one) for one in listed) / possible if possible else 0.0

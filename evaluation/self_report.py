"""The self report: a persona answers questions about itself, and the key says what it got right."""

from collections import Counter
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from pydantic import computed_field

from evaluation.intervals import Interval, share_interval
from evaluation.scoring import (
    KINDS,
    QuestionScore,
    chance,
    profile_ceiling,
    profile_ceiling_with_guessing,
    score,
)
from simulacra.domain.answer import Response
from simulacra.domain.base import Frozen
from simulacra.domain.call import Usage
from simulacra.domain.persona import Persona, SelfReportQuestion
from simulacra.domain.survey import Instrument, Item, Kind, Option
from simulacra.errors import InputError
from simulacra.seeds import seed_of

_ITEM_KINDS = {"cloze": Kind.SHORT_TEXT, "single": Kind.SINGLE, "multiple": Kind.MULTI}


class Answers(Protocol):
    """What asking yields: one dict of responses by item id for each replicate, and its cost."""

    @property
    def responses(self) -> Sequence[Mapping[str, Response]]:
        """One dict a replicate."""
        ...

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


class Ask(Protocol):
    """Has a persona answer an instrument; ``method`` is the label of a ``Mechanism``."""

    def __call__(
        self, instrument: Instrument, persona: Persona, method: str, replicates: int, seed: int
    ) -> Awaitable[Answers]:
        """Replicates differ by seed."""
        ...


class KindScore(Frozen):
    """Points of one kind of question, as means over replicates; ``right`` counts full marks."""

    points: float
    maximum: float
    right: float
    questions: int


class PerAnswer(NamedTuple):
    """Means of one answer: calls, prompt tokens that were new and cached, seconds of waiting."""

    calls: float
    new_tokens: float
    cached_tokens: float
    seconds: float


class MethodScore(Frozen):
    """How one method did. ``score`` and ``interval`` run from 0 to 100.

    ``method`` is the label of a mechanism; ``profile`` and ``story`` are the points by basis,
    ``missing`` counts missing answers by code over all replicates, ``seconds`` are those of waiting
    in all; ``answers`` holds the scored questions of each replicate.
    """

    method: str
    score: float
    interval: Interval
    kinds: dict[str, KindScore]
    profile: KindScore
    story: KindScore
    missing: dict[int, int]
    calls: int
    usage: Usage
    seconds: float
    answers: tuple[tuple[QuestionScore, ...], ...]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def tokens(self) -> int:
        """Tokens in and out."""
        return self.usage.tokens_in + self.usage.tokens_out

    def per_answer(self) -> "PerAnswer":
        """What one answer took in the mean."""
        count = len(self.answers) * len(self.answers[0])
        new = self.usage.tokens_in - self.usage.tokens_cached
        cached = self.usage.tokens_cached
        return PerAnswer(*(part / count for part in (self.calls, new, cached, self.seconds)))


class SelfReportResult(Frozen):
    """The self report of one persona, or of several pooled.

    ``chance`` is what guessing earns, ``profile_ceiling`` what the profile alone gives, and
    ``profile_ceiling_with_guessing`` what it gives with guesses at the rest; all 0 to 100.
    """

    personas: tuple[str, ...]
    model: str
    replicates: int
    seed: int
    questions: int
    chance: float
    profile_ceiling: float
    profile_ceiling_with_guessing: float
    methods: tuple[MethodScore, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain values for a file; the order of methods is that in which they were asked for."""
        return self.model_dump(mode="json")


def instrument_of(persona: Persona) -> Instrument:
    """The questions of a persona as an instrument: items q01, q02, ... in the order they stand.

    How many options are right is told with every multiple choice, to every respondent alike.

    Raises:
        InputError: the persona has no questions.
    """
    if not persona.questions:
        raise InputError(
            f"{persona.name} has no self-report questions: make them with "
            f"`simulacra persona questions {persona.id}`, or import some"
        )
    return Instrument(
        id=f"self-report-{persona.id}",
        title=f"Self report of {persona.name}",
        items=tuple(
            _item(question, item_id)
            for question, item_id in zip(persona.questions, _item_ids(persona), strict=True)
        ),
    )


async def self_report(
    persona: Persona,
    methods: Sequence[str],
    ask: Ask,
    *,
    model: str,
    replicates: int = 1,
    seed: int = 0,
) -> SelfReportResult:
    """Ask a persona about itself by each method in turn, and score the answers.

    Raises:
        InputError: the persona has no questions, no method is named or one twice.
    """
    if not methods or len(set(methods)) != len(methods):
        raise InputError("Name at least one method, and each only once.")
    instrument = instrument_of(persona)
    scores = []
    for method in methods:
        answers = await ask(instrument, persona, method, replicates, seed)
        scored = tuple(
            score(persona.questions, _by_question(persona, responses))
            for responses in answers.responses
        )
        scores.append(_method_score(method, scored, _Cost.of(answers), seed))
    return SelfReportResult(
        personas=(persona.id,),
        model=model,
        replicates=replicates,
        seed=seed,
        questions=len(persona.questions),
        chance=chance(persona.questions),
        profile_ceiling=profile_ceiling(persona.questions),
        profile_ceiling_with_guessing=profile_ceiling_with_guessing(persona.questions),
        methods=tuple(scores),
    )


def pooled(results: Sequence[SelfReportResult]) -> SelfReportResult:
    """Several personas as one: all their questions together; levels are weighted by points.

    Raises:
        ValueError: there is no result, or they differ in methods or replicates.
    """
    if len({(tuple(m.method for m in one.methods), one.replicates) for one in results}) != 1:
        raise ValueError("only results of the same methods and replicates can be pooled")
    first = results[0]
    weights = np.array([_possible(one) for one in results])
    methods = []
    for number, kept in enumerate(first.methods):
        parts = [one.methods[number] for one in results]
        answers = tuple(
            tuple(
                answer.model_copy(update={"question_id": f"{owner}/{answer.question_id}"})
                for result, part in zip(results, parts, strict=True)
                for owner in [result.personas[0]]
                for answer in part.answers[replicate]
            )
            for replicate in range(first.replicates)
        )
        methods.append(_method_score(kept.method, answers, _Cost.of(*parts), first.seed))
    return SelfReportResult(
        personas=tuple(name for one in results for name in one.personas),
        model=first.model,
        replicates=first.replicates,
        seed=first.seed,
        questions=sum(one.questions for one in results),
        methods=tuple(methods),
        **{
            level: float(np.average([getattr(one, level) for one in results], weights=weights))
            for level in ("chance", "profile_ceiling", "profile_ceiling_with_guessing")
        },
    )


def _item_ids(persona: Persona) -> list[str]:
    return [f"q{number:02d}" for number in range(1, len(persona.questions) + 1)]


def _item(question: SelfReportQuestion, item_id: str) -> Item:
    keys = len(set(question.answer))
    return Item(
        id=item_id,
        kind=_ITEM_KINDS[question.kind],
        text=question.text,
        options=tuple(Option(code=code, label=text) for code, text in question.options.items()),
        choose=(keys, keys) if question.kind == "multiple" else None,
    )


def _by_question(persona: Persona, responses: Mapping[str, Response]) -> dict[str, Response]:
    return {
        question.id: responses[item_id]
        for question, item_id in zip(persona.questions, _item_ids(persona), strict=True)
    }


def _possible(result: SelfReportResult) -> float:
    return sum(answer.maximum for answer in result.methods[0].answers[0])


class _Costly(Protocol):
    """What took calls, tokens and time."""

    @property
    def calls(self) -> int: ...
    @property
    def usage(self) -> Usage: ...
    @property
    def seconds(self) -> float: ...


class _Cost(NamedTuple):
    """What answers took in all."""

    calls: int
    usage: Usage
    seconds: float

    @classmethod
    def of(cls, *parts: _Costly) -> "_Cost":
        return cls(
            sum(part.calls for part in parts),
            sum((part.usage for part in parts), Usage()),
            sum(part.seconds for part in parts),
        )


def _method_score(
    method: str, answers: tuple[tuple[QuestionScore, ...], ...], cost: _Cost, seed: int
) -> MethodScore:
    questions = answers[0]
    points = np.array([[answer.points for answer in one] for one in answers], dtype=np.float64)
    maxima = np.array([answer.maximum for answer in questions], dtype=np.float64)
    strata = [f"{answer.kind}/{answer.maximum:g}" for answer in questions]
    missing = Counter(
        answer.missing for one in answers for answer in one if answer.missing is not None
    )
    return MethodScore(
        method=method,
        score=float(100 * points.mean(axis=0).sum() / maxima.sum()),
        interval=share_interval(points, maxima, strata, seed=seed_of(seed, "interval", method)),
        kinds={kind: _subtotal(answers, [q.kind == kind for q in questions]) for kind in KINDS},
        profile=_subtotal(answers, [one.basis == "profile" for one in questions]),
        story=_subtotal(answers, [one.basis == "story" for one in questions]),
        missing=dict(sorted(missing.items())),
        answers=answers,
        **cost._asdict(),
    )


def _subtotal(answers: Sequence[Sequence[QuestionScore]], counted: Sequence[bool]) -> KindScore:
    kept = [[answer for answer, yes in zip(one, counted, strict=True) if yes] for one in answers]
    replicates = len(kept)
    return KindScore(
        points=sum(answer.points for one in kept for answer in one) / replicates,
        maximum=sum(answer.maximum for answer in kept[0]),
        right=sum(answer.points == answer.maximum for one in kept for answer in one) / replicates,
        questions=len(kept[0]),
    )

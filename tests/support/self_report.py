"""Made-up questions and respondents for the self report."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from simulacra.domain.answer import Answer, Missing, MissingCode, Response
from simulacra.domain.call import Usage
from simulacra.domain.persona import Persona, Profile, SelfReportQuestion

Basis = Literal["profile", "story"]


def standard_questions(seed: int = 0) -> tuple[SelfReportQuestion, ...]:
    """5 cloze, 5 single of 4, 5 multiple with 3 keys of 6; 28 of 50 points from the profile."""
    rng = random.Random(seed)
    questions = []
    for number in range(1, 16):
        name, basis = f"own-{number}", "profile" if number <= 8 or number in (11, 12) else "story"
        told: Basis = "profile" if basis == "profile" else "story"
        if number <= 5:
            question = SelfReportQuestion(
                id=name, kind="cloze", text="Who?", answer=(f"Value {number}",), basis=told
            )
        else:
            single = number <= 10
            letters = "ABCD" if single else "ABCDEF"
            question = SelfReportQuestion(
                id=name,
                kind="single" if single else "multiple",
                text="Which?",
                options={letter: f"text {letter}" for letter in letters},
                answer=tuple(rng.sample(letters, 1 if single else 3)),
                basis=told,
            )
        questions.append(question)
    return tuple(questions)


def person(name: str = "ada", questions: Sequence[SelfReportQuestion] | None = None) -> Persona:
    return Persona(
        id=name,
        name=name.title(),
        source="written",
        profile=Profile(gender="female", age=50),
        questions=standard_questions() if questions is None else tuple(questions),
    )


def oracle(question: SelfReportQuestion) -> Response:
    if question.kind == "cloze":
        return Answer(text=f"It is {question.answer[0]}.")
    return Answer(codes=tuple(reversed(question.answer)))


def guess(question: SelfReportQuestion, rng: random.Random) -> Response:
    """1 of 4, exactly as many of 6 as there are keys, and a blank cloze."""
    if question.kind == "cloze":
        return Missing(code=MissingCode.DONT_KNOW)
    return Answer(codes=tuple(rng.sample(sorted(question.options), len(question.answer))))


@dataclass(frozen=True)
class Given:
    """Answers and what they cost."""

    responses: list[dict[str, Response]]
    calls: int = 0
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0
    cost: float = 0.0

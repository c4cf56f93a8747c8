"""What makes a question about a person wrong, or doubtful."""

from typing import Any

import pytest

from personas.checks.questions import question_findings, same_as, set_findings
from personas.library import library
from simulacra.domain.memory import Span
from simulacra.domain.persona import Fact, Persona, SelfReportQuestion
from tests.support.people import ilka

RADIO = SelfReportQuestion(
    id="q07",
    kind="single",
    text="What did you do on the day of the wedding?",
    options={"A": "I sold a boat", "B": "I mended a radio", "C": "I met Pal", "D": "I slept"},
    answer=("B",),
    basis="story",
    episode="wedding",
    quotes=("I mended a radio that day",),
)


def with_facts() -> Persona:
    """Ilka, who carried hens and, by a fact of another place, a clock."""
    person = ilka()
    rows = (("the hens", "I carried the hens."), ("the clock", "Forty trams"))
    facts = tuple(
        Fact(
            subject="Ilka Varga",
            relation="carries",
            object=thing,
            span=Span(start=person.story.index(words), end=person.story.index(words) + len(words)),
        )
        for thing, words in rows
    )
    return person.model_copy(update={"facts": facts})


def kinds(question: SelfReportQuestion, person: Persona | None = None) -> list[tuple[str, str]]:
    found = question_findings(person or with_facts(), question)
    assert all(one.message.startswith(f"{question.id}: ") for one in found)
    return [(one.kind, one.severity) for one in found]


def changed(**changes: Any) -> SelfReportQuestion:
    return SelfReportQuestion.model_validate({**RADIO.model_dump(), **changes})


def options(**changes: str) -> SelfReportQuestion:
    return changed(options={**RADIO.options, **changes})


def test_a_fair_question_passes() -> None:
    assert kinds(RADIO) == []


@pytest.mark.parametrize(
    ("question", "found"),
    [
        (options(E="I cooked"), ("question-shape", "contradiction")),
        (changed(answer=("A", "B"), quotes=()), ("question-shape", "contradiction")),
        (options(A="I slept."), ("option-twice", "contradiction")),
        (options(A=" "), ("option-form", "contradiction")),
        (options(A="A. I sold a boat"), ("option-form", "contradiction")),
        (changed(quotes=("I mended two radios",)), ("quote-not-found", "contradiction")),
        # It stands in the story, but in another episode than the one asked about.
        (changed(quotes=("I carried the hens.",)), ("quote-not-found", "contradiction")),
        (changed(quotes=("listened to nothing",)), ("key-unsupported", "warning")),
        (changed(text="When was a radio mended?"), ("key-in-question", "contradiction")),
        (options(A="mending radios"), ("distractor-true", "contradiction")),
        (options(A="that day"), ("distractor-true", "warning")),
        (options(A="at day, a boat"), None),
        (options(B="I mended a radio until the evening came"), ("key-stands-out", "warning")),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found(
    question: SelfReportQuestion, found: tuple[str, str] | None
) -> None:
    assert found in (kinds(question) or [None])


def hens(**wrong: str) -> SelfReportQuestion:
    return changed(
        text="What did you take along?",
        options={"A": "a lamp", "B": "the hens", "C": "a stool", "D": "a bell", **wrong},
        episode="flood",
        quotes=("I carried the hens.",),
    )


def test_a_wrong_option_that_a_fact_of_the_same_relation_calls_true() -> None:
    assert kinds(hens()) == []
    assert kinds(hens(A="the clock")) == [("distractor-true", "contradiction")]
    assert kinds(hens(A="a big clock")) == [("distractor-true", "warning")]
    # A key that two facts bear out is no rival of itself.
    assert kinds(hens(), ilka()) == []


def test_two_questions_that_ask_the_same() -> None:
    again = changed(id="q08", text="what did you do on the day of the wedding")
    same_key = changed(id="q09", text="How did you spend the sixteenth of June?")
    other = hens().model_copy(update={"id": "q10"})
    assert same_as(again, [RADIO]) == RADIO
    assert same_as(same_key, [RADIO]) == RADIO
    assert same_as(other, [RADIO]) is None
    found = set_findings(with_facts(), [RADIO, again, same_key, other])
    assert [one.message for one in found if one.kind == "question-twice"] == [
        "q08: asks the same as q07",
        "q09: asks the same as q07",
    ]


def test_right_options_that_are_the_longer_ones_throughout_are_told_once() -> None:
    tell = options(B="I mended a radio set")
    three = [tell.model_copy(update={"id": f"q{number}", "text": f"{number}?"}) for number in "123"]
    assert [one.kind for one in set_findings(with_facts(), three)].count("keys-longer") == 1
    assert "keys-longer" not in [one.kind for one in set_findings(with_facts(), three[:2])]
    long = RADIO.options | {"A": "I sold a boat to a man in Szeged"}
    fair = [one.model_copy(update={"options": long}) for one in three]
    assert "keys-longer" not in [one.kind for one in set_findings(with_facts(), fair)]


def test_the_questions_of_the_library_hold() -> None:
    for person in library():
        found = set_findings(person, person.questions)
        assert [one for one in found if one.severity == "contradiction"] == []

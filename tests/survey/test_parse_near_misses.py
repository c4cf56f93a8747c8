"""Replies that look like an answer and are none, and answers that look like none."""

from typing import Any

import pytest

from simulacra.domain.answer import Answer, MissingCode, Reply
from simulacra.domain.survey import Kind, Option, Question
from simulacra.survey.parse import read_reply

UNREADABLE, DONT_KNOW = MissingCode.UNREADABLE, MissingCode.DONT_KNOW
REFUSED = MissingCode.REFUSED


def options(*pairs: tuple[str, str], **marked: dict[str, Any]) -> tuple[Option, ...]:
    return tuple(Option(code=code, label=label, **marked.get(code, {})) for code, label in pairs)


def asked(kind: Kind, shown: tuple[Option, ...] = (), **more: Any) -> Question:
    return Question(item_id="q", kind=kind, text="Q?", options=shown, **more)


YES_NO = asked(Kind.SINGLE, options(("1", "Yes"), ("2", "No")))
SATISFIED = asked(Kind.SINGLE, options(
    ("1", "Very unsatisfied"), ("2", "Unsatisfied"), ("3", "Satisfied"), ("4", "Very satisfied"),
))  # fmt: skip
GENDER = asked(Kind.SINGLE, options(
    ("1", "Prefer not to say"), ("2", "Male"), ("3", "Female"), **{"1": {"missing": -97}},
))  # fmt: skip
COMFORT = asked(Kind.SINGLE, options(
    ("1", "Comfortable"), ("2", "Not comfortable"), ("3", "Not sure"),
))  # fmt: skip
OUI_NON = asked(Kind.SINGLE, options(("1", "Oui"), ("2", "Non")), language="fr")
SI_NO = asked(Kind.SINGLE, options(("1", "Sí"), ("2", "No")), language="es")
ARABIC = asked(Kind.SINGLE, options(("1", "نعم"), ("2", "لا")), language="ar")
PETS = asked(Kind.MULTI, options(("d", "Dogs"), ("c", "Cats"), ("f", "Fish")))
DRINKS = options(("t", "Tea"), ("m", "Milk"), ("w", "Water"))
RANKED, SHARED = asked(Kind.RANKING, DRINKS), asked(Kind.CONSTANT_SUM, DRINKS, total=100.0)
NUMBER = asked(Kind.NUMERIC, minimum=0.0)
NUMBER_DE = asked(Kind.NUMERIC, minimum=0.0, language="de")
SLIDER = asked(Kind.SLIDER, minimum=0.0, maximum=100.0)
DATE, TEXT = asked(Kind.DATE), asked(Kind.SHORT_TEXT)


def meant(question: Question, text: str) -> Any:
    response = read_reply(question, Reply(text=text))
    if not isinstance(response, Answer):
        return response.code
    if response.amounts:
        return response.amounts
    if response.number is not None:
        return response.number
    return response.text if response.text is not None else response.codes


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        (YES_NO, "No idea", DONT_KNOW),
        (YES_NO, "No idea, sorry.", DONT_KNOW),
        (YES_NO, "No comment.", REFUSED),
        (YES_NO, "No clue at all.", DONT_KNOW),
        (YES_NO, "No idea, yes", UNREADABLE),
        (YES_NO, "No, I don't know", UNREADABLE),
        (YES_NO, "No answer", UNREADABLE),
        (YES_NO, '{"answer": "1", "answer": "2"}', UNREADABLE),
        (SATISFIED, "unsatisfied, very", UNREADABLE),
        (SATISFIED, "satisfied, I think", ("3",)),
        (SATISFIED, "Not very satisfied", UNREADABLE),
        (GENDER, "I would prefer not to say.", REFUSED),
        (GENDER, "I'd rather not say", REFUSED),
        (GENDER, "Male. I'd prefer not to say more.", UNREADABLE),
        (COMFORT, "I'm not comfortable", ("2",)),
        (COMFORT, "I'm not comfortable answering that", UNREADABLE),
        (OUI_NON, "Je ne sais pas.", DONT_KNOW),
        (OUI_NON, "Je préfère ne pas répondre", REFUSED),
        (OUI_NON, "Non, je ne sais pas", UNREADABLE),
        (OUI_NON, "Non !", ("2",)),
        (SI_NO, "No sé", DONT_KNOW),
        (SI_NO, "No", ("2",)),
        (ARABIC, "لا أعرف", DONT_KNOW),
        (ARABIC, "لا", ("2",)),
        (PETS, "both dogs and cats", ("d", "c")),
        (PETS, "both", UNREADABLE),
        (PETS, "hot dogs", UNREADABLE),
        (PETS, "cats or dogs", UNREADABLE),
        (PETS, "everything except fish", UNREADABLE),
        (PETS, "Weiß nicht", DONT_KNOW),
        (RANKED, "from worst to best: tea, milk, water", UNREADABLE),
        (RANKED, "last is tea, then milk, then water", UNREADABLE),
        (RANKED, "3. Tea\n2. Milk\n1. Water", ("w", "m", "t")),
        (SHARED, "50 tea, 30 milk, 20 water", {"t": 50.0, "m": 30.0, "w": 20.0}),
        (SHARED, "Tea over 50, milk 50", UNREADABLE),
        (SHARED, "tea 120, milk -20", UNREADABLE),
        (SLIDER, "three quarters", UNREADABLE),
        (SLIDER, "75%", 75.0),
        (NUMBER, "two thirds", UNREADABLE),
        (NUMBER, "5 max", UNREADABLE),
        (NUMBER, "5 tops", UNREADABLE),
        (NUMBER, "minimum 5", UNREADABLE),
        (NUMBER, "5 squared", UNREADABLE),
        (NUMBER, "my 5 year old says 6", UNREADABLE),
        (NUMBER, "2 quarters", UNREADABLE),
        (NUMBER_DE, "mehr als 5", UNREADABLE),
        (NUMBER_DE, "weiß ich nicht", DONT_KNOW),
        (NUMBER_DE, "keine Angabe", REFUSED),
        (TEXT, "Skip.", UNREADABLE),
        (TEXT, "Next question, please", UNREADABLE),
        (TEXT, "n/a", "n/a"),
        (TEXT, "The next big thing", "The next big thing"),
        (TEXT, "Keine Ahnung", DONT_KNOW),
        (TEXT, "Ich weiß nicht, vielleicht Paris", "Ich weiß nicht, vielleicht Paris"),
        (TEXT, "不知道", DONT_KNOW),
    ],
)  # fmt: skip
def test_a_near_miss_is_what_was_meant_or_nothing(
    question: Question, text: str, expected: object
) -> None:
    assert meant(question, text) == expected


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        ("de", "3. Mai 1990", "1990-05-03"),
        ("de", "03.04.1990", "1990-04-03"),
        ("en", "03.04.1990", UNREADABLE),
        ("fr", "1er août 2001", "2001-08-01"),
        ("es", "3 de mayo de 1990", "1990-05-03"),
        ("es", "31 de abril de 1990", UNREADABLE),
        ("de", "Mai 1990", UNREADABLE),
        ("de", "vor dem 3. Mai 1990", UNREADABLE),
    ],
)
def test_dates_as_they_are_written_in_the_language(
    language: str, text: str, expected: object
) -> None:
    assert meant(DATE.model_copy(update={"language": language}), text) == expected

"""What a person cannot know is told to who plans, and nothing is where they can."""

import pytest

from personas.library import library
from simulacra.cognition.respondent import Respondent
from simulacra.domain.run import Mechanism
from simulacra.domain.survey import Kind
from tests.support.minds import FakeModel, exchanged, question, recaller, small

BEYOND = [
    "Who won the election of 2051?", "What did you eat on 3 March 2044?",
    "How warm was the summer of 2061?", "What happened in your street in 1870?",
    "What did bread cost in 1911?", "Who lived in your house in 1888?",
    "What was it like when you were 90?", "What did you earn at the age of 95?",
]  # fmt: skip
WITHIN = [
    "What work do you do now?", "What did you do last year?", "Where were you in 2015?",
    "What happened to you in 2020?", "What were you like when you were 12?",
    "What do you like to eat?", "How do you spend a Sunday?", "Who is dear to you?",
    "What did you do in March 2019?", "What do you worry about?",
]  # fmt: skip
PEOPLE = ("inti-quispe", "emeka-obi")


async def planned(person: str, text: str) -> str:
    model = FakeModel()
    one = next(each for each in library() if each.id == person)
    mind = Respondent(one, Mechanism(without=("emotion",)), model, recaller())
    await mind.ask(question(Kind.SHORT_TEXT, text=text), exchanged(), seed=1, temperature=0)
    return model.asked("planning")[0].messages[-1].text


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("text", BEYOND)
async def test_what_lies_beyond_a_life_is_stated(person: str, text: str) -> None:
    shown = await planned(person, text)
    assert "The question speaks of " in shown


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("text", WITHIN)
async def test_nothing_is_stated_of_what_can_be_known(person: str, text: str) -> None:
    shown = await planned(person, text)
    assert "The question speaks of " not in shown


@pytest.mark.parametrize(
    ("text", "unknown"),
    [("Who won the election of 2051?", True), ("What do you hope for in 2051?", False),
     ("What did you do in 2015?", False)],
)  # fmt: skip
async def test_a_small_model_is_told_that_what_is_to_come_cannot_be_known(
    text: str, unknown: bool
) -> None:
    model = small()
    person = next(each for each in library() if each.id == PEOPLE[0])
    mind = Respondent(person, "cognitive", model, recaller())
    await mind.ask(question(Kind.SHORT_TEXT, text=text), exchanged(), seed=1, temperature=0)
    said = model.asked("top")[-1].messages[1].text
    assert ("You cannot know this" in said) == unknown

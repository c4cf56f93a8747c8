"""What a person cannot know is told to who plans, and nothing is where they can."""

import json
from typing import Any

import pytest

from personas.library import library
from simulacra.cognition.respondent import Respondent
from simulacra.domain.answer import Missing, MissingCode
from simulacra.domain.call import Request
from simulacra.domain.run import Mechanism
from simulacra.domain.survey import Kind
from simulacra.survey.parse import read_reply
from tests.support.minds import (
    APPRAISAL,
    PLANNED,
    FakeModel,
    exchanged,
    question,
    recaller,
    small,
)
from tests.support.roles import document

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


QUESTIONS: dict[str, list[dict[str, str]]] = document("beyond")
FUSED = Mechanism(mode="fused")


class Honest(FakeModel):
    """Knows everything but what the question is said to be beyond, and then says so."""

    async def complete(self, request: Request) -> Any:
        text = request.messages[-1].text
        beyond = "The question speaks of " in text
        plan = {**PLANNED, "knows": "nothing" if beyond else "all"}
        unknown = beyond or "You cannot know this" in text
        said = "I do not know." if unknown else "It was a good time."
        self.replies["planning"] = json.dumps(plan)
        self.replies["top"] = said
        self.replies["fused"] = json.dumps({"emotion": APPRAISAL, "plan": plan, "answer": said})
        return await super().complete(request)


@pytest.mark.parametrize("way", [Mechanism(), FUSED], ids=lambda way: way.label)
async def test_of_forty_questions_those_beyond_a_life_are_not_known_and_no_other(
    way: Mechanism,
) -> None:
    assert len(QUESTIONS["answerable"]) == len(QUESTIONS["unanswerable"]) == 20
    refused: dict[str, list[str]] = {}
    for kind, questions in QUESTIONS.items():
        refused[kind] = [one["text"] for one in questions if await declines(way, one)]
    false_refusals = refused["answerable"]
    assert false_refusals == []
    assert refused["unanswerable"] == [one["text"] for one in QUESTIONS["unanswerable"]]


async def declines(way: Mechanism, one: dict[str, str]) -> bool:
    person = next(each for each in library() if each.id == one["who"])
    asked = question(Kind.SHORT_TEXT, text=one["text"])
    mind = Respondent(person, way, Honest(), recaller())
    response = read_reply(asked, await mind.ask(asked, exchanged(), seed=1, temperature=0))
    return isinstance(response, Missing) and response.code is MissingCode.DONT_KNOW


async def test_without_planning_nobody_is_told_what_speaks_against_knowing() -> None:
    model = FakeModel()
    way = Mechanism(mode="fused", without=("planning",))
    model.replies["fused"] = json.dumps({"emotion": APPRAISAL, "answer": "So it was."})
    person = next(each for each in library() if each.id == PEOPLE[0])
    asked = question(Kind.SHORT_TEXT, text=BEYOND[0])
    await Respondent(person, way, model, recaller()).ask(asked, exchanged(), seed=1, temperature=0)
    assert "The question speaks of " not in model.requests[-1].messages[-1].text


@pytest.mark.parametrize("make", [FakeModel, small])
async def test_a_fused_mind_is_told_too(make: type[FakeModel]) -> None:
    model = make()
    model.replies["fused"] = json.dumps({"emotion": APPRAISAL, "plan": PLANNED, "answer": "No."})
    person = next(each for each in library() if each.id == PEOPLE[0])
    asked = question(Kind.SHORT_TEXT, text=BEYOND[0])
    await Respondent(person, FUSED, model, recaller()).ask(
        asked, exchanged(), seed=1, temperature=0
    )
    told = [one for one in model.requests if "The question speaks of 2051" in shown_in(one)]
    assert [one.prompt_name for one in told] in (["fused"], ["fused_brief"])


def shown_in(request: Request) -> str:
    return "\n".join(message.text for message in request.messages)


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

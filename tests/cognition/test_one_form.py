"""Where a service puts the form of a reply in front of the prompt, all replies have one form."""

import json
from typing import Any

import pytest
from pydantic import SecretStr

from simulacra.cognition.moment import Moment
from simulacra.domain.answer import Answer
from simulacra.domain.run import Mechanism, Method
from simulacra.domain.survey import Kind
from simulacra.llm.registry import open_model
from simulacra.llm.structured import MisfitReply, output_schema
from simulacra.settings import ModelSettings
from simulacra.survey.parse import read_reply
from tests.support.minds import (
    APPRAISAL,
    PLANNED,
    FakeModel,
    exchanged,
    question,
    respondent,
    small,
)


def moment(**parts: Any) -> str:
    return json.dumps({"emotion": None, "plan": None, "answer": None} | parts)


def one_form(answer: Any = "2", **replies: str) -> FakeModel:
    told = {"emotion": moment(emotion=APPRAISAL), "planning": moment(plan=PLANNED)}
    whole = moment(emotion=APPRAISAL, plan=PLANNED, answer=answer)
    told |= {"top": moment(answer=answer), "fused": whole, **replies}
    return FakeModel(told, one_form=True)


@pytest.mark.parametrize("method", ["profile", "retrieval", "cognitive", Mechanism(mode="fused")])
async def test_every_request_of_an_interview_has_the_same_form_and_start(
    method: Method | Mechanism,
) -> None:
    model = one_form("1")
    for kind in (one for one in Kind if one.askable and one is not Kind.CONSTANT_SUM):
        await respondent(model, method).ask(question(kind), exchanged(), seed=1, temperature=0)
    assert {json.dumps(one.output.model_dump()) for one in model.requests if one.output} == {
        json.dumps(output_schema(Moment).model_dump())
    }
    assert all(one.output for one in model.requests)
    starts = {one.messages[1].text.partition("You are asked:")[0] for one in model.requests}
    assert len(starts) == 1 and "one object" in starts.pop()


@pytest.mark.parametrize("method", ["cognitive", Mechanism(mode="fused")])
@pytest.mark.parametrize(
    ("kind", "said", "read"),
    [
        (Kind.SINGLE, "2", Answer(codes=("2",))),
        (Kind.RATING, ["3"], Answer(codes=("3",))),
        (Kind.MULTI, ["4", "1"], Answer(codes=("1", "4"))),
        (Kind.NUMERIC, "40", Answer(number=40)),
        (Kind.SHORT_TEXT, "Judit", Answer(text="Judit")),
        (Kind.LONG_TEXT, "I stayed.", Answer(text="I stayed.")),
    ],
)
async def test_every_kind_of_answer_is_read(
    method: Method | Mechanism, kind: Kind, said: Any, read: Answer
) -> None:
    asked = question(kind)
    reply = await respondent(one_form(said), method).ask(asked, exchanged(), seed=1, temperature=0)
    assert read_reply(asked, reply) == read
    assert reply.emotion is not None and reply.emotion.feeling == "A little uneasy."
    assert reply.plan is not None and reply.plan.tone == "curt"


async def test_an_answer_that_names_no_option_is_put_again_with_the_codes_alone() -> None:
    model = one_form("9")
    one = respondent(model)
    first = await one.ask(question(), exchanged(), seed=1, temperature=0)
    assert not first.selection
    await one.ask(question(), exchanged(), seed=1, temperature=0, unreadable=first)
    output = model.requests[-1].output
    assert output is not None
    assert output.definition["properties"]["answer"]["enum"] == ["1", "2", "3"]


@pytest.mark.parametrize("reply", [moment(), moment(plan=PLANNED), json.dumps(APPRAISAL), "Uneasy"])
async def test_a_reply_without_the_part_that_was_asked_for_is_a_bad_one_and_kept(
    reply: str,
) -> None:
    with pytest.raises(MisfitReply) as caught:
        await respondent(one_form(emotion=reply)).ask(
            question(), exchanged(), seed=1, temperature=0
        )
    assert reply in [call.reply for call in caught.value.calls]


async def test_a_chat_is_spoken_plainly() -> None:
    model = one_form(top="Good evening.")
    one = respondent(model)
    *_, reply = [part async for part in one.chat("Hello", one.opening(), seed=1, temperature=0)]
    assert not isinstance(reply, str) and reply.text == "Good evening."


async def test_a_small_model_has_no_form_to_keep() -> None:
    model = small(one_form=True)
    await respondent(model).ask(question(), exchanged(), seed=1, temperature=0)
    assert all(one.output is None for one in model.requests)


@pytest.mark.parametrize("chosen", [False, True])
def test_one_form_is_chosen_by_the_user(chosen: bool) -> None:
    settings = ModelSettings(openai_api_key=SecretStr("k"), one_form=chosen)
    assert open_model("openai:some-model", settings).info.one_form is chosen

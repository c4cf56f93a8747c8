"""What was felt and planned for an answer is not bought again, and nothing else is ever reused."""

import json
from typing import Any

import pytest

from simulacra.domain.answer import Reply
from simulacra.domain.call import Call, Request, Usage
from simulacra.domain.run import Mechanism
from simulacra.domain.survey import Kind
from simulacra.errors import ServerFailed, SimulacraError
from tests.support.minds import FakeModel, exchanged, question, respondent, small


async def ask(model: FakeModel, earlier: tuple[Call, ...] = (), **changes: Any) -> Reply:
    moment = {"seed": 5, "temperature": 0.7, **changes}
    state = moment.pop("state", exchanged())
    asked = moment.pop("asked", question(Kind.LONG_TEXT))
    return await respondent(model).ask(asked, state, earlier=earlier, **moment)


async def failed(make: type[FakeModel], agent: str) -> tuple[Call, ...]:
    """The calls of a try in which an agent failed."""

    async def fail(request: Request) -> None:
        if request.agent == agent:
            raise ServerFailed("500")

    with pytest.raises(SimulacraError) as caught:
        await ask(make(before=fail))
    return caught.value.calls


@pytest.mark.parametrize("make", [FakeModel, small])
async def test_after_a_failed_reply_only_the_reply_is_bought(make: type[FakeModel]) -> None:
    calls = await failed(make, "top")
    model, fresh = make(), make()
    reply = await ask(model, calls)
    prompts = [one.prompt_name for one in model.requests]
    assert "emotion" not in prompts and "emotion_brief" not in prompts
    assert model.asked("planning") == [] and model.asked("top")
    kept = [call for call in reply.calls if not call.attempts]
    assert {call.request.agent for call in kept} == {"emotion", "planning"}
    assert all((call.cost, call.latency, call.usage) == (0.0, 0.0, Usage()) for call in kept)
    whole = await ask(fresh)
    assert (reply.emotion, reply.plan, reply.text) == (whole.emotion, whole.plan, whole.text)


async def test_the_agent_that_failed_is_asked_again() -> None:
    calls = await failed(FakeModel, "planning")
    assert [call.request.agent for call in calls] == ["emotion"]
    model = FakeModel()
    await ask(model, calls)
    assert [one.agent for one in model.requests] == ["planning", "top"]


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 6},
        {"temperature": 0.1},
        {"state": exchanged(("Who?", "Me."))},
        {"asked": question(Kind.SHORT_TEXT)},
    ],
    ids=["replicate or retest", "temperature", "interview", "question"],
)
async def test_anything_else_is_thought_anew(change: dict[str, Any]) -> None:
    calls = await failed(FakeModel, "top")
    model = FakeModel()
    reply = await ask(model, calls, **change)
    assert sorted(one.agent for one in model.requests) == ["emotion", "planning", "top"]
    assert all(call.attempts == 1 for call in reply.calls)


async def test_a_malformed_thought_is_not_used_again() -> None:
    with pytest.raises(SimulacraError) as caught:
        await ask(FakeModel({"emotion": "I feel fine."}))
    model = FakeModel()
    reply = await ask(model, caught.value.calls)
    assert [one.agent for one in model.requests] == ["emotion", "top"]
    assert reply.emotion is not None


async def test_what_was_kept_once_may_be_kept_again() -> None:
    calls = await failed(FakeModel, "top")
    again = tuple(call.kept() for call in calls)
    model = FakeModel()
    await ask(model, again)
    assert [one.agent for one in model.requests] == ["top"]


async def test_fused_in_words_the_inner_voice_is_kept() -> None:
    way = Mechanism(mode="fused")

    async def fail(request: Request) -> None:
        if request.agent == "top":
            raise ServerFailed("500")

    one = respondent(small(before=fail), way)
    with pytest.raises(ServerFailed) as caught:
        await one.ask(question(), exchanged(), seed=1, temperature=0)
    model = small()
    await respondent(model, way).ask(
        question(), exchanged(), seed=1, temperature=0, earlier=caught.value.calls
    )
    assert "fused_brief" not in [request.prompt_name for request in model.requests]


async def test_a_replys_seconds_are_those_of_its_longest_path() -> None:
    reply = await ask(FakeModel())  # every call takes half a second
    assert reply.seconds == pytest.approx(1.0 + reply.recall_seconds)
    assert json.loads(reply.model_dump_json())["recall_seconds"] == reply.recall_seconds

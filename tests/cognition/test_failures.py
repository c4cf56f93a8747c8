"""A mind that fails: what was bought before stays with the error, and a sibling finishes."""

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

import pytest

from simulacra.cognition.respondent import Respondent
from simulacra.domain.call import Request
from simulacra.domain.memory import Recalled
from simulacra.domain.run import Method
from simulacra.domain.survey import Kind
from simulacra.errors import (
    BadReply,
    BudgetSpent,
    FatalModelError,
    ServerFailed,
    SimulacraError,
    StorageError,
)
from simulacra.llm.structured import MisfitReply
from simulacra.memory.exact import ExactIndex
from simulacra.memory.port import Vectors
from simulacra.memory.recall import Recaller
from tests.support.embedders import HashEmbedder
from tests.support.minds import FakeModel, exchanged, question, respondent, small
from tests.support.people import ilka


class Failing:
    """Raises at some calls, told by agent and the how-manieth call of that agent."""

    def __init__(self, errors: dict[tuple[str, int], SimulacraError]) -> None:
        self.errors = errors
        self.asked: list[str] = []

    async def __call__(self, request: Request) -> None:
        self.asked.append(request.agent)
        place = (request.agent, self.asked.count(request.agent))
        if request.agent == "emotion":
            await asyncio.sleep(0.01)  # the other agent has failed long before
        if place in self.errors:
            raise self.errors[place]


async def failed(
    model: FakeModel, kind: Kind = Kind.SHORT_TEXT
) -> tuple[SimulacraError, list[str]]:
    with pytest.raises(SimulacraError) as caught:
        await respondent(model).ask(question(kind), exchanged(), seed=1, temperature=0)
    return caught.value, [call.request.agent for call in caught.value.calls]


@pytest.mark.parametrize("error", [ServerFailed("500"), FatalModelError("key"), BudgetSpent("$1")])
async def test_a_sibling_finishes_and_top_does_not_speak(error: SimulacraError) -> None:
    model = FakeModel(before=Failing({("planning", 1): error}))
    raised, kept = await failed(model)
    assert raised is error
    assert kept == ["emotion"]
    assert model.asked("top") == []
    assert ("emotion", "end") in model.events


async def test_top_fails_after_both() -> None:
    _, kept = await failed(FakeModel(before=Failing({("top", 1): ServerFailed("500")})))
    assert sorted(kept) == ["emotion", "planning"]


async def test_of_two_failures_the_one_that_stops_the_run_counts() -> None:
    for first, other in (("emotion", "planning"), ("planning", "emotion")):
        fatal = FatalModelError("wrong key")
        errors: dict[tuple[str, int], SimulacraError] = {
            (first, 1): ServerFailed("500"),
            (other, 1): fatal,
        }
        raised, kept = await failed(FakeModel(before=Failing(errors)))
        assert raised is fatal and kept == []


async def test_a_reply_that_misfits_was_paid_for() -> None:
    raised, kept = await failed(FakeModel({"emotion": "{}"}))
    assert isinstance(raised, MisfitReply)
    assert sorted(kept) == ["emotion", "planning"]


@pytest.mark.parametrize(("nth", "before"), [(2, 1), (3, 2)])
async def test_earlier_calls_of_the_same_agent_are_kept(nth: int, before: int) -> None:
    model = small(before=Failing({("emotion", nth): ServerFailed("500")}))
    _, kept = await failed(model)
    assert sorted(kept) == ["emotion"] * before + ["planning"]


@pytest.mark.parametrize(("nth", "before"), [(1, 0), (2, 1)])
async def test_scores_of_options_are_kept_where_the_prior_fails(nth: int, before: int) -> None:
    model = small(before=Failing({("top", nth): ServerFailed("500")}))
    _, kept = await failed(model, Kind.SINGLE)
    assert kept.count("top") == before
    assert kept.count("planning") == 1 and kept.count("emotion") == 3


async def test_scores_that_are_no_numbers_were_paid_for() -> None:
    model = small(score=lambda request, option: float("nan") if request.agent == "top" else -1.0)
    raised, kept = await failed(model, Kind.SINGLE)
    assert isinstance(raised, BadReply)
    assert kept.count("top") == 2


async def test_a_memory_that_cannot_be_read_stops_before_any_call() -> None:
    class Broken(Recaller):
        def __init__(self) -> None:
            pass

        def recall(self, *args: object, **kwargs: object) -> tuple[()]:
            raise StorageError("the index is gone")

    model = FakeModel()
    broken = Respondent(ilka(), "cognitive", model, Broken())
    with pytest.raises(StorageError, match="index is gone"):
        await broken.ask(question(), exchanged(), seed=1, temperature=0)
    assert model.requests == []


async def test_a_failure_reaches_a_chat_as_well() -> None:
    model = FakeModel(before=Failing({("planning", 1): ServerFailed("500")}))
    with pytest.raises(ServerFailed) as caught:
        async for _ in respondent(model).chat("Hello", exchanged(), seed=1, temperature=0):
            pass
    assert [call.request.agent for call in caught.value.calls] == ["emotion"]


@pytest.mark.parametrize("method", ["retrieval", "cognitive"])
async def test_asked_again_a_person_only_speaks_again(method: Method) -> None:
    model = FakeModel()
    recalls: list[str] = []

    class Counted(Recaller):
        def recall(self, *args: Any, **more: Any) -> tuple[Recalled, ...]:
            recalls.append("memories")
            return super().recall(*args, **more)

        def recall_passages(self, *args: Any) -> tuple[Recalled, ...]:
            recalls.append("passages")
            return super().recall_passages(*args)

    one = Respondent(ilka(), method, model, Counted(ExactIndex(), HashEmbedder()))
    first = await one.ask(question(), exchanged(), seed=1, temperature=0)
    bought = len(model.requests)
    again = await one.ask(question(), exchanged(), seed=1, temperature=0, unreadable=first)
    assert len(model.requests) == bought + 1 and len(recalls) == 1
    assert [call.request.agent for call in again.calls] == ["top"]
    assert first.recall_seconds > 0 and again.recall_seconds == 0
    assert (again.recalled, again.emotion, again.plan) == (
        first.recalled,
        first.emotion,
        first.plan,
    )
    told = model.asked("top")[1].messages[1].text
    assert first.plan is None or f"Your thought: {first.plan.for_reply(closed=True)}" in told


class Unreachable(HashEmbedder):
    """An embedder whose server went away."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        raise ServerFailed("the embedder is gone")


async def test_what_asked_what_to_recall_is_kept_where_recalling_fails() -> None:
    model = FakeModel({"rewrite_query": "Which clocks?"})
    one = Respondent(
        ilka(), "cognitive", model, Recaller(ExactIndex(), Unreachable()), rewrites=True
    )
    state = one.opening().model_copy(update={"exchanges": exchanged(("Hello", "Hi")).exchanges})
    with pytest.raises(ServerFailed) as caught:
        async for _ in one.chat("And then?", state, seed=1, temperature=0):
            pass
    assert [call.request.prompt_name for call in caught.value.calls] == ["rewrite_query"]


class Waiting(HashEmbedder):
    """An embedder that takes as long as the event loop lets it."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on, self.went_on = threading.Event(), list[bool]()

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.went_on.append(self.go_on.wait(timeout=5))
        return super().embed(texts)


async def test_others_go_on_while_an_embedder_waits() -> None:
    embedder = Waiting()
    one = Respondent(ilka(), "cognitive", FakeModel(), Recaller(ExactIndex(), embedder))
    asking = asyncio.create_task(
        one.ask(question(Kind.SHORT_TEXT), one.opening(), seed=1, temperature=0)
    )
    await asyncio.sleep(0.05)
    embedder.go_on.set()
    await asking
    assert embedder.went_on and all(embedder.went_on)

"""What stays of a conversation, and what several memories add up to."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

import pytest
from pydantic import BaseModel

from simulacra.cognition.rehearsal import reflect, rehearse
from simulacra.cognition.state import Exchange
from simulacra.domain.call import Request
from simulacra.errors import BadReply
from simulacra.llm.structured import read_as
from tests.support.minds import FakeModel, respondent, small
from tests.support.snapshots import Snapshots, readable

T = TypeVar("T", bound=BaseModel)
DAY = date(2026, 11, 24)
NOTED = {
    "content": "Zoe told me that she mends clocks.",
    "thought": "A fine trade.",
    "feeling": "",
    "summary": "Zoe mends clocks",
    "importance": 4,
    "turns": [3],
    "contradicts": "",
}
SEEN = {
    "content": "Water takes what is nearest.",
    "thought": "",
    "summary": "Water",
    "importance": 7,
    "rests_on": ["m01", "m02"],
}
SAID = [
    (2, Exchange(item_id="chat", question="I am Zoe and mend clocks.", answer="Good.")),
    (3, Exchange(item_id="chat", question="And you?", answer="Trams.")),
]


class Teller:
    """Answers what is asked with one reply after the other; keeps the requests."""

    def __init__(self, *replies: dict[str, Any]) -> None:
        self._replies = list(replies)
        self.requests: list[Request] = []

    async def __call__(
        self, request: Callable[[str], Request], schema: type[T], fault: Callable[[T], str]
    ) -> T:
        wrong = ""
        for reply in self._replies:
            self.requests.append(request(wrong))
            call = FakeModel()._call(self.requests[-1], json.dumps(reply))
            said = read_as(schema, call, call.reply)
            if not (wrong := fault(said)):
                return said
        raise BadReply(wrong)


async def rehearsed(teller: Teller, model: FakeModel | None = None) -> Any:
    mind = respondent(model or FakeModel()).context
    known = mind.persona.memories[:1]
    return await rehearse(mind, SAID, known, teller, when=DAY, key="k", seed=7)


async def test_a_memory_has_its_turns_its_day_and_a_stable_id(snapshots: Snapshots) -> None:
    teller = Teller({"memories": [NOTED]})
    [found] = await rehearsed(teller)
    assert (found.turns, found.memory.when) == ((2,), "2026-11-24")
    assert (found.memory.origin, found.memory.importance) == ("conversation", 4)
    assert (await rehearsed(Teller({"memories": [NOTED]}))) == [found]
    snapshots.check("learning_consolidation", readable(teller.requests[0]))


@pytest.mark.parametrize("turns", [[], [1], [3, 9]])
async def test_turns_that_there_were_not_are_asked_again(turns: list[int]) -> None:
    teller = Teller({"memories": [{**NOTED, "turns": turns}]}, {"memories": [NOTED]})
    assert len(await rehearsed(teller)) == 1
    assert "3 to 4" in teller.requests[1].messages[-1].text


async def test_a_small_model_keeps_what_was_said_word_for_word() -> None:
    teller = Teller()
    found = await rehearsed(teller, small())
    assert [one.turns for one in found] == [(2,), (3,)]
    assert found[0].memory.content == 'I was told: "I am Zoe and mend clocks." I said: "Good."'
    assert teller.requests == []


async def test_a_reflection_links_to_what_it_rests_on(snapshots: Snapshots) -> None:
    mind = respondent(FakeModel()).context
    wrong = {"reflections": [{**SEEN, "rests_on": ["m01", "m99"]}]}
    teller = Teller(wrong, {"reflections": [SEEN]})
    [made] = await reflect(mind, mind.persona.memories, teller, when=DAY, key="k", seed=1)
    assert (made.origin, made.links) == ("reflection", ("m01", "m02"))
    assert "m99, and no memory is called so" in teller.requests[1].messages[-1].text
    snapshots.check("learning_reflection", readable(teller.requests[0]))


@pytest.mark.parametrize("links", [[], ["m01"], ["m01", "m01"], ["nothing", "m01"]])
async def test_a_reflection_that_rests_on_nothing_is_refused(links: list[str]) -> None:
    mind = respondent(FakeModel()).context
    wrong = {"reflections": [{**SEEN, "rests_on": links}]}
    with pytest.raises(BadReply, match="rests on"):
        await reflect(mind, mind.persona.memories, Teller(wrong, wrong), when=DAY, key="k", seed=1)

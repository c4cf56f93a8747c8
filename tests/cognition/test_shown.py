"""Which recalled memories stood in a prompt."""

import pytest

from simulacra.cognition.respondent import Respondent
from simulacra.cognition.shown import shown_of
from simulacra.domain.answer import Reply
from simulacra.domain.memory import Memory, Recalled
from tests.support.minds import FakeModel, respondent, small

TOOK = ("hens", "chairs", "sacks of grain", "the radio", "two boats", "a gate", "hay", "my coat")


async def talked(mind: Respondent, learned: tuple[Memory, ...]) -> Reply:
    pieces = mind.chat(
        "What did the flood by the river take?",
        mind.opening(learned),
        seed=1,
        temperature=0.0,
    )
    return [one async for one in pieces if isinstance(one, Reply)][-1]


@pytest.mark.parametrize("make", [FakeModel, small])
async def test_what_is_said_to_be_shown_stands_in_the_prompt(make: type[FakeModel]) -> None:
    floods = tuple(
        Memory(
            id=f"c{n}",
            content=f"Flood {n} by the river took {took}. " + f"It had {took} by night. " * 90,
            origin="conversation",
        )
        for n, took in enumerate(TOOK)
    )
    reply = await talked(respondent(make()), floods)
    shown = shown_of(reply)
    prompt = reply.calls[-1].request.messages[-1].text
    assert set(shown) == {one.memory.id for one in reply.recalled}
    assert "cut" in shown.values() and set(shown.values()) != {"cut"}
    for one in reply.recalled:
        if one.memory.id.startswith("c"):
            assert (f"Flood {one.memory.id[1:]} by" in prompt) == (shown[one.memory.id] != "cut")


async def test_all_of_a_short_memory_is_shown() -> None:
    reply = await talked(respondent(FakeModel()), ())
    assert reply.recalled and set(shown_of(reply).values()) == {"whole"}


async def test_what_describes_the_person_always_does_not_count() -> None:
    reply = await talked(respondent(FakeModel()), ())
    told = reply.calls[-1].request.messages[0].text
    one = Memory(id="x", content=" ".join(told.split()[:30]))
    more = reply.model_copy(update={"recalled": (Recalled(memory=one, score=1.0),)})
    assert reply.calls[-1].request.messages[0].role == "system"
    assert shown_of(more) == {"x": "cut"}

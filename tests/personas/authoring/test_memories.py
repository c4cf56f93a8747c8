import asyncio
import json
from typing import Any

import pytest

from personas.authoring.memories import (
    MemoryReply,
    Wanted,
    faults_of,
    first_name,
    free_memory_id,
    make_memories,
    memory_prompt,
    third_person,
    with_memories,
)
from personas.authoring.remembering import due, remembered
from personas.editing.passages import replace_passage
from simulacra.domain.call import Request
from simulacra.domain.change import Change, Draft
from simulacra.domain.memory import Memory, Span
from simulacra.domain.persona import Episode, Persona
from simulacra.errors import FatalModelError, ServerFailed
from simulacra.llm.port import ModelInfo
from simulacra.llm.scripted import ScriptedModel
from tests.support.authoring import FakeLedger, author
from tests.support.people import ilka
from tests.support.snapshots import Snapshots, readable

GOOD: dict[str, Any] = {
    "content": "I carried the hens up the hill.",
    "thought": "Water does not bargain.",
    "feeling": "Cold, and proud of the hens.",
    "emotions": [{"name": "fear", "intensity": 8}],
    "summary": "The flood takes the ferry house.",
    "importance": 9,
    "quote": "I carried the hens.",
}


def reply(**changes: Any) -> MemoryReply:
    return MemoryReply.model_validate({**GOOD, **changes})


class Rememberer:
    """Replies with a memory that quotes the passage's first sentence; keeps the requests.

    ``bad`` maps a word of the passage to the replies given first, one an attempt.
    """

    def __init__(self, bad: dict[str, list[dict[str, Any]]] | None = None) -> None:
        self.bad = {word: list(replies) for word, replies in (bad or {}).items()}
        self.requests: list[Request] = []

    def __call__(self, request: Request) -> str:
        self.requests.append(request)
        text = request.messages[-1].text
        for word, replies in self.bad.items():
            if word in text and replies:
                return json.dumps(replies.pop(0))
        passage = text.split(":\n\n", 1)[1].split("\n")[0]
        return json.dumps({**GOOD, "quote": passage.split(". ")[0].rstrip(".") + "."})


def life(episodes: int = 89) -> Persona:
    """Somebody with a life of many short episodes and no memory."""
    parts = [
        f"In year {number} the boat was named {number}. It leaked." for number in range(episodes)
    ]
    spans, start = [], 0
    for part in parts:
        spans.append(Span(start=start, end=start + len(part)))
        start += len(part) + 2
    told = tuple(Episode(id=f"e{n:02d}", span=span) for n, span in enumerate(spans, start=1))
    return ilka().model_copy(
        update={"story": "\n\n".join(parts), "episodes": told, "memories": (), "facts": ()}
    )


def wanted(persona: Persona) -> tuple[Wanted, ...]:
    return due(persona, []).wanted


def row(number: int, draft: Draft) -> Change:
    return Change.model_validate(
        {**draft.model_dump(), "number": number, "by": "x", "at": "2026-01-01",
         "base": number, "version": number + 1}
    )  # fmt: skip


# ---- the rules ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({}, None),
        ({"content": "I " + "so " * 100}, '"content" has 101 words; at most 100'),
        ({"thought": "so " * 51}, '"thought" has 51 words; at most 50'),
        ({"feeling": "so " * 101}, '"feeling" has 101 words; at most 100'),
        ({"summary": "so " * 21}, '"summary" has 21 words; at most 20'),
        ({"thought": "  "}, '"thought" is empty'),
        ({"summary": "Summary."}, '"summary" only repeats its own name'),
        ({"content": "The hens were carried up."}, None),
        ({"content": "They carried the hens up."}, "not in the first person"),
        ({"content": 'She said: "I carry them." The hens went up.'}, "not in the first person"),
        ({"content": "I watched. Ilka carried the hens."}, 'by name ("Ilka carried")'),
        ({"summary": "Ilka Varga was brave."}, 'by name ("Ilka Varga was")'),
        ({"feeling": "I felt Ilka's cold hands."}, "by name"),
        ({"content": 'Mother called: "Ilka was here!" I hid.'}, None),
        ({"content": "I was called Ilka was the joke of it."}, None),
        ({"content": "My aunt shouted Ilka at me from the boat."}, None),
    ],
)
def test_faults_are_named(changes: dict[str, Any], fault: str | None) -> None:
    found = faults_of(reply(**changes), "Ilka Varga")
    assert bool(found) == bool(fault)
    if fault:
        assert fault in found[0]


def test_a_surname_alone_may_be_the_fathers() -> None:
    assert third_person("Old Varga was my father.", "Ilka Varga") is None
    assert first_name("Dr. Ana Prado") == "Ana"


# ---- making -------------------------------------------------------------------------------------


async def test_a_whole_life_is_remembered_one_call_an_episode() -> None:
    person, model = life(), Rememberer()
    made = await make_memories(person, wanted(person), author(ScriptedModel(model)))
    assert len(model.requests) == 89 == len(made.memories)
    assert made.failures == {}
    full = with_memories(person, made.memories)
    Persona.model_validate(full.model_dump())
    assert [one.id for one in full.memories] == [f"m{n:02d}" for n in range(1, 90)]
    for number, memory in enumerate(full.memories):
        assert memory.source is not None
        assert full.text_of(memory.source) == f"In year {number} the boat was named {number}."
        assert memory.emotions == {"fear": 8}
    assert all(one.output is not None and one.agent == "memories" for one in model.requests)


async def test_no_more_are_asked_at_once_than_allowed() -> None:
    person = life(12)
    running, most = 0, 0

    class Counting(ScriptedModel):
        async def complete(self, request: Request) -> Any:
            nonlocal running, most
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.02)  # long enough for the others to arrive
            try:
                return await super().complete(request)
            finally:
                running -= 1

    heard: list[str] = []
    await make_memories(
        person, wanted(person), author(Counting(Rememberer())), concurrency=3,
        on_done=heard.append,
    )  # fmt: skip
    assert most == 3
    assert sorted(heard) == [f"m{n:02d}" for n in range(1, 13)]


async def test_a_fault_is_asked_again_with_its_name() -> None:
    person = ilka().model_copy(update={"memories": ()})
    model = Rememberer({"hens": [{**GOOD, "content": "Ilka carried the hens."}]})
    made = await make_memories(person, wanted(person), author(ScriptedModel(model)))
    assert made.failures == {}
    asked = [one for one in model.requests if "hens" in one.messages[-1].text]
    assert len(asked) == 2
    assert 'speaks of the person by name ("Ilka carried")' in readable(asked[1])
    assert asked[0].seed != asked[1].seed


async def test_an_episode_that_fails_is_listed_and_the_rest_is_kept() -> None:
    person = ilka().model_copy(update={"memories": ()})
    long = {**GOOD, "summary": "so " * 30}
    model = Rememberer({"hens": [long, long, long]})
    made = await make_memories(person, wanted(person), author(ScriptedModel(model)))
    assert list(made.failures) == ["m-flood"]
    assert "gave no usable memory in 3 attempts" in made.failures["m-flood"]
    assert "30 words" in made.failures["m-flood"]
    assert [one.episode for one in made.memories.values()] == ["depot", "wedding"]
    changed, draft = remembered(person, made)
    assert [one.episode for one in changed.memories] == ["depot", "wedding"]
    assert draft.summary == "2 memories made, 1 failed"


async def test_a_small_model_gets_a_short_prompt_and_is_held_to_lengths() -> None:
    person, seen = ilka().model_copy(update={"memories": ()}), []

    def say(request: Request) -> str:
        seen.append(request)
        return json.dumps(GOOD)

    info = ModelInfo(spec="small", name="small", detail="brief")
    made = await make_memories(person, wanted(person), author(ScriptedModel(say, info=info)))
    assert len(made.memories) == 3
    assert {one.prompt_name for one in seen} == {"memory_brief"}
    assert seen[0].output is not None
    assert seen[0].output.definition["properties"]["summary"]["maxLength"] == 90


async def test_a_small_model_that_fills_in_one_text_four_times_is_refused() -> None:
    person = ilka().model_copy(update={"memories": ()})
    same = {**GOOD, "thought": "1988.", "feeling": "1988.", "content": "1988.", "summary": "1988."}
    info = ModelInfo(spec="small", name="small", detail="brief")
    model = ScriptedModel(lambda _: json.dumps(same), info=info)
    made = await make_memories(person, wanted(person), author(model))
    assert made.memories == {}
    assert '"thought" repeats "content"' in made.failures["m-flood"]


async def test_one_lost_connection_does_not_stop_the_others() -> None:
    person = ilka().model_copy(update={"memories": ()})

    def flaky(request: Request) -> str:
        if "radio" in request.messages[-1].text:
            raise ServerFailed("503")
        return json.dumps(GOOD)

    made = await make_memories(person, wanted(person), author(ScriptedModel(flaky)))
    assert list(made.failures) == ["m-wedding"]
    assert len(made.memories) == 2


async def test_a_fatal_failure_stops_and_what_was_bought_is_found_again() -> None:
    person, ledger, model = life(20), FakeLedger(), Rememberer()
    count = 0

    def dying(request: Request) -> str:
        nonlocal count
        count += 1
        if count > 8:
            raise FatalModelError("the key was withdrawn")
        return model(request)

    with pytest.raises(FatalModelError):
        await make_memories(
            person, wanted(person), author(ScriptedModel(dying), ledger), concurrency=1
        )
    made = await make_memories(person, wanted(person), author(ScriptedModel(model), ledger))
    assert len(made.memories) == 20
    assert len(model.requests) == 20


def test_the_quote_is_the_place_or_else_the_passage() -> None:
    person = ilka()

    async def source(quote: str) -> str:
        def say(request: Request) -> str:
            return json.dumps({**GOOD, "quote": quote})

        want = [Wanted(episode="flood", memory="m01")]
        made = await make_memories(person, want, author(ScriptedModel(say)))
        place = made.memories["m01"].source
        assert place is not None
        return person.text_of(place)

    assert asyncio.run(source("I carried the hens.")) == "I carried the hens."
    assert asyncio.run(source("I invented this.")) == person.text_of(person.episodes[0].span)
    assert asyncio.run(source("Judit married in June")) == person.text_of(person.episodes[0].span)


# ---- what is due --------------------------------------------------------------------------------


def test_what_came_with_a_person_is_left_alone() -> None:
    found = due(ilka(), [])
    assert (found.wanted, found.current) == ((), ())
    assert found.own == ("m01", "m02", "m03")
    assert [one.memory for one in due(ilka(), [], all_=True).wanted] == ["m01", "m02", "m03"]


async def test_only_what_changed_is_made_anew_and_edits_stay() -> None:
    bare = ilka().model_copy(update={"memories": ()})
    made = await make_memories(bare, wanted(bare), author(ScriptedModel(Rememberer())))
    person, draft = remembered(bare, made)
    rows = [row(1, draft)]
    assert due(person, rows).wanted == ()
    assert due(person, rows).current == ("flood", "depot", "wedding")
    moved = replace_passage(person, person.episodes[1].span, "At the depot I counted forty trams.")
    assert [one.episode for one in due(moved, rows).wanted] == ["depot"]
    by_hand = moved.memories[1].model_copy(update={"content": "I kept the board."})
    edited = moved.model_copy(update={"memories": (moved.memories[0], by_hand, moved.memories[2])})
    assert due(edited, rows).wanted == ()
    assert due(edited, rows).own == (by_hand.id,)
    everything = due(edited, rows, all_=True).wanted
    assert [one.episode for one in everything] == ["flood", "wedding"]


def test_of_two_memories_of_an_episode_each_keeps_its_part() -> None:
    person = ilka()
    second = person.memories[0].model_copy(update={"id": "m04", "source": Span(start=0, end=9)})
    person = person.model_copy(update={"memories": (*person.memories, second)})
    found = {one.memory: one.focus for one in due(person, [], all_=True).wanted}
    assert found["m04"] == Span(start=0, end=9)
    assert found["m02"] is None


def test_ids_follow_the_episode() -> None:
    assert free_memory_id("e12", set()) == "m12"
    assert free_memory_id("e12", {"m12"}) == "m12-2"
    assert free_memory_id("flood", set()) == "m-flood"


def test_new_memories_stand_in_the_order_of_the_life() -> None:
    person = ilka()
    fresh = Memory(id="new", content="I.", episode="flood")
    again = Memory(id="m03", content="I mended.", episode="wedding")
    told = with_memories(person, {"new": fresh, "m03": again}).memories
    assert [one.id for one in told] == ["m01", "new", "m02", "m03"]
    assert told[3].content == "I mended."


def test_the_prompt_as_rendered(snapshots: Snapshots) -> None:
    person = ilka()
    episode = person.episodes[0].model_copy(update={"title": "The flood", "age": 9})
    again = (Span(start=0, end=60), ['"content" is empty.'])
    for name, focus, faults, brief in (
        ("memory", None, [], False),
        ("memory_again", *again, False),
        ("memory_brief", None, [], True),
        ("memory_brief_again", *again, True),
    ):
        prompt = memory_prompt(person, episode, focus, faults, brief=brief)
        request = Request(
            agent="memories", prompt_name=prompt.name, prompt_hash=prompt.hash,
            messages=prompt.messages,
        )  # fmt: skip
        snapshots.check(f"personas_{name}", readable(request))

"""What is learned, merged, questioned and forgotten; nothing is bought or stored twice."""

import asyncio
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from simulacra.cognition.state import Exchange
from simulacra.domain.learning import Learned, Source
from simulacra.domain.memory import Memory
from simulacra.errors import BadReply, InputError, ServerFailed
from simulacra.memory.duplicates import duplicate_of
from simulacra.runs import sole
from simulacra.runs.learning import Learner
from simulacra.storage.database import open_database
from simulacra.storage.learned import LearnedRepository, Step
from tests.support.embedders import HashEmbedder
from tests.support.minds import FakeModel, recaller, respondent

DAY = date(2026, 11, 24)
SOURCE = Source(kind="conversation", id="c1")
Make = Callable[..., Learner]


def noted(content: str, **changes: Any) -> dict[str, Any]:
    whole = {"content": content, "thought": "", "feeling": "", "summary": "", "importance": 3,
             "turns": [1], "contradicts": ""}  # fmt: skip
    return whole | changes


def told(*memories: dict[str, Any]) -> FakeModel:
    return FakeModel({"consolidation": json.dumps({"memories": memories})})


def said(*pairs: tuple[str, str]) -> tuple[Exchange, ...]:
    return tuple(Exchange(item_id="chat", question=one, answer=two) for one, two in pairs)


TALK = said(("I am Zoe.", "Good day."))


@pytest.fixture
def store(tmp_path: Path) -> LearnedRepository:
    times = iter(range(1_800_000_000, 1_900_000_000))
    return LearnedRepository(
        open_database(f"sqlite:///{tmp_path / 'x.db'}"), clock=lambda: float(next(times))
    )


@pytest.fixture
def learner(store: LearnedRepository) -> Make:
    def make(model: FakeModel, **options: Any) -> Learner:
        return Learner(respondent(model).context, store, recaller(), **options)

    return make


async def test_what_was_gone_through_is_not_gone_through_again(learner: Make) -> None:
    model = told(noted("Zoe told me that she mends clocks."))
    first = await learner(model).learn(SOURCE, TALK, when=DAY)
    assert [one.sources[0].turns for one in first.kept] == [(0,)]
    again = await learner(model).learn(SOURCE, TALK, when=DAY)
    assert (again.kept, len(model.requests)) == ((), 1)
    assert learner(model).pending("c1", 3) == 2
    assert len(learner(model).memories()) == 1


async def test_a_call_that_came_before_a_kill_is_not_bought_again(
    learner: Make, store: LearnedRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = told(noted("Zoe told me that she mends clocks."))
    with monkeypatch.context() as patch:
        patch.setattr(store, "settle", lambda *_: pytest.fail("killed"))
        with pytest.raises(pytest.fail.Exception):
            await learner(model).learn(SOURCE, TALK, when=DAY)
    assert store.list("ilka-varga") == [] and len(store.calls("ilka-varga")) == 1
    await learner(model).learn(SOURCE, TALK, when=DAY)
    assert (len(model.requests), len(store.list("ilka-varga"))) == (1, 1)


async def test_two_at_one_talk_pay_once(
    learner: Make, store: LearnedRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sole, "LOOK_SECONDS", 0.01)
    both_came = asyncio.Event()

    async def wait(_: Any) -> None:
        await both_came.wait()

    replies = {"consolidation": json.dumps({"memories": [noted("Zoe likes tea.")]})}
    model = FakeModel(replies, before=wait)
    tasks = [asyncio.create_task(learner(model).learn(SOURCE, TALK, when=DAY)) for _ in range(2)]
    while not model.requests:
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)
    both_came.set()
    found = await asyncio.gather(*tasks)
    assert sorted(len(one.kept) for one in found) == [0, 1]
    assert (len(model.requests), len(store.calls("ilka-varga"))) == (1, 1)


async def test_a_failure_lets_the_next_one_in(learner: Make) -> None:
    bad = told(noted("Zoe likes tea.", turns=[8]))
    with pytest.raises(BadReply):
        await learner(bad).learn(SOURCE, TALK, when=DAY)
    good = told(noted("Zoe likes tea."))
    async with asyncio.timeout(10):
        assert (await learner(good).learn(SOURCE, TALK, when=DAY)).any


async def test_the_same_told_again_is_merged_with_both_sources(
    learner: Make, store: LearnedRepository
) -> None:
    model = told(noted("Zoe told me that she mends clocks in Lyon.", importance=2))
    await learner(model).learn(SOURCE, TALK, when=DAY)
    model = told(noted("Zoe told me she mends clocks in Lyon.", importance=6))
    other = Source(kind="conversation", id="c2")
    progress = await learner(model).learn(other, TALK, when=DAY)
    assert (progress.kept, len(progress.merged)) == ((), 1)
    kept, merged = store.list("ilka-varga")
    assert [one.id for one in kept.sources] == ["c1", "c2"]
    assert (kept.memory.importance, merged.merged_into) == (6, kept.id)
    assert len(learner(model).memories()) == 1


async def test_what_another_stream_knows_is_left_as_it_is(
    learner: Make, store: LearnedRepository
) -> None:
    model = told(noted("Zoe told me that she mends clocks in Lyon."))
    await learner(model, stream="wave 1").learn(SOURCE, TALK, when=DAY)
    [before] = store.list("ilka-varga")
    later = learner(model, stream="wave 2", before=("wave 1",))
    await later.learn(Source(kind="run", id="r2"), TALK, when=DAY)
    assert store.list("ilka-varga", ["wave 1"]) == [before]
    assert [one.status for one in store.list("ilka-varga", ["wave 2"])] == ["merged"]
    assert learner(model, stream="else").memories() == ()


@pytest.mark.parametrize("other", ["Zoe told me that she mends clocks in Rome.",
                                   "Zoe told me that she never mends clocks in Lyon.",
                                   "Zoe told me that she mends 12 clocks in Lyon."])  # fmt: skip
def test_other_names_numbers_and_negations_are_other_facts(other: str) -> None:
    one = Memory(id="a", content="Zoe told me that she mends clocks in Lyon.")
    assert duplicate_of(Memory(id="b", content=other), [one], HashEmbedder()) is None
    same = Memory(id="b", content=one.content)
    assert duplicate_of(same, [one], HashEmbedder()) == one


async def test_a_contradiction_waits_as_a_question(learner: Make, store: LearnedRepository) -> None:
    model = told(
        noted("I grew up far from any river.", contradicts="[m01]"),
        noted("I have nine sons."),
        noted("Zoe likes tea."),
    )
    progress = await learner(
        model, doubt=lambda _, memory: "the profile" if "sons" in memory.content else ""
    ).learn(SOURCE, TALK, when=DAY)
    life = respondent(model).persona.memories[0]
    assert [one.contradicts for one in progress.questions] == [
        f"m01: {life.summary or life.content}", "the profile",
    ]  # fmt: skip
    assert [one.content for one in learner(model).memories()] == ["Zoe likes tea."]
    store.mark("ilka-varga", "chat", progress.questions[1].id, "kept")
    assert len(learner(model).memories()) == 2


async def test_unusable_replies_are_paid_for_and_asked_for_anew_next_time(
    learner: Make, store: LearnedRepository
) -> None:
    bad = told(noted("Zoe likes tea.", turns=[8]))
    with pytest.raises(BadReply, match="rests on 8"):
        await learner(bad).learn(SOURCE, TALK, when=DAY)
    broken = FakeModel({"consolidation": "no JSON"})
    with pytest.raises(BadReply, match="no Rehearsed"):
        await learner(broken).learn(SOURCE, TALK, when=DAY)
    assert len(store.calls("ilka-varga", "c1")) == 4
    good = told(noted("Zoe likes tea."))
    await learner(good).learn(SOURCE, TALK, when=DAY)
    assert (len(good.requests), len(store.list("ilka-varga"))) == (1, 1)


async def test_a_failed_call_leaves_everything_to_the_next_time(learner: Make) -> None:
    async def fail(_: Any) -> None:
        raise ServerFailed("500")

    with pytest.raises(ServerFailed):
        await learner(FakeModel(before=fail)).learn(SOURCE, TALK, when=DAY)
    model = told(noted("Zoe likes tea."))
    assert len((await learner(model).learn(SOURCE, TALK, when=DAY)).kept) == 1


async def test_a_long_talk_is_gone_through_in_pieces(learner: Make) -> None:
    model = told()
    long = said(*((f"Question {n} " + "word " * 300, "Yes.") for n in range(40)))
    await learner(model).learn(SOURCE, long, when=DAY)
    assert 1 < len(model.requests) < 10
    texts = "".join(one.messages[-1].text for one in model.requests)
    assert all(texts.count(f"Question {n} ") == 1 for n in range(40))


def test_telling_and_forgetting(learner: Make, store: LearnedRepository) -> None:
    mind = learner(FakeModel())
    one = mind.tell("Zoe likes blue tea.", Source(kind="told", id="c1"))
    mind.tell("Max has a red boat and likes 2001.", Source(kind="told"))
    with pytest.raises(InputError, match=f"known already, as {one.id}"):
        mind.tell("Zoe likes blue tea.", Source(kind="told"))
    with pytest.raises(InputError, match="several"):
        mind.forget("likes")
    for part in ("1", "oe lik", "e"):  # of a word is no word
        with pytest.raises(InputError, match="nothing that was learned"):
            mind.forget(part)
    with pytest.raises(InputError, match="persona edit ilka-varga --forget m01"):
        mind.forget("m01")
    with pytest.raises(InputError, match="nothing that was learned"):
        mind.forget("unheard of")
    for empty in (" ", ""):
        with pytest.raises(InputError):
            mind.forget(empty)
    assert [each.id for each in mind.forget("BLUE tea")] == [one.id]
    assert [memory.content for memory in mind.memories()] == ["Max has a red boat and likes 2001."]
    assert [one.status for one in store.list("ilka-varga")] == ["forgotten", "kept"]


def reflected(store: LearnedRepository, *rests_on: str) -> Learned:
    """A reflection on these memories, stored as reflecting does."""
    memory = Memory(id="r" + "+".join(rests_on), content=f"So it is with {rests_on}.",
                    origin="reflection", links=rests_on)  # fmt: skip
    made = Learned(memory=memory, created=store.now(), sources=(Source(kind="reflection"),))
    step = Step(persona_id="ilka-varga", stream="chat", key=memory.id, kind="reflection")
    assert store.settle(step, [made])
    return made


async def test_what_rests_on_a_forgotten_memory_goes_with_it(
    learner: Make, store: LearnedRepository
) -> None:
    replies = {"consolidation": json.dumps({"memories": [noted("Zoe mends clocks in Lyon.")]})}
    await learner(FakeModel(replies)).learn(SOURCE, TALK, when=DAY)
    other = Source(kind="conversation", id="c2")
    [again] = (await learner(FakeModel(replies)).learn(other, TALK, when=DAY)).merged
    mind = learner(FakeModel())
    [first] = [one for one in store.list("ilka-varga") if one.status == "kept"]
    stays = mind.tell("Max has a red boat.", Source(kind="told"))
    on_it = reflected(store, first.id, "m01")
    on_that = reflected(store, on_it.id, "m02")
    on_another = reflected(store, stays.id, "m01")
    forgotten = mind.forget(first.id)
    assert forgotten[0].id == first.id
    assert {one.id for one in forgotten[1:]} == {again.id, on_it.id, on_that.id}
    kept = {one.id for one in store.list("ilka-varga") if one.status == "kept"}
    assert kept == {stays.id, on_another.id}


async def test_a_reflection_is_recalled_and_marked(learner: Make) -> None:
    seen = {"content": "Water takes what is nearest.", "thought": "", "summary": "Water",
            "importance": 7, "rests_on": ["m01", "m02"]}  # fmt: skip
    model = FakeModel({"reflection": json.dumps({"reflections": [seen]})})
    mind = learner(model)
    [made] = await mind.reflect()
    assert made.memory.links == ("m01", "m02")
    found = recaller().recall(
        respondent(model).persona, "What does water take?", 5, learned=mind.memories()
    )
    marked = [one for one in found if "reflection" in one.why]
    assert [one.memory.id for one in marked] == [made.id]
    with pytest.raises(InputError, match="nothing is new"):
        await mind.reflect()
    assert len(model.requests) == 1

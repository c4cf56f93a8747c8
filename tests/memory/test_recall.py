from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from personas.formats.packs import read_pack
from personas.library import library
from simulacra.domain.emotion import EmotionalState
from simulacra.domain.memory import Memory
from simulacra.domain.persona import Persona, Profile
from simulacra.memory.chroma import ChromaIndex
from simulacra.memory.exact import ExactIndex
from simulacra.memory.fusion import Weights
from simulacra.memory.recall import Recaller
from simulacra.memory.shelf import Shelf, shelve
from tests.support.embedders import HashEmbedder

PACK = Path(__file__).parents[1] / "data" / "packs" / "tove-lind"


@pytest.fixture
def tove() -> Persona:
    return read_pack(PACK)


@pytest.fixture
def recaller() -> Recaller:
    return Recaller(ExactIndex(), HashEmbedder())


def person(*memories: Memory, story: str = "", version: int = 1) -> Persona:
    profile = Profile(gender="female", age=30)
    return Persona(
        id="p", name="P", source="written", version=version, profile=profile,
        story=story, memories=memories,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Who sent you a spoon?", "m01"),
        ("Have you ever fallen because a rope was breaking?", "m02"),
        ("What work did you do for the keeper at Hirtshals?", "m03"),
    ],
)
def test_the_memory_that_answers_comes_first(
    recaller: Recaller, tove: Persona, query: str, expected: str
) -> None:
    assert recaller.recall(tove, query, k=2)[0].memory.id == expected


def test_every_result_says_why(recaller: Recaller, tove: Persona) -> None:
    first, *_, last = recaller.recall(tove, "rope", k=3)
    assert first.why["lexical"] > 0
    assert set(first.why) == {"lexical", "dense", "telling", "importance"}
    assert "lexical" not in last.why
    assert first.score > last.score > 0
    for one in (first, last):
        assert sum(one.why.values()) == pytest.approx(one.score, abs=1e-5)


def test_a_part_of_weight_zero_has_no_say(tove: Persona) -> None:
    embedder = HashEmbedder()
    words_only = Weights(dense=0, telling=0, importance=0)
    found = Recaller(ExactIndex(), embedder, words_only).recall(tove, "rope", k=3)
    assert set(found[0].why) == {"lexical"} and found[-1].score == 0
    assert embedder.texts_embedded == 3


def test_the_same_question_recalls_the_same(tove: Persona) -> None:
    results = [
        Recaller(ExactIndex(), HashEmbedder()).recall(tove, "tin rope herring") for _ in range(2)
    ]
    assert results[0] == results[1]


def test_importance_decides_between_equals(recaller: Recaller) -> None:
    def memory(name: str, importance: int) -> Memory:
        return Memory(id=name, content="I saw the sea.", importance=importance)

    persona = person(memory("a", 2), memory("b", 9), memory("c", 9))
    assert [one.memory.id for one in recaller.recall(persona, "sea", k=3)] == ["b", "c", "a"]
    undecided = person(memory("b", 5), memory("a", 5), version=2)
    assert [one.memory.id for one in recaller.recall(undecided, "sea")] == ["a", "b"]


def test_the_mood_decides_between_equals(recaller: Recaller) -> None:
    glad = Memory(id="a", content="I saw the sea.", emotions={"joy": 8})
    sad = Memory(id="b", content="I saw the sea.", emotions={"sadness": 8, "love": 3})
    persona = person(glad, sad)
    mood = EmotionalState(valence=-0.6, intensities={"sadness": 6})
    first = recaller.recall(persona, "sea", mood=mood)[0]
    assert first.memory == sad and 0 < first.why["mood"] < 0.05
    assert recaller.recall(persona, "sea", mood=EmotionalState())[0].memory == glad
    assert recaller.recall(persona, "sea")[0].memory == glad


def test_k_and_empty_questions(recaller: Recaller, tove: Persona) -> None:
    assert len(recaller.recall(tove, "rope", k=2)) == 2
    assert len(recaller.recall(tove, "rope", k=50)) == 3
    assert recaller.recall(tove, "rope", k=0) == ()
    assert recaller.recall(tove, "   ") == ()
    assert recaller.recall(person(), "rope") == ()


def test_a_persona_is_embedded_once(tove: Persona) -> None:
    embedder, index = HashEmbedder(), ExactIndex()
    recaller = Recaller(index, embedder)
    recaller.recall(tove, "rope")
    assert embedder.texts_embedded == 3 + 1
    recaller.recall(tove, "rope")
    Recaller(index, embedder).recall(tove, "rope")
    assert embedder.texts_embedded == 3 + 3


def test_a_changed_memory_is_indexed_anew(tove: Persona) -> None:
    index = ExactIndex()
    Recaller(index, HashEmbedder()).recall(tove, "spoon")
    changed = tove.memories[0].model_copy(update={"content": "A zeppelin landed in our yard."})
    edited = tove.model_copy(update={"memories": (changed, *tove.memories[1:])})
    found = Recaller(index, HashEmbedder()).recall(edited, "zeppelin", k=1)
    assert found[0].memory == changed
    assert len(index.ids("tove-lind@1")) == 3


def said(name: str, content: str, speaker: str = "", **more: str) -> Memory:
    return Memory(id=name, content=content, speaker=speaker, origin="conversation", **more)


def test_a_memory_is_seen_with_its_neighbours(recaller: Recaller) -> None:
    talk = [
        said("a", "Which instrument do you play?", episode="one"),
        said("b", "The red one from the attic over there.", episode="one"),
        said("c", "The red one from the cellar over there.", episode="two"),
    ]
    first, second = recaller.recall(person(*talk), "instrument", k=3)[1:]
    assert (first.memory.id, second.memory.id) == ("b", "c")
    assert first.why["context"] > 0 and "context" not in second.why


def test_what_the_named_speaker_said_comes_first(recaller: Recaller) -> None:
    persona = person(
        said("a", "I went hiking, Melanie.", "Caroline Smith"),
        said("b", "I went hiking in the hills.", "Melanie"),
    )
    for query in ("Where did Melanie go hiking?", "Where did Mel hike?", "where did melanie hike"):
        assert recaller.recall(persona, query)[0].memory.id == "b"
    assert recaller.recall(persona, "Did Caroline hike?")[0].memory.id == "a"
    both = recaller.recall(persona, "Did Caroline and Melanie hike?")
    assert all("person" not in one.why for one in both)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Where did you swim in 2009?", "c"),
        ("Where did you swim in May?", "b"),
        ("Where did you swim when you were twelve?", "a"),
        ("Where did you swim last year?", "d"),
        ("Where did you swim as a child?", "a"),
    ],
)
def test_the_time_in_a_question_counts(recaller: Recaller, query: str, expected: str) -> None:
    swims = [
        Memory(id="a", content="I swam in the lake.", age=12, when="2002-01"),
        Memory(id="b", content="I swam in the sea.", age=16, when="2006-05-02"),
        Memory(id="c", content="I swam in the pool.", age=19, when="2009"),
        Memory(id="d", content="I swam in the bay.", age=34, when="2024-07"),
    ]
    persona = person(*swims)
    today = persona.profile.model_copy(update={"as_of": date(2025, 3, 1)})
    found = recaller.recall(persona.model_copy(update={"profile": today}), query)
    assert found[0].memory.id == expected and found[0].why["time"] > 0
    assert all("time" not in one.why for one in found[1:])


def test_a_question_for_a_time_favours_what_tells_one(recaller: Recaller) -> None:
    persona = person(
        Memory(id="a", content="We painted the boat green together."),
        Memory(id="b", content="We painted the boat green yesterday."),
    )
    assert recaller.recall(persona, "When did you paint the boat?")[0].memory.id == "b"
    assert "dated" not in recaller.recall(persona, "Why did you paint the boat?")[0].why


def test_what_is_alike_gives_way() -> None:
    persona = person(
        Memory(id="a", content="The baker burned his bread on Monday."),
        Memory(id="b", content="The baker burned his bread on Monday."),
        Memory(id="c", content="Bread is what the miller sells."),
    )
    for likeness, expected in ((0.0, ["a", "b", "c"]), (0.5, ["a", "c", "b"])):
        recaller = Recaller(ExactIndex(), HashEmbedder(), Weights(likeness=likeness))
        assert [one.memory.id for one in recaller.recall(persona, "bread", k=3)] == expected


def test_kin_are_found_by_what_they_are_called(recaller: Recaller) -> None:
    persona = person(
        Memory(id="a", content="Uncle Piet mended the fence."),
        Memory(id="b", content="Mummy mended the fence."),
    )
    found = recaller.recall(persona, "What did your mother mend?")
    assert found[0].memory.id == "b"


def learned(number: int, content: str) -> Memory:
    return Memory(id=f"c{number:03d}", content=content, origin="conversation")


def test_what_was_learned_is_recalled_beside_the_life(recaller: Recaller, tove: Persona) -> None:
    new = [learned(1, "You told me of a zeppelin over Aarhus."), learned(2, "You sell bicycles.")]
    found = recaller.recall(tove, "zeppelin", k=9, learned=new)
    assert found[0].memory == new[0]
    assert {one.memory.id for one in found} == {"c001", "c002", "m01", "m02", "m03"}
    assert "c001" not in {one.memory.id for one in recaller.recall(tove, "zeppelin", k=9)}
    fewer = recaller.recall(tove, "zeppelin", k=9, learned=new[1:])
    assert "c001" not in {one.memory.id for one in fewer}


def test_replicates_that_take_turns_have_shelves_of_their_own(
    recaller: Recaller, tove: Persona, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[int] = []

    def counted(*args: Any) -> Shelf:
        built.append(len(args[1]))
        return shelve(*args)

    monkeypatch.setattr("simulacra.memory.recall.shelve", counted)
    replicates = [[learned(n, f"You told me of rope {n}.")] for n in range(3)]
    for _ in range(4):
        for one in replicates:
            [first, *_] = recaller.recall(tove, "rope told", learned=one)
            assert first.memory in [*tove.memories, *one]
    assert built == [3, 4, 4, 4]


def test_the_shelves_of_one_persona_are_bounded(recaller: Recaller, tove: Persona) -> None:
    told = [learned(n, f"You told me of rope {n}.") for n in range(60)]
    for n in range(60):
        recaller.recall(tove, "rope", learned=told[: n + 1])
    assert len(recaller._shelves) < 20
    recaller.forget(tove)
    assert len(recaller._shelves) == 0


def test_learned_memories_are_embedded_once(tove: Persona) -> None:
    embedder, index = HashEmbedder(), ExactIndex()
    recaller = Recaller(index, embedder)
    new = [learned(number, f"You told me number {number}.") for number in range(500)]
    recaller.recall(tove, "rope", learned=new)
    assert embedder.texts_embedded == 3 + 500 + 1
    more = [*new, learned(500, "You told me of a kite.")]
    found = recaller.recall(tove, "You told me of a kite", learned=more)
    assert found[0].memory.id == "c500"
    assert embedder.texts_embedded == 504 + 1 + 1
    Recaller(index, embedder).recall(tove, "rope", learned=more)
    assert embedder.texts_embedded == 506 + 1


def test_versions_do_not_mix(recaller: Recaller) -> None:
    old = person(Memory(id="a", content="I keep bees."))
    new = person(Memory(id="a", content="I keep owls."), version=2)
    assert recaller.recall(old, "bees")[0].memory.content == "I keep bees."
    assert recaller.recall(new, "bees")[0].memory.content == "I keep owls."


def test_forgetting_clears_the_index(tove: Persona) -> None:
    index = ExactIndex()
    recaller = Recaller(index, HashEmbedder())
    recaller.recall(tove, "rope")
    recaller.recall_passages(tove, "rope")
    recaller.recall_self(tove, "rope")
    recaller.recall(tove, "rope", learned=[learned(1, "You told me of a rope.")])
    owners = [f"tove-lind@1{part}" for part in ("", "/story", "/self", "/learned")]
    assert all(index.ids(owner) for owner in owners)
    recaller.forget(tove)
    assert not any(index.ids(owner) for owner in owners)


def test_the_store_makes_no_difference(tmp_path: Path) -> None:
    emeka = next(one for one in library() if one.id == "emeka-obi")
    chroma = ChromaIndex(tmp_path / "memory")
    exact = ExactIndex()
    for question in ("Who died?", "What did your mother say in 2011?", "What do you never eat?"):
        first, second = (
            Recaller(index, HashEmbedder()).recall(emeka, question, k=10)
            for index in (chroma, exact)
        )
        assert first == second and len(first) == 10
    chroma.close()


def test_threads_share_one_recaller(tove: Persona) -> None:
    recaller = Recaller(ExactIndex(), HashEmbedder())
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: recaller.recall(tove, "rope"), range(40)))
    assert all(one == found[0] for one in found)


def test_facts_of_oneself_are_found_by_their_words(recaller: Recaller, tove: Persona) -> None:
    found = recaller.recall_self(tove, "Which hobbies do you have?", k=1)[0].memory
    assert "ice swimming" in found.content and found.origin == "self"
    assert recaller.recall(tove, "Which hobbies do you have?", k=9)[0].memory.origin == "life"


def test_the_passage_that_answers_comes_first(recaller: Recaller, tove: Persona) -> None:
    found = recaller.recall_passages(tove, "How were you paid, in herring?", k=2)
    assert "herring" in found[0].memory.content
    assert len(found) == 2
    assert recaller.recall_passages(person(), "herring") == ()


def test_many_people_are_indexed_as_each_alone_would_be(tove: Persona) -> None:
    people = [tove] + [
        tove.model_copy(update={"id": f"p{n}", "memories": tove.memories[: n % 3]})
        for n in range(5)
    ]
    together, apart = ExactIndex(), ExactIndex()
    done = list(Recaller(together, HashEmbedder()).index_all(iter(people)))
    assert done[-1] == len(people)
    for one in people:
        Recaller(apart, HashEmbedder()).recall(one, "spoon")
        owner = f"{one.id}@{one.version}"
        assert together.ids(owner) == apart.ids(owner) != [] or not one.memories
    query = "Who sent you a spoon?"
    assert Recaller(together, HashEmbedder()).recall(tove, query) == Recaller(
        apart, HashEmbedder()
    ).recall(tove, query)


def test_people_are_indexed_as_they_come(monkeypatch: pytest.MonkeyPatch, tove: Persona) -> None:
    monkeypatch.setattr("simulacra.memory.recall._INDEXED_AT_ONCE", 2)
    index = ExactIndex()
    people = iter([tove.model_copy(update={"id": f"p{n}"}) for n in range(3)])
    steps = Recaller(index, HashEmbedder()).index_all(people)
    assert next(steps) == 1
    assert index.ids("p0@1") and not index.ids("p1@1")
    assert list(steps)[-1] == 3


def test_ones_own_life_comes_before_what_was_only_said(recaller: Recaller) -> None:
    lived = Memory(id="a", content="I saw the sea at Hirtshals.")
    heard = said("b", "I saw the sea at Hirtshals.")
    first, second = recaller.recall(person(lived), "sea", k=2, learned=[heard])
    assert (first.memory, second.memory) == (lived, heard)
    assert first.why["lived"] > 0 and "lived" not in second.why
    assert "lived" not in recaller.recall(person(lived), "sea")[0].why

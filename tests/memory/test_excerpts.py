"""The sentences of memories that bear on a question."""

from hypothesis import given
from hypothesis import strategies as st

from simulacra.domain.memory import Memory, Recalled
from simulacra.memory.excerpts import key_sentences
from tests.support.people import ilka


def recalled(*contents: str) -> list[Recalled]:
    return [
        Recalled(memory=Memory(id=f"m{n}", content=content), score=1 / (n + 1))
        for n, content in enumerate(contents)
    ]


LIVED = recalled(*(memory.content for memory in ilka().memories))


def test_the_nearest_sentences_come_in_the_order_of_the_memories() -> None:
    assert key_sentences(LIVED, "Did a radio or hens go to the wedding?", 3) == [
        "I carried the hens up the hill in my apron.",
        "I did not go to the wedding of my sister Judit.",
        "I mended a radio instead.",
    ]


def test_first_sentences_of_the_best_memories_fill_up() -> None:
    assert key_sentences(LIVED, "radio", 3) == [
        "The flood took our ferry house.",
        "I carried the hens up the hill in my apron.",
        "I mended a radio instead.",
    ]
    assert key_sentences(LIVED, "xylophone", 1) == ["The flood took our ferry house."]


def test_nothing_recalled_nothing_told() -> None:
    assert key_sentences([], "radio", 3) == []
    assert key_sentences(LIVED, "radio", 0) == []
    assert key_sentences(recalled("Oh. No way!"), "way", 3) == []


@given(
    contents=st.lists(st.text("ab .!?", max_size=40), max_size=5),
    query=st.text("ab ", max_size=10),
    limit=st.integers(0, 6),
)
def test_sentences_are_those_of_the_memories_and_no_more_than_asked(
    contents: list[str], query: str, limit: int
) -> None:
    found = key_sentences(recalled(*contents), query, limit)
    assert len(found) <= limit
    assert all(any(sentence in content for content in contents) for sentence in found)
    assert found == key_sentences(recalled(*contents), query, limit)

from pathlib import Path

import pytest

from personas.formats.packs import read_pack
from simulacra.domain.persona import Persona, Profile
from simulacra.memory.passages import passages

PACK = Path(__file__).parents[1] / "data" / "packs" / "tove-lind"


@pytest.fixture
def tove() -> Persona:
    return read_pack(PACK)


def told(story: str) -> Persona:
    profile = Profile(gender="female", age=30)
    return Persona(id="p", name="P", source="written", profile=profile, story=story)


def test_passages_cover_the_story_in_whole_sentences(tove: Persona) -> None:
    found = passages(tove)
    assert " ".join(one.content for one in found).split() == tove.story.split()
    for one in found:
        assert one.source is not None and tove.text_of(one.source) == one.content
        assert "\n" not in one.content
        assert one.content[-1] in ".!?"
    assert [one.episode for one in found] == ["e01", "e01", "e02", "e03"]
    assert found[3].when == "2011-08-20" and found[3].age == 26


def test_passages_have_about_sixty_words() -> None:
    sentences = [f"Sentence number {n} has exactly ten words in it, surely." for n in range(40)]
    found = passages(told(" ".join(sentences)))
    assert [len(one.content.split()) for one in found[:-1]] == [60] * (len(found) - 1)
    long = "word " * 200 + "end."
    assert [one.content for one in passages(told(long))] == [long]

"""Every character of the library keeps the rules that make a life a life and not a template."""

import re
from collections import Counter, defaultdict
from itertools import combinations
from pathlib import Path

import pytest

from personas.formats.packs import read_pack, write_pack
from personas.formats.text_files import plain
from personas.library import FOLDER, library
from simulacra.domain.persona import Persona

FOLDERS = sorted(one for one in FOLDER.iterdir() if one.is_dir())
PHRASE = 8  # words


@pytest.fixture(scope="module", params=FOLDERS, ids=lambda folder: folder.name)
def persona(request: pytest.FixtureRequest) -> Persona:
    return read_pack(request.param, "library")


@pytest.fixture(scope="module")
def people() -> list[Persona]:
    return library()


def bodies(persona: Persona) -> dict[str, str]:
    return {f"{persona.id}/{one.id}": persona.text_of(one.span) for one in persona.episodes}


def sentences(text: str) -> list[str]:
    return [one.strip() for one in re.split(r"(?<=[.!?])[\"'”’]?\s+", text) if one.strip()]


def phrases(text: str) -> set[str]:
    words = plain(text).split()
    return {" ".join(words[n : n + PHRASE]) for n in range(len(words) - PHRASE + 1)}


def test_there_are_three_sorted_by_id(people: list[Persona]) -> None:
    ids = [one.id for one in people]
    assert len(ids) >= 3 and ids == sorted(set(ids))
    assert ids == [folder.name for folder in FOLDERS]
    assert {one.source for one in people} == {"library"}


def test_the_life_is_long_enough(persona: Persona) -> None:
    assert persona.story_words >= 2500
    assert len(persona.episodes) >= 25
    assert all(one.when and one.age is not None and one.title for one in persona.episodes)
    assert len(persona.memories) >= 25


def test_the_profile_is_full(persona: Persona) -> None:
    known = persona.profile
    for field in ("occupation", "isco", "education", "isced", "family", "place", "culture"):
        assert getattr(known, field) not in (None, ""), field
    assert known.date_of_birth and known.as_of and known.languages and known.long_term_goal
    assert (len(known.hobbies), len(known.short_term_goals)) == (3, 3)
    assert len(persona.personality.facets) == 30
    assert len(persona.personality.functions) == 8
    assert len({one.text for one in persona.personality.traits}) == 20
    assert 400 <= len(persona.biography.split()) <= 800
    assert persona.name in persona.biography


def test_every_memory_has_all_parts_and_a_place_in_the_story(persona: Persona) -> None:
    for one in persona.memories:
        assert one.content and one.thought and one.feeling and one.summary, one.id
        assert one.source and one.episode and one.when and one.emotions and one.importance, one.id
        episode = next(two for two in persona.episodes if two.id == one.episode)
        assert episode.span.start <= one.source.start < one.source.end <= episode.span.end, one.id


def test_fifteen_questions_with_keys(persona: Persona) -> None:
    kinds = Counter(one.kind for one in persona.questions)
    assert kinds == {"cloze": 5, "single": 5, "multiple": 5}
    episodes = {one.id for one in persona.episodes}
    for one in persona.questions:
        sizes = {"cloze": (0, 1), "single": (4, 1), "multiple": (6, 3)}[one.kind]
        assert (len(one.options), len(one.answer)) == sizes, one.id
        assert one.basis, one.id
        assert one.basis == "profile" or one.episode in episodes, one.id
    profile_based = [one for one in persona.questions if one.basis == "profile"]
    assert 7 <= len(profile_based) <= 8


def test_no_sentence_twice_within_or_across_lives(people: list[Persona]) -> None:
    told = Counter(
        plain(sentence)
        for one in people
        for body in bodies(one).values()
        for sentence in sentences(body)
        if len(sentence.split()) > 3
    )
    assert [sentence for sentence, times in told.items() if times > 1] == []


def test_no_long_phrase_in_two_episodes(people: list[Persona]) -> None:
    where = defaultdict(set)
    for one in people:
        for place, body in bodies(one).items():
            for phrase in phrases(body):
                where[phrase].add(place)
    shared = {phrase: sorted(places) for phrase, places in where.items() if len(places) > 1}
    assert shared == {}


def test_no_long_phrase_in_two_lives(people: list[Persona]) -> None:
    """Biographies, memories and traits too are each somebody's own."""

    def told(persona: Persona) -> set[str]:
        texts = [persona.biography, *(one.text for one in persona.personality.traits)]
        for one in persona.memories:
            texts += [one.content, one.thought, one.feeling, one.summary]
        return set().union(*(phrases(text) for text in texts))

    for one, other in combinations(people, 2):
        assert told(one) & told(other) == set(), f"{one.id} and {other.id}"


def test_they_differ_in_age_gender_work_and_culture(people: list[Persona]) -> None:
    profiles = [one.profile for one in people]
    assert len({one.gender for one in profiles}) >= 2
    assert max(one.age for one in profiles) - min(one.age for one in profiles) >= 20
    assert len({one.occupation for one in profiles}) == len(people)
    assert len({one.culture for one in profiles}) == len(people)
    assert len({one.personality.functions for one in people}) == len(people)


def test_written_and_read_again_each_is_equal(persona: Persona, tmp_path: Path) -> None:
    write_pack(persona, tmp_path / "out")
    assert read_pack(tmp_path / "out", "library") == persona

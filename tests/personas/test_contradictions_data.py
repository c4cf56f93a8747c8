"""The planted contradictions keep their rules: whole, exact, one of every kind in every story."""

import re
import shutil
from pathlib import Path

import pytest

from personas.formats.packs import STORY, read_pack
from personas.formats.text_files import plain
from personas.library import FOLDER as LIBRARY
from simulacra.domain.memory import Span
from simulacra.domain.persona import Episode, Persona
from simulacra.errors import InputError
from tests.support.contradictions import (
    FOLDER,
    KINDS,
    Planting,
    planted,
    planted_span,
    plantings,
    problems_of,
)

PACKS = tuple(LIBRARY / one.stem for one in sorted(FOLDER.glob("*.yaml")))
ALL = tuple(one for pack in PACKS for one in plantings(pack))


@pytest.fixture(scope="module")
def lives() -> dict[str, Persona]:
    return {pack.name: read_pack(pack, "library") for pack in PACKS}


each = pytest.mark.parametrize("planting", ALL, ids=lambda one: one.id)


def test_three_stories_with_twenty_kinds_each() -> None:
    assert [pack.name for pack in PACKS] == ["emeka-obi", "inti-quispe", "marta-kowalczyk"]
    assert len(set(KINDS)) == 20
    for pack in PACKS:
        assert tuple(one.kind for one in plantings(pack)) == KINDS
    assert len({one.id for one in ALL}) == len(ALL) == 60


def test_no_two_are_worded_alike() -> None:
    texts = [plain(one.text) for one in ALL if one.text]
    assert len(set(texts)) == len(texts)
    openings = [" ".join(text.split()[:4]) for text in texts]
    assert len(set(openings)) == len(openings)


@each
def test_a_planting_is_one_or_two_sentences_with_a_reason(planting: Planting) -> None:
    assert planting.why.endswith(".") and planting.why.count("\n") == 0
    if planting.insert_after:
        assert planting.text and planting.text[-1] in '.!?"'
        assert 1 <= len(re.findall(r"[.!?](?=\s|$)", planting.text)) <= 2
        assert len(planting.text.split()) <= 40


@each
def test_what_is_contradicted_still_stands_in_the_planted_life(planting: Planting) -> None:
    persona = planted(LIBRARY / planting.persona, planting)
    against = planting.contradicts
    if against != "calendar" and not against.startswith("profile."):
        assert against in persona.story


@each
def test_nothing_else_changes(planting: Planting, lives: dict[str, Persona]) -> None:
    before, after = lives[planting.persona], planted(LIBRARY / planting.persona, planting)
    assert after != before
    assert [one.id for one in after.episodes] == [one.id for one in before.episodes]
    for old, new in zip(before.episodes, after.episodes, strict=True):
        if old.id != planting.episode:
            assert after.text_of(new.span) == before.text_of(old.span)
            assert new.model_copy(update={"span": old.span}) == old
    quotes = [(before, before.memories), (after, after.memories)]
    told = [[one.text_of(two.source or Span(start=0, end=0)) for two in m] for one, m in quotes]
    differ = [n for n, (old, new) in enumerate(zip(*told, strict=True)) if old != new]
    assert all(before.memories[n].episode == planting.episode for n in differ)
    assert after.model_dump(include={"name", "biography", "personality", "questions"}) == (
        before.model_dump(include={"name", "biography", "personality", "questions"})
    )


@each
def test_the_planted_text_stands_where_it_belongs(
    planting: Planting, lives: dict[str, Persona]
) -> None:
    before, after = lives[planting.persona], planted(LIBRARY / planting.persona, planting)
    span = planted_span(after, planting)
    if planting.text is None:
        assert span is None and after.story == before.story
        return
    assert span and after.text_of(span) == planting.text
    if planting.insert_after:
        assert after.story[: span.start].endswith(f"{planting.insert_after} ")
        assert after.story[span.end :].startswith((" ", "\n\n")) or span.end == len(after.story)
        assert before.story == after.story[: span.start - 1] + after.story[span.end :]
    else:
        assert planting.replace
        assert before.story == (
            after.story[: span.start] + planting.replace + after.story[span.end :]
        )


@each
def test_the_reader_reads_the_same_life_or_refuses_it(
    planting: Planting, lives: dict[str, Persona], tmp_path: Path
) -> None:
    """Planted in the file itself: headings that do not fit, and lost quotes, are refused."""
    if planting.profile:
        return
    before = lives[planting.persona]
    pack = shutil.copytree(LIBRARY / planting.persona, tmp_path / planting.persona)
    story = pack / STORY
    text = _file_with(story.read_text(encoding="utf-8"), before, planting)
    story.write_text(text, encoding="utf-8")
    if planting.heading:
        with pytest.raises(InputError, match=rf"episode {planting.episode}"):
            read_pack(pack, "library")
    elif _takes_a_quote(before, planting):
        with pytest.raises(InputError, match="does not occur in episode"):
            read_pack(pack, "library")
    else:
        assert read_pack(pack, "library") == planted(LIBRARY / planting.persona, planting)


def _takes_a_quote(before: Persona, planting: Planting) -> bool:
    """Whether a memory or a fact quotes words that the new passage no longer has."""
    if not planting.replace or planting.text is None:
        return False
    start = before.story.index(planting.replace)
    end = start + len(planting.replace)
    quoted = [one.source for one in before.memories if one.source]
    quoted += [one.span for one in before.facts]
    return any(
        one.start < end and start < one.end and before.text_of(one) not in planting.text
        for one in quoted
    )


def _file_with(text: str, before: Persona, planting: Planting) -> str:
    if planting.heading:
        episode = next(one for one in before.episodes if one.id == planting.episode)
        new = episode.model_copy(update=planting.heading.model_dump(exclude_none=True))
        old_line, new_line = _line(episode), _line(new)
    else:
        assert planting.anchor and planting.text
        old_line = planting.anchor
        new_line = planting.text if planting.replace else f"{planting.anchor} {planting.text}"
    assert text.count(old_line) == 1
    return text.replace(old_line, new_line)


def _line(episode: Episode) -> str:
    return f"## {episode.id} | {episode.when} | age {episode.age} | {episode.title}\n"


def test_broken_data_is_named(lives: dict[str, Persona]) -> None:
    pack = PACKS[0]
    good = plantings(pack)
    passage = next(one for one in good if one.insert_after)
    wrong = (
        passage.model_copy(update={"episode": "e99"}),
        passage.model_copy(update={"insert_after": "Nobody said this."}),
        passage.model_copy(update={"contradicts": "profile.shoe_size"}),
        passage.model_copy(update={"contradicts": "Nobody said that."}),
        passage.model_copy(update={"kind": "misprint"}),
    )
    for one in wrong:
        others = tuple(two for two in good if two is not passage)
        assert problems_of((*others, one), lives[pack.name]), one
    assert problems_of(good[1:], lives[pack.name]) == [f"{pack.name}: no {good[0].kind}"]
    assert problems_of((*good, good[0]), lives[pack.name])


def test_a_planting_has_exactly_one_way() -> None:
    with pytest.raises(ValueError, match="exactly one"):
        Planting(persona="x", kind="x", episode="e01", contradicts="calendar", why="Both.")
    with pytest.raises(ValueError, match="goes with"):
        Planting.model_validate(
            {
                "persona": "x",
                "kind": "x",
                "episode": "e01",
                "replace": "this",
                "contradicts": "calendar",
                "why": "Nothing takes its place.",
            }
        )

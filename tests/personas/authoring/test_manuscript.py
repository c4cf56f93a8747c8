import pytest
from hypothesis import given
from hypothesis import strategies as st

from personas.authoring.life import life_of
from personas.authoring.manuscript import (
    Chapter,
    Manuscript,
    paragraphs_of,
    read_manuscript,
    uncovered,
)
from personas.authoring.prose import whole_sentences
from simulacra.errors import InputError
from tests.support.people import ilka

LIFE = life_of(ilka().profile)

words = st.text(alphabet="abc .é—", min_size=1, max_size=30).map(str.strip).filter(bool)
chapters = st.lists(st.lists(words, max_size=4), min_size=1, max_size=6).map(
    lambda all_: Manuscript(
        chapters=tuple(
            Chapter(
                id=f"e{n:02}",
                when=str(1980 + n),
                age=LIFE.ages(str(1980 + n))[0],
                title=f"Title {n}",
                paragraphs=tuple(" ".join(one.split()) for one in paragraphs),
            )
            for n, paragraphs in enumerate(all_)
        )
    )
)


@given(chapters)
def test_spans_cover_the_whole_story(manuscript: Manuscript) -> None:
    text, episodes = manuscript.story()
    assert uncovered(text, episodes) == ""
    assert [one.id for one in episodes] == [one.id for one in manuscript.written]
    for chapter, episode in zip(manuscript.written, episodes, strict=True):
        assert text[episode.span.start : episode.span.end] == chapter.text
    assert len(text.split()) == manuscript.words


@given(chapters)
def test_a_manuscript_comes_back_from_its_file(manuscript: Manuscript) -> None:
    read = read_manuscript(manuscript.to_file(), LIFE, manuscript)
    if manuscript.written:
        assert read == manuscript
    assert read_manuscript(manuscript.to_file(), LIFE).written == manuscript.written


def test_text_outside_every_episode_is_seen() -> None:
    manuscript = Manuscript(
        chapters=(Chapter(id="e01", when="1981", age=8, title="A", paragraphs=("One. Two.",)),)
    )
    text, episodes = manuscript.story()
    assert uncovered(f"Before. {text}", episodes)
    assert uncovered(f"{text} After.", episodes) == "After."


def test_an_edit_may_change_text_and_dates_within_the_life() -> None:
    manuscript = Manuscript(
        chapters=(Chapter(id="e01", when="1981", age=8, title="A", paragraphs=("One.",)),)
    )
    edited = manuscript.to_file().replace("One.", "Two.\n\nThree.").replace("| A", "| B")
    read = read_manuscript(edited, LIFE)
    assert (read.chapters[0].paragraphs, read.chapters[0].title) == (("Two.", "Three."), "B")
    with pytest.raises(InputError, match="before the birth"):
        read_manuscript(edited.replace("1981", "1961"), LIFE)


def test_headings_and_rules_of_a_reply_are_left_out() -> None:
    reply = "# The flood\n\n**Chapter one**\n\nShe ran.\nIt rained.\n\n---\n\nThen * not this."
    assert paragraphs_of(reply) == ("She ran. It rained.", "Then * not this.")


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("One. Two! Thr", "One. Two!"),
        ('He said "Go." And th', 'He said "Go."'),
        ("No end at all", "No end at all"),
        ("Costs 3.50 a kilo. Ye", "Costs 3.50 a kilo."),
    ],
)
def test_a_cut_reply_ends_with_its_last_whole_sentence(text: str, whole: str) -> None:
    assert whole_sentences(text) == whole

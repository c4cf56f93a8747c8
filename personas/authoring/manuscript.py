"""The story while it is written: chapters of paragraphs, each chapter one dated episode."""

import re
from collections.abc import Sequence
from pathlib import Path

from personas.authoring.life import Life
from personas.authoring.outline import Outline
from personas.authoring.settings import word_count
from personas.formats.story import read_story, story_file
from simulacra.domain.base import Frozen
from simulacra.domain.memory import Span
from simulacra.domain.persona import Episode

_BREAK = re.compile(r"\n\s*\n")
_HEADING = re.compile(r"^\s*(#+ .*|\*\*[^*\n]+\*\*|\* \* \*|---+)\s*$")


class Chapter(Frozen):
    """One episode with its paragraphs; none of them where it is still to be written."""

    id: str
    when: str
    age: int | None
    title: str
    paragraphs: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The paragraphs, an empty line between them."""
        return "\n\n".join(self.paragraphs)

    @property
    def words(self) -> int:
        """Words of all paragraphs."""
        return sum(word_count(one) for one in self.paragraphs)


class Manuscript(Frozen):
    """Chapters in the order of time."""

    chapters: tuple[Chapter, ...]

    @property
    def words(self) -> int:
        """Words of the whole."""
        return sum(one.words for one in self.chapters)

    @property
    def written(self) -> tuple[Chapter, ...]:
        """The chapters that have text."""
        return tuple(one for one in self.chapters if one.paragraphs)

    def with_paragraphs(self, chapter_id: str, paragraphs: Sequence[str]) -> "Manuscript":
        """The manuscript with one chapter's paragraphs replaced."""
        changed = {"paragraphs": tuple(paragraphs)}
        return Manuscript(
            chapters=tuple(
                one.model_copy(update=changed) if one.id == chapter_id else one
                for one in self.chapters
            )
        )

    def story(self) -> tuple[str, tuple[Episode, ...]]:
        """The text of the story and its episodes, whose spans cover every sentence of it."""
        episodes, bodies, start = [], [], 0
        for one in self.written:
            span = Span(start=start, end=start + len(one.text))
            episodes.append(
                Episode(id=one.id, title=one.title, when=one.when, age=one.age, span=span)
            )
            bodies.append(one.text)
            start = span.end + 2
        text = "\n\n".join(bodies)
        if left := uncovered(text, episodes):
            raise AssertionError(f"the story has text outside its episodes: {left[:60]!r}")
        return text, tuple(episodes)

    def to_file(self) -> str:
        """The text that a reviewer sees and edits: dated headings, paragraphs under them."""
        text, episodes = self.story()
        return story_file(text, episodes)


def blank(outline: Outline) -> Manuscript:
    """A manuscript of the outline's episodes, nothing written yet."""
    return Manuscript(
        chapters=tuple(
            Chapter(id=one.id, when=one.when, age=one.age, title=one.title)
            for one in outline.episodes
        )
    )


def read_manuscript(text: str, life: Life, unwritten: Manuscript | None = None) -> Manuscript:
    """The manuscript that a person edited; chapters still ``unwritten`` keep their place.

    Raises:
        InputError: a heading is malformed, or its date or age does not fit.
    """
    born = life.born_first if life.born_first == life.born_last else None
    story = read_story(text, Path("story"), born=born, as_of=life.until)
    found = {
        one.id: Chapter(
            id=one.id,
            when=one.when or "",
            age=one.age,
            title=one.title,
            paragraphs=paragraphs_of(story.text[one.span.start : one.span.end]),
        )
        for one in story.episodes
    }
    missing = [
        one
        for one in (unwritten.chapters if unwritten else ())
        if not one.paragraphs and one.id not in found
    ]
    chapters = sorted((*found.values(), *missing), key=lambda one: (one.when[:4], one.id))
    return Manuscript(chapters=tuple(chapters) if missing else tuple(found.values()))


def paragraphs_of(reply: str) -> tuple[str, ...]:
    """The paragraphs of a prose reply, each on one line; headings and rules are left out."""
    found = []
    for block in _BREAK.split(reply):
        lines = [line.strip() for line in block.splitlines() if not _HEADING.match(line)]
        if text := " ".join(line for line in lines if line):
            found.append(text)
    return tuple(found)


def uncovered(text: str, episodes: Sequence[Episode]) -> str:
    """What of a text lies in no episode, white space left out; empty where all is covered."""
    left, place = [], 0
    for episode in sorted(episodes, key=lambda one: one.span.start):
        left.append(text[place : max(place, episode.span.start)])
        place = max(place, episode.span.end)
    left.append(text[place:])
    return "".join(left).strip()

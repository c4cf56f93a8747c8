"""Long phrases that come back in another episode."""

import re
from collections.abc import Sequence
from typing import Protocol

from simulacra.domain.base import Frozen

PHRASE = 8
"""Words from which on a phrase that returns counts as a repetition."""

_WORD = re.compile(r"\w+(?:['’]\w+)*")


class Passage(Protocol):
    """A chapter, or whatever has an id and a text."""

    @property
    def id(self) -> str:
        """What it is called."""

    @property
    def text(self) -> str:
        """What it says."""


class Repeat(Frozen):
    """A phrase of at least eight words in ``chapter`` that an ``earlier`` one has too."""

    chapter: str
    earlier: str
    phrase: str


def repeats(chapters: Sequence[Passage]) -> list[Repeat]:
    """Every phrase of eight words or more that returns in a later chapter, each at its longest.

    Case and punctuation do not count.
    """
    seen: dict[tuple[str, ...], str] = {}
    found: list[Repeat] = []
    for chapter in chapters:
        words = [match.group() for match in _WORD.finditer(chapter.text)]
        plain = [word.casefold() for word in words]
        grams = [tuple(plain[at : at + PHRASE]) for at in range(len(plain) - PHRASE + 1)]
        found += _runs(chapter.id, words, [seen.get(gram) for gram in grams])
        for gram in grams:
            seen.setdefault(gram, chapter.id)
    return found


def _runs(chapter: str, words: Sequence[str], earlier: Sequence[str | None]) -> list[Repeat]:
    """Phrases that follow each other are one longer phrase."""
    found: list[Repeat] = []
    start: int | None = None
    for place, where in enumerate([*earlier, None]):
        if start is not None and (where is None or where != earlier[start]):
            phrase = " ".join(words[start : place - 1 + PHRASE])
            found.append(Repeat(chapter=chapter, earlier=earlier[start] or "", phrase=phrase))
            start = None
        if where is not None and start is None:
            start = place
    return found

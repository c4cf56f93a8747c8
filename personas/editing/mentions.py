"""Whether a text mentions a value: the one rule by which dependents are found.

A sentence mentions a value when it has every content word of it, in any order, by its stem, without
regard to case, English stop words left out. Of a longer value, four content words or more, half of
them are enough; and so are the words of a name in it ("Peru" in "Arequipa, Peru"). A value that is
a date is mentioned where that date is written, in whatever form.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from personas.dates import dates_in
from simulacra.domain.memory import Span
from simulacra.memory.lexical import content_words
from simulacra.sentences import sentence_places

_LONG = 4  # content words from which on half of them are enough
_TOKEN = re.compile(r"[\w'’-]+|[^\w\s]")
_PARTICLES = frozenset(
    {
        "de", "del", "della", "di", "da", "do", "dos", "la", "las", "le", "les", "los", "el", "al",
        "y", "e", "i", "of", "van", "von", "der", "den",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Value:
    """A value to look for."""

    text: str

    @cached_property
    def words(self) -> frozenset[str]:
        """Stems of its content words; of all its words where none is left."""
        found = content_words([self.text])[0] or self.text.casefold().split()
        return frozenset(found)

    @cached_property
    def is_date(self) -> bool:
        """Whether it is nothing but a full date."""
        return len(dates_in(self.text)) == 1 and len(self.text.split()) <= 3

    @cached_property
    def names(self) -> tuple[frozenset[str], ...]:
        """The stems of each name in it: words with capitals, particles between them."""
        if len(self.words) < 2:
            return ()
        return tuple(frozenset(one) for one in content_words(names_in(self.text)) if one)

    def is_told_by(self, stems: frozenset[str]) -> bool:
        """Whether a sentence of these stems mentions it."""
        common = len(self.words & stems)
        enough = len(self.words) if len(self.words) < _LONG else (len(self.words) + 1) // 2
        return common >= enough or any(name <= stems for name in self.names)

    def found_in(self, text: str) -> Span | None:
        """The first sentence of a text that mentions it, as a place in that text."""
        return next(iter(self.places(text)), None)

    def places(self, text: str) -> Iterator[Span]:
        """The sentences that mention it."""
        if not self.words:
            return
        sentences = list(sentences_of(text))
        texts = [text[one.start : one.end] for one in sentences]
        if self.is_date:
            day = dates_in(self.text)[0]
            yield from (
                span for span, one in zip(sentences, texts, strict=True) if day in dates_in(one)
            )
            return
        for span, stems in zip(sentences, content_words(texts) if texts else (), strict=True):
            if self.is_told_by(frozenset(stems)):
                yield span

    def shares_a_word(self, text: str) -> bool:
        """Whether a text has a content word of the value."""
        return bool(self.words & set(content_words([text])[0]))


def names_in(text: str) -> list[str]:
    """The names in a text: runs of words that begin with a capital letter."""
    found: list[list[str]] = []
    open_ = False
    for token in _TOKEN.findall(text):
        if token[0].isupper() and len(token) > 1:
            if not open_:
                found.append([])
            found[-1].append(token)
            open_ = True
        elif token not in _PARTICLES:
            open_ = False
    return [" ".join(one) for one in found]


def sentences_of(text: str) -> Iterator[Span]:
    """The sentences of a text; a line break ends one too."""
    for start, end in sentence_places(text, by_line=True):
        yield Span(start=start, end=end)


def first_mention(values: Sequence[Value], text: str) -> tuple[Value, Span] | None:
    """The first of some values that a text mentions, and where."""
    for value in values:
        if place := value.found_in(text):
            return value, place
    return None

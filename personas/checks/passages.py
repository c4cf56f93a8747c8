"""Sentences of a text, with their places."""

import re
from collections.abc import Iterator

from simulacra.domain.base import Frozen
from simulacra.domain.memory import Span

_END = re.compile(
    r"(?<!\bMr)(?<!\bMrs)(?<!\bDr)(?<!\bSt)(?<!\bLic)(?<!\bNo)[.!?…][\"'”’)]*\s+(?=[\"'“‘(]?[^\Wa-z_])"
    r"|\n\s*\n"
)


class Sentence(Frozen):
    """A sentence and where it stands."""

    text: str
    span: Span


def sentences(text: str, start: int = 0, end: int | None = None) -> Iterator[Sentence]:
    """The sentences between two places of a text; their spans point into the whole of it."""
    end = len(text) if end is None else end
    begin = start
    for match in _END.finditer(text, start, end):
        if match.start() >= begin:
            yield _sentence(text, begin, match.end())
            begin = match.end()
    if text[begin:end].strip():
        yield _sentence(text, begin, end)


def sentence_at(text: str, place: int, start: int, end: int) -> Sentence:
    """The sentence around a place, within ``start`` and ``end``."""
    return next(
        one for one in sentences(text, start, end) if one.span.start <= place < one.span.end
    )


def _sentence(text: str, start: int, end: int) -> Sentence:
    return Sentence(text=text[start:end].rstrip(), span=Span(start=start, end=end))

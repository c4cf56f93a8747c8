"""The one place where text is cut into sentences, by Punkt (Kiss & Strunk, 2006).

Abbreviations ("St. Petersburg", "Mr. J. K. Rowe", "5 p.m.") and decimals end no sentence. The
library is nupunkt with its English model: some 40 ms for a life of 10,000 words. Its model takes
some common words for abbreviations ("bus", "wall", "depot"); they end a sentence here all the same.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

import nupunkt

# A whole word in small letters before a capital ends a sentence, but for what goes with a name or
# number.
_END = re.compile(
    r"(?<![\w.])(?!(?:vol|fig|dept|approx|eds)\.)[^\W\dA-Z_]{3,}\.[\"'”’)]*\s+(?=[\"'“‘(]?[A-Z])"
)
_TEXTS = 256  # texts whose sentences are remembered: checks ask for those of one life many times


def sentence_places(text: str, *, by_line: bool = False) -> tuple[tuple[int, int], ...]:
    """Where each sentence begins and ends, spaces around it left out; none is empty.

    A blank line ends a sentence; with ``by_line`` every line break does.
    """
    return _places(text, by_line)


def sentences_of(text: str, *, by_line: bool = False) -> list[str]:
    """The sentences of a text, as ``sentence_places`` finds them."""
    return [text[start:end] for start, end in sentence_places(text, by_line=by_line)]


def first_sentence(text: str) -> str:
    """The first sentence; empty where there is none."""
    return next(iter(sentences_of(text)), "")


@lru_cache(maxsize=_TEXTS)
def _places(text: str, by_line: bool) -> tuple[tuple[int, int], ...]:
    return tuple(_cut(text, by_line))


def _cut(text: str, by_line: bool) -> Iterator[tuple[int, int]]:
    ends = {end for _, end in nupunkt.sentence_spans(text)}
    ends |= {match.end() for match in _END.finditer(text)}
    if by_line:
        ends |= {place + 1 for place, letter in enumerate(text) if letter == "\n"}
    begin = 0
    for end in sorted({*ends, len(text)}):
        bare = text[begin:end].strip()
        if bare:
            first = text.index(bare, begin)
            yield first, first + len(bare)
        begin = end

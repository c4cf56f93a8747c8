"""Whether a text says what a short description says: its words, in any form, near one another."""

import re
from functools import cached_property, lru_cache

from snowballstemmer import stemmer
from text_to_num import alpha2digit

from personas.checks.passages import sentences

_WORD = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_STOP = frozenset((
    "a", "an", "and", "are", "as", "at", "be", "been", "being", "but", "by", "can", "cannot",
    "could", "d", "for", "from", "had", "has", "have", "he", "her", "him", "his", "if", "in",
    "into", "is", "it", "its", "ll", "my", "no", "not", "now", "of", "off", "on", "one", "or",
    "our", "out", "over", "own", "per", "re", "s", "say", "says", "she", "so", "t", "than", "that",
    "the", "their", "them", "then", "there", "they", "this", "to", "up", "ve", "very", "was",
    "were", "what", "when", "where", "which", "while", "who", "whom", "whose", "will", "with",
    "without", "would",
))  # fmt: skip
_LIGHT = (
    "after", "before", "do", "during", "each", "every", "get", "go", "keep", "make", "people",
    "person", "play", "since", "some", "somebody", "still", "take", "thing", "until", "watch",
    "work",
)  # fmt: skip
_SHARE = 0.5
_FEWEST = 2


class Mentions:
    """A text as sets of stems, one for every two sentences that stand side by side.

    Stems are those of Snowball's English, whole; numbers are figures, however the text writes them.
    """

    def __init__(self, text: str) -> None:
        self._plain = in_figures(text)

    def tells(self, value: str) -> bool:
        """Whether the text tells a description, or at least half of one of several parts.

        A part, between semicolons, is told where half of its content words, and two at least, or
        its only one, stand in two sentences that adjoin; parts count by their words. Words so
        common that most sentences could hold them are no content words; those of a description of
        nothing else must stand as they are written.
        """
        told = [(len(found), self._near(found)) for found in map(stems, value.split(";")) if found]
        if not told:
            return self.words.issuperset(_WORD.findall(value))
        whole = sum(count for count, _ in told)
        return sum(count for count, near in told if near) >= _SHARE * whole

    def tells_all(self, *words: str) -> bool:
        """Whether all these words stand in two sentences that adjoin."""
        wanted = {stem(one) for one in words}
        return any(wanted <= near for near in self._windows)

    @property
    def plain(self) -> str:
        """The text with its numbers in figures and no hyphens."""
        return self._plain

    @cached_property
    def words(self) -> frozenset[str]:
        """The words as they are written."""
        return frozenset(_WORD.findall(self._plain))

    def _near(self, wanted: frozenset[str]) -> bool:
        fewest = max(min(_FEWEST, len(wanted)), _SHARE * len(wanted))
        return any(len(wanted & near) >= fewest for near in self._windows)

    @cached_property
    def _windows(self) -> list[frozenset[str]]:
        told = [_stems_in(one.text) for one in sentences(self._plain)]
        return [one | other for one, other in zip(told, [*told[1:], frozenset()], strict=True)]


def in_figures(text: str) -> str:
    """A text without hyphens and with its numbers in figures: "fifty-four" is "54"."""
    figures: str = alpha2digit(text.replace("-", " "), "en")
    return figures


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of a word, folded."""
    found: str = stemmer("english").stemWord(word.casefold())
    return found


def stems(text: str) -> frozenset[str]:
    """The stems of the content words of a text; numbers without the commas in them."""
    return _stems_in(in_figures(text))


def _stems_in(plain: str) -> frozenset[str]:
    words = frozenset(one.casefold() for one in _WORD.findall(plain)) - _STOP
    found = {one.replace(",", "") if one[0].isdigit() else stem(one) for one in words}
    return frozenset(found) - _LIGHT_STEMS


_LIGHT_STEMS = frozenset(map(stem, _LIGHT))

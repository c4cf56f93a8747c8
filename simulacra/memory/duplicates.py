"""Whether two memories tell the same: near in meaning and in words, and alike in names and numbers.

Vectors alone take "I met Anna in May" for "I met Berta in June", words alone miss what was put
another way: so both count, and names, numbers and negations have to be the same.
"""

import re
from collections.abc import Sequence

from simulacra.domain.memory import Memory
from simulacra.memory.port import Embedder
from simulacra.memory.words import content_words

ALIKE = 0.8
"""The mean of cosine and word overlap (Dice, 1945) from which on two memories tell the same."""

_EXACT = re.compile(r"\d+|\b(?:not|no|never|nobody|nothing|none)\b|n['’]t\b", re.IGNORECASE)
_NAME = re.compile(r"(?<![.!?]\s)(?<!^)\b[A-Z][\w'’-]+")


def duplicate_of(
    memory: Memory, known: Sequence[Memory], embedder: Embedder, alike: float = ALIKE
) -> Memory | None:
    """The known memory that tells what ``memory`` tells, the likest first; None where none does."""
    same = [one for one in known if _exact(one.content) == _exact(memory.content)]
    if not same:
        return None
    texts = [memory.content, *(one.content for one in same)]
    vectors = embedder.embed(texts)
    words = [set(some) for some in content_words(texts)]
    scores = [
        (float(vectors[0] @ vectors[at]) + _dice(words[0], words[at])) / 2
        for at in range(1, len(texts))
    ]
    best = max(range(len(same)), key=lambda at: (scores[at], -at))
    return same[best] if scores[best] >= alike else None


def _dice(one: set[str], other: set[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one or other else 0.0


def _exact(text: str) -> tuple[list[str], set[str]]:
    """Numbers and negations, and names: what makes another fact of the same words."""
    return sorted(found.lower() for found in _EXACT.findall(text)), set(_NAME.findall(text)) - {"I"}

"""What can be found of one owner: the memories and everything about them that no question changes.

A memory is seen with its neighbours: the words of the memories beside it in its episode (a passage
of life, one sitting of a conversation) count for it too, by half at each step away.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log1p

import numpy as np
from scipy import sparse

from simulacra.domain.memory import Memory
from simulacra.memory.bm25 import Bag, Bm25, Scores
from simulacra.memory.words import content_words

_FIELDS = {"content": 1.0, "summary": 1.0, "thought": 0.5, "feeling": 0.5}
_REACH = 4  # steps to neighbours that are heard; half at each, so the next one is below 0.05
_FADING = 0.5
_MUCH = 100  # content words from which on a memory tells as much as any
_ASKED = re.compile(r"[^.!?]*\?")
_TELLS_TIME = re.compile(
    r"\b(?:yesterday|today|tonight|tomorrow|ago|since|weekend|recently|(?:1[89]|20)\d\d"
    r"|(?:last|next|this|past|previous|few|couple of)(?: \w+)? (?:day|night|week|month|year|summer|"
    r"winter|spring|autumn|fall|mon|tues|wednes|thurs|fri|satur|sun)(?:day|s)?"
    r"|january|february|april|june|july|august|september|october|november|december"
    r"|in (?:march|may))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Shelf:
    """Memories by the id of their vector, in order, and what is known of each beforehand.

    ``owners`` are those under whose names the vectors lie. Arrays have one entry a memory:
    ``telling`` is how much it tells (0 to 1), ``dated`` whether its words tell a time,
    ``importance`` from 0 to 1 (0 where unknown), ``lived`` whether it is no talk's.
    """

    owners: tuple[str, ...]
    memories: Mapping[str, Memory]
    bags: Mapping[str, Bag]
    lexical: Bm25
    telling: Scores
    dated: Scores
    importance: Scores
    lived: Scores
    speakers: tuple[str, ...]


def shelve(
    owners: tuple[str, ...], memories: Mapping[str, Memory], known: Mapping[str, Bag]
) -> Shelf:
    """A shelf of memories; ``known`` are bags of words that need not be counted again."""
    new = [one for one in memories if one not in known]
    bags = {**known, **dict(zip(new, _bags([memories[one] for one in new]), strict=True))}
    bags = {one: bags[one] for one in memories}
    lives = list(memories.values())
    lived = np.array([one.origin in ("life", "self") for one in lives])
    # Words are as rare as in the life, so that no number of talks makes its own words common.
    lexical = Bm25(list(bags.values()), _neighbours(lives), lived if lived.any() else None)
    return Shelf(
        owners=owners,
        memories=memories,
        bags=bags,
        lexical=lexical,
        telling=np.array([_telling(one) for one in lives]),
        dated=np.array([float(bool(_TELLS_TIME.search(one.content))) for one in lives]),
        importance=np.array([(one.importance or 0) / 10 for one in lives]),
        lived=lived.astype(np.float64),
        speakers=tuple(sorted({one.speaker for one in lives if one.speaker})),
    )


def _bags(memories: Sequence[Memory]) -> Sequence[Bag]:
    """The words of each memory, weighted by the field that they stand in."""
    bags: list[defaultdict[str, float]] = [defaultdict(float) for _ in memories]
    for field, weight in _FIELDS.items():
        texts = [getattr(one, field) for one in memories]
        for bag, words in zip(bags, content_words(texts), strict=True):
            for word in words:
                bag[word] += weight
    return bags


def _neighbours(memories: Sequence[Memory]) -> sparse.csr_array | None:
    """Weights of the memories around each in its episode; None where no episode has two."""
    episodes: defaultdict[str, list[int]] = defaultdict(list)
    for at, memory in enumerate(memories):
        if memory.episode is not None:
            episodes[memory.episode].append(at)
    cells = [
        (here, there, _FADING ** abs(step))
        for places in episodes.values()
        for here, there, step in _pairs(places)
    ]
    if not cells:
        return None
    rows, columns, weights = zip(*cells, strict=True)
    shape = (len(memories), len(memories))
    return sparse.csr_array((weights, (rows, columns)), shape=shape)


def _pairs(places: Sequence[int]) -> Iterable[tuple[int, int, int]]:
    for at, here in enumerate(places):
        for step in range(-_REACH, _REACH + 1):
            if step and 0 <= at + step < len(places):
                yield here, places[at + step], step


def _telling(memory: Memory) -> float:
    """How much is told, by the logarithm of its content words; what only asks tells nothing."""
    told = len(content_words([_ASKED.sub(" ", memory.content)])[0])
    return min(1.0, log1p(told) / log1p(_MUCH))

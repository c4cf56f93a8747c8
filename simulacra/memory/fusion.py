"""How the parts of recall add up: a weighted sum whose unit is one rare word.

Lexical scores are divided by the weight of a word that one memory alone has once, so that weights
mean the same for a dozen memories and for a thousand: a person cue of 0.5 is worth half such a
word.
"""

from collections.abc import Iterable

import numpy as np

from simulacra.domain.base import Frozen
from simulacra.domain.emotion import EmotionalState
from simulacra.memory.bm25 import Scores
from simulacra.memory.cues import Cues
from simulacra.memory.mood import congruence
from simulacra.memory.shelf import Shelf


class Weights(Frozen):
    """What each part counts at most, in rare words; 0 leaves a part out.

    ``lexical``: the words, ``context``: those of the neighbours, ``dense``: a cosine of 1,
    ``person``: said by whom the question names, ``time``: of the time that it names, ``dated``:
    tells a time where one is asked for, ``telling``: tells much, ``lived``: is of the person's own
    life where others were only said in a talk (Rogers, Kuiper & Kirker, 1977, "Self-reference"),
    ``importance``: 10 of 10, ``mood``: feels as the person does now, ``likeness``: taken off for
    being like a memory that came before.
    """

    lexical: float = 1.0
    context: float = 1.0
    dense: float = 0.5
    person: float = 0.75
    time: float = 0.75
    dated: float = 0.25
    telling: float = 0.5
    lived: float = 0.4
    importance: float = 0.05
    mood: float = 0.05
    likeness: float = 0.1


def parts_of(
    shelf: Shelf, cues: Cues, cosines: Scores, mood: EmotionalState | None, weights: Weights
) -> dict[str, Scores]:
    """What each part adds to each memory's score: arrays of shape (memories,); they sum to it."""
    memories = list(shelf.memories.values())
    alone = shelf.lexical.alone(cues.words)
    seen = shelf.lexical.scores(cues.words)
    parts = {
        "lexical": weights.lexical * alone / shelf.lexical.unit,
        "context": weights.context * (seen - alone) / shelf.lexical.unit,
        "dense": weights.dense * cosines,
        "dated": weights.dated * shelf.dated * cues.asks_when,
        "telling": weights.telling * shelf.telling,
        "importance": weights.importance * shelf.importance,
    }
    if 0 < shelf.lived.mean() < 1:
        parts["lived"] = weights.lived * shelf.lived
    if cues.times:
        parts["time"] = weights.time * _each(cues.times.fit(one) for one in memories)
    if cues.speakers:
        parts["person"] = weights.person * _each(one.speaker in cues.speakers for one in memories)
    if mood is not None:
        parts["mood"] = weights.mood * _each(congruence(one, mood) for one in memories)
    return parts


def _each(values: Iterable[float]) -> Scores:
    return np.fromiter(values, dtype=np.float64)

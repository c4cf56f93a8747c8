"""Which chunk of a story to expand next: the scores of Human Simulacra (Xie et al., ICLR 2025)."""

import math
import random

import numpy as np
from numpy.typing import NDArray

from simulacra.memory.port import Vectors

IMPORTANCE, ELABORATION, NOVELTY = 80.0, 100.0, 120.0
ENOUGH = 50.0
"""Where the best score is lower, the story is told."""

Scores = NDArray[np.float64]


def chunk_scores(chunks: Vectors, summaries: Vectors, story: Vectors) -> Scores:
    """The score of each chunk: 80 x importance + 100 x under-elaboration + 120 x novelty.

    Importance is the similarity of the chunk to the story's summary, under-elaboration that to its
    own summary (a text that is no more than its summary has much left to tell), novelty 1 - its
    mean similarity to the other chunks. Similarities are cosines, negative ones count as 0; all
    rows have length one. ``chunks`` and ``summaries``: shape (n, size); ``story``: (size,).
    """
    importance = _similar(chunks @ story)
    elaboration = _similar(np.sum(chunks * summaries, axis=1))
    count = len(chunks)
    among = _similar(chunks @ chunks.T)
    np.fill_diagonal(among, 0.0)
    others = among.sum(axis=1) / (count - 1) if count > 1 else np.zeros(count)
    scores: Scores = IMPORTANCE * importance + ELABORATION * elaboration + NOVELTY * (1 - others)
    return scores


def candidates(scores: Scores) -> list[int]:
    """Indices that one is drawn from: the top 5, of more than 20 chunks the top tenth.

    Best first; of equals the earlier one.
    """
    count = len(scores)
    most = math.ceil(count / 10) if count > 20 else 5
    order = sorted(range(count), key=lambda index: (-scores[index], index))
    return order[:most]


def draw(scores: Scores, seed: int) -> int | None:
    """The chunk to expand next; None where the best score is under 50."""
    if len(scores) == 0 or scores.max() < ENOUGH:
        return None
    return random.Random(seed).choice(candidates(scores))


def _similar(cosines: NDArray[np.floating]) -> NDArray[np.float64]:
    return np.clip(cosines.astype(np.float64), 0.0, 1.0)

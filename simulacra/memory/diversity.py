"""Maximal marginal relevance: what came to mind already is worth less a second time.

Carbonell & Goldstein (1998), "The use of MMR, diversity-based reranking".
"""

from collections.abc import Sequence

import numpy as np

from simulacra.memory.bm25 import Scores
from simulacra.memory.shelf import Shelf

_AT_LEAST = 20  # candidates that are weighed against each other


def diversified(
    shelf: Shelf, ranked: Sequence[int], scores: Scores, k: int, weight: float
) -> list[int]:
    """The first k of ranked memories, each taken for its score less its likeness to those taken.

    ``weight`` is what full likeness costs. Ties keep the order given.
    """
    waiting = list(ranked[: max(2 * k, _AT_LEAST)])
    if weight == 0 or len(waiting) < 2:
        return waiting[:k]
    likeness = shelf.lexical.likeness(waiting)
    worth = scores[waiting]
    most = np.zeros(len(waiting))  # each one's greatest likeness to one that was taken
    order: list[int] = []
    while len(order) < min(k, len(waiting)):
        left = (worth - weight * most).round(9)
        left[order] = -np.inf
        best = int(left.argmax())  # the first of equals
        order.append(best)
        most = np.maximum(most, likeness[best])
    return [waiting[at] for at in order]

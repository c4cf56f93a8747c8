"""The ports of the memory system: embedder and vector index."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]


class Embedder(Protocol):
    """Texts to unit vectors; ``name`` identifies the vector space, ``size`` its dimensions."""

    name: str

    @property
    def size(self) -> int:
        """Dimensions of a vector."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, one row a text: shape (len(texts), size)."""
        ...


Shelved = tuple[str, Sequence[str], Vectors]
"""An owner, ids, and their vectors: rows in the order of the ids."""


class VectorIndex(Protocol):
    """Vectors of memories, kept apart by owner (a persona's id and version).

    Every implementation passes ``tests/conformance`` and gives the same ranking. What one owner's
    search costs depends on that owner's vectors, not on how many owners there are.
    """

    def put(self, shelves: Sequence[Shelved]) -> None:
        """Store or replace vectors of some owners; an owner comes once.

        Raises:
            ValueError: there are not as many vectors as ids.
        """
        ...

    def nearest(self, owner: str, query: Vectors, k: int) -> list[tuple[str, float]]:
        """The k ids most similar (cosine) to a query of shape (size,), best first, ties by id."""
        ...

    def ids(self, owner: str) -> list[str]:
        """Stored ids of one owner, sorted; empty if unknown."""
        ...

    def drop(self, owner: str) -> None:
        """Forget one owner; unknown ones are fine."""
        ...

    def clear(self) -> None:
        """Forget everybody."""
        ...

    def close(self) -> None:
        """Give back files and handles."""
        ...

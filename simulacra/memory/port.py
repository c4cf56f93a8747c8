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


class VectorIndex(Protocol):
    """Vectors of memories, kept apart by owner (a persona's id and version).

    Every implementation passes ``tests/conformance`` and gives the same ranking.
    """

    def put(self, owner: str, ids: Sequence[str], vectors: Vectors) -> None:
        """Store or replace vectors of one owner; rows of ``vectors`` in the order of ``ids``."""
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

    def close(self) -> None:
        """Give back files and handles."""
        ...

"""Exact search in memory: small stores need nothing cleverer, and every index ranks this way."""

import threading
from collections.abc import Sequence

import numpy as np

from simulacra.memory.port import Shelved, Vectors

_DECIMALS = 6  # of a cosine; beyond them float32 is noise, and ties are broken by id


def rank(ids: Sequence[str], vectors: Vectors, query: Vectors, k: int) -> list[tuple[str, float]]:
    """The k ids whose unit vectors are most similar (cosine) to a unit query, ties by id.

    ``vectors`` has shape (len(ids), size), ``query`` shape (size,).
    """
    if not ids or k < 1:
        return []
    cosines = [round(one, _DECIMALS) for one in (vectors @ query).tolist()]
    return sorted(zip(ids, cosines, strict=True), key=lambda pair: (-pair[1], pair[0]))[:k]


class ExactIndex:
    """A ``VectorIndex`` that lives in this process only."""

    def __init__(self) -> None:
        self._shelves: dict[str, dict[str, Vectors]] = {}
        self._ranked: dict[str, tuple[list[str], Vectors]] = {}
        self._lock = threading.Lock()

    def put(self, shelves: Sequence[Shelved]) -> None:
        """Store or replace vectors of some owners; an owner comes once."""
        with self._lock:
            for owner, ids, vectors in shelves:
                self._put(owner, ids, vectors)

    def _put(self, owner: str, ids: Sequence[str], vectors: Vectors) -> None:
        shelf = self._shelves.setdefault(owner, {})
        shelf.update(zip(ids, np.asarray(vectors, dtype=np.float32), strict=True))
        if shelf:
            names = sorted(shelf)
            self._ranked[owner] = names, np.stack([shelf[name] for name in names])

    def nearest(self, owner: str, query: Vectors, k: int) -> list[tuple[str, float]]:
        """The k ids most similar (cosine) to a query of shape (size,), best first, ties by id."""
        with self._lock:
            found = self._ranked.get(owner)
        return rank(*found, query, k) if found else []

    def ids(self, owner: str) -> list[str]:
        """Stored ids of one owner, sorted; empty if unknown."""
        with self._lock:
            return sorted(self._shelves.get(owner, ()))

    def drop(self, owner: str) -> None:
        """Forget one owner; unknown ones are fine."""
        with self._lock:
            self._shelves.pop(owner, None)
            self._ranked.pop(owner, None)

    def clear(self) -> None:
        """Forget everybody."""
        with self._lock:
            self._shelves.clear()
            self._ranked.clear()

    def close(self) -> None:
        """Give the memory back."""
        self.clear()

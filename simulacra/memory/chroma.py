"""The vector index in a Chroma folder.

One collection holds everybody. Chroma keeps the vectors; one owner's are fetched whole, kept in a
bounded cache, and ranked exactly, because a filtered query of Chroma costs with the size of the
whole collection. One process at a time may own a folder: another would see stale results.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from simulacra.errors import StorageError
from simulacra.memory.exact import rank
from simulacra.memory.port import Vectors

_COLLECTION = "memories"
_SEPARATOR = "\x1f"
_OWNERS_KEPT = 1024
_BATCH = 4000  # Chroma takes at most some 5,400 records at once


class ChromaIndex:
    """A ``VectorIndex`` that stays on disk; ``path`` is a folder, made where it is absent.

    Every method raises ``StorageError`` when Chroma cannot do its work.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._cache: OrderedDict[str, tuple[list[str], Vectors]] = OrderedDict()
        self._lock = threading.RLock()
        with self._guarded("opened"):
            self._client, self._collection = _open(path)

    def put(self, owner: str, ids: Sequence[str], vectors: Vectors) -> None:
        """Store or replace vectors of one owner; rows of ``vectors`` in the order of ``ids``."""
        if len(ids) != len(vectors):
            raise ValueError(f"{len(ids)} ids for {len(vectors)} vectors")
        with self._lock, self._guarded("written"):
            self._cache.pop(owner, None)
            for start in range(0, len(ids), _BATCH):
                some = ids[start : start + _BATCH]
                self._collection.upsert(
                    ids=[f"{owner}{_SEPARATOR}{one}" for one in some],
                    embeddings=np.asarray(vectors[start : start + _BATCH], dtype=np.float32),
                    metadatas=[{"owner": owner}] * len(some),
                )

    def nearest(self, owner: str, query: Vectors, k: int) -> list[tuple[str, float]]:
        """The k ids most similar (cosine) to a query of shape (size,), best first, ties by id."""
        return rank(*self._owned(owner), query, k)

    def ids(self, owner: str) -> list[str]:
        """Stored ids of one owner, sorted; empty if unknown."""
        return list(self._owned(owner)[0])

    def drop(self, owner: str) -> None:
        """Forget one owner; unknown ones are fine."""
        with self._lock, self._guarded("written"):
            self._cache.pop(owner, None)
            self._collection.delete(where={"owner": owner})

    def close(self) -> None:
        """Give back files and handles."""
        with self._lock, self._guarded("closed"):
            self._cache.clear()
            self._client.close()

    def _owned(self, owner: str) -> tuple[list[str], Vectors]:
        with self._lock:
            if owner not in self._cache:
                self._cache[owner] = self._fetch(owner)
                if len(self._cache) > _OWNERS_KEPT:
                    self._cache.popitem(last=False)
            self._cache.move_to_end(owner)
            return self._cache[owner]

    def _fetch(self, owner: str) -> tuple[list[str], Vectors]:
        with self._guarded("read"):
            found = self._collection.get(where={"owner": owner}, include=["embeddings"])
        ids = [one.removeprefix(f"{owner}{_SEPARATOR}") for one in found["ids"]]
        order = sorted(range(len(ids)), key=ids.__getitem__)
        vectors = np.asarray(found["embeddings"], dtype=np.float32)
        return [ids[place] for place in order], vectors[order]

    @contextmanager
    def _guarded(self, done: str) -> Iterator[None]:
        """Chroma's own errors, of many kinds, become one."""
        try:
            yield
        except Exception as error:
            raise StorageError(
                f"The memory index in {self._path} cannot be {done} ({_first_line(error)}); "
                "check that the folder is writable and the disk not full, or delete it: it is "
                "rebuilt from the database."
            ) from error


def _open(path: Path) -> tuple[Any, Any]:
    import chromadb
    from chromadb.config import Settings

    path.mkdir(parents=True, exist_ok=True)
    client = chromadb.PersistentClient(
        path=str(path), settings=Settings(anonymized_telemetry=False)
    )
    # In an l2 space Chroma gives vectors back as they were put; a cosine space rescales them.
    collection = client.get_or_create_collection(
        _COLLECTION, embedding_function=None, configuration={"hnsw": {"space": "l2"}}
    )
    return client, collection


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]

"""The vector index in a Chroma folder.

One collection holds everybody. Chroma keeps the vectors; one owner's are fetched whole by their
ids and ranked exactly, because a filtered query of Chroma costs with the size of the whole
collection, and a collection each costs megabytes each. Which ids an owner has stands in a record
of its own. One process at a time may own a folder: another would see stale results.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from simulacra.errors import StorageError
from simulacra.memory.exact import rank
from simulacra.memory.port import Shelved, Vectors

_T = TypeVar("_T")
_COLLECTION = "memories"
_SEPARATOR = "\x1f"
_CONTENTS = "\x1econtents"  # the id of an owner's record of ids; no memory is called so
_VECTORS_KEPT = 100_000  # in the cache, of all owners together
_BATCH = 4000  # Chroma takes at most some 5,400 records at once
# Nothing is asked of Chroma's own neighbour graph, so it is kept as small as it may be: filling
# the index takes a fifth of the time. An l2 space gives vectors back as they were put.
_SPACE = {"hnsw": {"space": "l2", "ef_construction": 4, "max_neighbors": 2, "ef_search": 4}}


class ChromaIndex:
    """A ``VectorIndex`` that stays on disk; ``path`` is a folder, made where it is absent.

    Every method raises ``StorageError`` when Chroma cannot do its work.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._cache: OrderedDict[str, tuple[list[str], Vectors]] = OrderedDict()
        self._lock = threading.RLock()
        with self._guarded("opened"):
            self._client = _client(path)
            self._collection = _collection(self._client)

    def put(self, shelves: Sequence[Shelved]) -> None:
        """Store or replace vectors of some owners; an owner comes once.

        Raises:
            ValueError: there are not as many vectors as ids.
        """
        for _, ids, vectors in shelves:
            if len(ids) != len(vectors):
                raise ValueError(f"{len(ids)} ids for {len(vectors)} vectors")
        filled = [(owner, list(ids), vectors) for owner, ids, vectors in shelves if len(ids)]
        if not filled:
            return
        with self._lock, self._guarded("written"):
            had = self._contents([owner for owner, _, _ in filled])
            for owner, _, _ in filled:
                self._uncache(owner)
            names = [_name(owner, one) for owner, ids, _ in filled for one in ids]
            self._upsert(names, np.concatenate([vectors for _, _, vectors in filled]))
            self._write_contents(
                {owner: sorted({*had.get(owner, ()), *ids}) for owner, ids, _ in filled},
                filled[0][2].shape[1],
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
            self._uncache(owner)
            ids = self._contents([owner]).get(owner, [])
            # The record goes last: what is cut off in between is dropped again by the next call.
            for some in _parts([*ids, _CONTENTS] if ids else []):
                self._collection.delete(ids=[_name(owner, one) for one in some])

    def clear(self) -> None:
        """Forget everybody."""
        with self._lock, self._guarded("written"):
            self._cache.clear()
            self._client.delete_collection(_COLLECTION)
            self._collection = _collection(self._client)

    def close(self) -> None:
        """Give back files and handles."""
        with self._lock, self._guarded("closed"):
            self._cache.clear()
            self._client.close()

    def _owned(self, owner: str) -> tuple[list[str], Vectors]:
        with self._lock:
            if owner not in self._cache:
                self._cache[owner] = self._fetch(owner)
                self._trim()
            self._cache.move_to_end(owner)
            return self._cache[owner]

    def _fetch(self, owner: str) -> tuple[list[str], Vectors]:
        with self._guarded("read"):
            ids = self._contents([owner]).get(owner, [])
            found: dict[str, Any] = {}
            for some in _parts(ids):
                names = [_name(owner, one) for one in some]
                part = self._collection.get(ids=names, include=["embeddings"])
                found.update(zip(part["ids"], part["embeddings"], strict=True))
        # A vector that its record names and the folder lacks was cut off while it was put.
        there = [one for one in ids if _name(owner, one) in found]
        rows = [found[_name(owner, one)] for one in there]
        return there, np.asarray(rows, dtype=np.float32)

    def _contents(self, owners: Sequence[str]) -> dict[str, list[str]]:
        """The ids of those owners that have any, sorted."""
        kept: dict[str, list[str]] = {}
        for some in _parts(owners):
            records = self._collection.get(
                ids=[_name(owner, _CONTENTS) for owner in some], include=["metadatas"]
            )
            for one in records["metadatas"]:
                kept[one["owner"]] = one["ids"].split(_SEPARATOR)
        return kept

    def _write_contents(self, contents: dict[str, list[str]], size: int) -> None:
        for some in _parts(list(contents.items())):
            self._upsert(
                [_name(owner, _CONTENTS) for owner, _ in some],
                np.zeros((len(some), size), dtype=np.float32),
                [{"owner": owner, "ids": _SEPARATOR.join(ids)} for owner, ids in some],
            )

    def _upsert(
        self, names: list[str], vectors: Vectors, about: list[dict[str, str]] | None = None
    ) -> None:
        rows = np.asarray(vectors, dtype=np.float32)
        for start in range(0, len(names), _BATCH):
            end = start + _BATCH
            self._collection.upsert(
                ids=names[start:end],
                embeddings=rows[start:end],
                metadatas=about[start:end] if about else None,
            )

    def _uncache(self, owner: str) -> None:
        self._cache.pop(owner, None)

    def _trim(self) -> None:
        """Drop the owners that were longest not asked for, never the last one."""
        kept = sum(len(ids) for ids, _ in self._cache.values())
        while kept > _VECTORS_KEPT and len(self._cache) > 1:
            _, (ids, _) = self._cache.popitem(last=False)
            kept -= len(ids)

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


def _name(owner: str, one: str) -> str:
    return f"{owner}{_SEPARATOR}{one}"


def _parts(whole: Sequence[_T]) -> Iterator[Sequence[_T]]:
    """A sequence in pieces that Chroma takes at once."""
    for start in range(0, len(whole), _BATCH):
        yield whole[start : start + _BATCH]


def _client(path: Path) -> Any:
    import chromadb
    from chromadb.config import Settings

    path.mkdir(parents=True, exist_ok=True)
    return chromadb.PersistentClient(path=str(path), settings=Settings(anonymized_telemetry=False))


def _collection(client: Any) -> Any:
    return client.get_or_create_collection(
        _COLLECTION, embedding_function=None, configuration=_SPACE
    )


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]

"""One suite for every vector index."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from simulacra.errors import StorageError
from simulacra.memory.chroma import ChromaIndex
from simulacra.memory.exact import ExactIndex, rank
from simulacra.memory.port import VectorIndex, Vectors

SIZE = 24
INDEXES: dict[str, Callable[[Path], VectorIndex]] = {
    "exact": lambda folder: ExactIndex(),
    "chroma": lambda folder: ChromaIndex(folder / "memory"),
}


@pytest.fixture(params=sorted(INDEXES))
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[VectorIndex]:
    made = INDEXES[request.param](tmp_path)
    yield made
    made.close()


def vectors(count: int, seed: int) -> Vectors:
    drawn = np.random.default_rng(seed).normal(size=(count, SIZE))
    return (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)


def test_the_top_ten_are_those_of_a_plain_ranking(index: VectorIndex) -> None:
    owners = {f"person-{n}@1": vectors(60, seed=n) for n in range(3)}
    ids = [f"m{n:02d}" for n in range(60)]
    for owner, stored in owners.items():
        order = np.random.default_rng(7).permutation(60)
        index.put([(owner, [ids[n] for n in order], stored[order])])
    for owner, stored in owners.items():
        for query in vectors(5, seed=99):
            assert index.nearest(owner, query, 10) == rank(ids, stored, query, 10)


def test_the_ranking_is_by_cosine_from_first_principles(index: VectorIndex) -> None:
    axes = np.eye(SIZE, dtype=np.float32)
    index.put([("a@1", ["x", "y", "z"], axes[:3])])
    query = 0.6 * axes[1] + 0.8 * axes[2]
    assert index.nearest("a@1", query, 3) == [("z", 0.8), ("y", 0.6), ("x", 0.0)]


def test_ties_are_broken_by_id(index: VectorIndex) -> None:
    same = np.repeat(vectors(1, seed=1), 4, axis=0)
    index.put([("a@1", ["c", "a", "d", "b"], same)])
    assert [one for one, _ in index.nearest("a@1", same[0], 3)] == ["a", "b", "c"]


def test_owners_are_kept_apart(index: VectorIndex) -> None:
    stored = vectors(4, seed=2)
    index.put([("a@1", ["m1", "m2"], stored[:2])])
    index.put([("a@11", ["m1", "m3"], stored[2:])])
    assert index.ids("a@1") == ["m1", "m2"]
    index.drop("a@1")
    assert index.ids("a@1") == []
    assert index.nearest("a@1", stored[0], 3) == []
    assert index.nearest("a@11", stored[2], 1)[0][0] == "m1"


def test_putting_again_replaces_and_adds(index: VectorIndex) -> None:
    stored = vectors(3, seed=3)
    index.put([("a@1", ["m1", "m2"], stored[:2])])
    assert index.nearest("a@1", stored[0], 1)[0][0] == "m1"
    index.put([("a@1", ["m2", "m3"], stored[[0, 2]])])
    assert index.ids("a@1") == ["m1", "m2", "m3"]
    assert {one for one, _ in index.nearest("a@1", stored[0], 2)} == {"m1", "m2"}


def test_nothing_stored_and_nothing_asked(index: VectorIndex) -> None:
    assert index.ids("nobody@1") == []
    assert index.nearest("nobody@1", vectors(1, seed=4)[0], 5) == []
    index.drop("nobody@1")
    index.put([("a@1", [], np.empty((0, SIZE), dtype=np.float32))])
    assert index.ids("a@1") == []
    index.put([("a@1", ["m1"], vectors(1, seed=4))])
    assert index.nearest("a@1", vectors(1, seed=4)[0], 0) == []
    assert len(index.nearest("a@1", vectors(1, seed=4)[0], 5)) == 1


def test_several_owners_are_put_at_once(index: VectorIndex) -> None:
    stored = vectors(9, seed=9)
    index.put([("a@1", ["m1", "m2"], stored[:2]), ("b@1", ["m1"], stored[2:3])])
    index.put(
        [("b@1", ["m2"], stored[3:4]), ("nobody@1", [], stored[:0]), ("c@1", ["x"], stored[4:5])]
    )
    assert {one: index.ids(one) for one in ("a@1", "b@1", "c@1", "nobody@1")} == {
        "a@1": ["m1", "m2"],
        "b@1": ["m1", "m2"],
        "c@1": ["x"],
        "nobody@1": [],
    }
    assert index.nearest("b@1", stored[3], 1) == [("m2", 1.0)]


def test_everybody_is_forgotten(index: VectorIndex) -> None:
    stored = vectors(2, seed=10)
    index.put([("a@1", ["m1"], stored[:1]), ("b@1", ["m1"], stored[1:])])
    index.clear()
    assert index.ids("a@1") == index.ids("b@1") == []
    index.put([("b@1", ["m2"], stored[:1])])
    assert index.ids("b@1") == ["m2"]


def test_ids_and_vectors_must_be_as_many(index: VectorIndex) -> None:
    with pytest.raises(ValueError):
        index.put([("a@1", ["m1", "m2"], vectors(1, seed=5))])


def test_chroma_keeps_what_it_was_given(tmp_path: Path) -> None:
    stored = vectors(30, seed=6)
    ids = [f"m{n:02d}" for n in range(30)]
    first = ChromaIndex(tmp_path / "memory")
    first.put([("a@1", ids, stored)])
    first.close()
    again = ChromaIndex(tmp_path / "memory")
    assert again.ids("a@1") == ids
    assert again.nearest("a@1", stored[3], 10) == rank(ids, stored, stored[3], 10)
    again.close()


def test_chroma_keeps_more_than_it_takes_at_once(tmp_path: Path) -> None:
    stored = vectors(4500, seed=11)
    ids = [f"m{n:04d}" for n in range(4500)]
    index = ChromaIndex(tmp_path / "memory")
    index.put([("a@1", ids, stored)])
    assert index.nearest("a@1", stored[4400], 10) == rank(ids, stored, stored[4400], 10)
    index.drop("a@1")
    assert index.ids("a@1") == []
    index.close()


def test_chroma_errors_say_what_to_do(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(StorageError, match=r"memory index .* cannot be opened .* writable"):
        ChromaIndex(blocked)
    index = ChromaIndex(tmp_path / "memory")
    index.put([("a@1", ["m1"], vectors(1, seed=8))])
    with pytest.raises(StorageError, match="cannot be written"):
        index.put([("a@1", ["m2"], np.ones((1, SIZE + 1), dtype=np.float32))])
    index.close()

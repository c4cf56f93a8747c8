"""What one person's recall costs in a store of many: 10,000 people with 100 memories each.

    uv run python -m tests.benchmarks.scale [--people 10000] [--memories 100] [--json]

A Chroma folder is filled with everybody, streamed; then the same persons are asked the same
questions in that store and in stores that hold one of them alone, by turns, so that noise hits
both alike. ``cold`` is a first question (the person's vectors are fetched), ``warm`` a later one.
The ratio of the 95th percentiles is the claim (bar: 3). Memory is that of a process that only fills
a store: with a tenth of the people, and with all. Vectors are drawn by a hash of the text: what is
measured is the store, not the embedder.
"""

import argparse
import hashlib
import json
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from rich.progress import track

from simulacra.domain.memory import Memory
from simulacra.domain.persona import Persona, Profile
from simulacra.memory.chroma import ChromaIndex
from simulacra.memory.port import Vectors
from simulacra.memory.recall import Recaller

BAR = 3.0
_WORDS = "".join(
    "harbour engine sister winter letter bread garden exam violin bridge fever market uncle "
    "lantern river school goat promise ticket neighbour storm kitchen photograph debt wedding "
    "ladder mountain radio coat funeral bicycle teacher orchard ferry quarrel song"
).split()


class HashedVectors:
    """An embedder without a model: the same text gets the same unit vector."""

    name, size = "hashed-256", 256

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, one row a text."""
        seeds = [int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) for text in texts]
        rows = np.stack([np.random.default_rng(seed).normal(size=self.size) for seed in seeds])
        unit: Vectors = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
        return unit


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--memories", type=int, default=100)
    parser.add_argument("--asked", type=int, default=100, help="people who are asked")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results = measure(Path(folder), options.people, options.memories, options.asked)
    if options.json:
        print(json.dumps(results))
        return
    for name, value in results.items():
        bar = f"   (bar: {BAR:g})" if name.startswith("p95_") and name.endswith("ratio") else ""
        print(f"{name:<28} {value:>12,.2f}{bar}")


def measure(folder: Path, people: int, memories: int, asked: int) -> dict[str, float]:
    """Seconds and megabytes of filling, milliseconds of asking, and the ratios."""
    few = _filled(folder / "few", max(1, people // 10), memories)
    many = _filled(folder / "many", people, memories)
    results = {
        "fill_seconds": many[0],
        "fill_memories_per_second": people * memories / many[0],
        "fill_mb_with_a_tenth": few[1],
        "fill_mb_with_all": many[1],
    }
    chosen = random.Random(5).sample(range(people), min(asked, people))
    return results | _asked(folder, chosen, memories)


def person(number: int, memories: int) -> Persona:
    """A person with that many memories of some twenty words."""
    drawn = random.Random(number)
    lived = tuple(
        Memory(id=f"m{one:03d}", content=" ".join(drawn.choices(_WORDS, k=20)) + ".")
        for one in range(memories)
    )
    return Persona(
        id=f"person-{number}",
        name=f"Person {number}",
        source="sample",
        profile=Profile(gender="female", age=40),
        memories=lived,
    )


def _filled(folder: Path, people: int, memories: int) -> tuple[float, float]:
    """Seconds, and the peak in megabytes of a process of its own, of filling a store."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_fill, (folder, people, memories))


def _fill(folder: Path, people: int, memories: int) -> tuple[float, float]:
    index = ChromaIndex(folder)
    started = time.perf_counter()
    done = Recaller(index, HashedVectors()).index_all(_people(people, memories))
    for _ in done:
        pass
    seconds = time.perf_counter() - started
    index.close()
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _people(people: int, memories: int) -> Iterator[Persona]:
    numbers = track(range(people), f"{people:,} people", disable=not sys.stderr.isatty())
    return (person(number, memories) for number in numbers)


def _asked(folder: Path, chosen: Sequence[int], memories: int) -> dict[str, float]:
    whole = ChromaIndex(folder / "many")
    questions = [" ".join(random.Random(n).sample(_WORDS, 4)) + "?" for n in range(5)]
    times: dict[str, list[float]] = {}
    for number in chosen:
        somebody = person(number, memories)
        alone = ChromaIndex(folder / f"alone-{number}")
        for _ in Recaller(alone, HashedVectors()).index_all([somebody]):
            pass
        alone.close()
        alone = ChromaIndex(folder / f"alone-{number}")
        for name, index in (("alone", alone), ("among_all", whole)):
            recaller = Recaller(index, HashedVectors())
            for place, question in enumerate(questions):
                started = time.perf_counter()
                recaller.recall(somebody, question, 5)
                kind = "warm" if place else "cold"
                took = 1000 * (time.perf_counter() - started)
                times.setdefault(f"{kind}_{name}", []).append(took)
        alone.close()
    whole.close()
    results = {f"p95_ms_{kind}": float(np.percentile(some, 95)) for kind, some in times.items()}
    for kind in ("cold", "warm"):
        ratio = results[f"p95_ms_{kind}_among_all"] / results[f"p95_ms_{kind}_alone"]
        results[f"p95_{kind}_ratio"] = ratio
    return results


if __name__ == "__main__":
    main()

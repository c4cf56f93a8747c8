import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from personas.authoring.chunks import ENOUGH, candidates, chunk_scores, draw
from simulacra.memory.embedders import WordLlamaEmbedder


def units(seed: int, rows: int) -> np.ndarray:
    made = np.random.default_rng(seed).normal(size=(rows, 8))
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


@given(seed=st.integers(0, 10_000), count=st.integers(1, 40))
def test_scores_follow_the_formula(seed: int, count: int) -> None:
    chunks, summaries, story = units(seed, count), units(seed + 1, count), units(seed + 2, 1)[0]
    scores = chunk_scores(chunks, summaries, story)

    def similar(one: np.ndarray, other: np.ndarray) -> float:
        return max(0.0, float(sum(a * b for a, b in zip(one, other, strict=True))))

    for place in range(count):
        others = [similar(chunks[place], chunks[i]) for i in range(count) if i != place]
        novelty = 1 - (sum(others) / len(others) if others else 0.0)
        expected = (
            80 * similar(chunks[place], story)
            + 100 * similar(chunks[place], summaries[place])
            + 120 * novelty
        )
        assert scores[place] == pytest.approx(expected, abs=1e-3)
    assert scores.min() >= -1e-6
    assert scores.max() <= 300 + 1e-3


@given(seed=st.integers(0, 1000), count=st.integers(2, 30))
def test_the_order_of_chunks_does_not_matter(seed: int, count: int) -> None:
    chunks, summaries, story = units(seed, count), units(seed + 1, count), units(seed + 2, 1)[0]
    order = np.random.default_rng(seed).permutation(count)
    moved = chunk_scores(chunks[order], summaries[order], story)
    assert moved == pytest.approx(chunk_scores(chunks, summaries, story)[order], abs=1e-3)


@given(st.lists(st.floats(0, 300), min_size=1, max_size=200))
def test_candidates_are_the_best_five_or_the_top_tenth(values: list[float]) -> None:
    scores = np.array(values)
    found = candidates(scores)
    wanted = math.ceil(len(values) / 10) if len(values) > 20 else min(5, len(values))
    assert len(found) == wanted
    assert len(set(found)) == wanted
    left = [values[i] for i in range(len(values)) if i not in found]
    assert min(values[i] for i in found) >= max(left, default=0.0)


@given(st.lists(st.floats(0, 300), min_size=1, max_size=60), st.integers(0, 2**31 - 1))
def test_a_draw_is_a_candidate_or_nothing(values: list[float], seed: int) -> None:
    scores = np.array(values)
    chosen = draw(scores, seed)
    if max(values) < ENOUGH:
        assert chosen is None
    else:
        assert chosen in candidates(scores)
        assert chosen == draw(scores, seed)


def test_every_candidate_is_drawn_sometimes() -> None:
    scores = np.linspace(60, 100, 10)
    assert {draw(scores, seed) for seed in range(200)} == set(candidates(scores))


def test_a_repeated_chunk_is_less_novel_than_one_of_its_own() -> None:
    texts = ["The tram stopped at the depot."] * 3 + ["Hens drowned in the April flood."]
    vectors = WordLlamaEmbedder().embed([*texts, "A life at the river."])
    scores = chunk_scores(vectors[:4], np.zeros_like(vectors[:4]), np.zeros(vectors.shape[1]))
    assert scores[3] > scores[0] == pytest.approx(scores[1])

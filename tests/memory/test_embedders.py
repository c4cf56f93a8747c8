import logging
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from simulacra.memory.embedders import WordLlamaEmbedder


def test_unit_vectors_that_know_what_words_mean() -> None:
    root = logging.getLogger()
    before = root.level, list(root.handlers)
    embedder = WordLlamaEmbedder()
    rows = embedder.embed(["a small cat", "two kittens", "the stock market fell", ""])
    assert (root.level, root.handlers) == before
    assert rows.shape == (4, embedder.size) and rows.dtype == np.float32
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert rows[0] @ rows[1] > rows[0] @ rows[2] + 0.2
    assert embedder.embed([]).shape == (0, embedder.size)


def test_company_changes_no_vector() -> None:
    embedder = WordLlamaEmbedder()
    alone = embedder.embed(["a small cat"])[0]
    together = embedder.embed(["a small cat", "a much longer sentence about many other things"])[0]
    assert np.allclose(alone, together, atol=1e-6)


def test_threads_load_it_once() -> None:
    embedder = WordLlamaEmbedder()
    with ThreadPoolExecutor(4) as pool:
        rows = list(pool.map(lambda _: embedder.embed(["a boat"])[0], range(8)))
    assert all(np.array_equal(row, rows[0]) for row in rows)

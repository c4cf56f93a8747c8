"""A tiny embedder for tests: equal words fall on equal axes, on every machine."""

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from simulacra.memory.port import Vectors


class HashEmbedder:
    """Counts of hashed words, scaled to length one; counts how often it was asked."""

    name = "hash-32"
    size = 32

    def __init__(self) -> None:
        self.texts_embedded = 0

    def embed(self, texts: Sequence[str]) -> Vectors:
        self.texts_embedded += len(texts)
        vectors = np.zeros((len(texts), self.size), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.lower()) or ["<empty>"]:
                vectors[row, hashlib.sha256(word.encode()).digest()[0] % self.size] += 1
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

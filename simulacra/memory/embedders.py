"""Embedders that need no network."""

import importlib.util
import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from simulacra.errors import WorkFailed
from simulacra.memory.port import Vectors

_MODEL, _SIZE = "l2_supercat", 256


class WordLlamaEmbedder:
    """Static word vectors, averaged: the weights come inside the package ``wordllama``.

    Loaded at the first use, once, and shared by threads. A text without any known token becomes
    the first axis, so that every row has length one.
    """

    name = f"wordllama-{_MODEL}-{_SIZE}"
    size = _SIZE

    def __init__(self) -> None:
        self._model: Any = None
        self._lock = threading.Lock()

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, one row a text: shape (len(texts), size).

        Raises:
            WorkFailed: the package or its weights are missing.
        """
        model = self._loaded()
        vectors = np.asarray(model.embed(list(texts)), dtype=np.float32).reshape(-1, self.size)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        vectors[lengths[:, 0] == 0, 0] = 1.0
        lengths[lengths == 0] = 1.0
        unit: Vectors = (vectors / lengths).astype(np.float32)
        return unit

    def _loaded(self) -> Any:
        with self._lock:
            if self._model is None:
                self._model = _load()
            return self._model


def _load() -> Any:
    spec = importlib.util.find_spec("wordllama")
    if spec is None or spec.origin is None:
        raise WorkFailed("The package wordllama is not installed: install the project again.")
    with _logging_untouched():
        from wordllama import WordLlama
    # The loader looks for the tokenizer in its cache folder only, and would download it.
    home = Path(spec.origin).parent
    try:
        return WordLlama.load(_MODEL, cache_dir=home, dim=_SIZE, disable_download=True)
    except FileNotFoundError as error:
        raise WorkFailed(
            f"The package wordllama lacks its weights or tokenizer: reinstall it ({error})."
        ) from error


@contextmanager
def _logging_untouched() -> Iterator[None]:
    """Importing wordllama configures the root logger; put it back as it was."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    try:
        yield
    finally:
        root.setLevel(level)
        root.handlers[:] = handlers

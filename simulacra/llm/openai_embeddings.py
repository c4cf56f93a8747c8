"""Embeddings from any server that speaks the OpenAI protocol."""

import threading
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from openai import OpenAI
from pydantic import SecretStr

from simulacra.errors import BadReply
from simulacra.llm.embedding_calls import tell
from simulacra.llm.openai_compatible import OPENAI_URL
from simulacra.llm.openai_errors import openai_errors
from simulacra.llm.status import Place
from simulacra.settings import Price

_AT_ONCE = 256  # texts in a request; servers take a few hundred to 2,048
_NOTHING = "-"  # stands for a text without any character, which servers refuse


class OpenAICompatibleEmbedder:
    """An embedder behind an OpenAI-compatible URL; no message holds the key.

    Each request is told to ``embedding_calls``, with the tokens that the server names.

    ``name`` is the spec. Opened at the first use and shared by threads. A failed request that a
    retry could mend is sent again, up to ``max_attempts`` times in all.
    """

    def __init__(
        self,
        model: str,
        *,
        base_url: str | None = None,
        api_key: SecretStr | None = None,
        timeout: float = 60.0,
        max_attempts: int = 5,
        price: Price | None = None,
    ) -> None:
        self.name = f"openai:{model}"
        self._place = Place(base_url or OPENAI_URL, model, api_key)
        self._timeout = timeout
        self._max_attempts = max_attempts
        self._price = price or Price()
        self._client: OpenAI | None = None
        self._size: int | None = None
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """Dimensions; asks the server where nothing was embedded yet."""
        if self._size is None:
            self.embed(["size"])
        return self._size or 0

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Unit vectors, one row a text: shape (len(texts), size).

        Raises:
            ModelError: the server cannot be reached, refuses, or sends no embeddings.
        """
        if not texts:
            return np.empty((0, self._size or 0), dtype=np.float32)
        parts = [
            self._request([text or _NOTHING for text in texts[start : start + _AT_ONCE]])
            for start in range(0, len(texts), _AT_ONCE)
        ]
        vectors = np.concatenate(parts)
        self._size = int(vectors.shape[1])
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: npt.NDArray[np.float32] = (vectors / lengths).astype(np.float32)
        return unit

    def _request(self, texts: list[str]) -> npt.NDArray[np.float64]:
        started = time.perf_counter()
        with openai_errors(self._place, self._timeout):
            reply = self._opened().embeddings.create(
                model=self._place.model, input=texts, encoding_format="float"
            )
        tokens = getattr(getattr(reply, "usage", None), "prompt_tokens", None) or 0
        tell(self._place.model, tokens, time.perf_counter() - started, self._price)
        return self._read(reply, len(texts))

    def _read(self, reply: Any, count: int) -> npt.NDArray[np.float64]:
        """The vectors in the order of the texts; the client is lenient, so the shape is checked."""
        try:
            rows = sorted(reply.data, key=lambda row: row.index)
            vectors = np.array([row.embedding for row in rows], dtype=np.float64)
            if vectors.shape == (count, vectors.size // count) and np.all(vectors.any(axis=1)):
                return vectors
        except (AttributeError, TypeError, ValueError):
            pass
        raise BadReply(f"{self._place} sent no embeddings for {count} texts; check its name.")

    def _opened(self) -> OpenAI:
        with self._lock:
            if self._client is None:
                key = self._place.key.get_secret_value() if self._place.key else "none"
                self._client = OpenAI(
                    api_key=key,
                    base_url=self._place.url,
                    timeout=self._timeout,
                    max_retries=self._max_attempts - 1,
                )
            return self._client

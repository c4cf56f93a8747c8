"""Search by words: BM25 over stemmed words without stop words."""

from collections import Counter
from collections.abc import Sequence

from simulacra.memory.bm25 import Bm25
from simulacra.memory.words import content_words

__all__ = ["LexicalIndex", "content_words"]


class LexicalIndex:
    """BM25 over a few texts, made once from them and never changed."""

    def __init__(self, ids: Sequence[str], texts: Sequence[str]) -> None:
        self._ids = list(ids)
        self._bm25 = Bm25([Counter(words) for words in content_words(texts)])

    def search(self, query: str) -> list[tuple[str, float]]:
        """Ids of all texts that share a word with the query and their scores; ties by id."""
        scores = self._bm25.alone(content_words([query])[0]).round(6).tolist()
        hits = [pair for pair in zip(self._ids, scores, strict=True) if pair[1] > 0]
        return sorted(hits, key=lambda pair: (-pair[1], pair[0]))

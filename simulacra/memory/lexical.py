"""Search by words: BM25 over stemmed words without stop words."""

from collections.abc import Sequence

import bm25s
import snowballstemmer


class LexicalIndex:
    """BM25 (Robertson & Zaragoza, 2009; Lucene's form, k1 1.5, b 0.75) over a few texts.

    English stemming (Snowball) and stop words. Made once from its texts and never changed.
    """

    def __init__(self, ids: Sequence[str], texts: Sequence[str]) -> None:
        self._ids = list(ids)
        words = content_words(texts)
        self._bm25: bm25s.BM25 | None = None
        if any(words):
            self._bm25 = bm25s.BM25(k1=1.5, b=0.75)
            self._bm25.index(words, show_progress=False)

    def search(self, query: str) -> list[tuple[str, float]]:
        """Ids of all texts that share a word with the query and their scores; ties by id."""
        words = content_words([query])[0]
        if self._bm25 is None or not words:
            return []
        scores = [round(float(score), 6) for score in self._bm25.get_scores(words)]
        hits = [pair for pair in zip(self._ids, scores, strict=True) if pair[1] > 0]
        return sorted(hits, key=lambda pair: (-pair[1], pair[0]))


def content_words(texts: Sequence[str]) -> list[list[str]]:
    """The stems of each text's words, in their order, without English stop words."""
    # A stemmer keeps state while it works, so each call has its own.
    stemmer = snowballstemmer.stemmer("english")
    tokens: list[list[str]] = bm25s.tokenize(
        list(texts),
        stopwords="en_plus",
        stemmer=stemmer.stemWords,
        return_ids=False,
        show_progress=False,
    )
    return tokens

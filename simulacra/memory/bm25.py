"""BM25 over weighted words: the fields of a text, and the texts around it, count by their weight.

Robertson & Zaragoza (2009), "The probabilistic relevance framework: BM25 and beyond". Fields are
folded into one weighted count before it saturates (BM25F: Robertson, Zaragoza & Taylor, 2004); the
words of neighbouring texts are a further field.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy import sparse

Bag = Mapping[str, float]
Scores = npt.NDArray[np.float64]

_SATURATION, _LENGTH = 1.2, 0.75  # k1 and b, as usual


class Bm25:
    """Scores of a few texts, made once from their bags of words and never changed.

    ``around`` of shape (texts, texts) says with what weight the words of text j count for text i
    beside its own; 0 on its diagonal. ``known`` of shape (texts,) marks the texts from which it is
    learned how rare words are (all, without), and which are of one length: scores of these do not
    change when others are added, whose lengths are compared among themselves.
    """

    def __init__(
        self,
        bags: Sequence[Bag],
        around: sparse.csr_array | None = None,
        known: npt.NDArray[np.bool_] | None = None,
    ) -> None:
        self._columns = {
            word: at for at, word in enumerate(sorted({w for bag in bags for w in bag}))
        }
        own = self._counts(bags)
        self._known = np.ones(len(bags), dtype=np.bool_) if known is None else known
        self._rarity = self._rarities(own)
        self._own = self._weighted(own)
        self._seen = self._own if around is None else self._weighted(own + around @ own)

    def alone(self, words: Sequence[str]) -> Scores:
        """Each text's score by its own words: shape (texts,)."""
        return self._sum(self._own, words)

    def scores(self, words: Sequence[str]) -> Scores:
        """Each text's score, the texts around it heard: shape (texts,)."""
        return self._sum(self._seen, words)

    @property
    def unit(self) -> float:
        """What a word adds that only one text has, once, in a text of mean length."""
        return _rarest(int(self._known.sum()))

    def likeness(self, some: Sequence[int]) -> npt.NDArray[np.float64]:
        """Cosines between some texts by their own weighted words: shape (some, some)."""
        rows = self._own[np.asarray(some, dtype=np.intp)]
        lengths = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
        lengths[lengths == 0] = 1.0
        products: npt.NDArray[np.float64] = (rows @ rows.T).toarray()
        return products / np.outer(lengths, lengths)

    def _counts(self, bags: Sequence[Bag]) -> sparse.csr_array:
        starts = np.cumsum([0, *(len(bag) for bag in bags)])
        columns = np.array([self._columns[word] for bag in bags for word in bag], dtype=np.intp)
        counts = np.array([weight for bag in bags for weight in bag.values()], dtype=np.float64)
        return sparse.csr_array((counts, columns, starts), shape=(len(bags), len(self._columns)))

    def _rarities(self, own: sparse.csr_array) -> Scores:
        """How rare each word is among the known texts; one that none of them has, among all.

        The latter in the units of the former: a word that one text of all has is one rare word.
        """
        some = own[self._known]
        heard = np.bincount(some.indices, minlength=own.shape[1]) > 0
        scale = self.unit / _rarest(own.shape[0])
        return np.where(heard, _rarity(some), _rarity(own) * scale)

    def _weighted(self, counts: sparse.csr_array) -> sparse.csc_array:
        lengths: Scores = np.asarray(counts.sum(axis=1), dtype=np.float64).ravel()
        mean = np.where(self._known, _mean(lengths[self._known]), _mean(lengths[~self._known]))
        flatten = _SATURATION * (1 - _LENGTH + _LENGTH * lengths / mean)
        cells = counts.tocoo()
        rows, columns = cells.coords
        gains = cells.data * (_SATURATION + 1) / (cells.data + flatten[rows])
        weights = gains * self._rarity[columns]
        return sparse.csc_array((weights, (rows, columns)), shape=counts.shape)

    def _sum(self, weights: sparse.csc_array, words: Sequence[str]) -> Scores:
        columns = sorted({self._columns[word] for word in words if word in self._columns})
        if not columns:
            return np.zeros(weights.shape[0])
        return np.asarray(weights[:, columns].sum(axis=1), dtype=np.float64).ravel()


def _rarest(texts: int) -> float:
    return float(np.log1p((texts - 0.5) / 1.5))


def _mean(lengths: Scores) -> float:
    return float(lengths.mean()) if lengths.any() else 1.0


def _rarity(counts: sparse.csr_array) -> Scores:
    texts, words = counts.shape
    holders = np.bincount(counts.indices, minlength=words)
    return np.asarray(np.log1p((texts - holders + 0.5) / (holders + 0.5)), dtype=np.float64)

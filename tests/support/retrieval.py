"""How much of the evidence comes to mind: recall at k, of the product and of its single parts."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from simulacra.domain.emotion import EmotionalState
from simulacra.domain.memory import Memory
from simulacra.memory.bm25 import Bm25
from simulacra.memory.embedders import WordLlamaEmbedder
from simulacra.memory.exact import ExactIndex
from simulacra.memory.fusion import Weights
from simulacra.memory.port import Embedder, VectorIndex
from simulacra.memory.recall import Recaller
from tests.support.conversations import Case, Keyed

KS = (1, 5, 10)
NOTHING = Weights(**dict.fromkeys(Weights.model_fields, 0.0))
GRID = (0.0, 0.25, 0.5, 0.75, 1.0)
TUNED = ("dense", "person", "time", "dated", "telling")
_RRF = 60  # Cormack, Clarke & Buettcher (2009)

Search = Callable[[Case, str], Sequence[str]]  # a question's best ten ids


@dataclass(frozen=True)
class Trial:
    """One question: where it stands and the share of its evidence among the first k."""

    case: str
    category: str
    recall: Mapping[int, float]
    seconds: float


def trials(cases: Iterable[Case], search: Search) -> list[Trial]:
    """Every question of every case, asked once; the first of a case is warmed up before."""
    found = []
    for case in cases:
        search(case, "warming up")
        found += [_trial(case, question, search) for question in case.questions]
    return found


def _trial(case: Case, question: Keyed, search: Search) -> Trial:
    started = time.perf_counter()
    ids = search(case, question.text)
    seconds = time.perf_counter() - started
    shares = {k: len(question.evidence & set(ids[:k])) / len(question.evidence) for k in KS}
    return Trial(case.name, question.category, shares, seconds)


def mean(some: Sequence[Trial]) -> dict[int, float]:
    """Mean recall at each k; every question counts the same."""
    return {k: sum(one.recall[k] for one in some) / len(some) for k in KS}


class Bench:
    """The ways of searching that are compared; vectors are made once and shared."""

    def __init__(self, embedder: Embedder | None = None, index: VectorIndex | None = None) -> None:
        self._embedder = embedder or WordLlamaEmbedder()
        self._index = index or ExactIndex()
        self._plain: dict[str, Bm25] = {}

    def product(self, weights: Weights | None = None, learned: Sequence[Memory] = ()) -> Search:
        """The product's own recall, with its defaults or with other weights."""
        recaller = Recaller(self._index, self._embedder, weights)
        return lambda case, question: _recalled(recaller, case, question, max(KS), learned)

    def parts(self) -> dict[str, Search]:
        """The single parts beside the whole."""
        words = NOTHING.model_copy(update={"lexical": 1.0})
        meaning = NOTHING.model_copy(update={"dense": 1.0})
        both = [Recaller(self._index, self._embedder, one) for one in (words, meaning)]
        return {
            "words as they are (BM25)": self._as_they_are,
            "words, stemmed": self.product(words),
            "words and neighbours": self.product(words.model_copy(update={"context": 1.0})),
            "meaning (dense)": self.product(meaning),
            "words and meaning by rank (RRF)": partial(_by_rank, both),
            "whole": self.product(),
        }

    def without(self) -> dict[str, Search]:
        """The whole with one part left out."""
        left_out = [name for name in Weights.model_fields if name != "mood"]
        return {f"without {name}": self.product(Weights(**{name: 0.0})) for name in left_out}

    def moods(self) -> dict[str, Search]:
        """The whole, asked in different moods: mood is a part only where somebody feels."""
        recaller = Recaller(self._index, self._embedder)
        return {
            "in no mood": self.product(),
            "in the mood of the answer": partial(_in_mood, recaller, 0),
            "in the mood of another memory": partial(_in_mood, recaller, 1),
        }

    def tuned_on(self, cases: Sequence[Case]) -> Weights:
        """Weights from a coarse grid, one at a time from a start in its middle, by mean recall."""
        best = Weights(**dict.fromkeys(TUNED, 0.5))
        best_value = self._value(cases, best)
        for name in TUNED:
            for weight in GRID:
                tried = best.model_copy(update={name: weight})
                value = self._value(cases, tried)
                if value > best_value:
                    best, best_value = tried, value
        return best

    def _value(self, cases: Sequence[Case], weights: Weights) -> float:
        return sum(mean(trials(cases, self.product(weights))).values())

    def _as_they_are(self, case: Case, question: str) -> Sequence[str]:
        ids = [one.id for one in case.persona.memories]
        if case.name not in self._plain:
            texts = [one.content.lower().split() for one in case.persona.memories]
            self._plain[case.name] = Bm25([Counter(text) for text in texts])
        scores = self._plain[case.name].alone(question.lower().split())
        order = sorted(range(len(ids)), key=lambda at: (-scores[at], ids[at]))
        return [ids[at] for at in order[: max(KS)]]


def _recalled(
    recaller: Recaller, case: Case, question: str, k: int, learned: Sequence[Memory] = ()
) -> Sequence[str]:
    found = recaller.recall(case.persona, question, k, learned=learned)
    return [one.memory.id for one in found]


def _in_mood(recaller: Recaller, step: int, case: Case, question: str) -> Sequence[str]:
    """Recall as one feels in a memory that answers, or ``step`` half lives away from it."""
    memories = [one for one in case.persona.memories if one.emotions]
    held = {name for one in case.questions if one.text == question for name in one.evidence}
    at = next((at for at, one in enumerate(memories) if one.id in held), None)
    mood = None
    if at is not None:
        felt = memories[(at + step * len(memories) // 2) % len(memories)].emotions
        mood = EmotionalState(intensities={name: float(level) for name, level in felt.items()})
    found = recaller.recall(case.persona, question, max(KS), mood=mood)
    return [one.memory.id for one in found]


def _by_rank(recallers: Sequence[Recaller], case: Case, question: str) -> Sequence[str]:
    scores: defaultdict[str, float] = defaultdict(float)
    for recaller in recallers:
        everything = _recalled(recaller, case, question, len(case.persona.memories))
        for rank, one in enumerate(everything, start=1):
            scores[one] += 1 / (_RRF + rank)
    return sorted(scores, key=lambda one: (-scores[one], one))[: max(KS)]

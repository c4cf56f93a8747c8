"""What comes to mind: the memories, or passages of the life story, that a question calls up.

Words, meaning, neighbours and the cues of a question are weighed together (``fusion``), what is too
like gives way (``diversity``). No model is called, and equal input gives equal output.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date

import numpy as np

from simulacra.domain.emotion import EmotionalState
from simulacra.domain.memory import Memory, Recalled
from simulacra.domain.persona import Persona
from simulacra.memory.bm25 import Bag, Scores
from simulacra.memory.cues import cues_of
from simulacra.memory.diversity import diversified
from simulacra.memory.fusion import Weights, parts_of
from simulacra.memory.passages import passages
from simulacra.memory.port import Embedder, VectorIndex, Vectors
from simulacra.memory.self_knowledge import self_knowledge
from simulacra.memory.shelf import Shelf, shelve

_OWNERS_KEPT = 1024
_LEARNED_KEPT = 16  # shelves with what was learned, of one owner: as many as replicates at once
_INDEXED_AT_ONCE = 4000
_DECIMALS = 6  # of a score; beyond them lies noise, and ties are broken by id


class Recaller:
    """Finds what a persona remembers; indexes a persona at the first question.

    One index and one embedder serve all personas. Safe to call from several threads.
    """

    def __init__(
        self, index: VectorIndex, embedder: Embedder, weights: Weights | None = None
    ) -> None:
        self._index = index
        self._embedder = embedder
        self._weights = weights or Weights()
        self._shelves: OrderedDict[str, Shelf] = OrderedDict()
        self._lock = threading.RLock()

    @property
    def embedder(self) -> Embedder:
        """What texts are made comparable with."""
        return self._embedder

    def recall(
        self,
        persona: Persona,
        query: str,
        k: int = 4,
        *,
        learned: Sequence[Memory] = (),
        mood: EmotionalState | None = None,
    ) -> tuple[Recalled, ...]:
        """The k memories that come to mind first, ties by id.

        ``learned`` are memories made since, beside the persona's own; their ids must be unlike
        those. Only new ones among them are embedded. ``mood`` is what the person feels now:
        what fits it comes a little sooner. "Last year" in a query is counted from the profile's
        ``as_of``.

        ``why`` of each holds what every part added to its score (``Weights`` names them); parts
        that added nothing are left out.
        """
        shelf = self._memories(persona)
        if learned:
            shelf = self._with_learned(shelf, persona, learned)
        return self._search(shelf, query, k, mood, persona.profile.as_of)

    def recall_passages(self, persona: Persona, query: str, k: int = 4) -> tuple[Recalled, ...]:
        """The k passages of the life story nearest to a query, best first.

        A passage is a run of whole sentences of one paragraph, about 60 words, given as a memory
        whose ``content`` is the passage and whose ``source`` is its place in the story.
        """
        shelf = self._shelf(f"{_owner(persona)}/story", lambda: passages(persona))
        return self._search(shelf, query, k, None, persona.profile.as_of)

    def recall_self(self, persona: Persona, query: str, k: int = 2) -> tuple[Recalled, ...]:
        """The k sentences of self-knowledge (facts, traits) nearest to a query, best first."""
        if k < 1:
            return ()  # a model that is told all facts anyway: nothing to embed
        shelf = self._shelf(f"{_owner(persona)}/self", lambda: self_knowledge(persona))
        # A fact is short and tells all there is: neither its length nor its likeness counts.
        weights = self._weights.model_copy(update={"telling": 0.0, "likeness": 0.0})
        return self._search(shelf, query, k, None, None, weights)

    def index_all(self, people: Iterable[Persona]) -> Iterator[int]:
        """Index the memories of many people in few large writes; yields how many people are done.

        People are taken one at a time, so that what is held does not grow with their number.
        """
        waiting: dict[str, dict[str, str]] = {}
        done = 0
        for done, persona in enumerate(people, start=1):
            waiting[_owner(persona)] = self._searched(persona.memories)
            if sum(map(len, waiting.values())) >= _INDEXED_AT_ONCE:
                self._put(waiting)
                waiting = {}
                yield done
        self._put(waiting)
        yield done

    def forget(self, persona: Persona) -> None:
        """Drop everything indexed of this version of a persona."""
        with self._lock:
            for part in ("", "/story", "/self", "/learned"):
                self._index.drop(f"{_owner(persona)}{part}")
                self._shelves.pop(f"{_owner(persona)}{part}", None)
            for name in self._learned_shelves(f"{_owner(persona)}/learned"):
                del self._shelves[name]

    def _memories(self, persona: Persona) -> Shelf:
        return self._shelf(_owner(persona), lambda: persona.memories)

    def _shelf(self, owner: str, memories: Callable[[], Sequence[Memory]]) -> Shelf:
        with self._lock:
            shelf = self._shelves.get(owner)
            if shelf is None:
                shelf = self._fill(owner, memories())
            return self._kept(owner, shelf)

    def _kept(self, name: str, shelf: Shelf) -> Shelf:
        self._shelves[name] = shelf
        self._shelves.move_to_end(name)
        if len(self._shelves) > _OWNERS_KEPT:
            self._shelves.popitem(last=False)
        return shelf

    def _fill(self, owner: str, memories: Sequence[Memory]) -> Shelf:
        """Bring the vector index in step with the memories, whatever it held before."""
        texts = self._searched(memories)
        if self._index.ids(owner) != sorted(texts):
            self._index.drop(owner)
            self._put({owner: texts})
        return shelve((owner,), dict(zip(texts, memories, strict=True)), {})

    def _with_learned(self, own: Shelf, persona: Persona, learned: Sequence[Memory]) -> Shelf:
        """A shelf with learned memories beside the own ones; the latest of a persona are kept.

        Replicates of one persona learn each for itself and are asked in turns. Vectors of learned
        memories stay in the index, so that each text is embedded once.
        """
        owner = f"{_owner(persona)}/learned"
        added = {self._vector_id(one): one for one in learned}
        memories = {**own.memories, **added}
        name = f"{owner}#{hashlib.sha256(' '.join(added).encode()).hexdigest()}"
        with self._lock:
            kept = self._shelves.get(name)
            if kept is not None and kept.memories == memories:
                return self._kept(name, kept)
            others = self._learned_shelves(owner)
            known: Mapping[str, Bag] = own.bags
            if others:
                known = {**self._shelves[others[-1]].bags, **known}
            if len(others) >= _LEARNED_KEPT:
                del self._shelves[others[0]]
            stored = set(self._index.ids(owner))
            new = [one for one in memories if one not in stored and one not in own.memories]
            if new:
                self._put({owner: {one: _text(memories[one]) for one in new}})
            return self._kept(name, shelve((*own.owners, owner), memories, known))

    def _learned_shelves(self, owner: str) -> list[str]:
        """The names of an owner's shelves with learned memories, the latest last."""
        return [name for name in self._shelves if name.startswith(f"{owner}#")]

    def _searched(self, memories: Sequence[Memory]) -> dict[str, str]:
        """What of each memory is embedded, by the id of its vector."""
        return {self._vector_id(memory): _text(memory) for memory in memories}

    def _put(self, owners: Mapping[str, Mapping[str, str]]) -> None:
        """Embed the texts of some owners at once and store their vectors."""
        texts = [text for some in owners.values() for text in some.values()]
        if not texts:
            return
        vectors = self._embedder.embed(texts)
        shelves: list[tuple[str, list[str], Vectors]] = []
        start = 0
        for owner, some in owners.items():
            shelves.append((owner, list(some), vectors[start : start + len(some)]))
            start += len(some)
        self._index.put(shelves)

    def _vector_id(self, memory: Memory) -> str:
        # The text and the vector space are part of the id, so that a vector is never stale.
        told = f"{self._embedder.name}\x1f{_text(memory)}"
        return f"{memory.id}#{hashlib.sha256(told.encode()).hexdigest()[:12]}"

    def _search(
        self,
        shelf: Shelf,
        query: str,
        k: int,
        mood: EmotionalState | None,
        today: date | None,
        weights: Weights | None = None,
    ) -> tuple[Recalled, ...]:
        weights = weights or self._weights
        if not shelf.memories or not query.strip() or k < 1:
            return ()
        cues = cues_of(query, shelf.speakers, today)
        parts = parts_of(shelf, cues, self._cosines(shelf, query), mood, weights)
        scores = np.sum(list(parts.values()), axis=0).round(_DECIMALS)
        memories = list(shelf.memories.values())
        ranked = sorted(range(len(memories)), key=lambda at: (-scores[at], memories[at].id))
        chosen = diversified(shelf, ranked, scores, k, weights.likeness)
        return tuple(_recalled(memories[at], float(scores[at]), parts, at) for at in chosen)

    def _cosines(self, shelf: Shelf, query: str) -> Scores:
        """The cosine of each memory on a shelf with a query, in the order of the shelf."""
        if not self._weights.dense:
            return np.zeros(len(shelf.memories))
        vector = self._embedder.embed([query])[0]
        found: dict[str, float] = {}
        with self._lock:  # another replicate may be adding what it learned
            for owner in shelf.owners:
                found.update(self._index.nearest(owner, vector, len(self._index.ids(owner))))
        return np.array([found[one] for one in shelf.memories])


def _owner(persona: Persona) -> str:
    return f"{persona.id}@{persona.version}"


def _text(memory: Memory) -> str:
    """What of a memory is embedded: who said it, its line, what happened, what was concluded."""
    said = f"{memory.speaker}: {memory.content}" if memory.speaker else memory.content
    return "\n".join(part for part in (memory.summary, said, memory.thought) if part)


def _recalled(memory: Memory, score: float, parts: Mapping[str, Scores], at: int) -> Recalled:
    added = {name: round(float(part[at]), _DECIMALS) for name, part in parts.items()}
    why = {name: share for name, share in added.items() if share}
    if memory.origin == "reflection":
        why["reflection"] = 0.0  # a mark that adds nothing
    return Recalled(memory=memory, score=score, why=why)

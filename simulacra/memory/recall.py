"""What comes to mind: the memories, or passages of the life story, nearest to a question.

Two rankings are fused: by meaning (vectors) and by words (BM25), after Cormack, Clarke & Buettcher
(2009), "Reciprocal rank fusion". No model is called, and equal input gives equal output.
"""

import hashlib
import re
import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from simulacra.domain.emotion import EmotionalState
from simulacra.domain.memory import Memory, Recalled, Span
from simulacra.domain.persona import Persona
from simulacra.memory.lexical import LexicalIndex
from simulacra.memory.mood import congruence
from simulacra.memory.port import Embedder, Shelf, VectorIndex
from simulacra.memory.self_knowledge import self_knowledge

_FLATTEN = 60  # the constant of the paper cited above
# Static word vectors alone find little; at a quarter of the weight they cost the words nothing
# and still find what shares no word with the question.
_DENSE_WEIGHT, _LEXICAL_WEIGHT = 0.25, 1.0
_IMPORTANCE_WEIGHT = 0.0001  # per point from 1 to 10: decides between near-equals
_MOOD_WEIGHT = 0.001  # for full congruence: as much as ten points of importance
_PASSAGE_WORDS = 60
_OWNERS_KEPT = 1024
_INDEXED_AT_ONCE = 4000
_SENTENCE = re.compile(r"\S.*?(?:[.!?][\"'”’)]*(?=\s|$)|$)", re.MULTILINE)


@dataclass(frozen=True)
class _Shelf:
    """What can be found: memories by the id of their vector, and the word index.

    ``owners`` are those under whose names the vectors lie.
    """

    owners: tuple[str, ...]
    memories: dict[str, Memory]
    lexical: LexicalIndex


class Recaller:
    """Finds what a persona remembers; indexes a persona at the first question.

    One index and one embedder serve all personas. Safe to call from several threads.
    """

    def __init__(self, index: VectorIndex, embedder: Embedder) -> None:
        self._index = index
        self._embedder = embedder
        self._shelves: OrderedDict[str, _Shelf] = OrderedDict()
        self._lock = threading.RLock()

    def recall(
        self,
        persona: Persona,
        query: str,
        k: int = 4,
        *,
        learned: Sequence[Memory] = (),
        mood: EmotionalState | None = None,
    ) -> tuple[Recalled, ...]:
        """The k memories that come to mind first, best first, ties by id.

        ``learned`` are memories made since, beside the persona's own; their ids must be unlike
        those. Only new ones among them are embedded. ``mood`` is what the person feels now:
        what fits it comes a little sooner.

        ``why`` of each holds its ``dense`` cosine, its ``lexical`` BM25 score, their ranks from 1
        (``dense_rank``, ``lexical_rank``) its ``importance`` and how its emotions fit the
        ``mood``; what does not apply is left out.
        """
        shelf = self._memories(persona)
        if learned:
            shelf = self._with_learned(shelf, persona, learned)
        return self._search(shelf, query, k, mood)

    def recall_passages(self, persona: Persona, query: str, k: int = 4) -> tuple[Recalled, ...]:
        """The k passages of the life story nearest to a query, best first.

        A passage is a run of whole sentences of one paragraph, about 60 words, given as a memory
        whose ``content`` is the passage and whose ``source`` is its place in the story.
        """
        shelf = self._shelf(f"{_owner(persona)}/story", lambda: passages(persona))
        return self._search(shelf, query, k)

    def recall_self(self, persona: Persona, query: str, k: int = 2) -> tuple[Recalled, ...]:
        """The k sentences of self-knowledge (facts, traits) nearest to a query, best first."""
        shelf = self._shelf(f"{_owner(persona)}/self", lambda: self_knowledge(persona))
        return self._search(shelf, query, k)

    def ensure(self, persona: Persona) -> None:
        """Index a persona's memories unless that is done already."""
        self._memories(persona)

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

    def _memories(self, persona: Persona) -> _Shelf:
        return self._shelf(_owner(persona), lambda: persona.memories)

    def _shelf(self, owner: str, memories: Callable[[], Sequence[Memory]]) -> _Shelf:
        with self._lock:
            shelf = self._shelves.get(owner)
            if shelf is None:
                shelf = self._shelves[owner] = self._fill(owner, memories())
                if len(self._shelves) > _OWNERS_KEPT:
                    self._shelves.popitem(last=False)
            self._shelves.move_to_end(owner)
            return shelf

    def _fill(self, owner: str, memories: Sequence[Memory]) -> _Shelf:
        """Bring the vector index in step with the memories, whatever it held before."""
        texts = self._searched(memories)
        if self._index.ids(owner) != sorted(texts):
            self._index.drop(owner)
            self._put({owner: texts})
        return _Shelf(
            owners=(owner,),
            memories=dict(zip(texts, memories, strict=True)),
            lexical=LexicalIndex(list(texts), list(texts.values())),
        )

    def _searched(self, memories: Sequence[Memory]) -> dict[str, str]:
        """What of each memory is searched, by the id of its vector."""
        return {self._vector_id(memory): _text(memory) for memory in memories}

    def _put(self, owners: Mapping[str, Mapping[str, str]]) -> None:
        """Embed the texts of some owners at once and store their vectors."""
        texts = [text for some in owners.values() for text in some.values()]
        if not texts:
            return
        vectors = self._embedder.embed(texts)
        shelves: list[Shelf] = []
        start = 0
        for owner, some in owners.items():
            shelves.append((owner, list(some), vectors[start : start + len(some)]))
            start += len(some)
        self._index.put(shelves)

    def _with_learned(self, own: _Shelf, persona: Persona, learned: Sequence[Memory]) -> _Shelf:
        """A shelf with learned memories beside the own ones; the latest of a persona is kept.

        Vectors of learned memories stay in the index, so that each text is embedded once.
        """
        owner = f"{_owner(persona)}/learned"
        memories = own.memories | {self._vector_id(one): one for one in learned}
        with self._lock:
            kept = self._shelves.get(owner)
            if kept is not None and kept.memories == memories:
                return kept
            stored = set(self._index.ids(owner))
            new = [one for one in memories if one not in stored and one not in own.memories]
            if new:
                self._put({owner: {one: _text(memories[one]) for one in new}})
            texts = [_text(one) for one in memories.values()]
            shelf = _Shelf((*own.owners, owner), memories, LexicalIndex(list(memories), texts))
            self._shelves[owner] = shelf
            return shelf

    def _vector_id(self, memory: Memory) -> str:
        # The text and the vector space are part of the id, so that a vector is never stale.
        told = f"{self._embedder.name}\x1f{_text(memory)}"
        return f"{memory.id}#{hashlib.sha256(told.encode()).hexdigest()[:12]}"

    def _search(
        self, shelf: _Shelf, query: str, k: int, mood: EmotionalState | None = None
    ) -> tuple[Recalled, ...]:
        if not shelf.memories or not query.strip() or k < 1:
            return ()
        dense = _ranked(self._nearest(shelf, query))
        lexical = _ranked(shelf.lexical.search(query))
        found = [
            _fused(memory, dense.get(vector_id), lexical.get(vector_id), mood)
            for vector_id, memory in shelf.memories.items()
        ]
        found.sort(key=lambda one: (-one.score, one.memory.id))
        return tuple(found[:k])

    def _nearest(self, shelf: _Shelf, query: str) -> list[tuple[str, float]]:
        vector = self._embedder.embed([query])[0]
        found = [
            pair
            for owner in shelf.owners
            for pair in self._index.nearest(owner, vector, len(self._index.ids(owner)))
            if pair[0] in shelf.memories
        ]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))


def _owner(persona: Persona) -> str:
    return f"{persona.id}@{persona.version}"


def _text(memory: Memory) -> str:
    """What of a memory is searched: its line, what happened and what was concluded."""
    return "\n".join(part for part in (memory.summary, memory.content, memory.thought) if part)


def passages(persona: Persona) -> tuple[Memory, ...]:
    """The life story in passages of whole sentences, about 60 words each, none across paragraphs.

    Ids are s0001, s0002, ... in the order of the story; episode, date and age are those of the
    episode that a passage lies in.
    """
    starts = [episode.span.start for episode in persona.episodes]
    found = []
    for number, span in enumerate(_passage_spans(persona.story), start=1):
        at = bisect_right(starts, span.start) - 1
        episode = persona.episodes[at] if at >= 0 else None
        found.append(
            Memory(
                id=f"s{number:04d}",
                content=persona.text_of(span),
                when=episode.when if episode else None,
                age=episode.age if episode else None,
                episode=episode.id if episode else None,
                source=span,
            )
        )
    return tuple(found)


def _passage_spans(story: str) -> list[Span]:
    """Sentences gathered until a passage has about 60 words; a paragraph is one line of text."""
    spans: list[Span] = []
    words = 0  # of the passage that is still open; 0 when none is
    line_end = -1
    for sentence in _SENTENCE.finditer(story):
        start, end = sentence.span()
        length = len(sentence.group().split())
        joins = words and start < line_end and words + length / 2 <= _PASSAGE_WORDS
        if joins:
            spans[-1] = Span(start=spans[-1].start, end=end)
            words += length
        else:
            spans.append(Span(start=start, end=end))
            words = length
            line_end = _end_of_line(story, start)
    return spans


def _end_of_line(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end


_Place = tuple[int, float]  # rank from 1, score


def _ranked(found: Sequence[tuple[str, float]]) -> dict[str, _Place]:
    return {one: (place, score) for place, (one, score) in enumerate(found, start=1)}


def _fused(
    memory: Memory, dense: _Place | None, lexical: _Place | None, mood: EmotionalState | None
) -> Recalled:
    """Weighted reciprocal ranks, and a little for importance and for what fits the mood."""
    score, why = 0.0, {}
    parts = (("dense", dense, _DENSE_WEIGHT), ("lexical", lexical, _LEXICAL_WEIGHT))
    for name, place, weight in parts:
        if place:
            why[name], why[f"{name}_rank"] = place[1], float(place[0])
            score += weight / (_FLATTEN + place[0])
    if memory.importance is not None:
        why["importance"] = float(memory.importance)
        score += _IMPORTANCE_WEIGHT * memory.importance
    if mood is not None and (fits := congruence(memory, mood)) > 0:
        why["mood"] = round(fits, 6)
        score += _MOOD_WEIGHT * fits
    return Recalled(memory=memory, score=round(score, 9), why=why)

"""Learning: what was said becomes memories that last, each with its source and time.

A call is stored as soon as it came back and found again by its key, and everything that a piece of
conversation brings is stored in one transaction. So a kill costs nothing twice.
"""

import asyncio
import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from simulacra.cognition.context import MindContext
from simulacra.cognition.rehearsal import Rehearsing, memory_id, reflect, rehearse
from simulacra.cognition.state import Exchange
from simulacra.domain.learning import CHAT, Learned, Source
from simulacra.domain.memory import Memory
from simulacra.domain.persona import Persona
from simulacra.errors import InputError
from simulacra.memory.duplicates import duplicate_of
from simulacra.memory.recall import Recaller
from simulacra.runs.buying import Account, Asking
from simulacra.runs.forgetting import meant, resting_on
from simulacra.runs.pieces import Progress, merged_with, pieces
from simulacra.runs.sole import sole
from simulacra.seeds import seed_of
from simulacra.storage.learned import LearnedRepository, Step

Doubt = Callable[[Persona, Memory], str]
"""What of a life a memory contradicts, in words; "" where nothing is found."""

_KNOWN, _KNOWN_EACH = 12, 3
_TO_REFLECT_ON, _LIVED_TO_REFLECT_ON = 30, 20


@dataclass
class Learner:
    """Learns for one persona in one stream; ``before`` are streams that it remembers, too.

    ``doubt`` finds contradictions with the life; ``run_id`` is whose calls these are, if a run's.
    ``wave`` (from 1) is the place of a run in its panel: ids of what is learned there are made of
    it, the seed and what was said, so that a study that is repeated has the same ones.
    """

    context: MindContext
    store: LearnedRepository
    recaller: Recaller
    stream: str = CHAT
    before: tuple[str, ...] = ()
    doubt: Doubt | None = None
    seed: int = 0
    run_id: str = ""
    wave: int = 0
    _persona: Persona = field(init=False)
    _account: Account = field(init=False)

    def __post_init__(self) -> None:
        self._persona = self.context.persona
        self._account = Account(self.store, self._persona.id, self.stream, self.run_id)

    def memories(self) -> tuple[Memory, ...]:
        """What was learned and comes to mind."""
        return self.store.memories(self._persona.id, (*self.before, self.stream))

    def pending(self, source: str, turns: int) -> int:
        """How many of the first ``turns`` turns of a source were not gone through yet."""
        return max(0, turns - self.store.upto(self._persona.id, self.stream, source))

    async def learn(
        self, source: Source, exchanges: Sequence[Exchange], *, when: date, start: int = 0
    ) -> Progress:
        """Go through those exchanges of a source that were not gone through yet.

        ``exchanges`` are all of the source from its first turn; those before ``start`` are left
        out. While another one goes through the same source, this one waits for it.

        Raises:
            BadReply: what the model told could not be used.
            ModelError, BudgetSpent, StorageError: as they say; what was stored before stays.
        """
        progress = Progress()
        async with sole(self.store, self._persona.id, self.stream, f"{source.kind} {source.id}"):
            done = await asyncio.to_thread(
                self.store.upto, self._persona.id, self.stream, source.id
            )
            whole = list(enumerate(exchanges))[max(start, done) :]
            for piece in pieces(whole):
                progress += await self._learn_piece(source, piece, when)
        return progress

    async def _learn_piece(
        self, source: Source, piece: list[tuple[int, Exchange]], when: date
    ) -> Progress:
        told = "\x1f".join(f"{turn} {one.question} {one.answer}" for turn, one in piece)
        key = _key("consolidation", self.stream, source.kind, source.id, told)
        found = await rehearse(
            self.context,
            piece,
            await asyncio.to_thread(self._known, piece, key, source.id),
            self._asking(key, source.id),
            when=when,
            key=self._id_key("consolidation", told) if self.wave else key,
            # By what was said, so that a study that is repeated learns with the same seeds.
            seed=seed_of(self.seed, self._persona.id, "consolidation", told),
        )
        step = self._step(key, "consolidation", source.id, piece[-1][0] + 1)
        return await asyncio.to_thread(self._settle, step, source, found)

    def _settle(self, step: Step, source: Source, found: Sequence[Rehearsing]) -> Progress:
        """Sort what was found into new memories, questions and what was known, and store it.

        What another stream knows already is merged without a change there: other runs read it.
        """
        known = {one.id: one for one in self._learned() if one.status == "kept"}
        new: dict[str, Learned] = {}
        changed: dict[str, Learned] = {}
        now = self.store.now()
        for n, one in enumerate(found):
            origin = source.model_copy(update={"turns": one.turns})
            # By a hair apart, so that they are listed in the order in which they were told.
            learned = self._doubted(one, origin, now + timedelta(microseconds=n))
            if learned.status == "kept":
                same = self._duplicate(one.memory, known.values(), step.key, step.source)
                if same is not None:
                    if (before := known[same.id]).stream == self.stream:
                        merged = known[same.id] = merged_with(before, learned)
                        (new if same.id in new else changed)[same.id] = merged
                    learned = learned.model_copy(
                        update={"status": "merged", "merged_into": same.id}
                    )
                else:
                    known[learned.id] = learned
            new[learned.id] = learned
        if not self.store.settle(step, list(new.values()), list(changed.values())):
            return Progress()
        by = {status: tuple(one for one in new.values() if one.status == status)
              for status in ("kept", "question", "merged")}  # fmt: skip
        return Progress(by["kept"], by["question"], by["merged"])

    def _duplicate(
        self, memory: Memory, known: Iterable[Learned], key: str, source: str
    ) -> Memory | None:
        with self._account.embedding(key, source):
            return duplicate_of(memory, [one.memory for one in known], self.recaller.embedder)

    def _doubted(self, one: Rehearsing, source: Source, created: datetime) -> Learned:
        """A memory that is kept, or a question where it is at odds with the life."""
        found = self.doubt(self._persona, one.memory) if self.doubt is not None else ""
        odds = "; ".join(part for part in (self._named(one.contradicts), found) if part)
        return Learned(
            memory=one.memory,
            stream=self.stream,
            status="question" if odds else "kept",
            created=created,
            sources=(source,),
            contradicts=odds,
        )

    def _named(self, contradicts: str) -> str:
        """What the model named, with its words where it is a memory."""
        name = contradicts.strip("[] ")
        for memory in (*self._persona.memories, *(one.memory for one in self._learned())):
            if memory.id == name:
                return f"{name}: {memory.summary or memory.content}"
        return name

    def tell(self, text: str, source: Source) -> Learned:
        """A memory that somebody tells the person to keep, as it is told.

        Raises:
            InputError: nothing is told, or it is known already.
        """
        text = "".join(one if one.isprintable() else " " for one in text).strip()
        if not text:
            raise InputError("say what is to be remembered")
        now = self.store.now()
        key = _key("told", self.stream, source.id, text, now.isoformat())
        memory = Memory(
            id=memory_id("c", key), content=text, when=now.date().isoformat(), origin="conversation"
        )
        kept = [one for one in self._learned() if one.status == "kept"]
        if (same := self._duplicate(memory, kept, key, source.id)) is not None:
            raise InputError(f"that is known already, as {same.id}")
        learned = self._doubted(Rehearsing(memory=memory), source, now)
        self.store.settle(self._step(key, "told", "", 0), [learned])
        return learned

    def forget(self, what: str) -> tuple[Learned, ...]:
        """Mark a learned memory as forgotten, by its id or by words that it alone holds.

        What rests on it is withdrawn, too, and comes after it.

        Raises:
            InputError: none, or more than one, is meant; or one of the life is.
        """
        learned = self._learned()
        one = meant(what, learned, self._persona)
        return self.store.forget(self._persona.id, (one, *resting_on([one], learned)))

    def unlearn(self, source: str, turn: int) -> None:
        """Forget what one turn of a source alone taught, and what rests on that."""
        learned = self.store.list(self._persona.id, (self.stream,))
        taught = [one for one in learned if one.rests_on(source, turn)]
        taught += resting_on(taught, learned)
        self.store.unlearn(self._persona.id, self.stream, source, turn, taught)

    async def reflect(self) -> tuple[Learned, ...]:
        """Memories of a higher order from what was learned last and what weighs most in the life.

        Raises:
            InputError: there is too little to reflect on, or the model is too small for it.
            BadReply: the model linked to memories that there are not.
            ModelError, BudgetSpent, StorageError: as they say.
        """
        async with sole(self.store, self._persona.id, self.stream, "reflection"):
            return await self._reflect()

    async def _reflect(self) -> tuple[Learned, ...]:
        memories = self._to_reflect_on()
        if self.context.in_words:
            raise InputError(
                f"{self.context.model.info.name} writes no structured replies, which a reflection "
                "needs: name another --model"
            )
        if len(memories) < 2:
            raise InputError(f"{self._persona.name} has too few memories to reflect on")
        key = _key("reflection", self.stream, *(one.id for one in memories))
        step = self._step(key, "reflection", "", 0)
        if self.store.done(step):
            raise InputError("nothing is new since the last reflection")
        ids = self._id_key("reflection", *(one.id for one in memories))
        made = await reflect(
            self.context,
            memories,
            self._asking(key, "reflection"),
            when=self._day(memories),
            key=ids,
            seed=seed_of(self.seed, self._persona.id, ids),
        )
        now = self.store.now()
        learned = tuple(
            Learned(
                memory=one,
                stream=self.stream,
                created=now + timedelta(microseconds=n),
                sources=(Source(kind="reflection"),),
            )
            for n, one in enumerate(made)
        )
        return learned if self.store.settle(step, learned) else ()

    def _to_reflect_on(self) -> list[Memory]:
        kept = [one for one in self.memories() if one.origin == "conversation"]
        lived = sorted(self._persona.memories, key=lambda one: (-(one.importance or 0), one.id))
        return [*lived[:_LIVED_TO_REFLECT_ON], *kept[-_TO_REFLECT_ON:]]

    def _day(self, memories: Sequence[Memory]) -> date:
        """The day of a reflection: today in a chat, the day of what was learned last in a wave."""
        days = [one.when for one in memories if one.origin == "conversation" and one.when]
        if self.stream == CHAT or not days:
            return self.store.now().date()
        return date.fromisoformat(max(days))

    def _id_key(self, kind: str, *said: str) -> str:
        """What ids are made of: by what was said and never by a run's id or the clock."""
        return _key(kind, str(self.seed), self._persona.id, f"wave {self.wave}", *said)

    def _learned(self) -> list[Learned]:
        return self.store.list(self._persona.id, (*self.before, self.stream))

    def _known(self, piece: Sequence[tuple[int, Exchange]], key: str, source: str) -> list[Memory]:
        """Memories that a piece of conversation may repeat or contradict."""
        learned, found = self.memories(), dict[str, Memory]()
        with self._account.embedding(key, source):
            for _, one in piece:
                said = f"{one.question} {one.answer}"
                for recalled in self.recaller.recall(
                    self._persona, said, _KNOWN_EACH, learned=learned
                ):
                    found.setdefault(recalled.memory.id, recalled.memory)
        return list(found.values())[:_KNOWN]

    def _step(self, key: str, kind: str, source: str, upto: int) -> Step:
        return Step(
            persona_id=self._persona.id,
            stream=self.stream,
            key=key,
            kind=kind,
            source=source,
            upto=upto,
        )

    def _asking(self, key: str, source: str) -> Asking:
        return Asking(self.context.model, self._account, key, source)


def _key(*parts: str) -> str:
    return hashlib.sha256("\x1e".join(parts).encode()).hexdigest()[:32]

"""What people learned, what was gone through for it, and the calls it took.

A call is found by persona and key, and a step is stored with all it brought in one transaction:
after a kill nothing is bought or stored twice.
"""

import builtins
import json
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, delete, func, insert, select, update

from simulacra.domain.base import Frozen
from simulacra.domain.call import Call
from simulacra.domain.learning import Learned, LearnedStatus
from simulacra.domain.memory import Memory
from simulacra.errors import UnknownName
from simulacra.storage import tables
from simulacra.storage.bought import BoughtCalls
from simulacra.storage.claims import holds
from simulacra.storage.database import Database
from simulacra.storage.documents import dump


class Step(Frozen):
    """One going-through: of ``source`` (a conversation, an interview) the turns before ``upto``.

    ``key`` is unique in its stream; ``kind`` is "consolidation", "reflection" or "told".
    """

    persona_id: str
    stream: str
    key: str
    kind: str
    source: str = ""
    upto: int = 0


class LearnedRepository:
    """Saves and finds what people learned. ``clock`` gives seconds since 1970."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._calls = BoughtCalls(database, tables.learning_calls, clock)

    def now(self) -> datetime:
        """The moment, as learned memories are stamped with it."""
        return datetime.fromtimestamp(self._clock(), UTC)

    def list(
        self, persona_id: str, streams: Iterable[str] | None = None
    ) -> "builtins.list[Learned]":
        """Everything learned by a persona, oldest first; in some streams where they are named."""
        table = tables.learned
        query = select(table).where(table.c.persona_id == persona_id)
        if streams is not None:
            query = query.where(table.c.stream.in_(builtins.list(streams)))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(table.c.created, table.c.id)).mappings().all()
        return [_learned(row) for row in rows]

    def memories(self, persona_id: str, streams: Iterable[str]) -> tuple[Memory, ...]:
        """What of some streams comes to a persona's mind, oldest first."""
        return tuple(one.memory for one in self.list(persona_id, streams) if one.status == "kept")

    def settle(
        self, step: Step, new: Sequence[Learned] = (), changed: Sequence[Learned] = ()
    ) -> bool:
        """Store a step with what it brought, in one transaction; False where it was there already.

        ``changed`` are memories from before, with the sources that a merge added to them.
        """
        with self._database.write() as connection:
            self._database.lock(connection, tables.learning_steps)
            if _has(connection, step):
                return False
            values = step.model_dump() | {"created": self._clock()}
            connection.execute(insert(tables.learning_steps).values(**values))
            if new:
                _make_way(connection, step.persona_id, new)
                rows = [_row(step.persona_id, one) for one in new]
                connection.execute(insert(tables.learned), rows)
            for one in changed:
                _put(connection, step.persona_id, one)
        return True

    def claim(self, persona_id: str, stream: str, what: str, claim: str) -> bool:
        """Take a piece of learning to work on it.

        False where another process that is alive has it; see ``simulacra.storage.claims``.
        """
        table, now = tables.learning_claims, self._clock()
        place = {"persona_id": persona_id, "stream": stream, "key": what}
        here = and_(*(table.c[name] == value for name, value in place.items()))
        with self._database.write() as connection:
            self._database.lock(connection, table)
            row = connection.execute(select(table).where(here)).mappings().first()
            if row is not None and holds(row["owner"], row["heartbeat"], now):
                return False
            connection.execute(delete(table).where(here))
            connection.execute(insert(table).values(**place, owner=claim, heartbeat=now))
        return True

    def beat(self, claim: str) -> None:
        """Keep alive what a claim holds."""
        table = tables.learning_claims
        with self._database.write() as connection:
            alive = update(table).where(table.c.owner == claim)
            connection.execute(alive.values(heartbeat=self._clock()))

    def release(self, claim: str) -> None:
        """Give back what a claim holds."""
        table = tables.learning_claims
        with self._database.write() as connection:
            connection.execute(delete(table).where(table.c.owner == claim))

    def done(self, step: Step) -> bool:
        """Whether a step is stored."""
        with self._database.read() as connection:
            return _has(connection, step)

    def upto(self, persona_id: str, stream: str, source: str) -> int:
        """How many turns of a source were gone through."""
        table = tables.learning_steps
        query = select(func.max(table.c.upto)).where(
            table.c.persona_id == persona_id, table.c.stream == stream, table.c.source == source
        )
        with self._database.read() as connection:
            return int(connection.execute(query).scalar() or 0)

    def mark(self, persona_id: str, stream: str, learned_id: str, status: LearnedStatus) -> Learned:
        """Give a learned memory of a stream another status; nothing is deleted.

        Raises:
            UnknownName: the persona learned nothing of this id there.
        """
        table = tables.learned
        query = select(table).where(
            table.c.persona_id == persona_id, table.c.stream == stream, table.c.id == learned_id
        )
        with self._database.write() as connection:
            row = connection.execute(query).mappings().first()
            if row is None:
                raise UnknownName(f"{persona_id} has no learned memory {learned_id!r}")
            marked = _learned(row).model_copy(update={"status": status})
            _put(connection, persona_id, marked)
        return marked

    def forget(self, persona_id: str, memories: Sequence[Learned]) -> tuple[Learned, ...]:
        """Mark memories as forgotten, all of them or none; nothing is deleted."""
        marked = tuple(one.model_copy(update={"status": "forgotten"}) for one in memories)
        with self._database.write() as connection:
            for one in marked:
                _put(connection, persona_id, one)
        return marked

    def unlearn(
        self, persona_id: str, stream: str, source: str, turn: int, taught: Sequence[Learned]
    ) -> None:
        """Forget what one turn of a source ``taught``; it can be gone through again."""
        steps = tables.learning_steps
        with self._database.write() as connection:
            for one in taught:
                _put(connection, persona_id, one.model_copy(update={"status": "forgotten"}))
            connection.execute(
                update(steps)
                .where(
                    steps.c.persona_id == persona_id,
                    steps.c.stream == stream,
                    steps.c.source == source,
                    steps.c.upto > turn,
                )
                # The same words may come again: their step is then a new one.
                .values(upto=turn, key=steps.c.key + f" undone {self._clock()}")
            )

    def bought(self, persona_id: str, key: str) -> Call | None:
        """The call that was bought under a key; None where there is none."""
        return self._calls.find(persona_id, key)

    def keep(
        self, persona_id: str, key: str, call: Call, *, stream: str, source: str, run_id: str = ""
    ) -> None:
        """Store a finished call; one that was made for a run is counted there, too."""
        runs = tables.runs
        with self._database.write() as connection:
            # Of two processes that bought the same, one keeps the words; both were paid for.
            self._calls.add(connection, persona_id, key, call, stream=stream, source=source)
            if run_id:
                tokens = call.usage.tokens_in + call.usage.tokens_out
                connection.execute(
                    update(runs)
                    .where(runs.c.id == run_id)
                    .values(
                        calls=runs.c.calls + call.attempts,
                        tokens=runs.c.tokens + tokens,
                        cost=runs.c.cost + call.cost,
                    )
                )

    def calls(self, persona_id: str, source: str | None = None) -> "builtins.list[Call]":
        """The calls that learning took, oldest first; those of one source where it is named."""
        table = tables.learning_calls
        where = [] if source is None else [table.c.source == source]
        return self._calls.list(persona_id, *where)


def _has(connection: Connection, step: Step) -> bool:
    table = tables.learning_steps
    query = select(table.c.key).where(
        table.c.persona_id == step.persona_id,
        table.c.stream == step.stream,
        table.c.key == step.key,
    )
    return connection.execute(query).first() is not None


def _make_way(connection: Connection, persona_id: str, new: Sequence[Learned]) -> None:
    """Take away what was forgotten of the same words in the same place, now learned again."""
    table = tables.learned
    for one in new:
        connection.execute(
            delete(table).where(
                table.c.persona_id == persona_id,
                table.c.stream == one.stream,
                table.c.id == one.id,
                table.c.status == "forgotten",
            )
        )


def _put(connection: Connection, persona_id: str, one: Learned) -> None:
    table = tables.learned
    connection.execute(
        update(table)
        .where(table.c.persona_id == persona_id, table.c.stream == one.stream, table.c.id == one.id)
        .values(**_row(persona_id, one))
    )


def _row(persona_id: str, one: Learned) -> dict[str, Any]:
    return {
        "persona_id": persona_id,
        "id": one.id,
        "stream": one.stream,
        "status": one.status,
        "created": one.created.timestamp(),
        "document": dump(one.model_dump(mode="json", exclude={"stream", "status", "created"})),
    }


def _learned(row: RowMapping) -> Learned:
    return Learned.model_validate(
        {
            **json.loads(row["document"]),
            "stream": row["stream"],
            "status": row["status"],
            "created": datetime.fromtimestamp(row["created"], UTC),
        }
    )

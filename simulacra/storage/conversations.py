"""Conversations with a persona, turn by turn."""

import builtins
import secrets
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import Connection, RowMapping, Select, func, insert, select, update

from simulacra.domain.answer import Reply
from simulacra.domain.base import Frozen
from simulacra.domain.call import Call
from simulacra.domain.run import Mechanism, Method, PersonaRef
from simulacra.errors import InputError, UnknownName
from simulacra.storage import tables
from simulacra.storage.database import Database


class Conversation(Frozen):
    """A conversation without its turns; ``turns`` is their number, ``model`` a model spec.

    A branch has a ``parent``, whose first ``branched_at`` turns it shares.
    """

    id: str
    persona: PersonaRef
    method: Method
    model: str
    created: datetime
    turns: int = 0
    mode: str = "full"
    without: tuple[str, ...] = ()
    parent: str | None = None
    branched_at: int = 0

    @property
    def way(self) -> Mechanism:
        """How the person comes to replies."""
        return Mechanism.chosen(self.method, self.mode, self.without)


class Turn(Frozen):
    """What the user said, and the persona's whole reply; ``position`` counts from 0."""

    position: int
    text: str
    reply: Reply
    created: datetime


class SetAside(Frozen):
    """A reply that stands no more: "superseded" by another one at its turn, or "failed".

    A failed reply holds the calls that came back before the failure, and no words.
    """

    position: int
    reason: Literal["superseded", "failed"]
    text: str
    reply: Reply
    created: datetime


class ConversationRepository:
    """Saves and finds conversations. ``clock`` gives seconds since 1970."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def start(
        self,
        persona: PersonaRef,
        method: Method | Mechanism,
        model: str,
        *,
        parent: str | None = None,
        branched_at: int = 0,
    ) -> Conversation:
        """Begin a conversation with one version of a persona, or a branch of one."""
        way = Mechanism.of(method)
        begun = Conversation(
            id=secrets.token_hex(8),
            persona=persona,
            method=way.method,
            mode=way.mode,
            without=way.without,
            model=model,
            created=_moment(self._clock()),
            parent=parent,
            branched_at=branched_at,
            turns=branched_at,
        )
        row = begun.model_dump(exclude={"persona", "turns", "created", "without"})
        with self._database.write() as connection:
            connection.execute(
                insert(tables.conversations).values(
                    **row,
                    persona_id=persona.id,
                    persona_version=persona.version,
                    without=",".join(way.without),
                    created=begun.created.timestamp(),
                )
            )
        return begun

    def branch(self, conversation_id: str, at: int) -> Conversation:
        """A new conversation that shares the first ``at`` turns of another one.

        Raises:
            UnknownName: there is no such conversation.
            InputError: it has no so many turns.
        """
        old = self.get(conversation_id)
        if old.turns == 0:
            raise InputError(f"conversation {old.id} has no replies yet: there is nothing to share")
        if not 1 <= at <= old.turns:
            raise InputError(
                f"conversation {old.id} has {old.turns} turns: branch it at one of 1 to {old.turns}"
            )
        return self.start(old.persona, old.way, old.model, parent=old.id, branched_at=at)

    def add(self, conversation_id: str, text: str, reply: Reply, *, at: int | None = None) -> Turn:
        """Append a turn; ``at`` is its position, where the caller knows what came before.

        Raises:
            UnknownName: there is no such conversation.
            InputError: it went on elsewhere.
        """
        now = self._clock()
        table = tables.turns
        with self._database.write() as connection:
            self._database.lock(connection, table)
            position = _length(connection, conversation_id)
            _as_seen(conversation_id, position, at)
            connection.execute(
                insert(table).values(
                    conversation_id=conversation_id,
                    position=position,
                    created=now,
                    text=text,
                    reply=reply.model_dump_json(),
                )
            )
        return Turn(position=position, text=text, reply=reply, created=_moment(now))

    def may_replace(self, conversation_id: str, at: int | None = None) -> None:
        """Whether the last reply can be replaced; ``at`` is the position it is thought to have.

        Raises:
            UnknownName: there is no such conversation.
            InputError: it has no turn of its own, went on elsewhere, or a branch shares the reply.
        """
        with self._database.read() as connection:
            _replaceable(connection, conversation_id, at)

    def replace(self, conversation_id: str, reply: Reply, *, at: int | None = None) -> Turn:
        """Put another reply in place of the last one, which is kept as superseded.

        Raises:
            UnknownName, InputError: as ``may_replace``.
        """
        now, table = self._clock(), tables.turns
        with self._database.write() as connection:
            self._database.lock(connection, table)
            position = _replaceable(connection, conversation_id, at)
            here = (table.c.conversation_id == conversation_id) & (table.c.position == position)
            row = connection.execute(select(table).where(here)).mappings().one()
            connection.execute(
                insert(tables.turns_set_aside).values(
                    **{name: row[name] for name in ("conversation_id", "position", "created")},
                    reason="superseded",
                    text=row["text"],
                    reply=row["reply"],
                )
            )
            values = {"created": now, "reply": reply.model_dump_json()}
            connection.execute(update(table).where(here).values(**values))
        return Turn(position=position, text=row["text"], reply=reply, created=_moment(now))

    def fail(self, conversation_id: str, text: str, calls: Sequence[Call]) -> None:
        """Keep the calls of a reply that never came.

        Raises:
            UnknownName: there is no such conversation.
        """
        with self._database.write() as connection:
            connection.execute(
                insert(tables.turns_set_aside).values(
                    conversation_id=conversation_id,
                    position=_length(connection, conversation_id),
                    created=self._clock(),
                    reason="failed",
                    text=text,
                    reply=Reply(text="", calls=tuple(calls)).model_dump_json(),
                )
            )

    def set_aside(self, conversation_id: str) -> "builtins.list[SetAside]":
        """Superseded and failed replies of a conversation, oldest first."""
        table = tables.turns_set_aside
        query = select(table).where(table.c.conversation_id == conversation_id).order_by(table.c.id)
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        return [
            SetAside(
                position=row["position"],
                reason=row["reason"],
                text=row["text"],
                reply=Reply.model_validate_json(row["reply"]),
                created=_moment(row["created"]),
            )
            for row in rows
        ]

    def get(self, conversation_id: str) -> Conversation:
        """A conversation by id.

        Raises:
            UnknownName: there is no such conversation.
        """
        with self._database.read() as connection:
            row = connection.execute(_query(conversation_id)).mappings().first()
        if row is None:
            raise _unknown(conversation_id)
        return _conversation(row)

    def list(self, persona_id: str | None = None) -> "builtins.list[Conversation]":
        """Conversations, newest first; those with one persona where one is named."""
        query = _query()
        if persona_id is not None:
            query = query.where(tables.conversations.c.persona_id == persona_id)
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        ordered = sorted(rows, key=lambda row: (row["created"], row["id"]), reverse=True)
        return [_conversation(row) for row in ordered]

    def turns(self, conversation_id: str) -> "builtins.list[Turn]":
        """The turns of a conversation in order, those that a branch shares first.

        Raises:
            UnknownName: there is no such conversation.
        """
        found = self.get(conversation_id)
        shared = self.turns(found.parent)[: found.branched_at] if found.parent else []
        return shared + self._own_turns(conversation_id)

    def _own_turns(self, conversation_id: str) -> "builtins.list[Turn]":
        table = tables.turns
        query = (
            select(table)
            .where(table.c.conversation_id == conversation_id)
            .order_by(table.c.position)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        return [
            Turn(
                position=row["position"],
                text=row["text"],
                reply=Reply.model_validate_json(row["reply"]),
                created=_moment(row["created"]),
            )
            for row in rows
        ]


def _replaceable(connection: Connection, conversation_id: str, at: int | None) -> int:
    """The position of the last reply, if it may be replaced."""
    position = _length(connection, conversation_id) - 1
    _as_seen(conversation_id, position, at)
    turns, others = tables.turns, tables.conversations
    own = (turns.c.conversation_id == conversation_id) & (turns.c.position == position)
    if connection.execute(select(turns.c.position).where(own)).first() is None:
        raise InputError("there is no reply of this conversation's own to replace")
    shared = (others.c.parent == conversation_id) & (others.c.branched_at > position)
    if connection.execute(select(others.c.id).where(shared)).first() is not None:
        raise InputError("a branch shares the last reply: go on with --branch instead")
    return position


def _as_seen(conversation_id: str, position: int, at: int | None) -> None:
    if at is not None and at != position:
        raise InputError(f"conversation {conversation_id} went on elsewhere: resume it first")


def _length(connection: Connection, conversation_id: str) -> int:
    """How many turns a conversation has, shared ones included."""
    row = connection.execute(_query(conversation_id)).mappings().first()
    if row is None:
        raise _unknown(conversation_id)
    return int(row["turns"]) + int(row["branched_at"])


def _query(conversation_id: str | None = None) -> Select[tuple[object, ...]]:
    """Conversations with the number of their turns."""
    table = tables.conversations
    turns = (
        select(func.count())
        .where(tables.turns.c.conversation_id == table.c.id)
        .scalar_subquery()
        .label("turns")
    )
    query = select(*table.c, turns)
    return query if conversation_id is None else query.where(table.c.id == conversation_id)


def _conversation(row: RowMapping) -> Conversation:
    return Conversation(
        id=row["id"],
        persona=PersonaRef(id=row["persona_id"], version=row["persona_version"]),
        method=row["method"],
        model=row["model"],
        created=_moment(row["created"]),
        turns=row["turns"] + row["branched_at"],
        mode=row["mode"],
        without=tuple(row["without"].split(",")) if row["without"] else (),
        parent=row["parent"],
        branched_at=row["branched_at"],
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _unknown(conversation_id: str) -> UnknownName:
    return UnknownName(f"there is no conversation {conversation_id!r}")

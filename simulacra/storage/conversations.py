"""Conversations with a persona, turn by turn."""

import builtins
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import RowMapping, Select, func, insert, select

from simulacra.domain.answer import Reply
from simulacra.domain.base import Frozen
from simulacra.domain.run import Method, PersonaRef
from simulacra.errors import UnknownName
from simulacra.storage import tables
from simulacra.storage.database import Database


class Conversation(Frozen):
    """A conversation without its turns; ``turns`` is their number, ``model`` a model spec."""

    id: str
    persona: PersonaRef
    method: Method
    model: str
    created: datetime
    turns: int = 0


class Turn(Frozen):
    """What the user said, and the persona's whole reply; ``position`` counts from 0."""

    position: int
    text: str
    reply: Reply
    created: datetime


class ConversationRepository:
    """Saves and finds conversations. ``clock`` gives seconds since 1970."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def start(self, persona: PersonaRef, method: Method, model: str) -> Conversation:
        """Begin a conversation with one version of a persona."""
        now = self._clock()
        conversation_id = secrets.token_hex(8)
        with self._database.write() as connection:
            connection.execute(
                insert(tables.conversations).values(
                    id=conversation_id,
                    persona_id=persona.id,
                    persona_version=persona.version,
                    method=method,
                    model=model,
                    created=now,
                )
            )
        return Conversation(
            id=conversation_id, persona=persona, method=method, model=model, created=_moment(now)
        )

    def add(self, conversation_id: str, text: str, reply: Reply) -> Turn:
        """Append a turn.

        Raises:
            UnknownName: there is no such conversation.
        """
        now = self._clock()
        table = tables.turns
        count = select(func.count()).where(table.c.conversation_id == conversation_id)
        with self._database.write() as connection:
            self._database.lock(connection, table)
            if connection.execute(_query(conversation_id)).first() is None:
                raise _unknown(conversation_id)
            position = int(connection.execute(count).scalar_one())
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
        """The turns of a conversation in order.

        Raises:
            UnknownName: there is no such conversation.
        """
        self.get(conversation_id)
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
        turns=row["turns"],
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _unknown(conversation_id: str) -> UnknownName:
    return UnknownName(f"there is no conversation {conversation_id!r}")

"""Calls that were bought for a person outside runs: kept once under a key, and found by it.

One home for the calls of authoring and of learning; each has its own table with the columns of
``call_row``, ``persona_id``, ``key``, ``created`` and ``attempts``.
"""

import json
import time
from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Table, select

from simulacra.domain.call import Call
from simulacra.errors import StorageError
from simulacra.storage import tables
from simulacra.storage.cells import read_texts
from simulacra.storage.database import Database
from simulacra.storage.documents import call_hashes, call_row, whole_call


class BoughtCalls:
    """The calls in one table. ``clock`` gives seconds since 1970."""

    def __init__(
        self, database: Database, table: Table, clock: Callable[[], float] = time.time
    ) -> None:
        self._database, self._table, self._clock = database, table, clock

    def find(self, persona_id: str, key: str) -> Call | None:
        """The call that was bought under a key; None where there is none.

        Raises:
            StorageError: a text that the call refers to is gone.
        """
        table = self._table
        query = select(table).where(table.c.persona_id == persona_id, table.c.key == key)
        with self._database.read() as connection:
            row = connection.execute(query).mappings().first()
            return None if row is None else _call(connection, row)

    def add(
        self, connection: Connection, persona_id: str, key: str, call: Call, **columns: Any
    ) -> None:
        """Store a finished call in a transaction; a key that is there already stays as it is."""
        texts: dict[str, str] = {}
        row = {
            "persona_id": persona_id,
            "key": key,
            "created": self._clock(),
            "attempts": call.attempts,
            **columns,
            **call_row(call, texts),
        }
        kept = [{"hash": digest, "document": texts[digest]} for digest in sorted(texts)]
        self._database.insert_new(connection, tables.texts, kept)
        self._database.insert_new(connection, self._table, [row])

    def list(self, persona_id: str, *where: ColumnElement[bool]) -> list[Call]:
        """A persona's calls that fit some conditions, oldest first."""
        table = self._table
        query = select(table).where(table.c.persona_id == persona_id, *where)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(table.c.created, table.c.key)).mappings().all()
            return [_call(connection, row) for row in rows]


def _call(connection: Connection, row: RowMapping) -> Call:
    document = json.loads(row["document"])
    texts: dict[str, str] = {}
    read_texts(connection, call_hashes(document), texts)
    try:
        return Call.model_validate(whole_call(row, document, texts))
    except KeyError as error:
        raise StorageError(
            f"the database is damaged: text {error} of a call for {row['persona_id']} is gone"
        ) from None

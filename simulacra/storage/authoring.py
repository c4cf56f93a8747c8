"""The making of characters in the database: calls bought, works, products, reviews.

Calls, products and reviews are only ever added. A call is found by persona and key, so a character
whose making is run again gets every finished call from here and buys only what is missing.
"""

import builtins
import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from simulacra.domain.authoring import Decision, Product, Review, StageSum, Work, WorkStatus
from simulacra.domain.call import Call
from simulacra.errors import UnknownName
from simulacra.storage import tables
from simulacra.storage.bought import BoughtCalls
from simulacra.storage.database import Database
from simulacra.storage.documents import dump


class AuthoringRepository:
    """Keeps how characters were made. ``clock`` gives seconds since 1970."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._calls = BoughtCalls(database, tables.authoring_calls, clock)

    def find(self, persona_id: str, key: str) -> Call | None:
        """The call that was bought under a key; None where there is none.

        Raises:
            StorageError: a text that the call refers to is gone.
        """
        return self._calls.find(persona_id, key)

    def keep(
        self, persona_id: str, key: str, call: Call, *, stage: str, part: str = "", attempt: int = 1
    ) -> None:
        """Store a finished call in one transaction; a key that is there already stays as it is."""
        place = {"stage": stage, "part": part, "attempt": attempt}
        with self._database.write() as connection:
            self._calls.add(connection, persona_id, key, call, **place)

    def calls(self, persona_id: str, stage: str | None = None) -> "builtins.list[Call]":
        """The calls bought for a persona, in the order they were; of one stage where named."""
        table = tables.authoring_calls
        return self._calls.list(persona_id, *([] if stage is None else [table.c.stage == stage]))

    def sums(self, persona_id: str, since: datetime | None = None) -> "builtins.list[StageSum]":
        """What was bought for a persona by stage, in the order of the work, from ``since`` on."""
        table = tables.authoring_calls
        columns: list[ColumnElement[Any]] = [
            func.count().label("calls"),
            *(
                func.sum(table.c[name]).label(name)
                for name in StageSum.model_fields
                if name not in ("stage", "calls")
            ),
        ]
        query = (
            select(table.c.stage, *columns)
            .where(table.c.persona_id == persona_id)
            .group_by(table.c.stage)
            .order_by(func.min(table.c.created), table.c.stage)
        )
        if since is not None:
            query = query.where(table.c.created >= since.timestamp())
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        return [StageSum.model_validate(dict(row)) for row in rows]

    def begin(self, persona_id: str, settings: Mapping[str, Any]) -> Work:
        """The unfinished work with these settings, or a new one."""
        table = tables.authoring_works
        with self._database.write() as connection:
            self._database.lock(connection, table)
            newest = _newest_work(connection, persona_id)
            if newest and newest.status is not WorkStatus.DONE and newest.settings == settings:
                return newest
            number = newest.number + 1 if newest else 1
            connection.execute(
                insert(table).values(
                    persona_id=persona_id,
                    number=number,
                    created=self._clock(),
                    status=WorkStatus.WORKING,
                    settings=dump(dict(settings)),
                )
            )
            begun = _newest_work(connection, persona_id)
        assert begun is not None
        return begun

    def work(self, persona_id: str) -> Work | None:
        """The newest work on a persona; None where there was none."""
        with self._database.read() as connection:
            return _newest_work(connection, persona_id)

    def stand(
        self, persona_id: str, number: int, status: WorkStatus, product: str | None = None
    ) -> None:
        """Say where a work stands, and which product it waits for."""
        table = tables.authoring_works
        with self._database.write() as connection:
            connection.execute(
                update(table)
                .where(table.c.persona_id == persona_id, table.c.number == number)
                .values(status=status, product=product)
            )

    def save_product(self, persona_id: str, product: Product) -> None:
        """Store what a stage made; the same text at the same place, checked alike, once."""
        row = {
            "persona_id": persona_id,
            "hash": product.hash,
            "stage": product.stage,
            "part": product.part,
            "created": self._clock(),
            "document": product.model_dump_json(),
        }
        with self._database.write() as connection:
            self._database.insert_new(connection, tables.authoring_products, [row])

    def product(self, persona_id: str, digest: str) -> Product:
        """A product by its hash.

        Raises:
            UnknownName: there is none.
        """
        table = tables.authoring_products
        query = select(table.c.document).where(
            table.c.persona_id == persona_id, table.c.hash == digest
        )
        with self._database.read() as connection:
            document = connection.execute(query).scalar()
        if document is None:
            raise UnknownName(f"there is no product {digest!r} of {persona_id!r}")
        return Product.model_validate_json(document)

    def review(
        self,
        persona_id: str,
        product: Product,
        decision: Decision,
        *,
        by: str,
        reason: str = "",
        replacement: Product | None = None,
    ) -> Review:
        """Append a decision about a product, which is stored with it, as is its replacement."""
        for one in (product, replacement):
            if one is not None:
                self.save_product(persona_id, one)
        table, now = tables.authoring_reviews, self._clock()
        count = select(func.count()).where(table.c.persona_id == persona_id)
        with self._database.write() as connection:
            self._database.lock(connection, table)
            row = {
                "persona_id": persona_id,
                "number": int(connection.execute(count).scalar_one()) + 1,
                "created": now,
                "stage": product.stage,
                "part": product.part,
                "product": product.hash,
                "decision": decision,
                "reviewer": by,
                "replacement": replacement.hash if replacement is not None else None,
                "reason": reason,
            }
            connection.execute(insert(table).values(row))
        return _review(row)

    def reviews(self, persona_id: str) -> "builtins.list[Review]":
        """Every decision about a persona, in order."""
        table = tables.authoring_reviews
        query = select(table).where(table.c.persona_id == persona_id).order_by(table.c.number)
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        return [_review(row) for row in rows]


def _newest_work(connection: Connection, persona_id: str) -> Work | None:
    table = tables.authoring_works
    row = (
        connection.execute(
            select(table)
            .where(table.c.persona_id == persona_id)
            .order_by(table.c.number.desc())
            .limit(1)
        )
        .mappings()
        .first()
    )
    if row is None:
        return None
    return Work(
        number=row["number"],
        settings=json.loads(row["settings"]),
        status=row["status"],
        created=_moment(row["created"]),
        product=row["product"],
    )


def _review(row: Mapping[Any, Any]) -> Review:
    return Review(
        stage=row["stage"],
        part=row["part"],
        product=row["product"],
        decision=row["decision"],
        reason=row["reason"],
        by=row["reviewer"],
        at=_moment(row["created"]),
        replacement=row["replacement"],
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)

"""Changes to personas in the database: who changed what and when. Rows are only ever added."""

import builtins
import time
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy import func, insert, select

from simulacra.domain.change import Change, Draft
from simulacra.domain.persona import Persona
from simulacra.errors import InputError
from simulacra.storage import tables
from simulacra.storage.database import Database
from simulacra.storage.personas import save_within


class ChangeRepository:
    """Stores changes together with the versions they make. ``clock``: seconds since 1970."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def apply(
        self, persona: Persona, draft: Draft, *, by: str, same: bool = False
    ) -> tuple[Persona, Change]:
        """Store a changed persona as the next version, and the change, in one transaction.

        ``persona.version`` is the version that was changed. ``same`` allows a change that leaves
        the content as it is, and makes no version.

        Raises:
            InputError: another version was saved meanwhile, or the content is that of the newest.
        """
        table = tables.persona_changes
        numbers = select(func.max(table.c.number)).where(table.c.persona_id == persona.id)
        with self._database.write() as connection:
            self._database.lock(connection, tables.personas)
            before = persona.version
            stored, newest = save_within(connection, persona)
            if newest != before:
                raise InputError(
                    f"{persona.name} was changed by somebody else meanwhile (version {newest}): "
                    "run the command again"
                )
            if stored.version == before and not same:
                raise InputError(f"this changes nothing about {persona.name}")
            number = (connection.execute(numbers).scalar() or 0) + 1
            now = self._clock()
            connection.execute(
                insert(table).values(
                    persona_id=persona.id,
                    number=number,
                    base=before,
                    version=stored.version,
                    kind=draft.kind,
                    editor=by,
                    created=now,
                    document=draft.model_dump_json(),
                )
            )
        moment = datetime.fromtimestamp(now, UTC)
        return stored, Change(
            **draft.model_dump(),
            number=number,
            by=by,
            at=moment,
            base=before,
            version=stored.version,
        )

    def list(self, persona_id: str) -> "builtins.list[Change]":
        """The changes of a persona, oldest first."""
        table = tables.persona_changes
        query = select(table).where(table.c.persona_id == persona_id).order_by(table.c.number)
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        return [
            Change(
                **Draft.model_validate_json(row["document"]).model_dump(),
                number=row["number"],
                by=row["editor"],
                at=datetime.fromtimestamp(row["created"], UTC),
                base=row["base"],
                version=row["version"],
            )
            for row in rows
        ]

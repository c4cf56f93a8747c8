"""Selections of people in the database: what was asked, every score, every override."""

import builtins
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import Connection, RowMapping, func, insert, select

from simulacra.domain.selection import Override, Score, Selection, SelectionSpec, Verdict
from simulacra.errors import UnknownName
from simulacra.storage import tables
from simulacra.storage.database import Database


class SelectionRepository:
    """Saves and finds selections; rows are only ever added. ``clock``: seconds since 1970."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def begin(self, spec: SelectionSpec) -> Selection:
        """The selection of this spec as it stands: a new one, or the one that is there."""
        row = {"id": spec.id, "created": self._clock(), "spec": spec.model_dump_json()}
        with self._database.write() as connection:
            self._database.insert_new(connection, tables.selections, [row])
        return self.get(spec.id)

    def add(self, selection_id: str, score: Score) -> None:
        """Store a score at once; one that is there already stays as it is."""
        verdict = score.verdict
        found = verdict.model_dump(mode="json")["contradictions"] if verdict else []
        row = {
            "selection_id": selection_id,
            "persona_id": score.persona_id,
            "created": self._clock(),
            "coherence": verdict.coherence if verdict else None,
            "distinctness": verdict.distinctness if verdict else None,
            "contradictions": json.dumps(found, ensure_ascii=False),
            "note": score.note,
        }
        with self._database.write() as connection:
            self._database.insert_new(connection, tables.selection_scores, [row])

    def override(
        self,
        selection_id: str,
        persona_id: str,
        decision: Literal["keep", "drop"],
        *,
        by: str,
        reason: str,
    ) -> None:
        """Append a person's word on a candidate.

        Raises:
            UnknownName: there is no such selection, or the person is no candidate of it.
        """
        now, table = self._clock(), tables.selection_overrides
        Override(
            persona_id=persona_id, decision=decision, by=by, reason=reason, at=_moment(now)
        )  # refuses what is empty
        candidates = {one.id for one in self.get(selection_id).spec.candidates}
        if persona_id not in candidates:
            raise UnknownName(f"{persona_id!r} is no candidate of selection {selection_id}")
        count = select(func.count()).where(table.c.selection_id == selection_id)
        with self._database.write() as connection:
            self._database.lock(connection, table)
            connection.execute(
                insert(table).values(
                    selection_id=selection_id,
                    number=int(connection.execute(count).scalar_one()) + 1,
                    created=now,
                    persona_id=persona_id,
                    decision=decision,
                    reviewer=by,
                    reason=reason,
                )
            )

    def get(self, selection_id: str) -> Selection:
        """A selection by id.

        Raises:
            UnknownName: there is no such selection.
        """
        found = self.find(selection_id)
        if found is None:
            raise UnknownName(
                f"there is no selection {selection_id!r}; see simulacra persona select --show all"
            )
        return found

    def find(self, selection_id: str) -> Selection | None:
        """A selection by id; None where there is none."""
        table = tables.selections
        query = select(table).where(table.c.id == selection_id)
        with self._database.read() as connection:
            row = connection.execute(query).mappings().first()
            return None if row is None else _selection(connection, row)

    def list(self) -> "builtins.list[Selection]":
        """All selections, newest first."""
        table = tables.selections
        query = select(table).order_by(table.c.created.desc(), table.c.id)
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
            return [_selection(connection, row) for row in rows]


def _selection(connection: Connection, row: RowMapping) -> Selection:
    scores, overrides = tables.selection_scores, tables.selection_overrides
    own = {
        table: connection.execute(
            select(table).where(table.c.selection_id == row["id"]).order_by(*order)
        ).mappings()
        for table, order in (
            (scores, (scores.c.created, scores.c.persona_id)),
            (overrides, (overrides.c.number,)),
        )
    }
    return Selection(
        id=row["id"],
        created=_moment(row["created"]),
        spec=SelectionSpec.model_validate_json(row["spec"]),
        scores=tuple(_score(one) for one in own[scores]),
        overrides=tuple(
            Override(
                persona_id=one["persona_id"],
                decision=one["decision"],
                by=one["reviewer"],
                reason=one["reason"],
                at=_moment(one["created"]),
            )
            for one in own[overrides]
        ),
    )


def _score(row: RowMapping) -> Score:
    if row["coherence"] is None:
        return Score(persona_id=row["persona_id"], note=row["note"])
    verdict = Verdict(
        contradictions=json.loads(row["contradictions"]),
        coherence=row["coherence"],
        distinctness=row["distinctness"],
    )
    return Score(persona_id=row["persona_id"], verdict=verdict, note=row["note"])


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)

"""Rows of runs and interviews as they were planned."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from simulacra.domain.run import Interview, PersonaRef
from simulacra.errors import UnknownName
from simulacra.storage import tables

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def run_row(connection: Connection, run_id: str, *columns: str) -> RowMapping:
    """Some columns of one run."""
    table = tables.runs
    query = select(*(table.c[name] for name in columns)).where(table.c.id == run_id)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise UnknownName(f"there is no run {run_id!r}: see simulacra runs list")
    return row


def new_id(connection: Connection, now: float) -> str:
    """Day, then the second of the day in base 36, then two random digits."""
    moment = datetime.fromtimestamp(now, UTC)
    second, digits = moment.hour * 3600 + moment.minute * 60 + moment.second, ""
    for _ in range(4):
        second, digit = divmod(second, 36)
        digits = _DIGITS[digit] + digits
    while True:
        chance = "".join(secrets.choice(_DIGITS) for _ in range(2))
        run_id = f"{moment:%Y%m%d}-{digits}{chance}"
        taken = select(tables.runs.c.id).where(tables.runs.c.id == run_id)
        if connection.execute(taken).first() is None:
            return run_id


def interview_row(run_id: str, interview: Interview) -> Mapping[str, Any]:
    """The row of an interview."""
    return {
        "run_id": run_id,
        "id": interview.id,
        "position": interview.position,
        "persona_id": interview.persona.id,
        "persona_version": interview.persona.version,
        "replicate": interview.replicate,
        "condition": interview.condition,
        "seed": interview.seed,
    }


def read_interviews(
    connection: Connection, run_id: str, *, since: int = 0, most: int | None = None
) -> list[Interview]:
    """The interviews of a run in their order, from a position on, at most so many.

    Raises:
        UnknownName: there is no such run.
    """
    run_row(connection, run_id, "id")
    table = tables.interviews
    query = (
        select(table)
        .where(table.c.run_id == run_id, table.c.position >= since)
        .order_by(table.c.position)
        .limit(most)
    )
    return [to_interview(row) for row in connection.execute(query).mappings()]


def to_interview(row: RowMapping) -> Interview:
    """The interview that a row stands for."""
    return Interview(
        id=row["id"],
        persona=PersonaRef(id=row["persona_id"], version=row["persona_version"]),
        replicate=row["replicate"],
        condition=row["condition"],
        seed=row["seed"],
        position=row["position"],
    )

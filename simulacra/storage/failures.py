"""What of a run has no answer, and why: found by an index over missing answers only."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Select, exists, func, select

from simulacra.domain.answer import MissingCode
from simulacra.domain.run import FailedCell
from simulacra.storage import tables
from simulacra.storage.documents import TECHNICAL
from simulacra.storage.plans import run_row

_ANSWERS = tables.answers
_LATER = tables.answers.alias("later")


def missing_counts(connection: Connection, run_id: str) -> dict[MissingCode, int]:
    """How many cells stand at each missing code, of each its latest attempt, the most first."""
    failed = run_row(connection, run_id, "failed")["failed"]
    query = (
        select(_ANSWERS.c.missing, func.count())
        .where(_ANSWERS.c.run_id == run_id, _ANSWERS.c.missing.is_not(None))
        .group_by(_ANSWERS.c.missing)
    )
    counts = Counter({MissingCode(row[0]): row[1] for row in connection.execute(query)})
    counts[MissingCode.TECHNICAL] = failed
    return {code: count for code, count in counts.most_common() if count}


def failure_reasons(connection: Connection, run_id: str) -> dict[str, int]:
    """How often each reason of a technical failure stands, the most frequent first."""
    rows = connection.execute(_failed(run_id, select(_ANSWERS.c.response)))
    return dict(Counter(_reason(row[0]) for row in rows).most_common())


def failed_cells(connection: Connection, run_id: str, most: int) -> Iterator[FailedCell]:
    """The cells that failed technically, in the order of interviews and items, at most so many."""
    people = tables.interviews
    columns = select(
        _ANSWERS.c.interview_id,
        people.c.persona_id,
        _ANSWERS.c.item_id,
        _ANSWERS.c.attempt,
        _ANSWERS.c.response,
    ).join_from(_ANSWERS, people)
    ordered = columns.order_by(people.c.position, _ANSWERS.c.position).limit(most)
    for row in connection.execute(_failed(run_id, ordered)):
        yield FailedCell(
            interview_id=row[0],
            persona_id=row[1],
            item_id=row[2],
            attempts=row[3],
            reason=_reason(row[4]),
        )


def _failed(run_id: str, query: Select[Any]) -> Select[Any]:
    """A query held to technical failures that no later attempt stands in for."""
    later = exists().where(
        _LATER.c.run_id == _ANSWERS.c.run_id,
        _LATER.c.interview_id == _ANSWERS.c.interview_id,
        _LATER.c.position == _ANSWERS.c.position,
        _LATER.c.attempt > _ANSWERS.c.attempt,
    )
    return query.where(_ANSWERS.c.run_id == run_id, _ANSWERS.c.missing == TECHNICAL, ~later)


def _reason(response: str) -> str:
    reason: str = json.loads(response).get("detail", "")
    return reason

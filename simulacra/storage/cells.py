"""Reads stored cells back, with their calls and texts."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, select

from simulacra.domain.call import Call
from simulacra.domain.run import Abandoned, Cell
from simulacra.storage import tables
from simulacra.storage.documents import (
    CellKey,
    call_hashes,
    hashes,
    key_of,
    parsed,
    to_cell,
    whole_call,
)

_CACHED_TEXTS = 5_000
_PARAMETERS_AT_ONCE = 500


def read_cells(
    connection: Connection, run_id: str, interview_ids: Sequence[str], cache: dict[str, str]
) -> list[Cell]:
    """Cells of some interviews: by interview as given, then by item and attempt.

    ``cache`` keeps texts by hash between calls; it is kept small.
    """
    answers: list[RowMapping] = []
    calls: list[RowMapping] = []
    for some in _portions(interview_ids):
        for table, into, order in (
            (tables.answers, answers, ("position", "attempt")),
            (tables.calls, calls, ("position", "attempt", "reply", "number")),
        ):
            query: Select[Any] = (
                select(table)
                .where(table.c.run_id == run_id, table.c.interview_id.in_(some))
                .order_by(*(table.c[name] for name in order))
            )
            into.extend(connection.execute(query).mappings())
    places = {interview_id: place for place, interview_id in enumerate(interview_ids)}
    answers.sort(key=lambda row: places[row["interview_id"]])
    found = parsed(answers, calls)
    read_texts(connection, hashes(found), cache)
    return [to_cell(one, cache) for one in found]


def read_abandoned(
    connection: Connection, run_id: str, interview_id: str | None = None
) -> list[Abandoned]:
    """What was bought for cells that were given up, in the order it was stored, call by call.

    That of one interview, or of the whole run.
    """
    table = tables.abandoned_calls
    query = select(table).where(table.c.run_id == run_id).order_by(table.c.id)
    if interview_id is not None:
        query = query.where(table.c.interview_id == interview_id)
    rows = [(row, json.loads(row["document"])) for row in connection.execute(query).mappings()]
    texts: dict[str, str] = {}
    read_texts(connection, {one for _, call in rows for one in call_hashes(call)}, texts)
    return [
        Abandoned(
            interview_id=row["interview_id"],
            item_id=row["item_id"],
            position=row["position"],
            calls=(Call.model_validate(whole_call(row, document, texts)),),
        )
        for row, document in rows
    ]


def not_stored(connection: Connection, run_id: str, cells: Sequence[Cell]) -> list[Cell]:
    """Those of some cells that have no row yet."""
    table = tables.answers
    query = select(table.c.interview_id, table.c.position, table.c.attempt).where(
        table.c.run_id == run_id,
        table.c.interview_id.in_({cell.interview_id for cell in cells}),
    )
    stored: set[CellKey] = {(row[0], row[1], row[2]) for row in connection.execute(query)}
    return [cell for cell in cells if key_of(cell) not in stored]


def read_texts(connection: Connection, wanted: set[str], cache: dict[str, str]) -> None:
    """Fill the cache with the texts wanted; others leave it when it has grown large."""
    if len(cache) > _CACHED_TEXTS:
        for digest in cache.keys() - wanted:
            del cache[digest]
    table = tables.texts
    for some in _portions(sorted(wanted - cache.keys())):
        query = select(table.c.hash, table.c.document).where(table.c.hash.in_(some))
        cache.update((row[0], row[1]) for row in connection.execute(query))


def _portions(values: Sequence[str]) -> Iterator[Sequence[str]]:
    """Values in portions that one statement can take."""
    for start in range(0, len(values), _PARAMETERS_AT_ONCE):
        yield values[start : start + _PARAMETERS_AT_ONCE]

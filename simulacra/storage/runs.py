"""Runs in the database: their plan, their interviews, and every finished cell with its calls."""

import builtins
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import Connection, RowMapping, func, insert, select, update

from simulacra.domain.answer import Answer, MissingCode
from simulacra.domain.call import Spent
from simulacra.domain.run import (
    Abandoned,
    Cell,
    FailedCell,
    Interview,
    Outcome,
    RunSpec,
    RunStatus,
    RunSummary,
)
from simulacra.storage import tables
from simulacra.storage.appending import Appender
from simulacra.storage.cells import read_abandoned, read_cells
from simulacra.storage.claims import holds
from simulacra.storage.database import Database
from simulacra.storage.failures import failed_cells, failure_reasons, missing_counts
from simulacra.storage.plans import interview_row, new_id, read_interviews, run_row
from simulacra.storage.workers import Standing, WorkerRepository, live_rows

_CELLS_AT_ONCE = 1_000
_ROWS_AT_ONCE = 5_000


class Failures(NamedTuple):
    """What a run has no answer to.

    Cells by missing code; technical failures by reason, and the first of them one by one.
    """

    missing: dict[MissingCode, int]
    reasons: dict[str, int]
    cells: list[FailedCell]


class RunRepository:
    """Saves and finds runs. ``clock`` gives seconds since 1970."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._appender = Appender(database, clock)
        self.workers = WorkerRepository(database, clock=clock)

    def create(self, spec: RunSpec, interviews: Sequence[Interview]) -> str:
        """Store a planned run; its new id, made of time and chance, sorts by time."""
        now = self._clock()
        with self._database.write() as connection:
            run_id = new_id(connection, now)
            connection.execute(
                insert(tables.runs).values(
                    id=run_id,
                    name=spec.name,
                    status=RunStatus.PLANNED.value,
                    created=now,
                    cells=len(interviews) * len(spec.instrument.answerable),
                    spec=spec.model_dump_json(),
                )
            )
            for start in range(0, len(interviews), _ROWS_AT_ONCE):
                some = interviews[start : start + _ROWS_AT_ONCE]
                rows = [interview_row(run_id, interview) for interview in some]
                connection.execute(insert(tables.interviews), rows)
        return run_id

    def spec(self, run_id: str) -> RunSpec:
        """The plan of a run.

        Raises:
            UnknownName: there is no such run.
        """
        with self._database.read() as connection:
            return RunSpec.model_validate_json(run_row(connection, run_id, "spec")["spec"])

    def summary(self, run_id: str) -> RunSummary:
        """Where a run stands; one whose process died counts as paused.

        Raises:
            UnknownName: there is no such run.
        """
        with self._database.read() as connection:
            row = run_row(connection, run_id, *_SUMMARY)
            return self._summary(row, self._alive(connection, run_id))

    def list(self) -> "builtins.list[RunSummary]":
        """All runs, newest first."""
        table = tables.runs
        query = select(*(table.c[name] for name in _SUMMARY))
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
            alive = self._alive(connection)
        ordered = sorted(rows, key=lambda row: (row["created"], row["id"]), reverse=True)
        return [self._summary(row, alive) for row in ordered]

    def set_status(self, run_id: str, status: RunStatus, note: str = "") -> None:
        """Say where a run stands. A process at work on it stops when it is no longer running.

        Raises:
            UnknownName: there is no such run.
        """
        table = tables.runs
        with self._database.write() as connection:
            run_row(connection, run_id, "id")
            connection.execute(
                update(table).where(table.c.id == run_id).values(status=status.value, note=note)
            )

    def pause(self, run_id: str, note: str) -> bool:
        """Have all workers of a run stop, with a note why; False where it is not at work."""
        table = tables.runs
        with self._database.write() as connection:
            result = connection.execute(
                update(table)
                .where(table.c.id == run_id, table.c.status == RunStatus.RUNNING.value)
                .values(status=RunStatus.PAUSED.value, note=note)
            )
        return result.rowcount == 1

    def interviews(self, run_id: str) -> "builtins.list[Interview]":
        """All interviews of a run in their order.

        Raises:
            UnknownName: there is no such run.
        """
        with self._database.read() as connection:
            return read_interviews(connection, run_id)

    def append(
        self, run_id: str, outcomes: Sequence[Outcome], *, worker: str | None = None
    ) -> Standing:
        """Store finished cells with their calls, calls of cells that were given up, ended walks.

        All of them in one transaction, or none. Cells that are stored already are passed over, so
        that a batch may be sent again. A ``worker`` that lost its interviews stores no cells: what
        it bought for them is kept as given up.

        Raises:
            StorageError: the database cannot be written, or an interview is not of this run.
        """
        return self._appender.append(run_id, outcomes, worker)

    def finished(self, run_id: str, interview_id: str) -> "builtins.list[Cell]":
        """The cells of one interview in item order, of each the latest attempt."""
        with self._database.read() as connection:
            cells = read_cells(connection, run_id, [interview_id], {})
        latest = {cell.position: cell for cell in cells}
        return [latest[position] for position in sorted(latest)]

    def ambiguous(self, run_id: str) -> frozenset[str]:
        """The items to which an answer was given that reads like a missing code.

        Raises:
            StorageError: the database cannot be read.
        """
        table = tables.answers
        said = select(table.c.item_id, table.c.response).where(
            table.c.run_id == run_id,
            table.c.missing.is_(None),
            table.c.response.like("%-9%"),
        )
        with self._database.read() as connection:
            return frozenset(
                item
                for item, response in connection.execute(said)
                if Answer.model_validate_json(response).like_a_code
            )

    def records(self, run_id: str) -> Iterator[tuple[Interview, Cell]]:
        """Every stored cell with its calls, by interview, item and attempt.

        Read in portions, so memory stays bounded however large the run.

        Raises:
            UnknownName: there is no such run.
            StorageError: the database cannot be read or is damaged.
        """
        table = tables.interviews
        number = select(func.count()).where(table.c.run_id == run_id)
        with self._database.read() as connection:
            cells: int = run_row(connection, run_id, "cells")["cells"]
            interviews: int = connection.execute(number).scalar_one()
        portion = max(1, _CELLS_AT_ONCE * interviews // max(1, cells))
        cache: dict[str, str] = {}
        since = 0
        while True:
            with self._database.read() as connection:
                some = read_interviews(connection, run_id, since=since, most=portion)
                if not some:
                    return
                by_id = {interview.id: interview for interview in some}
                found = read_cells(connection, run_id, list(by_id), cache)
            since = some[-1].position + 1
            for cell in found:
                yield by_id[cell.interview_id], cell

    def spent(self, run_id: str) -> Spent:
        """Calls, tokens and US dollars so far, failed attempts included.

        Raises:
            UnknownName: there is no such run.
        """
        with self._database.read() as connection:
            row = run_row(connection, run_id, "calls", "tokens", "cost")
        return Spent.model_validate(dict(row))

    def abandoned(self, run_id: str, interview_id: str | None = None) -> "builtins.list[Abandoned]":
        """What was bought for cells that were then given up, one entry a call.

        That of one interview, or of the whole run.

        Raises:
            UnknownName: there is no such run.
        """
        with self._database.read() as connection:
            run_row(connection, run_id, "id")
            return read_abandoned(connection, run_id, interview_id)

    def given_up(self, run_id: str) -> int:
        """How many calls were made for cells that were then given up."""
        table = tables.abandoned_calls
        query = select(func.count()).where(table.c.run_id == run_id)
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def failures(self, run_id: str, most: int = 100) -> Failures:
        """What has no answer and why, at most so many cells one by one.

        Raises:
            UnknownName: there is no such run.
        """
        with self._database.read() as connection:
            return Failures(
                missing_counts(connection, run_id),
                failure_reasons(connection, run_id),
                builtins.list(failed_cells(connection, run_id, most)),
            )

    def seconds_by_stage(self, run_id: str) -> dict[str, float]:
        """Seconds that the stages of the mechanism took in all: recalling, and each agent's calls.

        ``memory`` is recalling, which makes no model call.
        """
        calls, answers = tables.calls, tables.answers
        agents = (
            select(calls.c.agent, func.sum(calls.c.latency))
            .where(calls.c.run_id == run_id)
            .group_by(calls.c.agent)
        )
        recalling = select(func.sum(answers.c.recall_seconds)).where(answers.c.run_id == run_id)
        with self._database.read() as connection:
            seconds = {row[0]: float(row[1]) for row in connection.execute(agents)}
            recalled = connection.execute(recalling).scalar()
        if recalled:
            seconds["memory"] = seconds.get("memory", 0.0) + float(recalled)
        return dict(sorted(seconds.items()))

    def usual(self, model: str) -> dict[str, tuple[float, float]]:
        """Mean tokens of a reply and mean seconds of a call, by agent, over late runs on a model.

        Empty where no run has used it.
        """
        late = [one.id for one in self.list()[:_LATE] if self.spec(one.id).model == model]
        calls = tables.calls
        query = (
            select(calls.c.agent, func.avg(calls.c.tokens_out), func.avg(calls.c.latency))
            .where(calls.c.run_id.in_(late), calls.c.tokens_in > 0)
            .group_by(calls.c.agent)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).all()
        return {agent: (float(tokens), float(seconds)) for agent, tokens, seconds in rows}

    def _alive(self, connection: Connection, run_id: str | None = None) -> Counter[str]:
        """How many workers are alive as far as can be told, by run."""
        now = self._clock()
        return Counter(
            run for run, claim, beat in live_rows(connection, run_id) if holds(claim, beat, now)
        )

    def _summary(self, row: RowMapping, alive: Counter[str]) -> RunSummary:
        status, note, workers = RunStatus(row["status"]), row["note"], alive[row["id"]]
        if status is RunStatus.RUNNING and not workers:
            status, note = RunStatus.PAUSED, "the process that ran it is gone"
        return RunSummary(
            id=row["id"],
            name=row["name"],
            status=status,
            created=datetime.fromtimestamp(row["created"], UTC),
            note=note,
            workers=workers,
            **{name: row[name] for name in _COUNTERS},
        )


_LATE = 20  # runs that are looked at for what calls usually take
_COUNTERS = ("cells", "done", "missing", "failed", "cost", "tokens", "calls")
_SUMMARY = ("id", "name", "status", "note", "created", *_COUNTERS)

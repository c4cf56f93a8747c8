"""Runs in the database: their plan, their interviews, and every finished cell with its calls."""

import builtins
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import RowMapping, bindparam, case, func, insert, select, update

from simulacra.domain.run import Abandoned, Cell, Interview, RunSpec, RunStatus, RunSummary
from simulacra.errors import InputError
from simulacra.storage import tables
from simulacra.storage.cells import not_stored, read_abandoned, read_cells
from simulacra.storage.claims import holds, new_claim
from simulacra.storage.database import Conflict, Database
from simulacra.storage.documents import TECHNICAL, Totals, to_rows, totals
from simulacra.storage.plans import interview_row, new_id, read_interviews, run_row

_KNOWN_TEXTS = 50_000
_CELLS_AT_ONCE = 1_000


class Spent(NamedTuple):
    """What a run has cost so far; ``tokens`` in and out, ``cost`` in US dollars."""

    calls: int
    tokens: int
    cost: float


class Started(NamedTuple):
    """An interview with how many of its cells are closed, and how many rows it has."""

    interview: Interview
    closed: int
    rows: int


class RunRepository:
    """Saves and finds runs. ``clock`` gives seconds since 1970."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock
        self._known: set[str] = set()

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
            rows = [interview_row(run_id, interview) for interview in interviews]
            if rows:
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
            return self._summary(run_row(connection, run_id, *_SUMMARY))

    def list(self) -> "builtins.list[RunSummary]":
        """All runs, newest first."""
        table = tables.runs
        query = select(*(table.c[name] for name in _SUMMARY))
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        ordered = sorted(rows, key=lambda row: (row["created"], row["id"]), reverse=True)
        return [self._summary(row) for row in ordered]

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

    def claim(self, run_id: str) -> str:
        """Take a run to work on it: its status becomes running. Returns the claim.

        Raises:
            UnknownName: there is no such run.
            InputError: another process works on it, or it was cancelled.
        """
        table = tables.runs
        claim, now = new_claim(), self._clock()
        with self._database.write() as connection:
            self._database.lock(connection, table)
            row = run_row(connection, run_id, "status", "owner", "heartbeat")
            if row["status"] == RunStatus.CANCELLED.value:
                raise InputError(f"run {run_id} was cancelled: start a new one")
            if holds(row["owner"], row["heartbeat"], now):
                raise InputError(
                    f"another process is at work on run {run_id}: wait for it, or stop it first"
                )
            connection.execute(
                update(table)
                .where(table.c.id == run_id)
                .values(status=RunStatus.RUNNING.value, note="", owner=claim, heartbeat=now)
            )
        return claim

    def beat(self, run_id: str, claim: str) -> bool:
        """Keep a claim alive; False where the run was taken over, paused or cancelled."""
        table = tables.runs
        with self._database.write() as connection:
            result = connection.execute(
                update(table)
                .where(
                    table.c.id == run_id,
                    table.c.owner == claim,
                    table.c.status == RunStatus.RUNNING.value,
                )
                .values(heartbeat=self._clock())
            )
            return result.rowcount == 1

    def release(self, run_id: str, claim: str, status: RunStatus, note: str = "") -> None:
        """Give a run back with its new status; one that was cancelled meanwhile stays so."""
        table = tables.runs
        running = table.c.status == RunStatus.RUNNING.value
        with self._database.write() as connection:
            connection.execute(
                update(table)
                .where(table.c.id == run_id, table.c.owner == claim)
                .values(
                    owner=None,
                    heartbeat=None,
                    status=case((running, status.value), else_=table.c.status),
                    note=case((running, note), else_=table.c.note),
                )
            )

    def interviews(self, run_id: str) -> "builtins.list[Interview]":
        """All interviews of a run in their order.

        Raises:
            UnknownName: there is no such run.
        """
        with self._database.read() as connection:
            return read_interviews(connection, run_id)

    def open_interviews(self, run_id: str) -> "builtins.list[Started]":
        """The interviews with cells still open, in their order.

        A cell is open while it has no row but those of technical failures.

        Raises:
            UnknownName: there is no such run.
        """
        table = tables.answers
        failed = case((table.c.missing == TECHNICAL, 1), else_=0)
        query = (
            select(table.c.interview_id, func.count(), func.sum(failed))
            .where(table.c.run_id == run_id)
            .group_by(table.c.interview_id)
        )
        with self._database.read() as connection:
            interviews = read_interviews(connection, run_id)
            counts = {row[0]: (row[1], row[1] - row[2]) for row in connection.execute(query)}
            cells = run_row(connection, run_id, "cells")["cells"]
        items = cells // len(interviews) if interviews else 0
        found = []
        for interview in interviews:
            rows, closed = counts.get(interview.id, (0, 0))
            if closed < items:
                found.append(Started(interview, closed, rows))
        return found

    def open_cells(self, run_id: str) -> int:
        """How many cells are still to be asked, technical failures among them.

        Raises:
            UnknownName: there is no such run.
        """
        table = tables.answers
        failed = case((table.c.missing == TECHNICAL, 1), else_=0)
        query = select(func.count() - func.coalesce(func.sum(failed), 0)).where(
            table.c.run_id == run_id
        )
        with self._database.read() as connection:
            cells: int = run_row(connection, run_id, "cells")["cells"]
            return cells - int(connection.execute(query).scalar_one())

    def append(self, run_id: str, outcomes: Sequence[Cell | Abandoned]) -> None:
        """Store finished cells with their calls, and calls of cells that were given up.

        All of them in one transaction, or none. Cells that are stored already are passed over, so
        that a batch may be sent again.

        Raises:
            StorageError: the database cannot be written, or an interview is not of this run.
        """
        if not outcomes:
            return
        try:
            self._store(run_id, outcomes)
        except Conflict:
            cells = [one for one in outcomes if isinstance(one, Cell)]
            with self._database.read() as connection:
                fresh = not_stored(connection, run_id, cells)
            if len(fresh) == len(cells):
                raise
            if fresh:
                given_up = [one for one in outcomes if isinstance(one, Abandoned)]
                self._store(run_id, [*fresh, *given_up])

    def finished(self, run_id: str, interview_id: str) -> "builtins.list[Cell]":
        """The cells of one interview in item order, of each the latest attempt."""
        with self._database.read() as connection:
            cells = read_cells(connection, run_id, [interview_id], {})
        latest = {cell.position: cell for cell in cells}
        return [latest[position] for position in sorted(latest)]

    def records(self, run_id: str) -> Iterator[tuple[Interview, Cell]]:
        """Every stored cell with its calls, by interview, item and attempt.

        Read in portions, so memory stays bounded however large the run.

        Raises:
            UnknownName: there is no such run.
            StorageError: the database cannot be read or is damaged.
        """
        interviews = self.interviews(run_id)
        with self._database.read() as connection:
            cells: int = run_row(connection, run_id, "cells")["cells"]
        if not interviews:
            return
        portion = max(1, _CELLS_AT_ONCE * len(interviews) // max(1, cells))
        cache: dict[str, str] = {}
        for start in range(0, len(interviews), portion):
            some = {interview.id: interview for interview in interviews[start : start + portion]}
            with self._database.read() as connection:
                found = read_cells(connection, run_id, list(some), cache)
            for cell in found:
                yield some[cell.interview_id], cell

    def spent(self, run_id: str) -> Spent:
        """Calls, tokens and US dollars so far, failed attempts included.

        Raises:
            UnknownName: there is no such run.
        """
        with self._database.read() as connection:
            row = run_row(connection, run_id, "calls", "tokens", "cost")
        return Spent(row["calls"], row["tokens"], row["cost"])

    def abandoned(self, run_id: str) -> "builtins.list[Abandoned]":
        """What was bought for cells that were then given up, one entry a call.

        Raises:
            UnknownName: there is no such run.
        """
        with self._database.read() as connection:
            run_row(connection, run_id, "id")
            return read_abandoned(connection, run_id)

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

    def _store(self, run_id: str, outcomes: Sequence[Cell | Abandoned]) -> None:
        rows, added = to_rows(run_id, outcomes), totals(outcomes)
        now = self._clock()
        new = sorted(digest for digest in rows.texts if digest not in self._known)
        with self._database.write() as connection:
            self._database.insert_new(
                connection,
                tables.texts,
                [{"hash": digest, "document": rows.texts[digest]} for digest in new],
            )
            if rows.answers:
                connection.execute(
                    _ADD_ANSWERS, [{**row, "answered_at": now} for row in rows.answers]
                )
            if rows.calls:
                connection.execute(_ADD_CALLS, rows.calls)
            if rows.abandoned:
                connection.execute(_ADD_ABANDONED, rows.abandoned)
            amounts = {f"more_{name}": amount for name, amount in added._asdict().items()}
            connection.execute(_ADD_TO_COUNTERS, {"run": run_id, **amounts})
        if len(self._known) > _KNOWN_TEXTS:
            self._known.clear()
        self._known.update(new)

    def _summary(self, row: RowMapping) -> RunSummary:
        status, note = RunStatus(row["status"]), row["note"]
        alive = holds(row["owner"], row["heartbeat"], self._clock())
        if status is RunStatus.RUNNING and not alive:
            status, note = RunStatus.PAUSED, "the process that ran it is gone"
        return RunSummary(
            id=row["id"],
            name=row["name"],
            status=status,
            created=datetime.fromtimestamp(row["created"], UTC),
            note=note,
            **{name: row[name] for name in _COUNTERS},
        )


# Built once: making a statement costs more than running it.
_ADD_ANSWERS, _ADD_CALLS = insert(tables.answers), insert(tables.calls)
_ADD_ABANDONED = insert(tables.abandoned_calls)
_ADD_TO_COUNTERS = (
    update(tables.runs)
    .where(tables.runs.c.id == bindparam("run"))
    .values({name: tables.runs.c[name] + bindparam(f"more_{name}") for name in Totals._fields})
)
_COUNTERS = ("cells", "done", "missing", "cost", "tokens", "calls")
_SUMMARY = ("id", "name", "status", "note", "created", "owner", "heartbeat", *_COUNTERS)

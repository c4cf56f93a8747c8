"""Who works on a run: workers hold interviews for as long as their heartbeat counts.

A worker's row is its lease on all the interviews that it holds. Whoever finds that a worker is gone
takes the row away and sets the interviews free in one transaction, and every write of a worker
touches its row first: so one that lost its interviews cannot write answers to them. Transactions
touch ``workers`` first, then ``interviews``, then ``runs``, and never lock each other out.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, exists, func, insert, select, update

from simulacra.domain.call import Spent
from simulacra.domain.run import Interview, RunStatus, WorkerAtWork
from simulacra.errors import InputError
from simulacra.storage import tables
from simulacra.storage.claims import holds, host_and_process, new_claim
from simulacra.storage.database import Database
from simulacra.storage.plans import run_row, to_interview


class Standing(NamedTuple):
    """Where a run stands, for a worker; ``held`` is False where the worker lost its interviews."""

    status: RunStatus
    spent: Spent
    failures_in_row: int
    held: bool = True


class Leased(NamedTuple):
    """An interview to go through; ``fresh`` if nobody held it before, so that nothing is stored."""

    interview: Interview
    fresh: bool


class Lot(NamedTuple):
    """What a worker was given; ``left``: some interviews of this round have not ended yet."""

    interviews: list[Leased]
    left: bool
    standing: Standing


class WorkerRepository:
    """Workers and what they hold. ``clock`` gives seconds since 1970, alike on all hosts."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    def join(self, run_id: str, *, shared: bool = False) -> str | None:
        """Become a worker of a run; the claim by which it holds interviews.

        The first worker begins a new round, in which technical failures are tried again.
        ``shared``: others may be at work, and None comes back where the run is done.

        Raises:
            UnknownName: there is no such run.
            InputError: others work on it, and it is not shared or about to stop; or it was
                cancelled.
        """
        claim, now = new_claim(), self._clock()
        with self._database.write() as connection:
            self._database.lock(connection, tables.workers)
            row = run_row(connection, run_id, "status", "round")
            status = RunStatus(row["status"])
            if status is RunStatus.CANCELLED:
                raise InputError(f"run {run_id} was cancelled: start a new one")
            others = self._clear(connection, run_id)
            if others and not (shared and status is RunStatus.RUNNING):
                raise InputError(
                    f"another process is at work on run {run_id}: share it with simulacra worker "
                    f"{run_id}, or wait until it has stopped"
                )
            if shared and status is RunStatus.DONE:
                return None
            connection.execute(
                insert(tables.workers).values(run_id=run_id, claim=claim, joined=now, heartbeat=now)
            )
            if not others:
                _begin_round(connection, run_id, row["round"] + 1)
        return claim

    def lease(self, run_id: str, claim: str, most: int) -> Lot:
        """Take some interviews of this round that nobody holds, the first ones first.

        What dead workers held is set free where there are too few.
        """
        lot = self._lease(run_id, claim, most)
        if not lot.left or len(lot.interviews) == most or not self._clear_dead(run_id):
            return lot
        more = self._lease(run_id, claim, most - len(lot.interviews))
        return more._replace(interviews=lot.interviews + more.interviews)

    def beat(self, run_id: str, claim: str, rate: float = 0.0) -> Standing:
        """Give a sign of life, with the answers stored a second."""
        with self._database.write() as connection:
            held = touch(connection, run_id, claim, self._clock(), rate=rate)
            return standing(connection, run_id, held=held)

    def leave(self, run_id: str, claim: str, status: RunStatus, note: str = "") -> None:
        """Set free all that is held. A run with nothing left to ask is done.

        Where something is left, the last worker leaves the run with this status and note; a run
        that was paused or cancelled meanwhile stays so.
        """
        table = tables.runs
        with self._database.write() as connection:
            self._database.lock(connection, tables.workers)
            if not _drop(connection, run_id, [claim]):
                return
            row = run_row(connection, run_id, "status", "round", "cells", "done", "failed")
            if row["status"] != RunStatus.RUNNING.value:
                return
            open_cells = row["cells"] - row["done"] + row["failed"]
            if not open_cells or not _left(connection, run_id, row["round"]):
                status, note = RunStatus.DONE, ""
            elif self._clear(connection, run_id):
                return
            connection.execute(
                update(table).where(table.c.id == run_id).values(status=status.value, note=note)
            )

    def at_work(self, run_id: str) -> list[WorkerAtWork]:
        """The workers of a run that are alive as far as can be told, the first one first.

        Raises:
            UnknownName: there is no such run.
        """
        table, held = tables.workers, tables.interviews
        counts = (
            select(held.c.worker, func.count())
            .where(held.c.run_id == run_id, held.c.worker.is_not(None))
            .group_by(held.c.worker)
        )
        query = select(table).where(table.c.run_id == run_id).order_by(table.c.joined)
        with self._database.read() as connection:
            run_row(connection, run_id, "id")
            rows = connection.execute(query).mappings().all()
            holding = {row[0]: row[1] for row in connection.execute(counts)}
        now, found = self._clock(), []
        for row in rows:
            if holds(row["claim"], row["heartbeat"], now):
                host, process = host_and_process(row["claim"])
                worker = WorkerAtWork(
                    host=host,
                    process=process,
                    joined=datetime.fromtimestamp(row["joined"], UTC),
                    heartbeat=datetime.fromtimestamp(row["heartbeat"], UTC),
                    answers=row["answers"],
                    rate=row["rate"],
                    interviews=holding.get(row["claim"], 0),
                )
                found.append(worker)
        return found

    def _lease(self, run_id: str, claim: str, most: int) -> Lot:
        table = tables.interviews
        with self._database.write() as connection:
            held = touch(connection, run_id, claim, self._clock())
            now = standing(connection, run_id, held=held)
            if not held or now.status is not RunStatus.RUNNING:
                return Lot([], False, now)
            number = run_row(connection, run_id, "round")["round"]
            free = (
                select(table)
                .where(table.c.run_id == run_id, table.c.due == number, table.c.worker.is_(None))
                .order_by(table.c.position)
                .limit(most)
                .with_for_update(skip_locked=True)
            )
            rows = connection.execute(free).mappings().all()
            if rows:
                connection.execute(
                    _TAKE, [{"run": run_id, "one": row["id"], "by": claim} for row in rows]
                )
            left = bool(rows) or _left(connection, run_id, number)
        return Lot([Leased(to_interview(row), not row["leases"]) for row in rows], left, now)

    def _clear_dead(self, run_id: str) -> bool:
        """Whether there were dead workers, whose interviews are now free."""
        with self._database.read() as connection:
            if not self._dead(connection, run_id)[0]:
                return False
        with self._database.write() as connection:
            self._database.lock(connection, tables.workers)
            self._clear(connection, run_id)
        return True

    def _clear(self, connection: Connection, run_id: str) -> int:
        """Drop the dead workers of a run; how many are alive."""
        dead, alive = self._dead(connection, run_id)
        _drop(connection, run_id, dead)
        return alive

    def _dead(self, connection: Connection, run_id: str) -> tuple[list[str], int]:
        """The claims of dead workers, and the number of those alive."""
        rows, now = live_rows(connection, run_id), self._clock()
        dead = [claim for _, claim, heartbeat in rows if not holds(claim, heartbeat, now)]
        return dead, len(rows) - len(dead)


def live_rows(connection: Connection, run_id: str | None = None) -> list[tuple[str, str, float]]:
    """Run, claim and heartbeat of every worker, or of one run's."""
    table = tables.workers
    query = select(table.c.run_id, table.c.claim, table.c.heartbeat)
    if run_id is not None:
        query = query.where(table.c.run_id == run_id)
    return [(row[0], row[1], row[2]) for row in connection.execute(query)]


def touch(
    connection: Connection,
    run_id: str,
    claim: str,
    now: float,
    *,
    answers: int = 0,
    rate: float | None = None,
) -> bool:
    """Give a sign of life before anything else is written; False where the worker was dropped."""
    values = {"run": run_id, "by": claim, "now": now, "more": answers}
    if rate is None:
        return connection.execute(_TOUCH, values).rowcount == 1
    return connection.execute(_TOUCH_RATE, {**values, "new_rate": rate}).rowcount == 1


def standing(connection: Connection, run_id: str, *, held: bool = True) -> Standing:
    """Where a run stands at this moment."""
    row = run_row(connection, run_id, "status", "calls", "tokens", "cost", "failures_in_row")
    spent = Spent(calls=row["calls"], tokens=row["tokens"], cost=row["cost"])
    return Standing(RunStatus(row["status"]), spent, row["failures_in_row"], held)


def _begin_round(connection: Connection, run_id: str, number: int) -> None:
    """The run is at work, and all that is open is due."""
    interviews, runs = tables.interviews, tables.runs
    connection.execute(
        update(interviews)
        .where(interviews.c.run_id == run_id, interviews.c.due < number)
        .values(due=number)
    )
    connection.execute(
        update(runs)
        .where(runs.c.id == run_id)
        .values(status=RunStatus.RUNNING.value, note="", round=number, failures_in_row=0)
    )


def _drop(connection: Connection, run_id: str, claims: list[str]) -> int:
    """Take workers away and set free what they hold; how many there were."""
    if not claims:
        return 0
    workers, interviews = tables.workers, tables.interviews
    gone = connection.execute(
        delete(workers).where(workers.c.run_id == run_id, workers.c.claim.in_(claims))
    )
    connection.execute(
        update(interviews)
        .where(interviews.c.run_id == run_id, interviews.c.worker.in_(claims))
        .values(worker=None)
    )
    return gone.rowcount


def _left(connection: Connection, run_id: str, number: int) -> bool:
    """Whether some interview of a round has not ended."""
    table = tables.interviews
    due = exists().where(table.c.run_id == run_id, table.c.due == number)
    return bool(connection.execute(select(due)).scalar())


# Built once: making a statement costs more than running it.
_OWN = (
    tables.workers.c.run_id == bindparam("run"),
    tables.workers.c.claim == bindparam("by"),
)
_TOUCH = (
    update(tables.workers)
    .where(*_OWN)
    .values(heartbeat=bindparam("now"), answers=tables.workers.c.answers + bindparam("more"))
)
_TOUCH_RATE = _TOUCH.values(rate=bindparam("new_rate"))
_TAKE = (
    update(tables.interviews)
    .where(
        tables.interviews.c.run_id == bindparam("run"), tables.interviews.c.id == bindparam("one")
    )
    .values(worker=bindparam("by"), leases=tables.interviews.c.leases + 1)
)

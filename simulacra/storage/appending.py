"""Writes what comes of a run: every batch in one transaction, counters with it."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, bindparam, insert, update

from simulacra.domain.run import Abandoned, Cell, Outcome, Walked
from simulacra.storage import tables
from simulacra.storage.cells import not_stored
from simulacra.storage.database import Conflict, Database
from simulacra.storage.documents import Totals, failures_in_row, to_rows, totals
from simulacra.storage.plans import run_row
from simulacra.storage.workers import Standing, standing, touch

_KNOWN_TEXTS = 50_000


class Appender:
    """Appends to runs; remembers which texts are stored already. ``clock`` as in the repository."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock
        self._known: set[str] = set()

    def append(self, run_id: str, outcomes: Sequence[Outcome], worker: str | None) -> Standing:
        """See ``RunRepository.append``."""
        try:
            return self._store(run_id, outcomes, worker)
        except _LostError:
            return self._store(run_id, _given_up(outcomes), None)._replace(held=False)
        except Conflict:
            cells = [one for one in outcomes if isinstance(one, Cell)]
            with self._database.read() as connection:
                fresh = not_stored(connection, run_id, cells)
            if len(fresh) == len(cells):
                raise
            others = [one for one in outcomes if not isinstance(one, Cell)]
            # Sent again, for it is not known whether it came: then what was given up came as well.
            walked = [one for one in others if fresh or isinstance(one, Walked)]
            return self._store(run_id, [*fresh, *walked], worker)

    def _store(self, run_id: str, outcomes: Sequence[Outcome], worker: str | None) -> Standing:
        bought = [one for one in outcomes if not isinstance(one, Walked)]
        walked = [one for one in outcomes if isinstance(one, Walked)]
        rows, added = to_rows(run_id, bought), totals(bought)
        goes_on, failures = failures_in_row(bought)
        now = self._clock()
        new = sorted(digest for digest in rows.texts if digest not in self._known)
        with self._database.write() as connection:
            if worker is not None:
                answers = len(rows.answers)
                if not touch(connection, run_id, worker, now, answers=answers):
                    raise _LostError
            _end_walks(connection, run_id, walked)
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
            if bought:
                amounts = {f"more_{name}": amount for name, amount in added._asdict().items()}
                row_of_failures = {"keep": int(goes_on), "failures": failures}
                connection.execute(_ADD_TO_COUNTERS, {"run": run_id, **amounts, **row_of_failures})
            after = standing(connection, run_id)
        if len(self._known) > _KNOWN_TEXTS:
            self._known.clear()
        self._known.update(new)
        return after


class _LostError(Exception):
    """The worker that writes was taken for dead, and others have its interviews."""


def _given_up(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """What was bought, without the cells that it was bought for."""
    found: list[Outcome] = []
    for one in outcomes:
        if isinstance(one, Abandoned):
            found.append(one)
        elif isinstance(one, Cell) and one.calls:
            found.append(
                Abandoned(
                    interview_id=one.interview_id,
                    item_id=one.item_id,
                    position=one.position,
                    calls=one.calls,
                )
            )
    return found


def _end_walks(connection: Connection, run_id: str, walked: Sequence[Walked]) -> None:
    """Interviews that ended are free; those with a failure are due again in the next round."""
    if not walked:
        return
    number = run_row(connection, run_id, "round")["round"]
    connection.execute(
        _END_WALK,
        [
            {"run": run_id, "one": one.interview_id, "next": number + 1 if one.failed else None}
            for one in walked
        ],
    )


# Built once: making a statement costs more than running it.
_ADD_ANSWERS, _ADD_CALLS = insert(tables.answers), insert(tables.calls)
_ADD_ABANDONED = insert(tables.abandoned_calls)
_RUNS, _INTERVIEWS = tables.runs.c, tables.interviews.c
_ADD_TO_COUNTERS = (
    update(tables.runs)
    .where(_RUNS.id == bindparam("run"))
    .values(
        failures_in_row=_RUNS.failures_in_row * bindparam("keep") + bindparam("failures"),
        **{name: _RUNS[name] + bindparam(f"more_{name}") for name in Totals._fields},
    )
)
_END_WALK = (
    update(tables.interviews)
    .where(_INTERVIEWS.run_id == bindparam("run"), _INTERVIEWS.id == bindparam("one"))
    .values(due=bindparam("next"), worker=None)
)

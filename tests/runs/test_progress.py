from datetime import UTC, datetime

import pytest

from simulacra.domain.run import RunStatus, RunSummary
from simulacra.runs.plan import plan
from simulacra.runs.progress import WINDOW, Meter, Rate, Watch, seconds_left
from simulacra.storage.runs import RunRepository
from tests.support.studies import cell, spec


def summary(done: int, cells: int = 100) -> RunSummary:
    return RunSummary(
        id="r",
        name="s",
        status=RunStatus.RUNNING,
        created=datetime(2026, 11, 23, tzinfo=UTC),
        cells=cells,
        done=done,
        missing=2,
        cost=0.5,
        tokens=70,
        calls=9,
        failed=1,
        workers=2,
    )


def test_rate_and_time_left_come_from_what_was_done_since() -> None:
    times = iter([10.0, 14.0])
    meter = Meter(clock=lambda: next(times))
    first = meter.progress(summary(20))
    assert (first.rate, first.seconds_left) == (0.0, None)
    second = meter.progress(summary(40))
    assert second.model_dump() == {
        "run_id": "r",
        "done": 40,
        "total": 100,
        "missing": 2,
        "rate": 5.0,
        "cost": 0.5,
        "seconds_left": 12.0,
        "calls": 9,
        "tokens": 70,
        "failed": 1,
        "workers": 2,
    }


def test_an_old_rate_is_forgotten() -> None:
    now = 0.0
    rate = Rate(clock=lambda: now)
    for second in range(200):
        now = float(second)
        latest = rate.seen(min(second, 100) * 10)
    assert latest == 0.0
    assert len(rate._seen) <= WINDOW + 2
    assert seconds_left(5, latest) is None


def test_nothing_left_is_no_time_left() -> None:
    assert Meter(clock=lambda: 1.0).progress(summary(100)).seconds_left == 0.0


def test_a_run_is_watched_through_the_database(runs: RunRepository) -> None:
    planned = spec(1, 3)
    (interview,) = plan(planned)
    run_id = runs.create(planned, [interview])
    times = iter([0.0, 2.0])
    watch = Watch(runs, run_id, clock=lambda: next(times))
    assert watch.look().done == 0
    runs.append(run_id, [cell(interview, 0)])
    later = watch.look()
    assert (later.done, later.total, later.rate) == (1, 3, 0.5)
    assert later.seconds_left == pytest.approx(4.0)

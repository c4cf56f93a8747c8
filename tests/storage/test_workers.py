import os
from typing import Any

import pytest

from simulacra.domain.run import Interview, RunStatus, Walked
from simulacra.errors import InputError
from simulacra.runs.plan import plan
from simulacra.storage import claims
from simulacra.storage.runs import RunRepository
from simulacra.storage.workers import Lot
from tests.support.databases import Clock
from tests.support.studies import TECHNICAL, call, cell, reply, spec

PAUSED, RUNNING, DONE = RunStatus.PAUSED, RunStatus.RUNNING, RunStatus.DONE


def started(runs: RunRepository, people: int = 6, items: int = 1) -> tuple[str, list[Interview]]:
    planned = spec(people, items)
    return runs.create(planned, plan(planned)), plan(planned)


def join(runs: RunRepository, run_id: str, *, shared: bool = False) -> str:
    claim = runs.workers.join(run_id, shared=shared)
    assert claim is not None
    return claim


def taken(lot: Lot) -> list[int]:
    return [one.interview.position for one in lot.interviews]


def status(runs: RunRepository, run_id: str) -> tuple[RunStatus, str, int]:
    summary = runs.summary(run_id)
    return summary.status, summary.note, summary.workers


def walk(runs: RunRepository, run_id: str, claim: str, interview: Interview, **of: Any) -> bool:
    """Store the only answer of an interview and its end; whether the worker was still believed."""
    one = cell(interview, 0, replies=[reply(calls=[call()])], **of)
    failed = one.response == TECHNICAL
    ended = Walked(interview_id=interview.id, failed=failed)
    return runs.append(run_id, [one, ended], worker=claim).held


def test_no_interview_is_held_by_two(runs: RunRepository) -> None:
    run_id, interviews = started(runs)
    one, other = join(runs, run_id), join(runs, run_id, shared=True)
    assert status(runs, run_id) == (RUNNING, "", 2)
    lots = [
        taken(runs.workers.lease(run_id, claim, most))
        for claim, most in ((one, 2), (other, 3), (one, 3))
    ]
    assert lots == [[0, 1], [2, 3, 4], [5]]
    empty = runs.workers.lease(run_id, other, 1)
    assert (taken(empty), empty.left) == ([], True)
    for claim, lot in ((one, lots[0] + lots[2]), (other, lots[1])):
        for position in lot:
            assert walk(runs, run_id, claim, interviews[position])
    assert not runs.workers.lease(run_id, one, 1).left
    runs.workers.leave(run_id, one, PAUSED)
    assert status(runs, run_id) == (DONE, "", 1)


def test_fresh_interviews_are_told_from_those_begun(runs: RunRepository) -> None:
    run_id, _ = started(runs, 2)
    claim = join(runs, run_id)
    assert [one.fresh for one in runs.workers.lease(run_id, claim, 1).interviews] == [True]
    runs.workers.leave(run_id, claim, PAUSED)
    lot = runs.workers.lease(run_id, join(runs, run_id), 2)
    assert [one.fresh for one in lot.interviews] == [False, True]


def test_a_run_is_started_by_one_and_shared_by_many(runs: RunRepository, clock: Clock) -> None:
    run_id, _ = started(runs)
    claim = join(runs, run_id)
    with pytest.raises(InputError, match=f"share it with simulacra worker {run_id}"):
        runs.workers.join(run_id)
    clock.now += claims.EXPIRES - 1
    assert runs.workers.beat(run_id, claim).held
    clock.now += claims.EXPIRES - 1
    with pytest.raises(InputError, match="another process"):
        runs.workers.join(run_id)
    other = join(runs, run_id, shared=True)
    runs.workers.leave(run_id, claim, RunStatus.FAILED, "the key is wrong")
    assert status(runs, run_id) == (RUNNING, "", 1)
    runs.workers.leave(run_id, other, PAUSED, "budget")
    assert status(runs, run_id) == (PAUSED, "budget", 0)
    join(runs, run_id)


def test_a_worker_may_start_what_is_paused_but_not_what_is_done(runs: RunRepository) -> None:
    run_id, (interview,) = started(runs, 1)
    claim = join(runs, run_id, shared=True)
    runs.workers.lease(run_id, claim, 1)
    walk(runs, run_id, claim, interview, response=TECHNICAL)
    runs.workers.leave(run_id, claim, PAUSED)
    assert status(runs, run_id)[0] is DONE
    assert runs.workers.join(run_id, shared=True) is None
    assert status(runs, run_id) == (DONE, "", 0)


def test_a_paused_run_gives_out_nothing_and_takes_nobody(runs: RunRepository) -> None:
    run_id, interviews = started(runs)
    claim = join(runs, run_id)
    runs.workers.lease(run_id, claim, 1)
    assert runs.pause(run_id, "by hand")
    assert not runs.pause(run_id, "again")
    lot = runs.workers.lease(run_id, claim, 1)
    assert (lot.interviews, lot.left, lot.standing.status) == ([], False, PAUSED)
    with pytest.raises(InputError, match="another process"):
        runs.workers.join(run_id, shared=True)
    assert walk(runs, run_id, claim, interviews[0])
    runs.workers.leave(run_id, claim, PAUSED, "stopped")
    assert status(runs, run_id) == (PAUSED, "by hand", 0)
    assert taken(runs.workers.lease(run_id, join(runs, run_id), 9)) == [1, 2, 3, 4, 5]


def test_a_failure_is_due_again_in_the_next_round_only(runs: RunRepository) -> None:
    run_id, interviews = started(runs, 3)
    claim = join(runs, run_id)
    runs.workers.lease(run_id, claim, 3)
    walk(runs, run_id, claim, interviews[0])
    walk(runs, run_id, claim, interviews[1], response=TECHNICAL)
    walk(runs, run_id, claim, interviews[2])
    lot = runs.workers.lease(run_id, claim, 1)
    assert (lot.interviews, lot.left) == ([], False)
    runs.workers.leave(run_id, claim, PAUSED)
    claim = join(runs, run_id)
    assert taken(runs.workers.lease(run_id, claim, 3)) == [1]
    walk(runs, run_id, claim, interviews[1], attempt=2)
    assert not runs.workers.lease(run_id, claim, 1).left


def test_failures_in_a_row_are_counted_over_all_workers(runs: RunRepository) -> None:
    run_id, (first, second, third, *_) = started(runs, items=3)
    claims_ = [join(runs, run_id), join(runs, run_id, shared=True)]

    def stored(worker: int, *cells: Any) -> int:
        return runs.append(run_id, cells, worker=claims_[worker]).failures_in_row

    assert stored(0, cell(first, 0, response=TECHNICAL)) == 1
    assert stored(1, cell(second, 0, response=TECHNICAL)) == 2
    assert stored(1, cell(second, 1)) == 2  # not asked, so nothing is known
    answered = cell(first, 1, replies=[reply()])
    assert stored(0, cell(first, 2, response=TECHNICAL), answered) == 0
    assert stored(1, answered.model_copy(update={"interview_id": third.id})) == 0
    again = [cell(third, position, response=TECHNICAL) for position in (0, 2)]
    assert stored(0, *again) == 2
    assert stored(0, cell(first, 0, attempt=2, response=TECHNICAL)) == 2  # as it did before
    for worker in claims_:
        runs.workers.leave(run_id, worker, PAUSED)
    claim = join(runs, run_id)
    assert runs.workers.beat(run_id, claim).failures_in_row == 0


def test_the_interviews_of_a_silent_worker_go_to_others(runs: RunRepository, clock: Clock) -> None:
    run_id, interviews = started(runs, 3)
    old = join(runs, run_id)
    assert taken(runs.workers.lease(run_id, old, 2)) == [0, 1]
    walk(runs, run_id, old, interviews[0])
    new = join(runs, run_id, shared=True)
    clock.now += claims.EXPIRES + 1
    assert status(runs, run_id) == (PAUSED, "the process that ran it is gone", 0)
    assert runs.workers.beat(run_id, new).held
    assert taken(runs.workers.lease(run_id, new, 9)) == [2, 1]
    assert not runs.workers.beat(run_id, old).held
    assert runs.workers.lease(run_id, old, 1).interviews == []
    runs.workers.leave(run_id, old, RunStatus.FAILED)
    assert status(runs, run_id) == (RUNNING, "", 1)


def test_a_worker_that_lost_its_interviews_writes_no_answer_but_what_it_paid(
    runs: RunRepository, clock: Clock
) -> None:
    run_id, (interview, _) = started(runs, 2)
    old = join(runs, run_id)
    runs.workers.lease(run_id, old, 1)
    clock.now += claims.EXPIRES + 1
    new = join(runs, run_id)
    assert not walk(runs, run_id, old, interview)
    summary = runs.summary(run_id)
    assert (summary.done, summary.calls, runs.given_up(run_id)) == (0, 2, 1)
    (lot, *_) = runs.workers.lease(run_id, new, 1).interviews
    assert (lot.interview, lot.fresh) == (interview, False)
    assert walk(runs, run_id, new, interview)
    assert walk(runs, run_id, new, interview), "sent again, since the answer was lost on the way"
    summary = runs.summary(run_id)
    assert (summary.done, summary.calls) == (1, 4)


def test_the_claim_of_a_dead_process_does_not_count(
    runs: RunRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id, _ = started(runs, 1)
    with monkeypatch.context() as patch:
        patch.setattr(os, "getpid", lambda: 2**22 + 1)
        runs.workers.lease(run_id, join(runs, run_id), 1)
    assert status(runs, run_id) == (PAUSED, "the process that ran it is gone", 0)
    assert runs.workers.at_work(run_id) == []
    assert taken(runs.workers.lease(run_id, join(runs, run_id), 1)) == [0]


def test_the_claim_of_another_host_is_believed(
    runs: RunRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_id, _ = started(runs)
    with monkeypatch.context() as patch:
        patch.setattr(os, "getpid", lambda: 2**22 + 1)
        patch.setattr("socket.gethostname", lambda: "elsewhere")
        join(runs, run_id)
    with pytest.raises(InputError):
        runs.workers.join(run_id)


def test_a_cancelled_run_stays_cancelled(runs: RunRepository) -> None:
    run_id, _ = started(runs)
    claim = join(runs, run_id)
    runs.set_status(run_id, RunStatus.CANCELLED)
    assert runs.workers.beat(run_id, claim).status is RunStatus.CANCELLED
    runs.workers.leave(run_id, claim, DONE)
    assert status(runs, run_id)[0] is RunStatus.CANCELLED
    with pytest.raises(InputError, match="was cancelled"):
        runs.workers.join(run_id)


def test_workers_are_shown_with_what_they_do(runs: RunRepository, clock: Clock) -> None:
    run_id, interviews = started(runs)
    claim = join(runs, run_id)
    clock.now += 5
    other = join(runs, run_id, shared=True)
    runs.workers.lease(run_id, claim, 2)
    walk(runs, run_id, claim, interviews[0])
    clock.now += 2
    runs.workers.beat(run_id, claim, rate=1.5)
    first, second = runs.workers.at_work(run_id)
    assert (first.process, first.answers, first.rate, first.interviews) == (os.getpid(), 1, 1.5, 1)
    assert (first.heartbeat - first.joined).total_seconds() == 7
    assert (second.answers, second.rate, second.interviews) == (0, 0.0, 0)
    runs.workers.leave(run_id, other, PAUSED)
    assert len(runs.workers.at_work(run_id)) == 1
    assert [one.workers for one in runs.list()] == [1]

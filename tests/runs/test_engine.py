import asyncio
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from simulacra.domain.answer import Missing
from simulacra.domain.run import Cell, Interview, Outcome, PersonaRef, RunSpec, RunStatus
from simulacra.domain.survey import Question
from simulacra.errors import (
    BudgetSpent,
    FatalModelError,
    InputError,
    ServerFailed,
    StorageError,
)
from simulacra.runs import engine, work
from simulacra.runs.plan import plan
from simulacra.runs.progress import Progress
from simulacra.storage.runs import RunRepository
from simulacra.storage.workers import Standing
from tests.support.respondents import FakeRespondent, Interfere
from tests.support.studies import spec, timeless


def planned(runs: RunRepository, study: RunSpec) -> str:
    return runs.create(study, plan(study))


def people(interfere: Interfere | None = None) -> Callable[[PersonaRef], FakeRespondent]:
    return lambda ref: FakeRespondent(ref, interfere=interfere)


async def conduct(runs: RunRepository, run_id: str, interfere: Interfere | None = None) -> Any:
    return await engine.run(run_id, runs, people(interfere), temperature=0.0)


def records(runs: RunRepository, run_id: str) -> list[tuple[Interview, Cell]]:
    return [(interview, timeless(cell)) for interview, cell in runs.records(run_id)]


async def undisturbed(runs: RunRepository, study: RunSpec) -> list[tuple[Interview, Cell]]:
    run_id = planned(runs, study)
    await conduct(runs, run_id)
    return records(runs, run_id)


class Counter:
    """Counts answers, and acts at one of them."""

    def __init__(self, at: int = -1, act: Callable[[], None] | None = None) -> None:
        self.count, self.at, self.act = 0, at, act
        self.bought: list[str] = []

    async def __call__(self, question: Question, key: str) -> None:
        self.count += 1
        if self.count == self.at and self.act is not None:
            self.act()
        await asyncio.sleep(0)
        self.bought.append(key)


def raising(error: Exception) -> Callable[[], None]:
    def act() -> None:
        raise error

    return act


async def test_a_run_asks_everything_once(runs: RunRepository) -> None:
    study = spec(5, 4, replicates=2, concurrency=3)
    run_id = planned(runs, study)
    counter = Counter()
    summary = await conduct(runs, run_id, counter)
    assert (summary.status, summary.done, summary.missing) == (RunStatus.DONE, 40, 0)
    assert (summary.calls, summary.tokens) == (40, 440)
    assert summary.cost == pytest.approx(0.4)
    found = records(runs, run_id)
    assert [(one.position, cell.position) for one, cell in found] == [
        (person, item) for person in range(10) for item in range(4)
    ]
    assert len(set(counter.bought)) == 40


async def test_answers_do_not_depend_on_run_or_concurrency(runs: RunRepository) -> None:
    one = await undisturbed(runs, spec(4, 3, concurrency=1, seed=3))
    many = await undisturbed(runs, spec(4, 3, concurrency=50, seed=3))
    other = await undisturbed(runs, spec(4, 3, concurrency=1, seed=4))
    assert one == many
    assert one != other


@pytest.mark.parametrize("concurrency", [1, 4])
async def test_no_more_than_the_concurrency_is_bought_and_not_stored(
    runs: RunRepository, concurrency: int
) -> None:
    run_id = planned(runs, spec(12, 3, concurrency=concurrency))
    in_flight = most = 0
    uncommitted: list[int] = []

    async def interfere(question: Question, key: str) -> None:
        nonlocal in_flight, most
        in_flight += 1
        most = max(most, in_flight)
        await asyncio.sleep(0.001)
        in_flight -= 1
        bought[0] += 1
        uncommitted.append(bought[0] - runs.summary(run_id).done)

    bought = [0]
    await conduct(runs, run_id, interfere)
    assert most == concurrency
    assert max(uncommitted) <= concurrency


async def test_a_spent_budget_pauses_and_the_rest_can_follow(runs: RunRepository) -> None:
    study = spec(4, 5, concurrency=3)
    run_id = planned(runs, study)
    counter = Counter(8, raising(BudgetSpent("the limit of $1 is reached")))
    summary = await conduct(runs, run_id, counter)
    assert (summary.status, summary.note) == (RunStatus.PAUSED, "the limit of $1 is reached")
    assert summary.done == len(counter.bought)
    assert 7 <= summary.done < 20
    summary = await conduct(runs, run_id)
    assert (summary.status, summary.note) == (RunStatus.DONE, "")
    assert records(runs, run_id) == await undisturbed(runs, study)


async def test_a_fatal_error_fails_the_run_and_stores_no_technical_missing(
    runs: RunRepository,
) -> None:
    study = spec(4, 5, concurrency=3)
    run_id = planned(runs, study)
    counter = Counter(8, raising(FatalModelError("the server refused the key")))
    with pytest.raises(FatalModelError):
        await conduct(runs, run_id, counter)
    summary = runs.summary(run_id)
    assert (summary.status, summary.note) == (RunStatus.FAILED, "the server refused the key")
    assert summary.done == len(counter.bought)
    assert summary.missing == 0
    assert (await conduct(runs, run_id)).status is RunStatus.DONE
    assert records(runs, run_id) == await undisturbed(runs, study)


async def test_a_foreign_error_leaves_only_its_name_behind(runs: RunRepository) -> None:
    run_id = planned(runs, spec())
    with pytest.raises(ValueError, match="sk-secret"):
        await conduct(runs, run_id, Counter(2, raising(ValueError("sk-secret"))))
    assert runs.summary(run_id).note == "ValueError"


async def test_a_persona_that_is_gone_fails_the_run(runs: RunRepository) -> None:
    run_id = planned(runs, spec())

    def nobody(ref: PersonaRef) -> FakeRespondent:
        raise InputError(f"there is no {ref.id}")

    with pytest.raises(InputError):
        await engine.run(run_id, runs, nobody, temperature=0.0)
    assert runs.summary(run_id).status is RunStatus.FAILED


async def test_technical_failures_are_tried_again_on_resume(runs: RunRepository) -> None:
    study = spec(2, 3, concurrency=1)
    run_id = planned(runs, study)
    summary = await conduct(runs, run_id, Counter(6, raising(ServerFailed("500"))))
    assert (summary.status, summary.done, summary.missing) == (RunStatus.DONE, 6, 1)
    counter = Counter()
    summary = await conduct(runs, run_id, counter)
    assert (summary.status, summary.done, summary.missing) == (RunStatus.DONE, 6, 0)
    assert counter.count == 1
    found = [cell for _, cell in records(runs, run_id)]
    assert [cell.attempt for cell in found] == [1] * 6 + [2]
    assert isinstance(found[5].response, Missing)
    clean = [cell for _, cell in await undisturbed(runs, study)]
    assert found[6].model_copy(update={"attempt": 1}) == clean[5]


async def test_a_done_run_is_done_at_once(runs: RunRepository) -> None:
    run_id = planned(runs, spec())
    await conduct(runs, run_id)
    counter = Counter()
    assert (await conduct(runs, run_id, counter)).status is RunStatus.DONE
    assert counter.count == 0


class Broken(RunRepository):
    """Cannot write answers from a number of batches on."""

    def __init__(self, inner: RunRepository, batches: int) -> None:
        super().__init__(inner._database)
        self._batches = batches

    def append(
        self, run_id: str, outcomes: Sequence[Outcome], *, worker: str | None = None
    ) -> Standing:
        self._batches -= 1
        if self._batches < 0:
            raise StorageError("the disk is full")
        return super().append(run_id, outcomes, worker=worker)


async def test_a_full_disk_fails_the_run_and_loses_nothing_stored(runs: RunRepository) -> None:
    study = spec(4, 5, concurrency=3)
    run_id = planned(runs, study)
    with pytest.raises(StorageError, match="disk is full"):
        await conduct(Broken(runs, 3), run_id)
    summary = runs.summary(run_id)
    assert (summary.status, summary.note) == (RunStatus.FAILED, "the disk is full")
    assert 3 <= summary.done < 20
    await conduct(runs, run_id)
    assert records(runs, run_id) == await undisturbed(runs, study)


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


async def test_ctrl_c_lets_answers_finish_and_pauses(runs: RunRepository) -> None:
    study = spec(6, 4, concurrency=3)
    run_id = planned(runs, study)
    before = signal.getsignal(signal.SIGINT)
    counter = Counter(7, interrupt)
    summary = await conduct(runs, run_id, counter)
    assert signal.getsignal(signal.SIGINT) is before
    assert summary.status is RunStatus.PAUSED
    assert summary.done == len(counter.bought) < 24
    again = Counter()
    assert (await conduct(runs, run_id, again)).status is RunStatus.DONE
    assert len({*counter.bought, *again.bought}) == counter.count + again.count == 24
    assert records(runs, run_id) == await undisturbed(runs, study)


async def test_a_second_ctrl_c_gives_up_what_is_under_way(runs: RunRepository) -> None:
    study = spec(6, 4, concurrency=3)
    run_id = planned(runs, study)
    calls = 0

    async def interfere(question: Question, key: str) -> None:
        nonlocal calls
        calls += 1
        if calls == 7:
            interrupt()
            await asyncio.sleep(0)
            interrupt()
        if calls >= 7:
            await asyncio.Event().wait()

    with pytest.raises(KeyboardInterrupt):
        await conduct(runs, run_id, interfere)
    summary = runs.summary(run_id)
    assert summary.status is RunStatus.PAUSED
    assert summary.done == 6
    assert (await conduct(runs, run_id)).status is RunStatus.DONE
    assert records(runs, run_id) == await undisturbed(runs, study)


async def test_a_cancelled_task_pauses_the_run_and_keeps_what_was_bought(
    runs: RunRepository,
) -> None:
    run_id = planned(runs, spec(3, 4, concurrency=3))
    reached = asyncio.Event()
    counter = Counter(8, reached.set)
    task = asyncio.create_task(conduct(runs, run_id, counter))
    await reached.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    summary = runs.summary(run_id)
    assert summary.status is RunStatus.PAUSED
    assert summary.done == len(counter.bought)


async def test_a_run_cancelled_elsewhere_stops(
    runs: RunRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "BEAT_SECONDS", 0.01)
    run_id = planned(runs, spec(50, 40, concurrency=2))
    counter = Counter(5, lambda: void(engine.cancel(run_id, runs)))
    summary = await conduct(runs, run_id, counter)
    assert summary.status is RunStatus.CANCELLED
    assert summary.done < 2000
    with pytest.raises(InputError, match="was cancelled"):
        await conduct(runs, run_id)


def void(_value: object) -> None:
    pass


async def test_a_done_run_cannot_be_cancelled(runs: RunRepository) -> None:
    run_id = planned(runs, spec())
    await conduct(runs, run_id)
    with pytest.raises(InputError, match="is done"):
        engine.cancel(run_id, runs)


async def test_a_run_at_work_is_not_started_twice(runs: RunRepository) -> None:
    run_id = planned(runs, spec())
    refused: list[str] = []

    async def interfere(question: Question, key: str) -> None:
        if not refused:
            refused.append("")
            with pytest.raises(InputError, match="another process") as caught:
                await conduct(runs, run_id)
            refused[0] = str(caught.value)

    assert (await conduct(runs, run_id, interfere)).status is RunStatus.DONE
    assert run_id in refused[0]


async def test_respondents_are_made_once_for_their_replicates(runs: RunRepository) -> None:
    run_id = planned(runs, spec(5, 2, replicates=3, concurrency=2))
    made: list[str] = []

    def make(ref: PersonaRef) -> FakeRespondent:
        made.append(ref.id)
        return FakeRespondent(ref)

    await engine.run(run_id, runs, make, temperature=0.0)
    assert sorted(made) == [f"p{number:03}" for number in range(5)]


async def test_progress_is_told_from_start_to_end(
    runs: RunRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "LOOK_SECONDS", 0.0)
    run_id = planned(runs, spec(4, 3, concurrency=2))
    told: list[Progress] = []
    await engine.run(run_id, runs, people(), temperature=0.0, on_event=told.append)
    done = [one.done for one in told]
    assert (done[0], done[-1]) == (0, 12)
    assert done == sorted(done)
    assert len(set(done)) > 3
    assert told[-1].seconds_left == 0
    assert told[-1].calls == 12


@pytest.fixture(autouse=True)
def _own_handlers() -> Iterator[None]:
    """Ctrl-C of these tests never reaches the test run."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


async def test_a_broken_progress_bar_does_not_hang_the_run(
    runs: RunRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "LOOK_SECONDS", 0.0)
    run_id = planned(runs, spec(4, 3, concurrency=2))

    def broken(progress: Progress) -> None:
        if progress.done:
            raise RuntimeError("no terminal")

    with pytest.raises(RuntimeError):
        await engine.run(run_id, runs, people(), temperature=0.0, on_event=broken)
    assert runs.summary(run_id).status is RunStatus.FAILED

"""Several workers at one run; in one process here, which changes nothing for the database."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from simulacra.domain.call import Spent
from simulacra.domain.run import RunSpec, RunStatus
from simulacra.domain.survey import Question
from simulacra.errors import BudgetSpent, FatalModelError, InputError, ServerFailed
from simulacra.runs import engine, work
from simulacra.runs.plan import plan
from simulacra.storage.database import Database
from simulacra.storage.runs import RunRepository
from tests.support.respondents import FakeRespondent, Interfere
from tests.support.studies import spec, timeless

PAUSED, DONE = RunStatus.PAUSED, RunStatus.DONE


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Workers look often; their handlers of Ctrl-C end with the test."""
    monkeypatch.setattr(work, "BEAT_SECONDS", 0.02)
    monkeypatch.setattr(work, "IDLE_SECONDS", 0.02)
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


def planned(runs: RunRepository, study: RunSpec) -> str:
    return runs.create(study, plan(study))


class Staff:
    """Workers with repositories of their own, as processes have them.

    No answer comes before ``number`` of them are at work, so that each holds interviews.
    """

    def __init__(self, database: Database, run_id: str, number: int = 2) -> None:
        self.database, self.run_id, self.number = database, run_id, number
        self.begun, self.all_begun = set[str](), asyncio.Event()
        self.bought: list[tuple[str, str]] = []

    async def work(self, name: str, interfere: Interfere | None = None, **options: Any) -> Any:
        async def bought(question: Question, key: str) -> None:
            self.begun.add(name)
            if len(self.begun) == self.number:
                self.all_begun.set()
            await self.all_begun.wait()
            if interfere is not None:
                await interfere(question, key)
            await asyncio.sleep(0.001)
            self.bought.append((name, key))

        return await engine.run(
            self.run_id,
            RunRepository(self.database),
            lambda ref: FakeRespondent(ref, interfere=bought),
            temperature=0.0,
            shared=True,
            **options,
        )

    def by(self, name: str) -> int:
        return sum(one == name for one, _ in self.bought)


def at(number: int, act: Callable[[], Any]) -> Callable[[Question, str], Awaitable[None]]:
    """Acts at the answer of that number."""
    count = 0

    async def interfere(question: Question, key: str) -> None:
        nonlocal count
        count += 1
        if count == number:
            act()

    return interfere


def raising(error: Exception) -> Callable[[], None]:
    def act() -> None:
        raise error

    return act


async def test_two_workers_share_a_run_and_buy_nothing_twice(
    database: Database, runs: RunRepository
) -> None:
    study = spec(20, 4, concurrency=3)
    calm = planned(runs, study)
    await Staff(database, calm, 1).work("alone")
    staff = Staff(database, planned(runs, study))
    both = await asyncio.gather(staff.work("a"), staff.work("b", concurrency=2))
    assert [one.status for one in both] == [DONE, DONE]
    assert len({key for _, key in staff.bought}) == len(staff.bought) == 80
    assert min(staff.by("a"), staff.by("b")) >= 2 * 4  # what each took first
    found, expected = (
        [(interview, timeless(cell)) for interview, cell in runs.records(one)]
        for one in (staff.run_id, calm)
    )
    assert found == expected
    assert runs.summary(staff.run_id).calls == 80


async def test_what_a_stopped_worker_held_is_done_by_the_other(
    database: Database, runs: RunRepository
) -> None:
    staff = Staff(database, planned(runs, spec(10, 4, concurrency=2)))
    other = asyncio.create_task(staff.work("other"))
    first = asyncio.create_task(staff.work("first", at(6, lambda: first.cancel())))
    with pytest.raises(asyncio.CancelledError):
        await first
    assert runs.summary(staff.run_id).status is RunStatus.RUNNING
    assert (await other).status is DONE
    assert len({key for _, key in staff.bought}) == len(staff.bought) == 40


async def test_the_error_of_one_worker_is_its_own(database: Database, runs: RunRepository) -> None:
    staff = Staff(database, planned(runs, spec(10, 4, concurrency=2)))
    wrong_key = at(3, raising(FatalModelError("the key is wrong")))
    ended = await asyncio.gather(
        staff.work("good"), staff.work("bad", wrong_key), return_exceptions=True
    )
    assert ended[0].status is DONE
    assert isinstance(ended[1], FatalModelError)
    assert runs.summary(staff.run_id).note == ""


@pytest.mark.parametrize("number", [1, 2])
async def test_a_spent_budget_stops_all_workers(
    database: Database, runs: RunRepository, number: int
) -> None:
    staff = Staff(database, planned(runs, spec(40, 4, concurrency=2)), number)
    spent = at(5, raising(BudgetSpent("the budget is used up")))
    others = [staff.work(str(one)) for one in range(number - 1)]
    ended = await asyncio.gather(staff.work("poor", spent), *others)
    assert {(one.status, one.note) for one in ended} == {(PAUSED, "the budget is used up")}
    assert len(staff.bought) < 160


async def test_workers_hear_what_is_spent_elsewhere(
    database: Database, runs: RunRepository
) -> None:
    staff = Staff(database, planned(runs, spec(12, 4, concurrency=2)))
    heard: dict[str, list[Spent]] = {"a": [], "b": []}
    await asyncio.gather(*(staff.work(name, elsewhere=heard[name].append) for name in heard))
    for name, other in (("a", "b"), ("b", "a")):
        assert heard[name][-1].calls == staff.by(other) > 0
        assert [one.calls for one in heard[name]] == sorted(one.calls for one in heard[name])


async def test_a_run_is_paused_by_hand_and_goes_on(database: Database, runs: RunRepository) -> None:
    staff = Staff(database, planned(runs, spec(40, 4, concurrency=2)))
    hand = at(5, lambda: engine.pause(staff.run_id, RunRepository(database)))
    ended = await asyncio.gather(staff.work("a", hand), staff.work("b"))
    assert {(one.status, one.note) for one in ended} == {(PAUSED, "paused by hand")}
    assert runs.summary(staff.run_id).done == len(staff.bought) < 160
    with pytest.raises(InputError, match=r"not at work \(paused\)"):
        engine.pause(staff.run_id, runs)
    assert (await staff.work("c")).status is DONE
    assert len({key for _, key in staff.bought}) == len(staff.bought) == 160


async def test_too_many_failures_in_a_row_pause_the_run(runs: RunRepository) -> None:
    study = spec(30, 2, concurrency=2, max_failures=6)
    run_id = planned(runs, study)
    broken = True

    async def interfere(question: Question, key: str) -> None:
        if broken:
            raise ServerFailed("500")

    def make(ref: Any) -> FakeRespondent:
        return FakeRespondent(ref, interfere=interfere)

    summary = await engine.run(run_id, runs, make, temperature=0.0)
    assert summary.status is PAUSED
    assert "answers in a row failed technically" in summary.note
    assert f"runs show {run_id}" in summary.note
    assert 6 <= summary.failed <= 7
    broken = False
    summary = await engine.run(run_id, runs, make, temperature=0.0)
    assert (summary.status, summary.note, summary.failed, summary.done) == (DONE, "", 0, 60)


async def test_a_poisoned_cell_stops_nobody(runs: RunRepository) -> None:
    run_id = planned(runs, spec(10, 3, concurrency=2, max_failures=3))
    asked: list[str] = []

    async def interfere(question: Question, key: str) -> None:
        asked.append(question.item_id)
        if question.item_id == "q2":
            raise ServerFailed("500")

    def make(ref: Any) -> FakeRespondent:
        return FakeRespondent(ref, interfere=interfere)

    for attempt in (1, 2):
        asked.clear()
        summary = await engine.run(run_id, runs, make, temperature=0.0)
        assert (summary.status, summary.done, summary.failed) == (DONE, 30, 10)
        assert len(asked) == (30 if attempt == 1 else 10)
        found = runs.failures(run_id)
        assert {(one.item_id, one.attempts) for one in found.cells} == {("q2", attempt)}
        assert found.reasons == {"ServerFailed: 500": 10}

"""A worker's share of a run: takes interviews in small lots, conducts them, says how it stands.

An interview waits until its answer is committed, so answers that are bought but not yet stored
never exceed the number of interviews at once.
"""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

from simulacra.domain.call import Call, Spent
from simulacra.domain.run import (
    Abandoned,
    Cell,
    Interview,
    Outcome,
    PersonaRef,
    RunSpec,
    RunStatus,
    RunSummary,
    Walked,
)
from simulacra.errors import BudgetSpent
from simulacra.runs.interview import Respondent, conduct
from simulacra.runs.progress import Meter, Progress, Rate
from simulacra.runs.way import failed
from simulacra.runs.writer import Writer
from simulacra.storage.documents import totals
from simulacra.storage.runs import RunRepository
from simulacra.storage.workers import Leased, Standing

BEAT_SECONDS = 2.0
"""How often a worker says that it is alive, and looks whether the run was paused elsewhere."""

IDLE_SECONDS = 0.5
"""How often a worker with nothing to do looks whether another has left it something."""

LOOK_SECONDS = 0.25
"""Progress is told at most this often, in seconds."""

LOTS = 4
"""A lot is as many interviews as can begin, or this part of those at once where that is more."""

DROPPED = "this process gave no sign of life for so long that others may have taken over"

RespondentFor = Callable[[PersonaRef], Respondent[Any]]
OpeningFor = Callable[[Any, Interview], Any]
Elsewhere = Callable[[Spent], None]
T = TypeVar("T")


@dataclass(frozen=True)
class Task:
    """What a worker is to do, and how; see ``simulacra.runs.engine.run``."""

    run_id: str
    claim: str
    spec: RunSpec
    runs: RunRepository
    respondent_for: RespondentFor
    temperature: float
    at_once: int
    on_event: Callable[[Progress], None] | None = None
    opening_for: OpeningFor | None = None
    elsewhere: Elsewhere | None = None


class Work:
    """A run while it is at work in this process."""

    def __init__(self, task: Task) -> None:
        self._task, self._runs, self._run_id = task, task.runs, task.run_id
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer")
        self._writer = Writer(self._append, lambda: self._busy, self._fail)
        self._meter, self._rate, self._told = Meter(), Rate(), 0.0
        self._answers, self._busy = 0, 0
        self._stopping, self._over, self.note = False, False, ""
        self._failure: Exception | None = None
        self._lot: deque[Leased] = deque()
        self._choosing, self._woken = asyncio.Lock(), asyncio.Event()
        self._respondents: dict[PersonaRef, Respondent[Any]] = {}
        self._making = asyncio.Lock()
        self._own = Spent()

    def stop(self) -> None:
        """Take no new work; answers under way finish."""
        self._stopping = True
        self._woken.set()

    def tell(self, summary: RunSummary) -> None:
        """Say how far the run is."""
        if self._task.on_event is not None:
            self._task.on_event(self._meter.progress(summary))

    async def share(self) -> None:
        """Ask what is open and free, until the run is done or stops. Raises the first failure."""
        with self._pool:
            self.tell(await self._stored(self._runs.summary, self._run_id))
            writer = asyncio.create_task(self._writer.write())
            beat = asyncio.create_task(self._beat())
            askers = [asyncio.create_task(self._ask()) for _ in range(self._task.at_once)]
            try:
                await asyncio.gather(*askers)
            finally:
                await asyncio.gather(*askers, return_exceptions=True)
                self._writer.close()
                await writer
                beat.cancel()
                await asyncio.gather(beat, return_exceptions=True)
        if self._failure is not None:
            raise self._failure

    async def _ask(self) -> None:
        """One interview after the other."""
        try:
            while (leased := await self._next()) is not None:
                self._busy += 1
                try:
                    await self._interview(leased)
                finally:
                    self._busy -= 1
                    self._woken.set()
        except BudgetSpent as error:
            await self._pause(str(error))
        except Exception as error:
            self._fail(error)

    async def _next(self) -> Leased | None:
        """The next interview; None where all have ended or the work stops.

        While others hold the last ones it waits: they might not come to the end.
        """
        async with self._choosing:
            while not self._stopping and not self._over:
                if self._lot:
                    return self._lot.popleft()
                self._woken.clear()
                most = max(self._task.at_once - self._busy, self._task.at_once // LOTS)
                workers = self._runs.workers
                lot = await self._stored(workers.lease, self._run_id, self._task.claim, most)
                await self._hear(lot.standing)
                self._lot.extend(lot.interviews)
                self._over = not lot.left
                if lot.left and not lot.interviews:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._woken.wait(), IDLE_SECONDS)
        return None

    async def _interview(self, leased: Leased) -> None:
        interview, task = leased.interview, self._task
        respondent = await self._respondent(interview.persona)
        finished: dict[str, Cell] = {}
        given_up: dict[str, tuple[Call, ...]] = {}
        if not leased.fresh:
            stored = await asyncio.to_thread(self._runs.finished, self._run_id, interview.id)
            finished = {cell.item_id: cell for cell in stored}
            bought = await asyncio.to_thread(self._runs.abandoned, self._run_id, interview.id)
            for one in bought:
                given_up[one.item_id] = (*given_up.get(one.item_id, ()), *one.calls)
        opening = None
        if task.opening_for is not None:
            opening = await asyncio.to_thread(task.opening_for, respondent, interview)
        cells = conduct(
            task.spec,
            interview,
            respondent,
            temperature=task.temperature,
            finished=finished,
            given_up=given_up,
            opening=opening,
        )
        any_failed = False
        async with contextlib.aclosing(cells):
            async for outcome in cells:
                await self._writer.put(outcome)
                # After what was given up comes its error, which is still to be heard.
                if isinstance(outcome, Cell):
                    any_failed = any_failed or failed(outcome)
                    if self._stopping:
                        return
        await self._writer.put(Walked(interview_id=interview.id, failed=any_failed))

    async def _respondent(self, persona: PersonaRef) -> Respondent[Any]:
        """The respondent of a persona, kept for its next replicates."""
        async with self._making:
            if persona not in self._respondents:
                while len(self._respondents) >= self._task.at_once:
                    del self._respondents[next(iter(self._respondents))]
                made = await asyncio.to_thread(self._task.respondent_for, persona)
                self._respondents[persona] = made
            return self._respondents[persona]

    async def _append(self, outcomes: Sequence[Outcome]) -> None:
        """Store outcomes, and hear how the run stands."""
        claim = self._task.claim
        standing = await self._stored(
            lambda: self._runs.append(self._run_id, outcomes, worker=claim)
        )
        self._answers += sum(isinstance(one, Cell) for one in outcomes)
        more = totals(one for one in outcomes if isinstance(one, Cell | Abandoned))
        self._own += Spent(calls=more.calls, tokens=more.tokens, cost=more.cost)
        await self._hear(standing)
        if time.monotonic() - self._told >= LOOK_SECONDS:
            await self._look()

    async def _hear(self, standing: Standing) -> None:
        """Stop with the run; pause it after too many failures in a row."""
        if self._task.elsewhere is not None:
            self._task.elsewhere(standing.spent - self._own)
        if not standing.held:
            self.note = self.note or DROPPED
            self.stop()
        elif standing.status is not RunStatus.RUNNING:
            self.stop()
        elif standing.failures_in_row >= self._task.spec.max_failures:
            await self._pause(
                f"{standing.failures_in_row} answers in a row failed technically: "
                f"simulacra runs show {self._run_id} says why"
            )

    async def _pause(self, note: str) -> None:
        """Have all workers of the run stop."""
        self.stop()
        try:
            await self._stored(self._runs.pause, self._run_id, note)
        except Exception as error:
            self._fail(error)

    async def _beat(self) -> None:
        """Keep what is held, and hear how the run stands."""
        try:
            while True:
                await asyncio.sleep(BEAT_SECONDS)
                rate = self._rate.seen(self._answers)
                beat = self._runs.workers.beat
                await self._hear(await self._stored(beat, self._run_id, self._task.claim, rate))
                await self._look()
        except Exception as error:
            self._fail(error)

    async def _look(self) -> None:
        """Tell progress by the numbers in the database."""
        self._told = time.monotonic()
        if self._task.on_event is not None:
            self.tell(await self._stored(self._runs.summary, self._run_id))

    async def _stored(self, work: Callable[..., T], *values: Any) -> T:
        """What the database says, asked in the one thread that writes."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, *values)

    def _fail(self, error: Exception) -> None:
        """Remember the first failure and take no new work."""
        self._failure = self._failure or error
        self.stop()

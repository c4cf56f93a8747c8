"""Conducts a run: many interviews at once, every answer committed before the next is asked.

An interview waits until its answer is committed, so answers that are bought but not yet stored
never exceed the run's concurrency. While one transaction is being written, the cells of other
interviews gather for the next.
"""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from simulacra.domain.call import Call
from simulacra.domain.run import Abandoned, Cell, Interview, PersonaRef, RunStatus, RunSummary
from simulacra.errors import BudgetSpent, InputError, SimulacraError, StorageError
from simulacra.runs.interrupts import interrupts
from simulacra.runs.interview import Respondent, conduct
from simulacra.runs.progress import Meter, Progress
from simulacra.storage.runs import RunRepository, Started

BEAT_SECONDS = 2.0
"""How often a run says that it is alive, and looks whether it was cancelled elsewhere."""

GATHER_SECONDS = 0.01
"""How long a transaction waits for further cells, unless all interviews wait for it already."""

LOOK_SECONDS = 0.25
"""Progress is told at most this often, in seconds."""

RespondentFor = Callable[[PersonaRef], Respondent[Any]]
OpeningFor = Callable[[Any, Interview], Any]


async def run(
    run_id: str,
    runs: RunRepository,
    respondent_for: RespondentFor,
    *,
    temperature: float,
    on_event: Callable[[Progress], None] | None = None,
    opening_for: OpeningFor | None = None,
) -> RunSummary:
    """Start or resume a run; its summary when it is done, paused or cancelled.

    ``respondent_for`` is called in a thread, once at a time. ``temperature`` is that of the plan
    or, where it names none, the model's default. ``opening_for`` gives the state in which an
    interview begins, in a thread; without it, it is the respondent's own. The first Ctrl-C lets
    answers under way finish and pauses the run; the second gives them up. A spent budget pauses
    it, too, with a note.

    Raises:
        UnknownName: there is no such run.
        InputError: another process works on it, or it was cancelled.
        FatalModelError, StorageError: no retry can mend it; the run has failed and can be resumed.
        KeyboardInterrupt: the user pressed Ctrl-C twice; the run is paused.
    """
    claim = await asyncio.to_thread(runs.claim, run_id)
    work = _Work(run_id, runs, claim, respondent_for, temperature, on_event, opening_for)
    task = asyncio.current_task()
    aborted = False

    def abort() -> None:
        nonlocal aborted
        aborted = True
        if task is not None:
            task.cancel()

    with interrupts(work.stop, abort):
        try:
            await work.conduct()
        except asyncio.CancelledError:
            work.release(RunStatus.PAUSED, "stopped before answers under way had come")
            if aborted:
                raise KeyboardInterrupt from None
            raise
        except Exception as error:
            with contextlib.suppress(StorageError):
                work.release(RunStatus.FAILED, _note(error))
            raise
        work.finish()
    summary = await asyncio.to_thread(runs.summary, run_id)
    work.tell(summary)
    return summary


def cancel(run_id: str, runs: RunRepository) -> RunSummary:
    """Give a run up for good; its answers stay, and a process at work on it stops.

    Raises:
        UnknownName: there is no such run.
        InputError: the run is done.
    """
    if runs.summary(run_id).status is RunStatus.DONE:
        raise InputError(f"run {run_id} is done: there is nothing to cancel")
    runs.set_status(run_id, RunStatus.CANCELLED)
    return runs.summary(run_id)


def _note(error: Exception) -> str:
    """What went wrong; the words of foreign errors are not ours to store."""
    return str(error) if isinstance(error, SimulacraError) else type(error).__name__


def _by_item(given_up: Iterable[Abandoned]) -> dict[str, dict[str, tuple[Call, ...]]]:
    """Calls of cells that were given up, by interview and item."""
    found: dict[str, dict[str, tuple[Call, ...]]] = {}
    for one in given_up:
        items = found.setdefault(one.interview_id, {})
        items[one.item_id] = (*items.get(one.item_id, ()), *one.calls)
    return found


class _Waiting(NamedTuple):
    """A cell (or what was bought for one given up) on its way to the database, and who waits."""

    outcome: Cell | Abandoned
    stored: "asyncio.Future[None]"


class _Work:
    """A run while it is at work in this process."""

    def __init__(
        self,
        run_id: str,
        runs: RunRepository,
        claim: str,
        respondent_for: RespondentFor,
        temperature: float,
        on_event: Callable[[Progress], None] | None,
        opening_for: OpeningFor | None,
    ) -> None:
        self._opening_for = opening_for
        self._run_id, self._runs, self._claim = run_id, runs, claim
        self._respondent_for, self._temperature = respondent_for, temperature
        self._on_event, self._meter, self._told = on_event, Meter(), 0.0
        self.stopping, self.note = False, ""
        self._failure: Exception | None = None
        self._respondents: dict[PersonaRef, Respondent[Any]] = {}
        self._making = asyncio.Lock()
        self._waiting: list[_Waiting] = []
        self._arrived, self._ended = asyncio.Event(), False
        self._open: Iterator[Started] = iter(())
        self._given_up: dict[str, dict[str, tuple[Call, ...]]] = {}

    def stop(self) -> None:
        """Take no new work; answers under way finish."""
        self.stopping = True

    def release(self, status: RunStatus, note: str) -> None:
        """Give the run back."""
        self._runs.release(self._run_id, self._claim, status, note)

    def finish(self) -> None:
        """Give the run back as done or, where something is left to ask, as paused."""
        if self.stopping and self._runs.open_cells(self._run_id):
            self.release(RunStatus.PAUSED, self.note)
        else:
            self.release(RunStatus.DONE, "")

    def tell(self, summary: RunSummary) -> None:
        """Say how far the run is."""
        if self._on_event is not None:
            self._on_event(self._meter.progress(summary))

    async def conduct(self) -> None:
        """Ask all that is open, until done or stopped. Raises the first failure."""
        self._spec = await asyncio.to_thread(self._runs.spec, self._run_id)
        opened = await asyncio.to_thread(self._runs.open_interviews, self._run_id)
        self._given_up = _by_item(await asyncio.to_thread(self._runs.abandoned, self._run_id))
        self.tell(await asyncio.to_thread(self._runs.summary, self._run_id))
        self._open = iter(opened)
        self._at_once = min(self._spec.concurrency, len(opened))
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="writer") as pool:
            writer = asyncio.create_task(self._write(pool))
            beat = asyncio.create_task(self._beat(pool))
            workers = [asyncio.create_task(self._worker()) for _ in range(self._at_once)]
            try:
                await asyncio.gather(*workers)
            finally:
                await asyncio.gather(*workers, return_exceptions=True)
                self._ended = True
                self._arrived.set()
                await writer
                beat.cancel()
                await asyncio.gather(beat, return_exceptions=True)
        if self._failure is not None:
            raise self._failure

    async def _worker(self) -> None:
        """One interview after the other."""
        try:
            for started in self._open:
                if self.stopping:
                    return
                await self._interview(started)
        except BudgetSpent as error:
            self.note = self.note or str(error)
            self.stop()
        except Exception as error:
            self._fail(error)

    async def _interview(self, started: Started) -> None:
        interview = started.interview
        respondent = await self._respondent(interview.persona)
        finished: dict[str, Cell] = {}
        if started.rows:
            stored = await asyncio.to_thread(self._runs.finished, self._run_id, interview.id)
            finished = {cell.item_id: cell for cell in stored}
        opening = None
        if self._opening_for is not None:
            opening = await asyncio.to_thread(self._opening_for, respondent, interview)
        cells = conduct(
            self._spec,
            interview,
            respondent,
            temperature=self._temperature,
            finished=finished,
            given_up=self._given_up.get(interview.id, {}),
            opening=opening,
        )
        async with contextlib.aclosing(cells):
            async for outcome in cells:
                await self._stored(outcome)
                # After what was given up comes its error, which is still to be heard.
                if self.stopping and isinstance(outcome, Cell):
                    return

    async def _respondent(self, persona: PersonaRef) -> Respondent[Any]:
        """The respondent of a persona, kept for its next replicates."""
        async with self._making:
            if persona not in self._respondents:
                while len(self._respondents) >= self._spec.concurrency:
                    del self._respondents[next(iter(self._respondents))]
                made = await asyncio.to_thread(self._respondent_for, persona)
                self._respondents[persona] = made
            return self._respondents[persona]

    async def _stored(self, outcome: Cell | Abandoned) -> None:
        """Hand an outcome to the writer and wait until it is committed."""
        waiting = _Waiting(outcome, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._arrived.set()
        await waiting.stored

    async def _write(self, pool: ThreadPoolExecutor) -> None:
        """Commit what has arrived, in one transaction each time, until the work has ended."""
        loop = asyncio.get_running_loop()
        while self._waiting or not self._ended:
            await self._arrived.wait()
            if len(self._waiting) < self._at_once and not self._ended:
                await asyncio.sleep(GATHER_SECONDS)
            self._arrived.clear()
            batch, self._waiting = self._waiting, []
            if not batch:
                continue
            outcomes = [one.outcome for one in batch]
            try:
                await loop.run_in_executor(pool, self._runs.append, self._run_id, outcomes)
                if time.monotonic() - self._told >= LOOK_SECONDS:
                    await self._look(pool)
            except Exception as error:
                self._fail(error)
            for one in batch:
                if not one.stored.done():
                    one.stored.set_result(None)

    async def _look(self, pool: ThreadPoolExecutor) -> None:
        """Tell progress by the numbers in the database."""
        self._told = time.monotonic()
        if self._on_event is None:
            return
        loop = asyncio.get_running_loop()
        self.tell(await loop.run_in_executor(pool, self._runs.summary, self._run_id))

    async def _beat(self, pool: ThreadPoolExecutor) -> None:
        """Keep the claim alive; stop when the run was cancelled, paused or taken over."""
        loop = asyncio.get_running_loop()
        try:
            while True:
                await asyncio.sleep(BEAT_SECONDS)
                beat = self._runs.beat
                if not await loop.run_in_executor(pool, beat, self._run_id, self._claim):
                    self.stop()
                    return
                await self._look(pool)
        except Exception as error:
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        """Remember the first failure and take no new work."""
        self._failure = self._failure or error
        self.stop()

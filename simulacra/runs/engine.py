"""Conducts a run: many interviews at once, every answer committed before the next is asked.

Any number of processes may share a run: each is a worker that takes interviews in small lots, and
whose interviews others take over when it is gone.
"""

import asyncio
import contextlib
from collections.abc import Callable

from simulacra.domain.run import RunStatus, RunSummary
from simulacra.errors import InputError, SimulacraError, StorageError
from simulacra.runs.interrupts import interrupts
from simulacra.runs.progress import Progress
from simulacra.runs.work import DROPPED, Elsewhere, OpeningFor, RespondentFor, Task, Work
from simulacra.storage.runs import RunRepository


async def run(
    run_id: str,
    runs: RunRepository,
    respondent_for: RespondentFor,
    *,
    temperature: float,
    on_event: Callable[[Progress], None] | None = None,
    opening_for: OpeningFor | None = None,
    elsewhere: Elsewhere | None = None,
    shared: bool = False,
    concurrency: int | None = None,
) -> RunSummary:
    """Start or resume a run, or share one; its summary when it is done, paused or cancelled.

    ``respondent_for`` is called in a thread, once at a time. ``temperature`` is that of the plan
    or, where it names none, the model's default. ``opening_for`` gives the state in which an
    interview begins, in a thread; without it, it is the respondent's own. ``elsewhere`` is told
    what others have spent on the run, before this worker began or beside it. ``shared``: others may
    be at work on the run; it is then still running where this worker alone was stopped.
    ``concurrency`` is that of this worker where it is not the plan's.

    The first Ctrl-C lets answers under way finish, the second gives them up; the last worker that
    is stopped pauses the run. A spent budget and too many technical failures in a row pause it for
    all, with a note.

    Raises:
        UnknownName: there is no such run.
        InputError: another process works on it and it is not shared, or it was cancelled.
        FatalModelError, StorageError: no retry can mend it; unless others are at work, the run has
            failed, and it can be resumed.
        KeyboardInterrupt: the user pressed Ctrl-C twice.
    """
    spec = await asyncio.to_thread(runs.spec, run_id)
    claim = await asyncio.to_thread(lambda: runs.workers.join(run_id, shared=shared))
    if claim is None:
        return await asyncio.to_thread(runs.summary, run_id)
    work = Work(
        Task(
            run_id,
            claim,
            spec,
            runs,
            respondent_for,
            temperature,
            concurrency or spec.concurrency,
            on_event,
            opening_for,
            elsewhere,
        )
    )
    await _conduct(work, lambda status, note: runs.workers.leave(run_id, claim, status, note))
    summary = await asyncio.to_thread(runs.summary, run_id)
    work.tell(summary)
    if work.note == DROPPED:
        return summary.model_copy(update={"note": DROPPED})
    return summary


async def _conduct(work: Work, leave: Callable[[RunStatus, str], None]) -> None:
    """Work, and leave however it ends."""
    task = asyncio.current_task()
    aborted = False

    def abort() -> None:
        nonlocal aborted
        aborted = True
        if task is not None:
            task.cancel()

    with interrupts(work.stop, abort):
        try:
            await work.share()
        except asyncio.CancelledError:
            leave(RunStatus.PAUSED, "stopped before answers under way had come")
            if aborted:
                raise KeyboardInterrupt from None
            raise
        except Exception as error:
            with contextlib.suppress(StorageError):
                leave(RunStatus.FAILED, _note(error))
            raise
        leave(RunStatus.PAUSED, "")


def cancel(run_id: str, runs: RunRepository) -> RunSummary:
    """Give a run up for good; its answers stay, and processes at work on it stop.

    Raises:
        UnknownName: there is no such run.
        InputError: the run is done.
    """
    if runs.summary(run_id).status is RunStatus.DONE:
        raise InputError(f"run {run_id} is done: there is nothing to cancel")
    runs.set_status(run_id, RunStatus.CANCELLED)
    return runs.summary(run_id)


def pause(run_id: str, runs: RunRepository) -> RunSummary:
    """Have all processes at work on a run stop, once their answers under way have come.

    Raises:
        UnknownName: there is no such run.
        InputError: it is not at work.
    """
    status = runs.summary(run_id).status
    if status is not RunStatus.RUNNING or not runs.pause(run_id, "paused by hand"):
        raise InputError(f"run {run_id} is not at work ({status.value}): nothing to pause")
    return runs.summary(run_id)


def _note(error: Exception) -> str:
    """What went wrong; the words of foreign errors are not ours to store."""
    return str(error) if isinstance(error, SimulacraError) else type(error).__name__

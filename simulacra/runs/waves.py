"""Waves of a panel: what a respondent remembers of earlier runs, and learns from this one.

Each replicate of a persona is a respondent of its own: it remembers its own interviews only.
"""

import asyncio
from collections.abc import Callable
from datetime import date

from simulacra.cognition.respondent import Exchange, InterviewState
from simulacra.domain.learning import Source, stream_of
from simulacra.domain.memory import Memory
from simulacra.domain.run import Cell, Interview, RunSpec, RunStatus, RunSummary
from simulacra.errors import BadReply, BudgetSpent, InputError, SimulacraError, TransientModelError
from simulacra.runs.learning import Learner
from simulacra.storage.learned import LearnedRepository
from simulacra.storage.runs import RunRepository

_NOT_YET = "the answers are there; what was said is still to be learned"


class Waves:
    """What passes from run to run."""

    def __init__(self, runs: RunRepository, learned: LearnedRepository) -> None:
        self._runs, self._learned = runs, learned

    def check(self, spec: RunSpec) -> None:
        """Raises InputError or UnknownName where the run before left nothing to remember."""
        if spec.after is None:
            return
        before = self._runs.spec(spec.after)
        summary = self._runs.summary(spec.after)
        if not before.learn:
            raise InputError(f"run {spec.after} left no trace: it was made without --learn")
        if summary.status is not RunStatus.DONE:
            raise InputError(f"run {spec.after} is not done: simulacra runs resume {spec.after}")
        new = sorted({one.id for one in spec.personas} - {one.id for one in before.personas})
        if new:
            raise InputError(f"{new[0]} took no part in run {spec.after}")
        if spec.replicates > before.replicates:
            raise InputError(
                f"run {spec.after} has {before.replicates} replicates, so this one has at most as "
                "many"
            )
        took_place = before.day or summary.created.date()
        if (spec.day or self._learned.now().date()) < took_place:
            raise InputError(
                f"run {spec.after} took place on {took_place}: give this wave that --date or a "
                "later one"
            )

    def streams(self, after: str | None, replicate: int) -> tuple[str, ...]:
        """The streams of the runs before, the first one first."""
        found: list[str] = []
        while after is not None:
            found.insert(0, stream_of(after, replicate))
            after = self._runs.spec(after).after
        return tuple(found)

    def number(self, spec: RunSpec) -> int:
        """Which wave of its panel a run is, from 1."""
        return len(self.streams(spec.after, 1)) + 1

    def remembered(self, spec: RunSpec, interview: Interview) -> tuple[Memory, ...]:
        """What a respondent remembers of the runs before."""
        streams = self.streams(spec.after, interview.replicate)
        return self._learned.memories(interview.persona.id, streams)

    async def learn(self, run_id: str, learner_for: Callable[[Interview], Learner]) -> RunSummary:
        """Let each respondent of a finished run learn from its interview; the run's summary.

        The run counts as paused until all have learned, so that it is resumed after a kill.

        Raises:
            BadReply, TransientModelError: some could not learn; the others have.
            FatalModelError, StorageError: no retry can mend it; the run can be resumed.
        """
        self._runs.set_status(run_id, RunStatus.PAUSED, _NOT_YET)
        spec = await asyncio.to_thread(self._runs.spec, run_id)
        day = spec.day or self._runs.summary(run_id).created.date()
        slots = asyncio.Semaphore(spec.concurrency)
        failures: list[SimulacraError] = []

        async def one(interview: Interview) -> None:
            async with slots:
                try:
                    await self._learn_from(run_id, interview, day, learner_for)
                except (BadReply, TransientModelError) as error:
                    failures.append(error)

        interviews = await asyncio.to_thread(self._runs.interviews, run_id)
        try:
            async with asyncio.TaskGroup() as group:
                for interview in interviews:
                    group.create_task(one(interview))
        except BaseExceptionGroup as found:
            error = found.exceptions[0]
            if not isinstance(error, BudgetSpent):
                raise error from None
            self._runs.set_status(run_id, RunStatus.PAUSED, str(error))
            return await asyncio.to_thread(self._runs.summary, run_id)
        if failures:
            raise failures[0]
        self._runs.set_status(run_id, RunStatus.DONE)
        return await asyncio.to_thread(self._runs.summary, run_id)

    async def _learn_from(
        self,
        run_id: str,
        interview: Interview,
        day: date,
        learner_for: Callable[[Interview], Learner],
    ) -> None:
        cells = await asyncio.to_thread(self._runs.finished, run_id, interview.id)
        exchanges = _said(cells)
        if not exchanges:
            return
        learner = await asyncio.to_thread(learner_for, interview)
        source = Source(kind="run", id=f"{run_id}/{interview.id}")
        await learner.learn(source, exchanges, when=day)


def _said(cells: list[Cell]) -> tuple[Exchange, ...]:
    """What was asked and said in an interview."""
    state = InterviewState()
    for cell in sorted(cells, key=lambda one: one.position):
        state = state.after(cell.question, cell.reply, cell.response)
    return state.exchanges

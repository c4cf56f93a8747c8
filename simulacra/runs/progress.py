"""How far a run is: told by the process that runs it, or watched from another."""

import time
from collections import deque
from collections.abc import Callable

from simulacra.domain.base import Frozen
from simulacra.domain.run import RunSummary
from simulacra.storage.runs import RunRepository

WINDOW = 30.0
"""Seconds over which the rate is taken."""


class Progress(Frozen):
    """Where a run stands at one moment.

    ``done`` of ``total`` answers are stored, ``missing`` of them without a substantive answer;
    ``rate`` in answers per second; ``cost`` in US dollars; ``tokens`` in and out; ``seconds_left``
    None while there is no rate yet.
    """

    run_id: str
    done: int
    total: int
    missing: int
    rate: float
    cost: float
    seconds_left: float | None
    calls: int
    tokens: int


class Meter:
    """Turns summaries of a run, seen one after the other, into progress. ``clock`` in seconds."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: deque[tuple[float, int]] = deque()

    def progress(self, summary: RunSummary) -> Progress:
        """Progress at this moment; the rate is taken since the oldest look in the window."""
        now = self._clock()
        self._seen.append((now, summary.done))
        while len(self._seen) > 2 and now - self._seen[0][0] > WINDOW:
            self._seen.popleft()
        since, done_then = self._seen[0]
        rate = (summary.done - done_then) / (now - since) if now > since else 0.0
        left = summary.cells - summary.done
        return Progress(
            run_id=summary.id,
            done=summary.done,
            total=summary.cells,
            missing=summary.missing,
            rate=max(0.0, rate),
            cost=summary.cost,
            seconds_left=left / rate if rate > 0 else (0.0 if left == 0 else None),
            calls=summary.calls,
            tokens=summary.tokens,
        )


class Watch:
    """Looks at a run from outside, whichever process is at work on it."""

    def __init__(
        self, runs: RunRepository, run_id: str, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._runs, self._run_id = runs, run_id
        self._meter = Meter(clock=clock)

    def look(self) -> Progress:
        """Progress by the numbers in the database; the rate is known from the second look on.

        Raises:
            UnknownName: there is no such run.
        """
        return self._meter.progress(self._runs.summary(self._run_id))

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

    ``done`` of ``total`` answers are stored, ``missing`` of them without a substantive answer,
    ``failed`` of these technical failures; ``rate`` in answers per second; ``cost`` in US dollars;
    ``tokens`` in and out; ``seconds_left`` None while there is no rate yet; ``workers`` processes
    are at work.
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
    failed: int = 0
    workers: int = 0


class Rate:
    """How fast a number grows, since the oldest look in the window. ``clock`` in seconds."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: deque[tuple[float, int]] = deque()

    def seen(self, number: int) -> float:
        """Its growth per second at this moment; 0 at the first look."""
        now = self._clock()
        self._seen.append((now, number))
        while len(self._seen) > 2 and now - self._seen[0][0] > WINDOW:
            self._seen.popleft()
        since, then = self._seen[0]
        return max(0.0, (number - then) / (now - since)) if now > since else 0.0


class Meter:
    """Turns summaries of a run, seen one after the other, into progress. ``clock`` in seconds."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = Rate(clock=clock)

    def progress(self, summary: RunSummary) -> Progress:
        """Progress at this moment; the rate is taken since the oldest look in the window."""
        rate = self._rate.seen(summary.done)
        left = summary.cells - summary.done
        return Progress(
            run_id=summary.id,
            done=summary.done,
            total=summary.cells,
            missing=summary.missing,
            rate=rate,
            cost=summary.cost,
            seconds_left=seconds_left(left, rate),
            calls=summary.calls,
            tokens=summary.tokens,
            failed=summary.failed,
            workers=summary.workers,
        )


def seconds_left(answers: int, rate: float) -> float | None:
    """How long so many answers take at a rate per second; None where there is no rate."""
    return answers / rate if rate > 0 else (0.0 if answers == 0 else None)


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

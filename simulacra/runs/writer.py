"""Commits what interviews bring: many in one transaction, and each waits until it is safe."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple

from simulacra.domain.run import Outcome

GATHER_SECONDS = 0.01
"""How long a transaction waits for further outcomes, unless all interviews wait for it already."""


class _Waiting(NamedTuple):
    """An outcome on its way to the database, and who waits."""

    outcome: Outcome
    stored: "asyncio.Future[None]"


class Writer:
    """Hands outcomes to ``append`` in batches; ``at_once`` says how many interviews are at work.

    While one transaction is being written, the outcomes of other interviews gather for the next.
    """

    def __init__(
        self,
        append: Callable[[Sequence[Outcome]], Awaitable[None]],
        at_once: Callable[[], int],
        failed: Callable[[Exception], None],
    ) -> None:
        self._append, self._at_once, self._failed = append, at_once, failed
        self._waiting: list[_Waiting] = []
        self._arrived, self._closed = asyncio.Event(), False

    async def put(self, outcome: Outcome) -> None:
        """Hand an outcome over and wait until it is committed, or the attempt has failed."""
        waiting = _Waiting(outcome, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._arrived.set()
        await waiting.stored

    def close(self) -> None:
        """Nothing further will come."""
        self._closed = True
        self._arrived.set()

    async def write(self) -> None:
        """Commit what has arrived, in one transaction each time, until closed and all is written.

        Errors of ``append`` go to ``failed``.
        """
        while self._waiting or not self._closed:
            await self._arrived.wait()
            if len(self._waiting) < self._at_once() and not self._closed:
                await asyncio.sleep(GATHER_SECONDS)
            self._arrived.clear()
            batch, self._waiting = self._waiting, []
            if not batch:
                continue
            try:
                await self._append([one.outcome for one in batch])
            except Exception as error:
                self._failed(error)
            for one in batch:
                if not one.stored.done():
                    one.stored.set_result(None)

"""One event loop in a thread of its own: model calls stay off the page's script thread."""

import asyncio
import queue
import threading
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import suppress
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class _End(Generic[T]):
    """The source has ended, well or with an error."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


class Background:
    """Runs coroutines in its own thread until ``close``."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of a coroutine; the caller waits for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def pieces(self, source: AsyncIterator[T]) -> Iterator[T]:
        """The pieces of an asynchronous source as they come.

        An error of the source is raised here. Leaving the iteration early stops the source.
        """
        box: queue.SimpleQueue[T | _End[T]] = queue.SimpleQueue()

        async def pump() -> None:
            error: BaseException | None = None
            try:
                async for piece in source:
                    box.put(piece)
            except BaseException as caught:
                error = caught
                if isinstance(caught, asyncio.CancelledError):
                    raise
            finally:
                box.put(_End(error))

        future = asyncio.run_coroutine_threadsafe(pump(), self._loop)
        try:
            while not isinstance(piece := box.get(), _End):
                yield piece
            if piece.error is not None:
                raise piece.error
        finally:
            future.cancel()

    def close(self) -> None:
        """Stop the thread; work under way is cancelled."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=5)
        with suppress(RuntimeError):
            self._loop.close()

"""Things that belong to an event loop: connections, semaphores, rate limiters."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

T = TypeVar("T")


class PerLoop(Generic[T]):
    """One ``T`` for each event loop, made at first use; a model may outlive a loop."""

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = make
        self._held: WeakKeyDictionary[asyncio.AbstractEventLoop, T] = WeakKeyDictionary()

    def get(self) -> T:
        """The running loop's own."""
        loop = asyncio.get_running_loop()
        held = self._held.get(loop)
        if held is None:
            held = self._held[loop] = self._make()
        return held

    def pop(self) -> T | None:
        """Take the running loop's own away, if there is one."""
        return self._held.pop(asyncio.get_running_loop(), None)

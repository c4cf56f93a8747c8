"""Ctrl-C while a run is at work: the first press asks it to stop, the second makes it."""

import asyncio
import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType


@contextlib.contextmanager
def interrupts(stop: Callable[[], None], abort: Callable[[], None]) -> Iterator[None]:
    """Take SIGINT and SIGTERM: ``stop`` at the first, ``abort`` at each one after it.

    Handlers that stood before come back at the end. Outside the main thread nothing is taken.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    steps = iter([stop])

    def pressed(_number: int, _frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(next(steps, abort))

    taken = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, pressed) for number in taken}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

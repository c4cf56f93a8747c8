"""Work side by side that loses nothing when part of it fails."""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import TypeVar

T = TypeVar("T")


async def together(work: Iterable[Awaitable[T]]) -> list[T]:
    """The results in the order of the work.

    Where some of it fails, the rest is awaited first, since its calls are paid for; then the first
    failure is raised.
    """
    done = await asyncio.gather(*work, return_exceptions=True)
    results: list[T] = []
    for one in done:
        if isinstance(one, BaseException):
            raise one
        results.append(one)
    return results

"""A round of work: pieces whose inputs are fixed, done side by side."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar

from simulacra.errors import BadReply, TransientModelError

T = TypeVar("T")


async def side_by_side(
    work: Mapping[str, Callable[[], Awaitable[T]]],
    concurrency: int,
    on_done: Callable[[str], None] | None = None,
) -> tuple[dict[str, T], dict[str, str]]:
    """Results by key, and in words what failed by key; both in the order of the work.

    ``on_done`` hears the key of each piece when it has ended, however it ended.

    Raises:
        FatalModelError, BudgetSpent: nothing more can succeed; the other pieces are given up.
    """
    gate = asyncio.Semaphore(concurrency)
    results: dict[str, T] = {}
    failures: dict[str, str] = {}

    async def one(key: str) -> None:
        async with gate:
            try:
                results[key] = await work[key]()
            except (BadReply, TransientModelError) as error:
                failures[key] = str(error)
        if on_done is not None:
            on_done(key)

    tasks = [asyncio.ensure_future(one(key)) for key in work]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return (
        {key: results[key] for key in work if key in results},
        {key: failures[key] for key in work if key in failures},
    )

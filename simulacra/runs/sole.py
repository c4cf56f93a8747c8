"""One at a time: who learns from a source keeps others from paying for the same."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from simulacra.errors import StorageError
from simulacra.storage.claims import new_claim
from simulacra.storage.learned import LearnedRepository

LOOK_SECONDS = 0.5
"""How often one who waits looks whether its turn has come."""

BEAT_SECONDS = 10.0
"""How often one at work says that it is alive."""


@contextlib.asynccontextmanager
async def sole(
    store: LearnedRepository, persona_id: str, stream: str, what: str
) -> AsyncIterator[None]:
    """Wait until nobody else is at ``what``, then keep others out; a dead process keeps nobody out.

    Raises:
        StorageError: the database cannot be written.
    """
    claim = new_claim()
    while not await asyncio.to_thread(store.claim, persona_id, stream, what, claim):
        await asyncio.sleep(LOOK_SECONDS)
    beat = asyncio.create_task(_beat(store, claim))
    try:
        yield
    finally:
        beat.cancel()
        # A claim that cannot be given back lapses; what went wrong before is what is to be heard.
        with contextlib.suppress(StorageError):
            store.release(claim)


async def _beat(store: LearnedRepository, claim: str) -> None:
    with contextlib.suppress(StorageError):
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            await asyncio.to_thread(store.beat, claim)

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest

from ui.background import Background


@pytest.fixture
def background():
    made = Background()
    yield made
    made.close()


async def numbers(count: int) -> AsyncIterator[int]:
    for number in range(count):
        await asyncio.sleep(0)
        yield number


def test_pieces_come_in_order(background):
    assert list(background.pieces(numbers(5))) == [0, 1, 2, 3, 4]


def test_work_happens_in_another_thread(background):
    async def where() -> int:
        return threading.get_ident()

    assert background.run(where()) != threading.get_ident()


def test_an_error_of_the_source_arrives_after_its_pieces(background):
    async def broken() -> AsyncIterator[int]:
        yield 1
        raise ValueError("no more")

    pieces = background.pieces(broken())
    assert next(pieces) == 1
    with pytest.raises(ValueError, match="no more"):
        next(pieces)


def test_leaving_early_stops_the_source(background):
    stopped = threading.Event()

    async def endless() -> AsyncIterator[int]:
        try:
            while True:
                yield 1
                await asyncio.sleep(0.01)
        finally:
            stopped.set()

    pieces = background.pieces(endless())
    assert next(pieces) == 1
    pieces.close()
    assert stopped.wait(timeout=10)

"""Structured replies that are bought once: each call is stored as soon as it came back."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

from pydantic import BaseModel

from simulacra.domain.call import Call, Request
from simulacra.errors import BadReply, SimulacraError
from simulacra.llm.port import Model
from simulacra.llm.structured import MisfitReply, complete_as, read_as
from simulacra.seeds import seed_of

T = TypeVar("T", bound=BaseModel)
Keep = Callable[[str, Call], None]
Bought = Callable[[str], Call | None]

_ATTEMPTS = 2


class Asking:
    """Asks for structured replies under one key; what was bought before is read first."""

    def __init__(self, model: Model, key: str, keep: Keep, bought: Bought) -> None:
        self._model, self._key, self._keep, self._bought = model, key, keep, bought

    async def __call__(
        self, request: Callable[[str], Request], schema: type[T], fault: Callable[[T], str]
    ) -> T:
        """The first reply without a fault; at most two are bought.

        Raises:
            BadReply: neither could be used.
        """
        attempt = new = 0
        wrong = ""
        while new < _ATTEMPTS:
            attempt += 1
            key = f"{self._key}.{attempt}"
            bought = await asyncio.to_thread(self._bought, key)
            try:
                if bought is not None:
                    said = read_as(schema, bought, bought.reply)
                else:
                    new += 1
                    said = await self._buy(key, request(wrong), schema, attempt)
            except MisfitReply as error:
                wrong = str(error).rstrip(".")
                continue
            wrong = fault(said)
            if not wrong:
                return said
        raise BadReply(f"what the model told could not be used: {wrong}.")

    async def _buy(self, key: str, request: Request, schema: type[T], attempt: int) -> T:
        if attempt > 1 and request.seed is not None:  # a reproducible model would repeat itself
            request = request.model_copy(update={"seed": seed_of(request.seed, attempt)})
        try:
            value, call = await complete_as(self._model, request, schema)
        except MisfitReply as error:
            await asyncio.to_thread(self._keep, key, error.call)
            raise
        except SimulacraError as error:
            for number, lost in enumerate(error.calls):
                place = f"{key}.lost{number}.{time.time_ns()}"
                await asyncio.to_thread(self._keep, place, lost)
            raise
        await asyncio.to_thread(self._keep, key, call)
        return value

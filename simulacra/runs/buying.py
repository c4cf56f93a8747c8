"""Structured replies that are bought once: each call is stored as soon as it came back."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel

from simulacra.domain.call import Call, Request
from simulacra.errors import BadReply, SimulacraError
from simulacra.llm.embedding_calls import embedding_calls
from simulacra.llm.port import Model
from simulacra.llm.structured import MisfitReply, complete_as, read_as
from simulacra.seeds import seed_of
from simulacra.storage.learned import LearnedRepository

T = TypeVar("T", bound=BaseModel)

_ATTEMPTS = 2


@dataclass(frozen=True)
class Account:
    """Whose calls these are: a persona's in one stream, and a run's where one is named."""

    store: LearnedRepository
    persona_id: str
    stream: str
    run_id: str

    def keep(self, key: str, source: str, call: Call) -> None:
        """Store a call that came back."""
        self.store.keep(
            self.persona_id, key, call, stream=self.stream, source=source, run_id=self.run_id
        )

    def bought(self, key: str) -> Call | None:
        """The call of a key that was bought before."""
        return self.store.bought(self.persona_id, key)

    @contextmanager
    def embedding(self, key: str, source: str) -> Iterator[None]:
        """Keeps the calls that a hosted embedder makes meanwhile."""
        calls: list[Call] = []
        try:
            with embedding_calls(calls):
                yield
        finally:
            for number, call in enumerate(calls):
                self.keep(f"{key}.embedding{number}.{time.time_ns()}", source, call)


class Asking:
    """Asks for structured replies under one key; what was bought before is read first."""

    def __init__(self, model: Model, account: Account, key: str, source: str) -> None:
        self._model, self._account, self._key, self._source = model, account, key, source

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
            bought = await asyncio.to_thread(self._account.bought, key)
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
            await self._keep(key, error.call)
            raise
        except SimulacraError as error:
            for number, lost in enumerate(error.calls):
                place = f"{key}.lost{number}.{time.time_ns()}"
                await self._keep(place, lost)
            raise
        await self._keep(key, call)
        return value

    async def _keep(self, key: str, call: Call) -> None:
        await asyncio.to_thread(self._account.keep, key, self._source, call)

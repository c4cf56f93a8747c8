"""OpenAI's Batch API as a model: requests gather, go as one file, and come back within a day.

A wave is what gathers until nothing new has come for a while: with many interviews at once, the
next open item of each. Every line of a file is named after the request that it holds, and every
batch after the run, so that a process that goes on with a run finds the batches that an earlier one
sent, and buys nothing twice.
"""

import asyncio
import json
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Final, NamedTuple

from openai.types import Batch
from openai.types.chat import ChatCompletion

from simulacra.domain.call import Completion, Request, Scores
from simulacra.errors import FatalModelError, ModelError, ServerFailed, TransientModelError
from simulacra.llm.openai_compatible import OpenAICompatibleModel
from simulacra.llm.openai_errors import openai_errors
from simulacra.llm.port import ModelInfo
from simulacra.llm.status import status_error

PRICE_SHARE = 0.5
"""A call in a batch costs this part of the price."""

MOST = 50_000
"""Requests that one batch may hold."""

LATEST = 16
"""Batches of an earlier process that are looked through: what it had not stored is in the last."""

QUIET_SECONDS = 5.0
"""So long without a new request closes a wave."""

POLL_SECONDS = 30.0
"""How often a batch is looked at."""

_ENDPOINT: Final = "/v1/chat/completions"
_NAME = "simulacra_run"
_GOING = ("validating", "in_progress", "finalizing", "cancelling")
_LOST_LOOKS = 20
"""Looks at a batch that may fail one after the other before it is given up."""


class _Queued(NamedTuple):
    """A request on its way, and who waits for its line of the results."""

    name: str
    body: dict[str, Any]
    line: "asyncio.Future[dict[str, Any]]"


class BatchedModel:
    """A hosted model asked in batches.

    ``run_id`` names the batches; ``quiet`` and ``poll`` as the constants of the module. Streams
    and scores go to the server at once.
    """

    def __init__(
        self, model: OpenAICompatibleModel, run_id: str, *, quiet: float, poll: float
    ) -> None:
        self._model, self._run_id = model, run_id
        self._quiet, self._poll = quiet, poll
        self._queue: list[_Queued] = []
        self._sender: asyncio.Task[None] | None = None
        self._batches: set[asyncio.Task[None]] = set()
        self._last = 0.0
        self._kept: defaultdict[str, deque[dict[str, Any]]] = defaultdict(deque)
        self._recovering = asyncio.Lock()
        self._recovered = False

    @property
    def info(self) -> ModelInfo:
        """Facts about the model."""
        return self._model.info

    async def complete(self, request: Request) -> Completion:
        """The completion, once its batch is back.

        Raises:
            FatalModelError: the server refused the batch.
            TransientModelError: the batch expired before this request was answered.
            ModelError: as the server answered this request.
        """
        started = time.perf_counter()
        await self._recover()
        name = f"{request.agent}-{request.key()[:40]}"
        if self._kept[name]:
            line = self._kept[name].popleft()
        else:
            line = await self._sent(name, self._model.body(request))
        answer = line.get("response") or {}
        if answer.get("status_code") != 200:
            raise self._refusal(line, answer)
        reply = ChatCompletion.construct(**answer.get("body", {}))
        return self._model.completion(request, reply, started)

    async def score(self, request: Request, options: Sequence[str]) -> Scores:
        """As the model itself."""
        return await self._model.score(request, options)

    def stream(self, request: Request) -> AsyncIterator[str | Completion]:
        """As the model itself."""
        return self._model.stream(request)

    async def aclose(self) -> None:
        """Stop waiting; batches on the server go on, and a later process finds them."""
        tasks = [*self._batches, *([self._sender] if self._sender else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._model.aclose()

    async def _sent(self, name: str, body: dict[str, Any]) -> dict[str, Any]:
        """The line of the results for a request, which goes with the next wave."""
        loop = asyncio.get_running_loop()
        queued = _Queued(name, body, loop.create_future())
        self._queue.append(queued)
        self._last = loop.time()
        if self._sender is None or self._sender.done():
            self._sender = asyncio.create_task(self._send())
        return await queued.line

    async def _send(self) -> None:
        """Send what has gathered, once nothing new comes."""
        loop = asyncio.get_running_loop()
        while self._queue:
            while len(self._queue) < MOST and (left := self._last + self._quiet - loop.time()) > 0:
                await asyncio.sleep(left)
            wave, self._queue = self._queue[:MOST], self._queue[MOST:]
            task = asyncio.create_task(self._wave(wave))
            self._batches.add(task)
            task.add_done_callback(self._batches.discard)

    async def _wave(self, wave: Sequence[_Queued]) -> None:
        """Send a wave and give everyone who waits a line, or the error."""
        waiting: defaultdict[str, deque[_Queued]] = defaultdict(deque)
        for one in wave:
            waiting[one.name].append(one)
        try:
            batch = await self._ended(await self._created(wave))
            for name, line in await self._lines(batch):
                if waiting[name]:
                    waiting[name].popleft().line.set_result(line)
            error: ModelError = self._expired(batch)
        except ModelError as failure:
            error = failure
        for queued in (one for some in waiting.values() for one in some):
            if not queued.line.done():
                queued.line.set_exception(error)

    async def _created(self, wave: Sequence[_Queued]) -> Batch:
        lines = [
            {
                "custom_id": f"{one.name}-{number}",
                "method": "POST",
                "url": _ENDPOINT,
                "body": one.body,
            }
            for number, one in enumerate(wave)
        ]
        data = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        client = self._model.client
        with self._errors():
            file = await client.files.create(
                file=("requests.jsonl", data.encode()), purpose="batch"
            )
            return await client.batches.create(
                input_file_id=file.id,
                endpoint=_ENDPOINT,
                completion_window="24h",
                metadata={_NAME: self._run_id},
            )

    async def _ended(self, batch: Batch) -> Batch:
        """The batch once it has ended; a look that fails is taken again."""
        lost = 0
        while batch.status in _GOING:
            await asyncio.sleep(self._poll)
            try:
                with self._errors():
                    batch = await self._model.client.batches.retrieve(batch.id)
                lost = 0
            except TransientModelError:
                lost += 1
                if lost == _LOST_LOOKS:
                    raise
        if batch.status == "failed":
            said = "; ".join(
                one.message or "" for one in (batch.errors and batch.errors.data) or ()
            )
            place = self._model.place
            raise FatalModelError(f"{place} refused a batch: {place.scrub(said)[:300]}")
        return batch

    async def _lines(self, batch: Batch) -> list[tuple[str, dict[str, Any]]]:
        """The results of a batch, each with the name of its request."""
        found = []
        for file_id in (batch.output_file_id, batch.error_file_id):
            if file_id is None:
                continue
            with self._errors():
                content = await self._model.client.files.content(file_id)
            for text in content.text.splitlines():
                if text.strip():
                    line = json.loads(text)
                    found.append((str(line["custom_id"]).rpartition("-")[0], line))
        return found

    async def _recover(self) -> None:
        """Take over the results of batches that an earlier process sent for the run."""
        async with self._recovering:
            if self._recovered:
                return
            earlier: list[Batch] = []
            with self._errors():
                async for batch in self._model.client.batches.list(limit=100):
                    if (batch.metadata or {}).get(_NAME) == self._run_id:
                        earlier.append(batch)
                    if len(earlier) == LATEST:
                        break
            for batch in earlier:
                if batch.status == "failed":
                    continue
                for name, line in await self._lines(await self._ended(batch)):
                    if (line.get("response") or {}).get("status_code") == 200:
                        self._kept[name].append(line)
            self._recovered = True

    def _errors(self) -> AbstractContextManager[None]:
        return openai_errors(self._model.place, self._model.timeout)

    def _expired(self, batch: Batch) -> ModelError:
        return ServerFailed(
            f"{self._model.place} ended a batch ({batch.status}) without an answer to a request"
        )

    def _refusal(self, line: dict[str, Any], answer: dict[str, Any]) -> ModelError:
        """The error that a line without a good answer stands for."""
        place, status = self._model.place, answer.get("status_code")
        if isinstance(status, int):
            return status_error(place, status, json.dumps(answer.get("body")), {})
        said = (line.get("error") or {}).get("message") or "no answer"
        return ServerFailed(f"{place} did not answer in a batch: {place.scrub(str(said))[:200]}")

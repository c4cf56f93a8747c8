"""OpenAI's Batch API as a model: requests gather, go as one file, and come back within a day.

A wave is what gathers until nothing new has come for a while: with many interviews at once, the
next open item of each. Every line of a file is named after the request that it holds, and every
batch after the run and the model, so that a process that goes on with a run finds the batches that
an earlier one sent, and buys nothing twice. Where it is not known what became of a batch, nothing
is sent again: the run stops, and finds it when it goes on.
"""

import asyncio
import json
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Any, NamedTuple, TypeVar

from openai.types import Batch
from openai.types.chat import ChatCompletion

from simulacra.domain.call import Completion, Request, Scores
from simulacra.errors import (
    BadReply,
    FatalModelError,
    ModelError,
    ServerFailed,
    TransientModelError,
)
from simulacra.llm import batch_files
from simulacra.llm.batch_files import is_good, lines_of, name_in, response_of, results_of, that_fit
from simulacra.llm.openai_compatible import OpenAICompatibleModel
from simulacra.llm.openai_errors import openai_errors
from simulacra.llm.port import ModelInfo
from simulacra.llm.status import status_error

LATEST = 16
"""Batches of an earlier process that are looked through: what it had not stored is in the last."""

QUIET_SECONDS = 5.0
"""So long without a new request closes a wave."""

POLL_SECONDS = 30.0
"""How often a batch is looked at."""

_RUN, _MODEL = "simulacra_run", "simulacra_model"
_GOING = ("validating", "in_progress", "finalizing", "cancelling")
_LOST_LOOKS = 20
"""Looks at a batch that may fail one after the other before it is given up."""

T = TypeVar("T")


class _Queued(NamedTuple):
    """A request on its way, and who waits for its line of the results."""

    name: str
    body: dict[str, Any]
    size: int
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
        answer = response_of(line)
        if not is_good(line):
            raise self._refusal(line, answer)
        reply = ChatCompletion.construct(**answer["body"])
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
        (line,) = lines_of([(name, body)])
        queued = _Queued(name, body, len(line), loop.create_future())
        self._queue.append(queued)
        self._last = loop.time()
        if self._sender is None or self._sender.done():
            self._sender = asyncio.create_task(self._send())
        return await queued.line

    async def _send(self) -> None:
        """Send what has gathered, once nothing new comes."""
        loop = asyncio.get_running_loop()
        while self._queue:
            while (
                len(self._queue) < batch_files.MOST
                and (left := self._last + self._quiet - loop.time()) > 0
            ):
                await asyncio.sleep(left)
            many = that_fit(one.size for one in self._queue)
            wave, self._queue = self._queue[:many], self._queue[many:]
            task = asyncio.create_task(self._wave(wave))
            self._batches.add(task)
            task.add_done_callback(self._batches.discard)

    async def _wave(self, wave: Sequence[_Queued]) -> None:
        """Send a wave and give everyone who waits a line, or the error."""
        found: dict[str, dict[str, Any]] = {}
        try:
            batch = await self._ended(await self._created(wave))
            found = await self._results(batch)
            error: Exception = self._unanswered(batch)
        except Exception as failure:
            error = failure
        for number, one in enumerate(wave):
            line = found.get(f"{one.name}-{number}")
            if one.line.done():  # who waited was stopped
                continue
            if line is None:
                one.line.set_exception(error)
            else:
                one.line.set_result(line)

    async def _created(self, wave: Sequence[_Queued]) -> Batch:
        data = b"".join(lines_of([(one.name, one.body) for one in wave]))
        client = self._model.client
        with self._errors():
            file = await client.files.create(file=("requests.jsonl", data), purpose="batch")
        try:
            with self._errors():
                return await client.batches.create(
                    input_file_id=file.id,
                    endpoint=batch_files.ENDPOINT,
                    completion_window="24h",
                    metadata={_RUN: self._run_id, _MODEL: self._model.info.name},
                )
        except FatalModelError:
            raise
        except ModelError as error:
            # The server may have begun all the same.
            for one in await self._sure(self._earlier):
                if one.input_file_id == file.id:
                    return one
            raise error

    async def _ended(self, batch: Batch) -> Batch:
        """The batch once it has ended.

        Raises:
            FatalModelError: the server refused it, or cannot be asked about it any more.
        """
        while batch.status in _GOING:
            await asyncio.sleep(self._poll)
            batch = await self._sure(partial(self._model.client.batches.retrieve, batch.id))
        if batch.status == "failed":
            said = "; ".join(
                one.message or "" for one in (batch.errors and batch.errors.data) or ()
            )
            place = self._model.place
            raise FatalModelError(f"{place} refused a batch: {place.scrub(said)[:300]}")
        return batch

    async def _results(self, batch: Batch) -> dict[str, dict[str, Any]]:
        """The results of a batch by the id of their request; good ones stand before errors.

        Raises:
            FatalModelError: they are there, and cannot be fetched now.
        """
        client, found = self._model.client, dict[str, dict[str, Any]]()
        for file_id in (batch.error_file_id, batch.output_file_id):
            if file_id is not None:
                content = await self._sure(partial(client.files.content, file_id))
                found.update(results_of(content.content))
        return found

    async def _sure(self, ask: Callable[[], Awaitable[T]]) -> T:
        """What the server says, asked again where it fails.

        What has been paid for hangs on it, so that nothing may be sent again in its place.

        Raises:
            FatalModelError: it fails time and again.
        """
        for _ in range(_LOST_LOOKS):
            try:
                with self._errors():
                    return await ask()
            except (TransientModelError, BadReply) as error:
                lost = error
            await asyncio.sleep(self._poll)
        raise FatalModelError(
            f"{lost} A batch of the run is there: resume the run later, and it is taken over."
        )

    async def _earlier(self) -> list[Batch]:
        """The latest batches of the run on this model, the newest first."""
        found: list[Batch] = []
        with self._errors():
            async for batch in self._model.client.batches.list(limit=100):
                marks = batch.metadata or {}
                name = self._model.info.name
                if marks.get(_RUN) == self._run_id and marks.get(_MODEL, name) == name:
                    found.append(batch)
                if len(found) == LATEST:
                    break
        return found

    async def _recover(self) -> None:
        """Take over the results of batches that an earlier process sent for the run."""
        async with self._recovering:
            if self._recovered:
                return
            kept: defaultdict[str, deque[dict[str, Any]]] = defaultdict(deque)
            for batch in await self._earlier():
                if batch.status == "failed":
                    continue
                for custom_id, line in (await self._results(await self._ended(batch))).items():
                    if is_good(line):
                        kept[name_in(custom_id)].append(line)
            self._kept, self._recovered = kept, True

    def _errors(self) -> AbstractContextManager[None]:
        return openai_errors(self._model.place, self._model.timeout)

    def _unanswered(self, batch: Batch) -> ModelError:
        return ServerFailed(
            f"{self._model.place} ended a batch ({batch.status}) without an answer to a request"
        )

    def _refusal(self, line: dict[str, Any], answer: Mapping[str, Any]) -> ModelError:
        """The error that a line without a good answer stands for."""
        place, status = self._model.place, answer.get("status_code")
        if isinstance(status, int) and status != 200:
            return status_error(place, status, json.dumps(answer.get("body")), {})
        said = (line.get("error") or {}).get("message") or "no answer"
        return ServerFailed(f"{place} did not answer in a batch: {place.scrub(str(said))[:200]}")

"""Limits around a model: retries, rates, calls in flight. Budgets are in ``budgets``.

Each wrapper is a model itself. They wait or raise; none of them ever answers.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

from aiolimiter import AsyncLimiter
from pydantic import Field
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    wait_exponential,
    wait_random,
)

from simulacra.domain.base import Frozen
from simulacra.domain.call import Call, Completion, Request, Scores, Usage
from simulacra.errors import (
    BadReply,
    ConnectionLost,
    FatalModelError,
    Interrupted,
    ModelError,
    TransientModelError,
)
from simulacra.llm.loops import PerLoop
from simulacra.llm.port import Model, ModelInfo

T = TypeVar("T")
Answer = TypeVar("Answer", Completion, Scores)
Sleep = Callable[[float], Awaitable[None]]
Report = Callable[[Call], None]


class RetryPolicy(Frozen):
    """When to try again. Waits in seconds.

    The wait doubles from ``first_wait`` up to ``longest_wait``, plus a random part of up to
    ``first_wait``; a Retry-After of the server counts instead where it is longer, up to
    ``longest_told``. A malformed reply gets fewer tries, since the same prompt tends to bring it
    back.
    """

    max_attempts: int = Field(default=5, ge=1)
    bad_reply_attempts: int = Field(default=2, ge=1)
    first_wait: float = 0.5
    longest_wait: float = 30.0
    longest_told: float = 300.0


class Retrying:
    """Tries again what a later try may mend: transient errors and malformed replies.

    A malformed reply is paid for: what it took counts in the call that follows it, or goes with
    the error where none does. A server that cannot be reached after the last attempt raises
    ``FatalModelError``, because every further call would fail as well. A stream is tried again
    only before its first piece.
    """

    def __init__(
        self, model: Model, policy: RetryPolicy | None = None, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._model, self._policy = model, policy or RetryPolicy()
        first, longest = self._policy.first_wait, self._policy.longest_wait
        self._backoff = wait_exponential(multiplier=first, max=longest) + wait_random(0, first)
        self._retrying = AsyncRetrying(
            sleep=sleep,
            retry=retry_if_exception_type((TransientModelError, BadReply)),
            stop=self._enough,
            wait=self._wait,
            reraise=True,
        )

    @property
    def info(self) -> ModelInfo:
        """Facts about the wrapped model."""
        return self._model.info

    async def complete(self, request: Request) -> Completion:
        """As the wrapped model; ``attempts`` of the call counts the tries."""
        answer, tries = await self._tried(lambda: self._model.complete(request))
        return tries.counted(answer)

    async def score(self, request: Request, options: Sequence[str]) -> Scores:
        """As the wrapped model; ``attempts`` of the call counts the tries."""
        answer, tries = await self._tried(lambda: self._model.score(request, options))
        return tries.counted(answer)

    async def stream(self, request: Request) -> AsyncIterator[str | Completion]:
        """As the wrapped model, tried again before the first piece only."""
        (first, pieces), tries = await self._tried(lambda: _begun(self._model.stream(request)))
        yield tries.counted(first) if isinstance(first, Completion) else first
        async for piece in pieces:
            yield tries.counted(piece) if isinstance(piece, Completion) else piece

    async def aclose(self) -> None:
        """Close the wrapped model."""
        await self._model.aclose()

    async def _tried(self, call: Callable[[], Awaitable[T]]) -> tuple[T, "_Tries"]:
        tries = _Tries()

        async def once() -> T:
            tries.number += 1
            try:
                return await call()
            except ModelError as error:
                tries.spoilt += error.calls
                raise

        try:
            return await once(), tries
        except (TransientModelError, BadReply) as error:
            failed = error
        # Only what failed goes through the machinery of retries, which costs more than the rest.
        return await self._again(once, failed, tries), tries

    async def _again(
        self, once: Callable[[], Awaitable[T]], failed: ModelError, tries: "_Tries"
    ) -> T:
        """A later try; ``failed`` is how the first one ended."""
        first: list[ModelError] = [failed]

        async def attempt() -> T:
            if first:
                raise first.pop()
            return await once()

        try:
            # A copy, because the original keeps statistics that parallel calls would share.
            return await self._retrying.copy()(attempt)
        except ConnectionLost as error:
            gone = FatalModelError(f"{error} Given up after {tries.number} attempts.")
            raise gone.after(tries.paid()) from error
        except ModelError as error:
            error.calls = tries.paid()
            raise

    def _enough(self, state: RetryCallState) -> bool:
        bad = isinstance(_error(state), BadReply)
        most = self._policy.bad_reply_attempts if bad else self._policy.max_attempts
        return state.attempt_number >= min(most, self._policy.max_attempts)

    def _wait(self, state: RetryCallState) -> float:
        told = getattr(_error(state), "retry_after", None) or 0.0
        return max(self._backoff(state), min(told, self._policy.longest_told))


@dataclass
class _Tries:
    """The tries of one call: how many, and the malformed replies among them."""

    number: int = 0
    spoilt: tuple[Call, ...] = ()

    def counted(self, answer: Answer) -> Answer:
        """The answer, its call with what all tries took."""
        if self.number == 1:
            return answer
        call = answer.call.following(self.spoilt, self.number)
        return answer.model_copy(update={"call": call})

    def paid(self) -> tuple[Call, ...]:
        """The tries as one call, where no good reply came; none where nothing came back."""
        if not self.spoilt:
            return ()
        return (self.spoilt[-1].following(self.spoilt[:-1], self.number),)


class Gate(ABC):
    """A wrapper that lets a call pass, sooner or later, and hears what it took."""

    def __init__(self, model: Model) -> None:
        self._model = model

    @property
    def info(self) -> ModelInfo:
        """Facts about the wrapped model."""
        return self._model.info

    async def complete(self, request: Request) -> Completion:
        """As the wrapped model, once the call may pass."""
        async with self._pass(request) as report:
            answer = await self._model.complete(request)
            report(answer.call)
        return answer

    async def score(self, request: Request, options: Sequence[str]) -> Scores:
        """As the wrapped model, once the call may pass."""
        async with self._pass(request) as report:
            answer = await self._model.score(request, options)
            report(answer.call)
        return answer

    async def stream(self, request: Request) -> AsyncIterator[str | Completion]:
        """As the wrapped model, once the call may pass."""
        async with self._pass(request) as report:
            async for piece in self._model.stream(request):
                if isinstance(piece, Completion):
                    report(piece.call)
                yield piece

    async def aclose(self) -> None:
        """Close the wrapped model."""
        await self._model.aclose()

    @abstractmethod
    def _pass(self, request: Request, /) -> AbstractAsyncContextManager[Report]: ...


class Throttled(Gate):
    """At most so many requests and (estimated) tokens a minute; None means unlimited.

    The tokens of a request are estimated before it is sent, see ``expected``.
    """

    def __init__(
        self,
        model: Model,
        requests_per_minute: float | None = None,
        tokens_per_minute: float | None = None,
    ) -> None:
        super().__init__(model)
        self._tokens_per_minute = tokens_per_minute or 0.0
        self._requests = PerLoop(lambda: AsyncLimiter(requests_per_minute or 1.0))
        self._tokens = PerLoop(lambda: AsyncLimiter(self._tokens_per_minute))
        self._count_requests = requests_per_minute is not None

    @asynccontextmanager
    async def _pass(self, request: Request) -> AsyncIterator[Report]:
        if self._count_requests:
            await self._requests.get().acquire()
        if self._tokens_per_minute:
            usage = expected(request)
            wanted = float(usage.tokens_in + usage.tokens_out)
            await self._tokens.get().acquire(min(wanted, self._tokens_per_minute))
        yield _ignore


class Bounded(Gate):
    """At most ``in_flight`` calls at the same time."""

    def __init__(self, model: Model, in_flight: int) -> None:
        super().__init__(model)
        self._free = PerLoop(lambda: asyncio.Semaphore(in_flight))

    @asynccontextmanager
    async def _pass(self, _: Request) -> AsyncIterator[Report]:
        async with self._free.get():
            yield _ignore


class Stoppable(Gate):
    """Raises ``Interrupted`` before any call once it was stopped; those under way end."""

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        self._stopped = False

    def stop(self) -> None:
        """Let no further call pass."""
        self._stopped = True

    @asynccontextmanager
    async def _pass(self, _: Request) -> AsyncIterator[Report]:
        if self._stopped:
            raise Interrupted("stopped: no further call is made")
        yield _ignore


def expected(request: Request) -> Usage:
    """The tokens that a request takes at most, roughly: a token for 3 characters, a full reply."""
    characters = sum(len(message.text) for message in request.messages)
    return Usage(tokens_in=characters // 3 + 1, tokens_out=request.max_tokens)


def _ignore(call: Call) -> None:
    """Where nobody wants to know what a call took."""


def _error(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None


async def _begun(
    pieces: AsyncIterator[str | Completion],
) -> tuple[str | Completion, AsyncIterator[str | Completion]]:
    """The first piece and the rest."""
    return await anext(pieces), pieces

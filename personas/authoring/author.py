"""A model that writes for one persona, every finished call kept and never bought twice."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol, Self, TypeVar

from pydantic import BaseModel, Field, ValidationError

from simulacra.domain.base import Frozen, content_hash
from simulacra.domain.call import Call, Message, OutputSchema, Request
from simulacra.errors import BadReply
from simulacra.llm.budgets import Budget
from simulacra.llm.limits import Bounded
from simulacra.llm.port import Model
from simulacra.llm.structured import output_schema
from simulacra.prompting import Prompt, find_template
from simulacra.seeds import seed_of
from simulacra.workspace import Workspace

T = TypeVar("T", bound=BaseModel)

PROMPTS = Path(__file__).parents[1] / "prompts"
_TRIES = 2


class Step(Frozen):
    """Which piece of work a call belongs to.

    ``stage`` names the stage, ``part`` the piece of it (an episode, a chunk and its round);
    ``attempt`` counts how often the piece was asked for anew, and decides the seed.
    """

    stage: str
    part: str = ""
    attempt: int = Field(default=1, ge=1)


class Ledger(Protocol):
    """Where finished calls are kept, by persona and key."""

    def find(self, persona_id: str, key: str) -> Call | None:
        """The call kept under a key; None where there is none."""
        ...

    def keep(
        self, persona_id: str, key: str, call: Call, *, stage: str, part: str = "", attempt: int = 1
    ) -> None:
        """Keep a finished call at once and whole."""
        ...


OnCall = Callable[[Step, Call, bool], None]
"""Hears of each call: its step, the call, and whether it was bought now (else found)."""


class Author:
    """Writes for one persona. Equal steps with equal prompts give the reply that was bought first.

    ``temperature`` None means the model's default. Safe to use by many tasks at once.
    """

    def __init__(
        self,
        model: Model,
        ledger: Ledger,
        persona_id: str,
        *,
        seed: int = 0,
        temperature: float | None = None,
        on_call: OnCall | None = None,
    ) -> None:
        self._model, self._ledger, self.persona_id = model, ledger, persona_id
        self._seed, self._on_call = seed, on_call
        default = model.info.default_temperature
        self._temperature = default if temperature is None else temperature

    @classmethod
    def open(
        cls,
        workspace: Workspace,
        persona_id: str,
        *,
        model: str | None = None,
        seed: int = 0,
        temperature: float | None = None,
        budget: Budget | None = None,
        since: datetime | None = None,
        concurrency: int | None = None,
        on_call: OnCall | None = None,
    ) -> Self:
        """An author on a workspace's model and database; a budget counts calls ``since``.

        ``concurrency``: at most so many calls at once.
        """
        writer = workspace.author_model(persona_id, model, budget, since)
        return cls(
            writer if concurrency is None else Bounded(writer, concurrency),
            workspace.authoring,
            persona_id,
            seed=seed,
            temperature=temperature,
            on_call=on_call,
        )

    @property
    def brief(self) -> bool:
        """Whether the model is a small one, which wants short prompts."""
        return self._model.info.detail == "brief"

    @property
    def model(self) -> str:
        """Name of the model."""
        return self._model.info.name

    def seed_for(self, step: Step, *more: str | int) -> int:
        """The seed of a step, for the model and for draws that belong to the step."""
        return seed_of(self._seed, self.persona_id, step.stage, step.part, step.attempt, *more)

    async def write(
        self, step: Step, prompt: Prompt, *, max_tokens: int, stop: Sequence[str] = ()
    ) -> str:
        """A text.

        Raises:
            ModelError: the model gave none.
            BudgetSpent: the budget allows no further call.
        """
        call = await self._call(step, self._request(step, prompt, max_tokens, tuple(stop)))
        return call.reply

    async def fill(self, step: Step, prompt: Prompt, schema: type[T], *, max_tokens: int) -> T:
        """A value of ``schema``; a reply that is none is asked for once more, its fault named.

        Raises:
            BadReply: the second reply is none either.
            ModelError: the model gave no reply.
            BudgetSpent: the budget allows no further call.
        """
        output = output_schema(schema)
        messages, problem = prompt.messages, ""
        for number in range(_TRIES):
            request = self._request(step, prompt, max_tokens, (), output, number)
            request = request.model_copy(update={"messages": messages})
            try:
                reply = (await self._call(step, request)).reply
            except BadReply as error:
                reply, problem = "", str(error)
            else:
                try:
                    return schema.model_validate_json(reply)
                except ValidationError as error:
                    problem = _problem(error)
            messages = (*prompt.messages, *_asked_again(reply, problem))
        raise BadReply(f"{self._model.info.name} gave no usable {schema.__name__}: {problem}")

    async def has(self, step: Step, prompt: Prompt, schema: type[T], *, max_tokens: int) -> bool:
        """Whether a step's first call was bought before."""
        request = self._request(step, prompt, max_tokens, (), output_schema(schema))
        key = self._key(request)
        return await asyncio.to_thread(self._ledger.find, self.persona_id, key) is not None

    def _key(self, request: Request) -> str:
        info = self._model.info
        return content_hash([request.key(), info.name, info.fingerprint])

    def _request(
        self,
        step: Step,
        prompt: Prompt,
        max_tokens: int,
        stop: tuple[str, ...],
        output: OutputSchema | None = None,
        number: int = 0,
    ) -> Request:
        return Request(
            agent=step.stage,
            prompt_name=prompt.name,
            prompt_hash=prompt.hash,
            messages=prompt.messages,
            max_tokens=max_tokens,
            temperature=self._temperature,
            seed=self.seed_for(step, *([number] if number else [])),
            stop=stop,
            output=output,
        )

    async def _call(self, step: Step, request: Request) -> Call:
        key = self._key(request)
        call = await asyncio.to_thread(self._ledger.find, self.persona_id, key)
        bought = call is None
        if call is None:
            call = await self._bought(request)
            keep = asyncio.to_thread(
                self._ledger.keep,
                self.persona_id,
                key,
                call,
                stage=step.stage,
                part=step.part,
                attempt=step.attempt,
            )
            # What is paid for is kept, also when the task is cancelled meanwhile.
            await asyncio.shield(asyncio.ensure_future(keep))
        if self._on_call is not None:
            self._on_call(step, call, bought)
        return call

    async def _bought(self, request: Request) -> Call:
        """The finished call; where a form was asked for, also one whose reply does not fit it."""
        try:
            return (await self._model.complete(request)).call
        except BadReply as error:
            if request.output is None or not error.calls:
                raise
            unfit: Call = error.calls[-1]
            return unfit


def _problem(error: ValidationError) -> str:
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or "the whole"
    return f"{where}: {first['msg']}."


def _asked_again(reply: str, problem: str) -> tuple[Message, ...]:
    again = find_template("misfit", PROMPTS).render({"problem": problem})
    said = (Message(role="assistant", text=reply),) if reply else ()
    return (*said, *again.messages)

"""A model call as a value: what was asked, what came back, what it cost."""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import Field

from simulacra.domain.base import Frozen, content_hash

Role = Literal["system", "user", "assistant"]


class Message(Frozen):
    """One message of a prompt."""

    role: Role
    text: str


class OutputSchema(Frozen):
    """A JSON schema that the reply must follow."""

    name: str
    definition: dict[str, Any]


class Request(Frozen):
    """Everything that decides a model's reply.

    ``agent`` says which part of the mind asks (memory, emotion, planning, top, ...);
    ``prompt_name`` and ``prompt_hash`` name the template it was rendered from.
    """

    agent: str
    prompt_name: str
    prompt_hash: str
    messages: tuple[Message, ...]
    max_tokens: int = Field(default=256, gt=0)
    temperature: float = Field(default=0.0, ge=0)
    seed: int | None = None
    stop: tuple[str, ...] = ()
    output: OutputSchema | None = None

    def key(self, options: Sequence[str] = ()) -> str:
        """Hash of what reaches the model: messages, settings, schema, scored options."""
        sent = self.model_dump(mode="json", exclude={"agent", "prompt_name", "prompt_hash"})
        return content_hash({**sent, "options": list(options)})


class Usage(Frozen):
    """Tokens of one call; ``cached`` are those of the prompt that the provider had already."""

    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            tokens_in=self.tokens_in + other.tokens_in,
            tokens_out=self.tokens_out + other.tokens_out,
            tokens_cached=self.tokens_cached + other.tokens_cached,
        )


class Spent(Frozen):
    """What calls took: their number (every attempt counts), tokens in and out, US dollars."""

    calls: int = 0
    tokens: int = 0
    cost: float = 0.0

    def __add__(self, other: "Spent") -> "Spent":
        return Spent(
            calls=self.calls + other.calls,
            tokens=self.tokens + other.tokens,
            cost=self.cost + other.cost,
        )

    def __sub__(self, other: "Spent") -> "Spent":
        return Spent(
            calls=self.calls - other.calls,
            tokens=self.tokens - other.tokens,
            cost=self.cost - other.cost,
        )


class Call(Frozen):
    """One finished model call.

    ``latency`` in seconds, ``cost`` in US dollars; ``attempts`` is 0 where an earlier result was
    kept: nothing was sent, and nothing was used. Where a malformed reply was asked for again,
    usage, latency and cost are those of all replies that came back.
    """

    request: Request
    options: tuple[str, ...] = ()
    reply: str
    usage: Usage = Usage()
    latency: float = 0.0
    attempts: int = 1
    cost: float = 0.0
    model: str = ""
    fingerprint: str = ""
    finish: str = "stop"

    def kept(self) -> "Call":
        """This call as one whose result was kept from before: nothing was sent, nothing is paid."""
        free = {"usage": Usage(), "latency": 0.0, "attempts": 0, "cost": 0.0}
        return self.model_copy(update=free)

    def following(self, earlier: Sequence["Call"], attempts: int) -> "Call":
        """This call as the last of several attempts; ``earlier`` replies are paid for as well."""
        paid = (*earlier, self)
        return self.model_copy(
            update={
                "usage": sum((one.usage for one in paid), Usage()),
                "latency": sum(one.latency for one in paid),
                "cost": sum(one.cost for one in paid),
                "attempts": attempts,
            }
        )


class Completion(Frozen):
    """The text of a reply with its call."""

    text: str
    call: Call


class Scores(Frozen):
    """Log-probability of each option as the continuation of a prompt.

    ``logprobs`` are sums over an option's tokens (natural logarithm), ``tokens`` their counts; both
    in the order the options were given.
    """

    logprobs: tuple[float, ...]
    tokens: tuple[int, ...]
    call: Call

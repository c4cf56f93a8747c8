"""What a hosted embedder's requests took, told to whoever asked for the vectors.

Vectors are wanted deep inside recall; who pays listens from outside. The listener goes along into
threads that ``asyncio.to_thread`` starts.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from simulacra.domain.call import Call, Request, Usage
from simulacra.llm.pricing import cost_of
from simulacra.settings import Price

AGENT = "embedding"
_listener: ContextVar[list[Call] | None] = ContextVar("embedding_calls", default=None)


@contextmanager
def embedding_calls(calls: list[Call]) -> Iterator[None]:
    """Adds the calls that embedders make meanwhile to a list, also where one fails in the end."""
    token = _listener.set(calls)
    try:
        yield
    finally:
        _listener.reset(token)


def tell(model: str, tokens: int, latency: float, price: Price) -> None:
    """Say that a request of an embedder came back; ``latency`` in seconds.

    The texts are not kept: they are those of memories and questions, which are stored anyway.
    """
    calls = _listener.get()
    if calls is None:
        return
    usage = Usage(tokens_in=tokens)
    request = Request(agent=AGENT, prompt_name=AGENT, prompt_hash="", messages=())
    calls.append(
        Call(
            request=request,
            reply="",
            usage=usage,
            latency=latency,
            cost=cost_of(usage, price),
            model=model,
        )
    )

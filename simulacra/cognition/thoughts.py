"""Feelings and thoughts are bought once: what an earlier try of the same answer brought is used.

An earlier try is one of the same question in the same interview that failed or was given up after
some agents had replied. Their requests are compared by hash, and the hash holds the seed: no
replicate, retest or other question ever finds anything here.
"""

from contextlib import suppress
from typing import TypeVar

from pydantic import BaseModel

from simulacra.cognition.context import MindContext
from simulacra.cognition.state import Stimulus
from simulacra.domain.call import Call, Request
from simulacra.llm.structured import MisfitReply, complete_as, output_schema, read_as

T = TypeVar("T", bound=BaseModel)


async def thought(context: MindContext, stimulus: Stimulus, request: Request) -> tuple[str, Call]:
    """The text of a reply, from an earlier try where it holds the same request."""
    for call in _earlier(stimulus, request):
        return call.reply, call.kept()
    said = await context.model.complete(request)
    return said.text, said.call


async def thought_as(
    context: MindContext, stimulus: Stimulus, request: Request, schema: type[T]
) -> tuple[T, Call]:
    """A structured reply; an earlier one counts only if it fits the schema.

    Raises:
        MisfitReply: the model replied with something else.
    """
    asked = request.model_copy(update={"output": output_schema(schema)})
    for call in _earlier(stimulus, asked):
        with suppress(MisfitReply):
            return read_as(schema, call, call.reply), call.kept()
    return await complete_as(context.model, request, schema)


def _earlier(stimulus: Stimulus, request: Request) -> list[Call]:
    """Calls of earlier tries with this very request, the latest first."""
    key = request.key() if stimulus.earlier else ""
    return [
        call
        for call in reversed(stimulus.earlier)
        if call.reply and not call.options and call.request.key() == key
    ]

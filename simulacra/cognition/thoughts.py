"""Feelings and thoughts are bought once: what an earlier try of the same answer brought is used.

An earlier try is one of the same question in the same interview that failed or was given up after
some agents had replied. Their requests are compared by hash, and the hash holds the seed: no
replicate, retest or other question ever finds anything here.
"""

from contextlib import suppress
from typing import Literal, TypeVar

from pydantic import BaseModel

from simulacra.cognition.context import MindContext
from simulacra.cognition.moment import Moment
from simulacra.cognition.state import Stimulus
from simulacra.domain.call import Call, Request
from simulacra.llm.structured import MisfitReply, output_schema, read_as

T = TypeVar("T", bound=BaseModel)


async def thought(context: MindContext, stimulus: Stimulus, request: Request) -> tuple[str, Call]:
    """The text of a reply, from an earlier try where it holds the same request."""
    for call in _earlier(stimulus, request):
        return call.reply, call.kept()
    said = await context.model.complete(request)
    return said.text, said.call


async def thought_as(
    context: MindContext,
    stimulus: Stimulus,
    request: Request,
    schema: type[T],
    part: Literal["emotion", "plan"] | None,
) -> tuple[T, Call]:
    """A structured reply; an earlier one counts only if it fits the schema.

    Where all replies have one form, it is that ``part`` of a moment; None: it is none of them.

    Raises:
        MisfitReply: the model replied with something else.
    """
    form = Moment if context.one_form and part else schema
    asked = request.model_copy(update={"output": output_schema(form)})
    for call in _earlier(stimulus, asked):
        with suppress(MisfitReply):
            return _read(schema, part, call), call.kept()
    completion = await context.model.complete(asked)
    return _read(schema, part, completion.call), completion.call


def _read(schema: type[T], part: str | None, call: Call) -> T:
    assert call.request.output is not None
    if call.request.output.name == schema.__name__:
        return read_as(schema, call, call.reply)
    told = getattr(read_as(Moment, call, call.reply), part or "")
    if not isinstance(told, schema):
        raise MisfitReply(f"{call.model} replied without the part {part!r}.", call.reply, call)
    return told


def _earlier(stimulus: Stimulus, request: Request) -> list[Call]:
    """Calls of earlier tries with this very request, the latest first."""
    key = request.key() if stimulus.earlier else ""
    return [
        call
        for call in reversed(stimulus.earlier)
        if call.reply and not call.options and call.request.key() == key
    ]

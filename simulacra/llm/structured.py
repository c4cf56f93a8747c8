"""Replies as typed values: a pydantic class goes in as a schema, an instance comes out."""

from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from simulacra.domain.call import Call, OutputSchema, Request
from simulacra.errors import BadReply
from simulacra.llm.port import Model

T = TypeVar("T", bound=BaseModel)


class MisfitReply(BadReply):
    """The reply does not fit the schema that was asked for; ``text`` is the reply as it came."""

    def __init__(self, message: str, text: str, call: Call) -> None:
        self.text, self.call = text, call
        super().__init__(message)
        self.calls = (call,)


async def complete_as(model: Model, request: Request, schema: type[T]) -> tuple[T, Call]:
    """The reply to ``request`` as an instance of ``schema``, with its call.

    Raises:
        MisfitReply: the model replied with something else; the raw text is kept in it.
        ModelError: the call itself failed.
    """
    asked = request.model_copy(update={"output": output_schema(schema)})
    completion = await model.complete(asked)
    return read_as(schema, completion.call, completion.text), completion.call


def read_as(schema: type[T], call: Call, text: str) -> T:
    """A reply as an instance of ``schema``.

    Raises:
        MisfitReply: it is something else; the call goes along.
    """
    try:
        return schema.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise MisfitReply(
            f"{call.model} replied with something that is no {schema.__name__} "
            f"({where}: {first['msg']}).",
            text,
            call,
        ) from None


@cache
def output_schema(schema: type[BaseModel]) -> OutputSchema:
    """The class as a strict JSON schema: every field required, no others allowed, no defaults."""
    return OutputSchema(name=schema.__name__, definition=_strict(schema.model_json_schema()))


def _strict(node: Any, *, names: bool = False) -> Any:
    """The schema made strict; ``names``: the keys of ``node`` are names, not schema words."""
    if isinstance(node, list):
        return [_strict(part) for part in node]
    if not isinstance(node, dict):
        return node
    kept = {
        key: _strict(value, names=key in ("properties", "$defs") and not names)
        for key, value in node.items()
        if names or key not in ("default", "title")
    }
    if not names and kept.get("type") == "object" and "properties" in kept:
        kept["additionalProperties"] = False
        kept["required"] = list(kept["properties"])
    return kept

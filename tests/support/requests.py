"""Requests for tests of models."""

from typing import Any

from simulacra.domain.call import Message, OutputSchema, Request

FEELING = OutputSchema(
    name="Feeling",
    definition={
        "type": "object",
        "properties": {
            "feeling": {"type": "string", "enum": ["calm", "angry", "sad"]},
            "strength": {"type": "integer", "minimum": 0, "maximum": 10},
            "why": {"type": "string", "maxLength": 20},
        },
        "required": ["feeling", "strength", "why"],
        "additionalProperties": False,
    },
)


def request_of(*texts: str, **settings: Any) -> Request:
    """A request of system, user, assistant, user, ... messages in this order."""
    roles = ("system", *("user", "assistant") * len(texts))
    settings.setdefault("max_tokens", 40)
    settings.setdefault("agent", "top")
    settings.setdefault("prompt_name", "reply")
    return Request(
        prompt_hash="0" * 8,
        messages=tuple(Message(role=r, text=t) for r, t in zip(roles, texts, strict=False)),
        **settings,
    )

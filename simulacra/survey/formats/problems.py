"""A value that does not fit the model, told in one sentence."""

from typing import Any

from pydantic import ValidationError

from simulacra.domain.survey import Kind

KINDS = ", ".join(Kind)


def first_problem(error: ValidationError) -> tuple[tuple[str | int, ...], str]:
    """Place (keys and positions from the outside in) and sentence of the first thing wrong."""
    found = error.errors()[0]
    place = found["loc"]
    return place, _sentence(found["type"], found["msg"], found.get("input"), place)


def _sentence(kind: str, message: str, value: Any, place: tuple[str | int, ...]) -> str:
    name = str(place[-1]) if place else "it"
    if kind == "missing":
        if name == "code":
            return "an option without code: give every option a code and a label"
        return f"{name} is missing: add it"
    if kind == "extra_forbidden":
        return f"unknown field {name}: correct its name or leave it out"
    if kind == "enum" and name == "kind":
        return f"unknown kind {str(value)[:40]!r}: use one of {KINDS}"
    if kind == "string_pattern_mismatch":
        return (
            f"{str(value)[:40]!r} is no id: begin with a letter, "
            "go on with letters, digits, _ and ."
        )
    if kind == "string_too_short":
        return "an option without code" if name == "code" else f"{name} is empty"
    if kind == "value_error":
        return message.removeprefix("Value error, ")
    return f"{message[:1].lower()}{message[1:]} (found {str(value)[:40]!r})"

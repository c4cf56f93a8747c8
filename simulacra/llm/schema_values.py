"""A valid value for a JSON schema, chosen by a seed: what canned models answer with."""

from typing import Any

from simulacra.errors import InputError
from simulacra.seeds import seed_of

_WORDS = ("calm", "early", "garden", "letter", "market", "quiet", "river", "table", "warm")


def value_for(schema: dict[str, Any], seed: int) -> Any:
    """The smallest valid value; enums, numbers and words are chosen by ``seed``.

    Knows what strict structured output allows: objects, arrays, enums, constants, bounds, string
    lengths, ``anyOf``/``oneOf``/``allOf`` and local ``$ref``.

    Raises:
        InputError: the schema uses something else.
    """
    return _value(schema, schema, seed)


def _value(node: dict[str, Any], root: dict[str, Any], seed: int) -> Any:
    if "$ref" in node:
        return _value(_resolved(node["$ref"], root), root, seed)
    if "const" in node:
        return node["const"]
    if "enum" in node:
        return _pick(node["enum"], seed)
    for word in ("anyOf", "oneOf", "allOf"):
        if word in node:
            return _value(_pick(node[word], seed), root, seed)
    kind = node.get("type")
    if isinstance(kind, list):
        kind = _pick(kind, seed)
    if kind == "object":
        return {
            name: _value(part, root, seed_of(seed, name))
            for name, part in node.get("properties", {}).items()
        }
    if kind == "array":
        return _array(node, root, seed)
    return _scalar(kind, node, seed)


def _scalar(kind: str | None, node: dict[str, Any], seed: int) -> Any:
    if kind == "string":
        return _text(node, seed)
    if kind == "integer":
        low, high = _bounds(node, 1)
        return int(low) + seed_of(seed, "integer") % (int(high) - int(low) + 1)
    if kind == "number":
        low, high = _bounds(node, 0.0)
        return round(low + (high - low) * (seed_of(seed, "number") % 101) / 100, 4)
    if kind == "boolean":
        return seed_of(seed, "boolean") % 2 == 0
    if kind == "null":
        return None
    raise InputError(f"cannot make up a value for the schema {node!r}; give a reply instead.")


def _array(node: dict[str, Any], root: dict[str, Any], seed: int) -> list[Any]:
    wanted = max(int(node.get("minItems", 1)), 1 if node.get("maxItems", 1) else 0)
    values: list[Any] = []
    for number in range(100 * wanted):
        if len(values) == wanted:
            break
        value = _value(node.get("items", {"type": "string"}), root, seed_of(seed, number))
        if not (node.get("uniqueItems") and value in values):
            values.append(value)
    return values


def _text(node: dict[str, Any], seed: int) -> str:
    if "pattern" in node or "format" in node:
        raise InputError(f"cannot make up a text for the schema {node!r}; give a reply instead.")
    text = " ".join(_pick(_WORDS, seed_of(seed, place)) for place in range(3))
    while len(text) < int(node.get("minLength", 0)):
        text += " " + _pick(_WORDS, seed_of(seed, text))
    return text[: int(node["maxLength"])] if "maxLength" in node else text


def _bounds(node: dict[str, Any], step: float) -> tuple[float, float]:
    low = node.get("minimum", node.get("exclusiveMinimum", -step) + step)
    high = node.get("maximum", node.get("exclusiveMaximum", max(low, 0) + 10 + step) - step)
    return low, high


def _pick(values: Any, seed: int) -> Any:
    return values[seed_of(seed, "pick") % len(values)]


def _resolved(ref: str, root: dict[str, Any]) -> dict[str, Any]:
    node: Any = root
    for part in ref.removeprefix("#/").split("/"):
        node = node[part]
    return dict(node)

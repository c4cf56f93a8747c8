"""Reading the text files that characters arrive in; every problem names file, line and field."""

import json
import re
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from simulacra.errors import InputError

Place = tuple[str | int, ...]
Lines = dict[Place, int]

# The C parser is some ten times faster and gives the same marks; not every build has it.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_text(path: Path) -> str:
    """The text of a UTF-8 file, without a byte-order mark."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputError("this file is missing; the folder is not complete", path=path) from None
    except UnicodeDecodeError as error:
        raise InputError(f"is not UTF-8 text (byte {error.start})", path=path) from error
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", path=path) from error


def read_json(path: Path) -> Any:
    """The value of a JSON file; a key that stands twice in one object is refused."""
    return json_value(read_text(path), path)


def json_value(text: str, path: Path) -> Any:
    """The value of a JSON text from ``path``; repeated keys, NaN and Infinity are refused.

    Raises:
        InputError: the text is no such JSON.
    """
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise InputError(f"is broken JSON ({error.msg})", path=path, line=error.lineno) from error
    except RecursionError as error:
        raise InputError("is nested too deeply", path=path) from error
    except KeyError as error:
        raise InputError(f"names {error.args[0]!r} twice", path=path) from None
    except ValueError as error:
        raise InputError(f"is broken JSON ({error})", path=path) from error


def read_yaml(path: Path) -> tuple[Any, Lines]:
    """The value of a YAML file, and the line (from 1) of every part of it by its place.

    Repeated keys and aliases are refused.
    """
    text = read_text(path)
    lines: Lines = {}
    try:
        node = yaml.compose(text, Loader=_LOADER)
        return (None if node is None else _value(path, node, (), lines, set())), lines
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise InputError(
            f"is broken YAML ({error.problem})", path=path, line=mark.line + 1 if mark else None
        ) from error
    except (yaml.YAMLError, ValueError) as error:
        raise InputError(f"is broken YAML ({str(error).splitlines()[0]})", path=path) from error


def line_of(lines: Lines, place: Place) -> int | None:
    """The line of a place, or of the nearest thing around it."""
    for length in range(len(place), -1, -1):
        if place[:length] in lines:
            return lines[place[:length]]
    return None


def text_field(path: Path, record: dict[str, Any], key: str, *, within: str = "") -> str:
    """A text that a record must have."""
    value = record.get(key)
    if not isinstance(value, str):
        problem = "is missing" if key not in record else f"must be a text, not {value!r}"
        raise InputError(problem, path=path, field=f"{within} {key}".strip())
    return value


def first_problem(error: ValidationError) -> tuple[Place, str]:
    """Where the first problem lies, and what it is in words."""
    first = error.errors()[0]
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        message = "this field is not known here"
    return first["loc"], message


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number of JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise KeyError(key)
        found[key] = value
    return found


def _value(path: Path, node: yaml.Node, place: Place, lines: Lines, seen: set[int]) -> Any:
    line = node.start_mark.line + 1
    lines.setdefault(place, line)
    if id(node) in seen:
        raise InputError("aliases (*name) are not supported; write the value out", path=path)
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        return [
            _value(path, one, (*place, number), lines, seen)
            for number, one in enumerate(node.value)
        ]
    if not isinstance(node, yaml.MappingNode):
        return yaml.constructor.SafeConstructor().construct_object(node)
    found: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            raise InputError("a key must be a plain word", path=path, line=line)
        key = yaml.constructor.SafeConstructor().construct_object(key_node)
        key_line = key_node.start_mark.line + 1
        if key in found:
            raise InputError(f"{key!r} stands here twice", path=path, line=key_line)
        lines[(*place, key)] = key_line
        found[key] = _value(path, value_node, (*place, key), lines, seen)
    return found


def plain(text: str) -> str:
    """Lower case, single spaces, no punctuation: what two equal values have in common."""
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))

"""Our own format: YAML or JSON that mirrors the instrument.

::

    id: parties
    title: At parties
    option_sets:
      accuracy: {1: Very inaccurate, 2: Moderately inaccurate, 3: Very accurate}
    items:
      - {id: p1, kind: rating, text: Am the life of the party., options: accuracy}
      - id: p2
        kind: single
        text: Do you dance?
        options:
          - {code: y, label: "Yes"}
          - {code: n, label: "No"}
          - {code: 9, label: Rather not say, missing: -97}

``options`` is a list of options, a mapping from code to label, or the name of one of the
``option_sets``; ``rows`` of a matrix or form may be a mapping from code to label, too. Every other
field is one of ``Instrument`` and its parts; an unknown one
is an error. Codes and texts are taken as they are written: ``yes``, ``no`` and ``01`` stay so.
"""

import json
import re
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from simulacra.domain.survey import Instrument
from simulacra.errors import InputError, WorkFailed
from simulacra.survey.formats.problems import first_problem
from simulacra.survey.report import ReportEntry

_MAX_NODES = 200_000
_WHOLE = re.compile(r"[-+]?(?:0|[1-9]\d*)")
_DECIMAL = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}

Place = tuple[str | int, ...]


def read_native(path: Path) -> tuple[Instrument, list[ReportEntry], dict[str, int]]:
    """Instrument, an empty report, and the line of each item.

    Raises InputError with path, line and field.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError("the file is not UTF-8: save it as UTF-8", path=path) from error
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", path=path) from error
    document = _Document(path)
    data = document.of_json(text) if path.suffix.lower() == ".json" else document.of_yaml(text)
    instrument = _instrument(data, document)
    lines = {
        item.id: line
        for place, item in enumerate(instrument.items)
        if (line := document.line(("items", place))) is not None
    }
    return instrument, [], lines


def write_native(instrument: Instrument, path: Path) -> None:
    """Write YAML or JSON, leaving out what has its default; replaces the file as a whole.

    Raises WorkFailed if the file cannot be written.
    """
    data = instrument.model_dump(mode="json", exclude_defaults=True)
    if path.suffix.lower() == ".json":
        text = json.dumps(data, ensure_ascii=False, indent=2) + "\n"
    else:
        text = yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=96)
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.write_text(text, encoding="utf-8", newline="\n")
        draft.replace(path)
    except OSError as error:
        raise WorkFailed(f"{path} cannot be written: {error.strerror}") from error


class _Dumper(yaml.SafeDumper):
    """Writes texts with unusual line ends in double quotes, or YAML would turn them into spaces."""


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = '"' if re.search("[\\x85\\u2028\\u2029\\r]", text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style)


_Dumper.add_representer(str, _represent_text)


class _Document:
    """A parsed file that remembers on which line each value stands."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lines: dict[Place, int] = {}
        self._nodes = 0

    def line(self, place: Place) -> int | None:
        """Line of a value, or of the nearest one around it."""
        while place and place not in self._lines:
            place = place[:-1]
        return self._lines.get(place)

    def wrong(self, message: str, place: Place = ()) -> InputError:
        """An error that names the place."""
        field = ".".join(str(part) for part in place) or None
        return InputError(message, path=self.path, line=self.line(place), field=field)

    def of_json(self, text: str) -> Any:
        """The value of a JSON text; lines are known where the text reads as YAML, too."""
        try:
            data = json.loads(text, object_pairs_hook=self._unique)
        except RecursionError as error:
            raise InputError("the file is nested too deeply", path=self.path) from error
        except json.JSONDecodeError as error:
            raise InputError(
                f"this is no JSON: {error.msg}", path=self.path, line=error.lineno
            ) from error
        except ValueError as error:
            raise InputError("the file holds a number that is too long", path=self.path) from error
        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.YAMLError:
            root = None
        if root is not None:
            self._value(root, ())
        return _texts(data, ())

    def of_yaml(self, text: str) -> Any:
        """The value of a YAML text."""
        try:
            root = yaml.compose(text, Loader=yaml.SafeLoader)
        except RecursionError as error:
            raise InputError("the file is nested too deeply", path=self.path) from error
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else None
            raise InputError(
                f"this is no YAML: {error.problem}", path=self.path, line=line
            ) from error
        except yaml.YAMLError as error:
            raise InputError(
                "this is no YAML: it holds a sign that YAML forbids", path=self.path
            ) from error
        return None if root is None else self._value(root, ())

    def _unique(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise InputError(f"a field given twice: {', '.join(twice)}", path=self.path)
        return dict(pairs)

    def _value(self, node: yaml.Node, place: Place) -> Any:
        self._lines.setdefault(place, node.start_mark.line + 1)
        self._nodes += 1
        if self._nodes > _MAX_NODES or len(place) > 50:
            raise InputError("the file is too large or nested too deeply", path=self.path)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(child, (*place, at)) for at, child in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place)
        return _scalar(node, place)

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in found:
                self._lines[(*place, key)] = key_node.start_mark.line + 1
                raise self.wrong("a field or code given twice", (*place, key))
            found[key] = self._value(value_node, (*place, key))
        return found


def _texts(value: Any, place: Place) -> Any:
    """A JSON value with numbers as texts where the field is a text, such as a code."""
    if isinstance(value, list):
        return [_texts(one, (*place, at)) for at, one in enumerate(value)]
    if isinstance(value, dict):
        return {key: _texts(one, (*place, key)) for key, one in value.items()}
    if isinstance(value, int | float) and _is_text(place):
        return json.dumps(value)
    return value


def _scalar(node: yaml.Node, place: Place) -> Any:
    """A scalar: text as written where it is quoted or its field is a text, else by its look."""
    text = str(node.value)
    if getattr(node, "style", None) is not None:
        return text
    if text.lower() in _WORDS and text.lower() not in ("true", "false"):
        return None
    if _is_text(place):
        return text
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    if _WHOLE.fullmatch(text) and len(text) < 1000:
        return int(text)
    return float(text) if _DECIMAL.fullmatch(text) else text


_TEXTS = frozenset((
    "id", "title", "version", "language", "instructions", "notice", "source", "kind", "text",
    "scale", "condition", "help", "code", "label", "options", "constraint", "low", "high", "name",
    "group", "stem", "cells", "opposite", "to", "node", "block", "field", "expression", "message",
    "record", "key",
))  # fmt: skip
_HOLD_TEXTS = frozenset(("translations", "pages", "fixed", "unasked", "fields"))


def _is_text(place: Place) -> bool:
    if place and place[0] == "extra":
        return False
    # Labels of a mapping from code to label stand below "options", "rows" or an option set.
    inside = place[-2:-1] in (("options",), ("rows",)) or (
        len(place) == 3 and place[0] == "option_sets"
    )
    held = not _HOLD_TEXTS.isdisjoint(place[:-1])
    return bool(place) and (place[-1] in _TEXTS or inside or held)


def _instrument(data: Any, document: _Document) -> Instrument:
    if not isinstance(data, dict) or not isinstance(data.get("items"), list):
        raise document.wrong("this is no instrument: it needs an id and a list of items")
    data = dict(data)
    sets = data.pop("option_sets", None) or {}
    if not isinstance(sets, dict):
        raise document.wrong("option_sets maps names to options", ("option_sets",))
    _refuse_twice(data["items"], document)
    data["items"] = [
        _item(item, ("items", at), sets, document) for at, item in enumerate(data["items"])
    ]
    try:
        return Instrument.model_validate(data)
    except ValidationError as error:
        place, sentence = first_problem(error)
        raise document.wrong(sentence, place) from error


def _refuse_twice(items: list[Any], document: _Document) -> None:
    seen: set[str] = set()
    for at, item in enumerate(items):
        name = item.get("id") if isinstance(item, dict) else None
        if isinstance(name, str) and name in seen:
            raise document.wrong(
                f"item ids must be unique: {name} is there twice", ("items", at, "id")
            )
        seen.add(str(name))


def _item(item: Any, place: Place, sets: dict[str, Any], document: _Document) -> Any:
    if not isinstance(item, dict):
        raise document.wrong("an item is a set of fields: id, kind, text, ...", place)
    options = item.get("options")
    at = (*place, "options")
    if isinstance(options, str):
        if options not in sets:
            raise document.wrong(f"there is no option set {options!r} under option_sets", at)
        options, at = sets[options], ("option_sets", options)
    if isinstance(options, dict):
        options = [{"code": code, "label": label} for code, label in options.items()]
    for position, option in enumerate(options if isinstance(options, list) else ()):
        if not isinstance(option, dict) or option.get("code") in (None, ""):
            raise document.wrong(
                "an option without code: give every option a code and a label", (*at, position)
            )
    changed = {"options": options} if options is not None else {}
    if isinstance(rows := item.get("rows"), dict):
        changed["rows"] = [{"code": code, "label": label} for code, label in rows.items()]
    return {name: value for name, value in {**item, **changed}.items() if value is not None}

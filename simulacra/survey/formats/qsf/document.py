"""A QSF file as its parts: questions by id, blocks in order, the flow; and how values are read.

The same value is a list in one file and a mapping in the next, a number here and a text there; the
functions of this module read both, and take anything else as nothing.
"""

import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simulacra.errors import InputError
from simulacra.plain_text import without_control

_MAX_DEPTH = 150
TRASH = "Trash"

Json = dict[str, Any]


@dataclass(frozen=True)
class Document:
    """A survey's parts as they stand in the file.

    ``questions`` are all by id, ``blocks`` those that are not the trash, ``flow`` the root of the
    flow ({} without one), ``others`` the payloads of further elements by their kind.
    """

    path: Path
    entry: Json
    questions: dict[str, Json]
    blocks: tuple[Json, ...]
    trashed: frozenset[str]
    flow: Json
    others: dict[str, list[Any]] = field(default_factory=dict)


def load(path: Path) -> Document:
    """The parts of a QSF file.

    Raises InputError for a file that is no JSON, is nested too deeply or is no survey.
    """
    elements, entry = _elements(path)
    questions: dict[str, Json] = {}
    blocks: list[Json] = []
    flow: Json = {}
    others: dict[str, list[Any]] = {}
    for element in elements:
        kind, payload = text(element.get("Element")), element.get("Payload")
        if kind == "SQ":
            question = mapping(payload)
            name = text(question.get("QuestionID")) or text(element.get("PrimaryAttribute"))
            questions.setdefault(name or f"QID_{len(questions) + 1}", question)
        elif kind == "BL":
            blocks += _blocks(payload)
        elif kind == "FL":
            flow = flow or mapping(payload)
        else:
            others.setdefault(kind, []).append(payload)
    trash = [block for block in blocks if text(block.get("Type")) == TRASH]
    trashed = {text(one.get("QuestionID")) for block in trash for one in elements_of(block)}
    kept = [block for block in blocks if text(block.get("Type")) != TRASH]
    trashed -= {text(one.get("QuestionID")) for block in kept for one in elements_of(block)}
    return Document(
        path=path,
        entry=entry,
        questions=questions,
        blocks=tuple(_named(kept or _one_block(questions, trashed))),
        trashed=frozenset(trashed),
        flow=flow,
        others=others,
    )


def _named(blocks: list[Json]) -> list[Json]:
    """The blocks, each with an id of its own."""
    seen: set[str] = set()
    named = []
    for at, block in enumerate(blocks, start=1):
        found = text(block.get("ID")) or f"BL_{at}"
        found = f"{found}_{at}" if found in seen else found
        seen.add(found)
        named.append({**block, "ID": found})
    return named


def _elements(path: Path) -> tuple[list[Json], Json]:
    try:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError("the file is not UTF-8: export the survey again", path=path) from error
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", path=path) from error
    except RecursionError as error:
        raise InputError("the file is nested too deeply", path=path) from error
    except json.JSONDecodeError as error:
        message = f"this is no QSF, which is JSON: {error.msg}; export the survey again"
        raise InputError(message, path=path, line=error.lineno) from error
    except ValueError as error:  # a number of too many digits
        raise InputError("the file holds a number that is too long", path=path) from error
    data = _clean(data, path, 0)
    elements = data.get("SurveyElements") if isinstance(data, dict) else None
    if not isinstance(elements, list | dict):
        raise InputError("this is no Qualtrics survey: it has no SurveyElements", path=path)
    found = [element for element in mapping(elements).values() if isinstance(element, dict)]
    return found, mapping(data.get("SurveyEntry"))


def _clean(value: Any, path: Path, depth: int) -> Any:
    """The value without control characters and halves of characters, which no text may hold."""
    if depth > _MAX_DEPTH:
        raise InputError("the file is nested too deeply", path=path)
    if isinstance(value, str):
        return without_control(value.replace("\r\n", "\n")).encode("utf-8", "replace").decode()
    if isinstance(value, list):
        return [_clean(one, path, depth + 1) for one in value]
    if isinstance(value, dict):
        return {
            _clean(key, path, depth): _clean(one, path, depth + 1) for key, one in value.items()
        }
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _blocks(payload: Any) -> list[Json]:
    """The blocks of a payload, which is a list, a mapping, or a single block."""
    if isinstance(payload, dict) and "BlockElements" in payload:
        return [payload]
    return [block for block in mapping(payload).values() if isinstance(block, dict)]


def _one_block(questions: dict[str, Json], trashed: set[str]) -> list[Json]:
    ids = [name for name in questions if name not in trashed]
    elements = [{"Type": "Question", "QuestionID": name} for name in ids]
    return [{"Type": "Default", "ID": "BL_1", "BlockElements": elements}] if ids else []


def elements_of(block: Json) -> list[Json]:
    """Questions and page breaks of a block, in order."""
    return [one for one in mapping(block.get("BlockElements")).values() if isinstance(one, dict)]


def mapping(value: Any) -> Json:
    """A mapping; a list with its places, from 0, as keys; anything else is empty."""
    if isinstance(value, dict):
        return {str(key): one for key, one in value.items()}
    if isinstance(value, list):
        return {str(at): one for at, one in enumerate(value)}
    return {}


def texts(value: Any) -> list[str]:
    """The values of a list or mapping as texts, without empty ones."""
    return [one for one in map(text, mapping(value).values()) if one]


def text(value: Any) -> str:
    """A text or number as a text, "" for anything else."""
    if isinstance(value, bool):
        return "true" if value else ""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value) if isinstance(value, str | int | float) else ""


def number(value: Any) -> float | None:
    """A number, also one written as a text; None for anything else."""
    try:
        found = float(text(value))
    except ValueError:
        return None
    return found if math.isfinite(found) else None


def whole(value: Any) -> int | None:
    """A whole number below a million; None for anything else."""
    found = number(value)
    return int(found) if found is not None and 0 <= found < 1_000_000 else None


def truth(value: Any) -> bool:
    """Whether a value says yes: true, "true", "on", "yes", 1 or a filled list."""
    if isinstance(value, list | dict):
        return bool(value)
    return text(value).strip().lower() in ("true", "on", "yes", "1")

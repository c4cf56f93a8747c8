"""Rules of Psych-DS 1.5 (psych-ds.github.io) for a folder, each with a name."""

import csv
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

_DATA_NAME = re.compile(r"([a-z]+-[a-zA-Z0-9]+)(_[a-z]+-[a-zA-Z0-9]+)*_data\.csv")
_KEYWORDS = [
    "study",
    "site",
    "subject",
    "session",
    "task",
    "condition",
    "trial",
    "stimulus",
    "description",
]
_NOTICE = "No person was interviewed"

Rule = Callable[[Path], Iterator[str]]


def complaints(folder: Path) -> list[str]:
    """What breaks a rule, as ``rule: what``; an empty list for a sound folder."""
    return [f"{name}: {told}" for name, rule in RULES.items() for told in rule(folder)]


def _description(folder: Path) -> dict[str, Any]:
    path = folder / "dataset_description.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _tables(folder: Path) -> list[Path]:
    return sorted((folder / "data").rglob("*.csv"))


def _rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def parts(folder: Path) -> Iterator[str]:
    """Description, read-me, list of changes and data are there."""
    wanted = ("dataset_description.json", "README.md", "CHANGES.md", "data")
    yield from (f"{name} is not there" for name in wanted if not (folder / name).exists())
    if not _tables(folder):
        yield "no table in data"


def json_ld(folder: Path) -> Iterator[str]:
    """The description is a Dataset of schema.org with what is required."""
    told = _description(folder)
    if str(told.get("@context", "")).rstrip("/") not in ("http://schema.org", "https://schema.org"):
        yield "@context is not schema.org"
    if told.get("@type") != "Dataset":
        yield "@type is not Dataset"
    for name in ("name", "description", "variableMeasured"):
        if not told.get(name):
            yield f"no {name}"


def file_names(folder: Path) -> Iterator[str]:
    """Tables are called keyword-value_data.csv, by official keywords."""
    for path in _tables(folder):
        if not _DATA_NAME.fullmatch(path.name):
            yield f"{path.name} is no name of a data file"
        for part in path.name.split("_")[:-1]:
            if part.split("-")[0] not in _KEYWORDS:
                yield f"{path.name}: {part} has no official keyword"


def variables(folder: Path) -> Iterator[str]:
    """Variables are PropertyValues with a name of their own and a description."""
    names = []
    for one in _description(folder).get("variableMeasured", []):
        if one.get("@type") != "PropertyValue" or not one.get("name") or not one.get("description"):
            yield f"{one.get('name')} is not described"
        names.append(one.get("name"))
    yield from (f"{name} twice" for name in sorted({one for one in names if names.count(one) > 1}))


def columns(folder: Path) -> Iterator[str]:
    """The columns of all tables are the variables, and the other way round."""
    described = {one.get("name") for one in _description(folder).get("variableMeasured", [])}
    found = {name for path in _tables(folder) for name in _rows(path)[0]}
    yield from (f"{name} is not described" for name in sorted(found - described))
    yield from (f"{name} is in no table" for name in sorted(described - found))


def cells(folder: Path) -> Iterator[str]:
    """Every row has a cell for every column, and none is a respondent met before."""
    for path in _tables(folder):
        head, *rows = _rows(path)
        if len(set(head)) != len(head):
            yield f"{path.name}: a column twice"
        yield from (f"{path.name}: row {at}" for at, row in enumerate(rows, 2)
                    if len(row) != len(head))  # fmt: skip
        if len({row[0] for row in rows}) != len(rows):
            yield f"{path.name}: a respondent twice"


def simulated(folder: Path) -> Iterator[str]:
    """Description and read-me say that the respondents are simulated."""
    if _NOTICE not in str(_description(folder).get("description", "")):
        yield "the description does not say it"
    read_me = folder / "README.md"
    if read_me.exists() and _NOTICE not in read_me.read_text(encoding="utf-8"):
        yield "the read-me does not say it"


RULES: dict[str, Rule] = {
    one.__name__: one for one in (parts, json_ld, file_names, variables, columns, cells, simulated)
}

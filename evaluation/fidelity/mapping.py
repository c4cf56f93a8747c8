"""The mapping of a run to a file of human answers: items and groups to columns, and their codes.

YAML::

    id: caseid                       # column of the people's ids, for individual accuracy
    weight: wtss                     # column of weights; without it everybody weighs the same
    missing: ["", NA, "-1"]          # texts that stand for no answer, in every column
    waves: [_w1, _w2]                # endings of columns: the answers, and those to the retest
    items:
      abany: abany                   # item of the run: column (with waves: abany_w1, abany_w2)
      trust: {column: q7, retest: q7b, recode: {1: yes, 2: no}, missing: [8, 9], ordered: true}
    by:
      gender: {column: sex, recode: {1: male, 2: female}}       # an attribute of the person
      vote: {item: vote16, column: vote}                        # or an item of the run
      age: {column: age, cut: [30, 50, 65]}                     # numbers in bands, on both sides

or a CSV with the columns ``role,name,column`` and, where wanted, ``item,retest,recode,missing,
ordered,cut``: the role is item, by, id, weight or missing; several values stand as ``1=yes|2=no``
or ``8|9``.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import BeforeValidator, Field, ValidationError, model_validator

from personas.population.tables import read_table
from simulacra.domain.base import Frozen
from simulacra.errors import InputError

_CSV_KEYS = ("column", "item", "retest", "recode", "missing", "ordered", "cut")


def _text(value: Any) -> Any:
    """A YAML scalar as text; yes and no without quotes are truth values to YAML, so they ask."""
    if isinstance(value, bool):
        raise ValueError("write yes, no, true and false in quotes")
    return f"{value:g}" if isinstance(value, int | float) else value


Text = Annotated[str, BeforeValidator(_text)]


class Columns(Frozen):
    """A column and how its values are read.

    ``recode`` must name every value that is not ``missing``.
    """

    column: str = Field(min_length=1)
    recode: dict[Text, Text] = Field(default_factory=dict)
    missing: tuple[Text, ...] = ()


class ItemColumns(Columns):
    """The column of an item, that of its ``retest``, and whether its options have an order.

    Ratings, numbers and items with two options always have one.
    """

    retest: str | None = None
    ordered: bool = False


class GroupColumns(Columns):
    """The column of a variable that makes groups, and where the run has it.

    That is an ``item`` or, without one, the person's attribute of the variable's name (or
    ``attribute``). ``cut`` are the lower ends of bands of a number, but for the first.
    """

    item: str | None = None
    attribute: str | None = None
    cut: tuple[float, ...] = ()

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if self.item and self.attribute:
            raise ValueError("give item or attribute, not both")
        if list(self.cut) != sorted(set(self.cut)):
            raise ValueError("cut goes from low to high")
        return self


class FidelityMapping(Frozen):
    """A mapping as read; ``waves`` are taken up by the columns of items already."""

    items: dict[str, ItemColumns] = Field(min_length=1)
    by: dict[str, GroupColumns] = Field(default_factory=dict)
    id: str | None = None
    weight: str | None = None
    missing: tuple[Text, ...] = ("", "NA", "n/a", ".")

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is used, in a stated order."""
        found = [self.id, self.weight, *(one.column for one in self.by.values())]
        for one in self.items.values():
            found += [one.column, one.retest]
        return tuple(dict.fromkeys(name for name in found if name is not None))


def read_fidelity_mapping(path: Path) -> FidelityMapping:
    """Read a mapping, YAML or CSV by its ending.

    Raises:
        InputError: it cannot be read, or says something that a mapping cannot say.
    """
    document = _csv(path) if path.suffix.lower() in (".csv", ".tsv") else _yaml(path)
    try:
        return FidelityMapping.model_validate(_spelled_out(document, path))
    except ValidationError as error:
        faults = error.errors()
        unknown = [one for one in faults if one["type"] == "extra_forbidden"]
        first = (unknown or faults)[0]  # a misspelt key says more than the one that it leaves out
        place = ".".join(str(part) for part in first["loc"] if part != "[key]")
        raise InputError(_said(first), path=path, field=place) from None


def _said(error: Any) -> str:
    """A fault in one sentence."""
    if error["type"] == "extra_forbidden":
        return f"unknown key {error['loc'][-1]!r}: see simulacra evaluate fidelity --help"
    if error["type"] == "missing":
        return f"{error['loc'][-1]!r} is missing"
    return str(error["msg"]).removeprefix("Value error, ")


def _yaml(path: Path) -> dict[str, Any]:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(f"the file cannot be read ({error.strerror})", path=path) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        raise InputError("this is no YAML", path=path, line=line) from None
    if not isinstance(document, dict) or not isinstance(document.get("items"), dict):
        raise InputError("a mapping needs `items:`, with lines such as `trust: q7`", path=path)
    return document


def _csv(path: Path) -> dict[str, Any]:
    """The same document from a table."""
    table = read_table(path)
    if absent := [name for name in ("role", "name", "column") if name not in table.columns]:
        raise InputError(f"a mapping as CSV needs the column {absent[0]}", path=path, line=1)
    document: dict[str, Any] = {"items": {}, "by": {}}
    for row in table.rows:
        role, name = row.values["role"] or "item", row.values["name"]
        cells = {key: row.values[key] for key in _CSV_KEYS if row.values.get(key)}
        if role in ("item", "by"):
            part = document["items" if role == "item" else "by"]
            if not name or name in part:
                fault = f"{name} stands twice" if name else "the name is empty"
                raise InputError(fault, path=path, line=row.line, field="name")
            part[name] = {key: _parted(key, text) for key, text in cells.items()}
        elif role in ("id", "weight"):
            document[role] = row.values["column"]
        elif role == "missing":
            document["missing"] = ["", *row.values["name"].split("|")]
        else:
            known = "item, by, id, weight or missing"
            raise InputError(f"unknown role {role!r}: use {known}", path=path, line=row.line)
    return document


def _parted(key: str, text: str) -> Any:
    if key == "recode":
        pairs = [part.partition("=") for part in text.split("|")]
        return {before.strip(): after.strip() for before, _, after in pairs}
    if key in ("missing", "cut"):
        return [part.strip() for part in text.split("|")]
    return text


def _spelled_out(document: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """The document with short forms written in full, and the endings of waves put on."""
    found = dict(document)
    waves = found.pop("waves", None)
    if waves is not None and not (
        isinstance(waves, list) and len(waves) == 2 and all(isinstance(one, str) for one in waves)
    ):
        raise InputError("waves are two endings, such as [_w1, _w2]", path=path, field="waves")
    items: dict[Any, Any] = {}
    for name, one in found["items"].items():
        full = {"column": one} if isinstance(one, str) else one
        if waves and isinstance(full, dict) and "column" in full and "retest" not in full:
            column = full["column"]
            full = {**full, "column": f"{column}{waves[0]}", "retest": f"{column}{waves[1]}"}
        items[str(name)] = full
    found["items"] = items
    return found

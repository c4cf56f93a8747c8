"""Microdata: real respondents, row by row, and the mapping that says what their columns mean.

The mapping is YAML::

    id: caseid                       # column of ids, kept with each person drawn from the row
    weight: wtss                     # column of weights; without it every row weighs the same
    missing: ["", NA, IAP]           # texts that stand for no answer; default: empty, NA, n/a, .
    draw: resample                   # rows by weight, again and again; rows: each at most once
    constants: {country: United States}
    columns:
      age_w1: age
      sex_w1: {as: gender, recode: {1: male, 2: female}}
      born:   {as: date_of_birth, format: "%d/%m/%Y"}      # or {as: birth_year}
      party:  {as: party, missing: drop}                   # rows without it are left out

What is missing is drawn where the pools know the attribute, and left out otherwise. What the data
say is taken as it is, also where a constraint speaks against it; what is drawn beside it keeps to
the constraints.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np
import yaml
from pydantic import ConfigDict, Field, ValidationError

from personas.attributes.pools import OLDEST, Pools
from personas.attributes.stages import Wish
from personas.dates import years_between
from personas.population.meanings import Meaning, joined, kind_of, meaning_of
from personas.population.raking import Floats
from personas.population.tables import CsvTable, TableRow, read_table
from simulacra.domain.base import Frozen
from simulacra.errors import InputError
from simulacra.plain_text import one_line

_DATES = ("date_of_birth", "birth_year")
_KEYS = {
    "columns": "lines such as `sex: gender`, at least one",
    "id": "the name of a column",
    "weight": "the name of a column",
    "missing": 'a list of texts, such as ["", NA]',
    "constants": "attributes and their texts, such as {place: Austria}",
    "draw": "resample or rows",
}
_COLUMN_KEYS = {
    "as": "the name of an attribute, such as `as: gender`",
    "recode": "values and what they become, such as {1: male, 2: female}",
    "format": 'the form of a date, such as "%d/%m/%Y"',
    "missing": "keep or drop",
}


class ColumnMapping(Frozen):
    """Which attribute a column becomes (``to``, written ``as``), and how its values are read.

    ``recode`` must name every value that is not missing. ``format`` is that of a date (strptime).
    """

    model_config = ConfigDict(populate_by_name=True)

    to: str = Field(alias="as", min_length=1)
    recode: dict[str | int, str | int] | None = None
    format: str | None = None
    missing: Literal["keep", "drop"] = "keep"


class Mapped(Frozen):
    """A mapping file."""

    columns: dict[str, ColumnMapping] = Field(min_length=1)
    id: str | None = None
    weight: str | None = None
    missing: tuple[str, ...] = ("", "NA", "n/a", ".")
    constants: dict[str, str] = Field(default_factory=dict)
    draw: Literal["resample", "rows"] = "resample"


@dataclass(frozen=True)
class Respondent:
    """A row: the words of each attribute it has, what they mean, its weight, its line and id."""

    words: Mapping[str, str]
    meaning: Meaning
    weight: float
    line: int
    id: str | None = None


@dataclass(frozen=True)
class Microdata:
    """The rows that take part. ``notes`` say what was left out, and why."""

    path: Path
    mapping: Mapped
    rows: tuple[Respondent, ...]
    attributes: tuple[str, ...]
    unmapped: tuple[str, ...]
    notes: tuple[str, ...]

    @cached_property
    def weights(self) -> Floats:
        """The weights of the rows, with a mean of 1."""
        found = np.array([row.weight for row in self.rows], dtype=float)
        scaled: Floats = found / found.mean()
        return scaled


def read_mapping(path: Path) -> Mapped:
    """Read a mapping file.

    Raises:
        InputError: it cannot be read, or says something that a mapping cannot say.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InputError(f"the file cannot be read ({error.strerror})", path=path) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else None
        raise InputError(
            "this is no YAML: see simulacra persona sample --help", path=path, line=line
        ) from None
    if not isinstance(document, dict) or not isinstance(document.get("columns"), dict):
        raise InputError("a mapping needs `columns:`, with lines such as `sex: gender`", path=path)
    document["columns"] = {
        str(name): {"as": one} if isinstance(one, str) else one
        for name, one in document["columns"].items()
    }
    try:
        mapped = Mapped.model_validate(document)
    except ValidationError as error:
        place, message = _problem(error)
        raise InputError(message, path=path, field=place) from None
    columns = mapped.columns.values()
    recoded = [str(text) for one in columns for text in (one.recode or {}).values()]
    constants = (*mapped.constants, *mapped.constants.values())
    for text in (*(one.to for one in columns), *recoded, *constants):
        one_line(text, "an attribute or value", path=path)
    return mapped


def _problem(error: ValidationError) -> tuple[str, str]:
    """Where a mapping is wrong, and in one sentence what may stand there."""
    first = error.errors()[0]
    place = [str(part) for part in first["loc"] if part != "[key]"]
    keys = _KEYS if len(place) == 1 else _COLUMN_KEYS
    if first["type"] == "extra_forbidden":
        return ".".join(place), f"unknown key {place[-1]!r}: use {', '.join(keys)}"
    if first["type"] == "missing":
        return ".".join(place), f"{place[-1]!r} is missing: write {keys[place[-1]]}"
    return ".".join(place), f"this must be {_shape(place)}"


def _shape(place: Sequence[str]) -> str:
    """What may stand for a key at the top, for a whole column, or for a key of it."""
    if place[0] != "columns" or len(place) == 1:
        return _KEYS[place[0]]
    if len(place) == 2:
        return "an attribute's name, or a mapping such as {as: gender, recode: {1: male}}"
    return _COLUMN_KEYS[place[2]]


def read_microdata(path: Path, mapping_path: Path, pools: Pools, as_of: date) -> Microdata:
    """Read microdata by a mapping; ages count on the day ``as_of`` where a date of birth is given.

    Raises:
        InputError: a mapped column is not there, a value cannot be used, or no row is left.
    """
    mapping, table = read_mapping(mapping_path), read_table(path)
    wanted = [*mapping.columns, *(one for one in (mapping.weight, mapping.id) if one)]
    if absent := [name for name in wanted if name not in table.columns]:
        raise InputError(
            f"{path.name} has no column {' or '.join(absent)}: its columns are "
            f"{', '.join(table.columns[:12])}{' ...' if len(table.columns) > 12 else ''}",
            path=mapping_path,
            field="columns",
        )
    if mapping.id:
        _check_ids(table, mapping.id)
    reader = _Reader(mapping, table, pools, as_of)
    rows = tuple(one for one in map(reader.respondent, table.rows) if one is not None)
    if not rows:
        raise InputError("no row is left after those with missing values", path=path)
    return Microdata(
        path=path,
        mapping=mapping,
        rows=rows,
        attributes=tuple(dict.fromkeys([one.to for one in mapping.columns.values()])),
        unmapped=tuple(name for name in table.columns if name not in wanted),
        notes=tuple(reader.notes()),
    )


def _check_ids(table: CsvTable, column: str) -> None:
    """That every row has an id of its own."""
    first: dict[str, int] = {}
    for row in table.rows:
        id_ = row.values[column]
        if not id_:
            raise InputError("the id is empty", path=table.path, line=row.line, field=column)
        if id_ in first:
            message = f"the id {id_} stands in line {first[id_]} already"
            raise InputError(message, path=table.path, line=row.line, field=column)
        first[id_] = row.line


class _Reader:
    """Reads rows one after the other and counts what is missing."""

    def __init__(self, mapping: Mapped, table: CsvTable, pools: Pools, as_of: date) -> None:
        self._mapping, self._table, self._pools, self._as_of = mapping, table, pools, as_of
        self._missing: Counter[str] = Counter()
        self._dropped: Counter[str] = Counter()
        self._meanings: dict[tuple[str, str], Meaning] = {}
        self._recodes = {
            name: {str(key): str(value) for key, value in one.recode.items()}
            for name, one in mapping.columns.items()
            if one.recode is not None
        }

    def respondent(self, row: TableRow) -> Respondent | None:
        """A row as a respondent; None where it is left out."""
        words: dict[str, str] = dict(self._mapping.constants)
        meanings = [self._meaning(name, text, row) for name, text in words.items()]
        for name, column in self._mapping.columns.items():
            text = row.values[name]
            if text in self._mapping.missing:
                if column.missing == "drop":
                    self._dropped[column.to] += 1
                    return None
                self._missing[column.to] += 1
                continue
            one_line(text, f"the {name}", path=self._table.path, line=row.line)
            text = self._recoded(name, text, row)
            if column.to in _DATES:
                meaning, said = self._born(column, text, row)
                meanings.append(meaning)
                words["age"] = said
            else:
                meanings.append(self._meaning(column.to, text, row))
                words[column.to] = text
        weight = self._weight(row)
        if weight == 0:
            self._dropped["a weight above 0"] += 1
            return None
        id_ = row.values[self._mapping.id] if self._mapping.id else None
        return Respondent(words, joined(meanings, data=True), weight, row.line, id_)

    def notes(self) -> list[str]:
        """What was missing and what became of it."""
        told = [
            f"{number} rows without {name} are left out" for name, number in self._dropped.items()
        ]
        for name, number in self._missing.items():
            known = kind_of(name) is not None or name in _DATES
            rest = "drawn from the pools" if known else "left without it"
            told.append(f"{name} is missing in {number} rows: {rest}")
        return told

    def _recoded(self, name: str, text: str, row: TableRow) -> str:
        recode = self._recodes.get(name)
        if recode is None:
            return text
        plain = text.removesuffix(".0")
        if text not in recode and plain not in recode:
            raise InputError(
                f"{text!r} is not in the recode of {name}: add it to the mapping, or to `missing`",
                path=self._table.path,
                line=row.line,
                field=name,
            )
        return recode.get(text, recode.get(plain, text))

    def _meaning(self, name: str, text: str, row: TableRow) -> Meaning:
        key = (name, text)
        if key not in self._meanings:
            try:
                self._meanings[key] = meaning_of(name, text, self._pools)
            except InputError as error:
                message = str(error)
                raise InputError(
                    message, path=self._table.path, line=row.line, field=name
                ) from None
        return self._meanings[key]

    def _born(self, column: ColumnMapping, text: str, row: TableRow) -> tuple[Meaning, str]:
        """A date or year of birth as an age, and that in words."""
        try:
            if column.to == "birth_year":
                year = int(float(text))
                ages = frozenset({self._as_of.year - year - 1, self._as_of.year - year})
                first = date(year, 1, 1)
            else:
                form = column.format or "%Y-%m-%d"
                first = datetime.strptime(text, form).date()
                ages = frozenset({years_between(first, self._as_of)})
        except ValueError:
            raise InputError(
                f"{text!r} is no {column.to.replace('_', ' ')} of the form "
                f"{column.format or ('1984' if column.to == 'birth_year' else '1984-03-29')}",
                path=self._table.path,
                line=row.line,
            ) from None
        if not all(0 <= age <= OLDEST for age in ages):
            message = f"born {text} makes no age from 0 to {OLDEST} on {self._as_of}"
            raise InputError(message, path=self._table.path, line=row.line)
        if column.to == "birth_year":
            born = Wish({"age": ages, "birth_year": frozenset([first.year])})
        else:
            fixed = {"date_of_birth": first, "age_on_day": next(iter(ages))}
            born = Wish({"age": ages}, fixed)
        return Meaning(born), str(max(ages))

    def _weight(self, row: TableRow) -> float:
        if self._mapping.weight is None:
            return 1.0
        text = row.values[self._mapping.weight]
        try:
            weight = float(text)
        except ValueError:
            weight = -1.0
        if not 0 <= weight < float("inf"):
            raise InputError(
                f"the weight {text!r} is no number from 0 up",
                path=self._table.path,
                line=row.line,
                field=self._mapping.weight,
            )
        return weight


def matches(variable: str, meaning: Meaning, category: str, row: Respondent) -> bool:
    """Whether a respondent is in a category of a margin: in its words, or within its values."""
    said = next((words for name, words in row.words.items() if _same(name, variable)), None)
    if said is not None and " ".join(said.lower().split()) == " ".join(category.lower().split()):
        return True
    asked: Mapping[str, frozenset[Any]] = meaning.wish.allowed
    told = row.meaning.wish.allowed
    kinds = {name: some for name, some in asked.items() if name in told}
    return bool(kinds) and all(told[name] <= some for name, some in kinds.items())


def _same(name: str, variable: str) -> bool:
    return name == variable or (kind_of(name) is not None and kind_of(name) == kind_of(variable))

r"""Item tables: one item a row, in CSV or on the first sheet of an XLSX workbook.

Columns: ``id, kind, text, options`` and optionally ``scale, reverse, required, condition,
constraint, help, min, max, step, low, high, choose, total, shuffle`` and, for matrices and forms,
``rows, cells, shuffle_rows``. Further ones are listed in the report and kept in the instrument's
``extra``.

Options and rows read ``code=label|code=label``. The first ``=`` ends the code, so a label may hold
more of them; a backslash takes the meaning off the next sign (``\|``, ``\=``, ``\\``). An option
with code -96 or -97 stands for "don't know" or "refused". ``choose`` is a number or ``least-most``.
An apostrophe in front of what a spreadsheet would take for a formula is not part of a cell.
"""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from simulacra.domain.answer import MissingCode
from simulacra.domain.survey import Instrument, Item, Kind
from simulacra.errors import InputError
from simulacra.survey.formats.problems import KINDS, first_problem
from simulacra.survey.formats.workbook import Sheet
from simulacra.survey.report import ReportEntry

REQUIRED = ("id", "kind", "text")
_KNOWN = (
    *REQUIRED, "options", "scale", "reverse", "required", "condition", "constraint", "help", "min",
    "max", "step", "low", "high", "choose", "total", "shuffle", "rows", "cells", "shuffle_rows",
)  # fmt: skip
_SPELLINGS = {"minimum": "min", "maximum": "max", "type": "kind", "question": "text"}
_KINDS = {
    Kind.SINGLE: ("single choice", "radio", "choice", "select one", "dropdown", "yes no"),
    Kind.MULTI: ("multiple", "multiple choice", "multi select", "multiselect", "checkbox",
                 "checkboxes", "select multiple", "multi choice"),
    Kind.RATING: ("likert", "scale", "rating scale", "likert scale", "rate"),
    Kind.NUMERIC: ("number", "integer", "decimal", "float", "int", "num"),
    Kind.SHORT_TEXT: ("short", "string", "line", "open short", "text", "textline"),
    Kind.LONG_TEXT: ("long", "open", "essay", "open ended", "paragraph", "free text", "textarea"),
    Kind.MATRIX: ("grid", "table"),
    Kind.SLIDER: ("visual analogue scale", "range"),
    Kind.FORM: ("fields",),
    Kind.RANKING: ("rank", "rank order"),
    Kind.CONSTANT_SUM: ("allocation",),
    Kind.DATE: ("day",),
    Kind.INFO: ("note", "information", "description"),
    Kind.FIELD: ("hidden",),
}  # fmt: skip
_BY_SPELLING = {
    spelling: kind
    for kind, spellings in _KINDS.items()
    for spelling in (kind.replace("_", " "), *spellings)
}
_TRUE = frozenset(("1", "true", "yes", "y", "x", "t"))
_FALSE = frozenset(("", "0", "false", "no", "n", "f"))
_MAX_ROWS = 20_000

Row = tuple[int, Sequence[str]]


def read_csv_table(path: Path) -> tuple[Instrument, list[ReportEntry], dict[str, int]]:
    """Instrument, report and line of each item from CSV (comma, semicolon or tab; UTF-8)."""
    return _read(path, list(_csv_rows(path)), [])


def read_xlsx_table(
    sheets: list[Sheet], path: Path
) -> tuple[Instrument, list[ReportEntry], dict[str, int]]:
    """Instrument, report and row of each item from the first sheet of a workbook."""
    first, *others = sheets
    why = "only the first sheet of a workbook holds the item table"
    report = [ReportEntry(question="", what=f"sheet {one.name}", why=why) for one in others]
    why = "a formula is read as its text, not as its result"
    report += [
        ReportEntry(question="", what=f"cell {place}", why=why, kept=text)
        for place, text in first.formulas.items()
    ]
    return _read(path, list(enumerate(first.rows, start=1)), report)


def _csv_rows(path: Path) -> Iterator[Row]:
    try:
        data = path.read_bytes()
        encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError('the file is not UTF-8: save it as "CSV UTF-8"', path=path) from error
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", path=path) from error
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    line = 1
    try:
        for row in reader:
            yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"this is no CSV: {error}", path=path, line=line) from error


def _delimiter(text: str) -> str:
    """The one of comma, semicolon and tab that splits the heading into most known columns."""
    heading = text.split("\n", 1)[0].strip("\r")

    def known(delimiter: str) -> int:
        names = next(csv.reader([heading], delimiter=delimiter), [])
        return sum(_column(name) in _KNOWN for name in names)

    return max(",;\t", key=known)


def _column(name: str) -> str:
    name = " ".join(name.split()).lower()
    return _SPELLINGS.get(name, name)


def _read(
    path: Path, rows: list[Row], report: list[ReportEntry]
) -> tuple[Instrument, list[ReportEntry], dict[str, int]]:
    rows = [(line, row) for line, row in rows if any(cell.strip() for cell in row)]
    if not rows:
        raise InputError("the table is empty: give it a heading and items", path=path)
    if len(rows) > _MAX_ROWS:
        raise InputError(f"the table has over {_MAX_ROWS:,} rows", path=path)
    line, heading = rows[0]
    columns = _columns(heading, path, line)
    items: list[Item] = []
    lines: dict[str, int] = {}
    kept: dict[str, dict[str, str]] = {}
    for line, row in rows[1:]:
        fields = _fields(row, columns, path, line)
        item = _item(fields, path, line)
        if item.id in lines:
            message = f"item ids must be unique: {item.id} is also on line {lines[item.id]}"
            raise InputError(message, path=path, line=line, field="id")
        lines[item.id] = line
        items.append(item)
        if more := {name: cell for name, cell in fields.items() if name not in _KNOWN and cell}:
            kept[item.id] = more
    if not items:
        raise InputError("the table has a heading and no items", path=path)
    report += [_extra_column(name, kept) for name in columns if name and name not in _KNOWN]
    extra = {"columns": kept} if kept else {}
    return Instrument(id=path.stem, items=tuple(items), extra=extra), report, lines


def _extra_column(name: str, kept: dict[str, dict[str, str]]) -> ReportEntry:
    return ReportEntry(
        question="",
        what=f"column {name}",
        why="an item table has no such column; its values are kept and play no part",
        kept={item: values[name] for item, values in kept.items() if name in values},
    )


def _columns(heading: Sequence[str], path: Path, line: int) -> list[str]:
    columns = [_column(name) for name in heading]
    named = [name for name in columns if name]
    if twice := sorted({name for name in named if named.count(name) > 1}):
        raise InputError(f"a column is there twice: {', '.join(twice)}", path=path, line=line)
    if missing := [name for name in REQUIRED if name not in named]:
        found = ", ".join(named)
        message = f"the table has no column {', '.join(missing)} (found: {found})"
        raise InputError(message[:400], path=path, line=line, field=missing[0])
    return columns


def _fields(row: Sequence[str], columns: list[str], path: Path, line: int) -> dict[str, str]:
    beyond = [cell for at, cell in enumerate(row) if at >= len(columns) or not columns[at]]
    if any(cell.strip() for cell in beyond):
        message = "the row has more cells than the heading: put texts with commas in quotes"
        raise InputError(message, path=path, line=line)
    cells = [*row, *[""] * (len(columns) - len(row))]
    return {name: _said(cell) for name, cell in zip(columns, cells, strict=False) if name}


def _said(cell: str) -> str:
    """What a cell says: without the apostrophe that keeps a spreadsheet from running it."""
    cell = cell.strip()
    return cell[1:] if re.match(r"'+[=+\-@]", cell) else cell


def _item(fields: dict[str, str], path: Path, line: int) -> Item:
    field = "kind"
    try:
        kind = _kind(fields["kind"])
        values: dict[str, Any] = {"id": fields["id"], "kind": kind, "text": fields["text"]}
        for field, read in _READ.items():
            if fields.get(field):
                values[_MODEL_NAMES.get(field, field)] = read(fields[field])
    except ValueError as error:
        raise InputError(str(error), path=path, line=line, field=field) from error
    try:
        return Item.model_validate(values)
    except ValidationError as error:
        place, sentence = first_problem(error)
        name = str(place[0]) if place else _field_of(sentence)
        raise InputError(sentence, path=path, line=line, field=name or None) from error


def _kind(text: str) -> Kind:
    kind = _BY_SPELLING.get(re.sub(r"[\s_-]+", " ", text.lower()).strip())
    if kind is None:
        raise ValueError(f"unknown kind {text[:40]!r}: use one of {KINDS}")
    return kind


def _field_of(sentence: str) -> str:
    """The column that a sentence about the whole item speaks of."""
    return "options" if "option" in sentence else ("text" if "text is" in sentence else "")


def split_options(text: str) -> list[dict[str, Any]]:
    """Options of a cell ``code=label|code=label``; raises ValueError for one without code."""
    options: list[dict[str, Any]] = []
    for part in re.findall(r"(?:\\.|[^|\\]|\\$)+", text, re.DOTALL):
        if not part.strip():
            continue
        found = re.match(r"((?:\\.|[^=\\])*)=(.*)", part, re.DOTALL)
        code = _unescaped(found[1]) if found else ""
        if found is None or not code:
            raise ValueError(f"option without code: {part.strip()[:40]!r}; write code=label")
        option: dict[str, Any] = {"code": code, "label": _unescaped(found[2])}
        if code in (str(int(MissingCode.DONT_KNOW)), str(int(MissingCode.REFUSED))):
            option["missing"] = int(code)
        options.append(option)
    return options


def _rows(text: str) -> list[dict[str, Any]]:
    return [{"code": row["code"], "label": row["label"]} for row in split_options(text)]


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text.strip(), flags=re.DOTALL)


def _truth(text: str) -> bool:
    if text.lower() in _TRUE:
        return True
    if text.lower() in _FALSE:
        return False
    raise ValueError(f"{text[:40]!r} is neither yes nor no")


def _number(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError as error:
        raise ValueError(f"{text[:40]!r} is no number") from error


def _choose(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d+)(?:\s*[-–,]\s*(\d+))?", text)
    if not found:
        raise ValueError(f"{text[:40]!r} is not a number of options such as 3 or 1-3")
    return int(found[1]), int(found[2] or found[1])


_READ: dict[str, Callable[[str], Any]] = {
    "options": split_options,
    "scale": str,
    "reverse": _truth,
    "required": _truth,
    "condition": str,
    "constraint": str,
    "help": str,
    "min": _number,
    "max": _number,
    "step": _number,
    "low": str,
    "high": str,
    "choose": _choose,
    "total": _number,
    "shuffle": _truth,
    "rows": _rows,
    "cells": _kind,
    "shuffle_rows": _truth,
}
_MODEL_NAMES = {"min": "minimum", "max": "maximum"}

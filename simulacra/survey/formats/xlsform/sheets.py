"""The sheets of an XLSForm: rows by column, with the names that columns go by, and languages."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from simulacra.errors import InputError
from simulacra.survey.formats.workbook import Sheet

_SPELLINGS = {
    "caption": "label", "command": "type", "tag": "name", "relevance": "relevant",
    "skip_logic": "relevant", "skip logic": "relevant", "list name": "list_name",
    "list_name": "list_name", "bind:relevant": "relevant", "bind:constraint": "constraint",
    "bind:calculate": "calculation", "calculate": "calculation", "bind:required": "required",
    "bind::relevant": "relevant", "bind::constraint": "constraint", "bind::required": "required",
    "bind::calculate": "calculation", "repeat count": "repeat_count", "count": "repeat_count",
    "jr:count": "repeat_count", "control::appearance": "appearance", "read only": "readonly",
    "read_only": "readonly", "constraint message": "constraint_message",
    "id_string": "form_id", "title": "form_title", "default language": "default_language",
}  # fmt: skip
_CODES = {
    "english": "en", "french": "fr", "français": "fr", "spanish": "es", "español": "es",
    "german": "de", "deutsch": "de", "portuguese": "pt", "português": "pt", "chinese": "zh",
    "arabic": "ar", "russian": "ru", "swahili": "sw", "hindi": "hi", "italian": "it",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A row of a sheet: its number, and its cells by column."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


class Form(NamedTuple):
    """The sheets of a form, and the language its unmarked texts are taken from."""

    survey: list[Line]
    choices: list[Line]
    settings: dict[str, str]
    language: str

    def worded(self, line: Line, column: str) -> str:
        """A text of a line in the form's first language."""
        return line[f"{column}::{self.language}"] or line[column]

    def others(self, line: Line, column: str) -> tuple[str, ...]:
        """A text of a line in the other languages."""
        first = (column, f"{column}::{self.language}") if self.language else (column,)
        return tuple(
            cell
            for name, cell in line.cells.items()
            if cell and (name.startswith(f"{column}::") or name == column) and name not in first
        )


def read_form(sheets: Iterable[Sheet], path: Path) -> Form:
    """The form of a workbook; a sheet that is not called ``survey`` may stand for it alone.

    Raises InputError where the columns ``type`` and ``name`` are not there.
    """
    by_name = {sheet.name.strip().lower(): sheet for sheet in sheets}
    first = by_name.get("survey") or next(iter(by_name.values()))
    survey = _lines(first)
    if not survey or not {"type", "name"} <= set(survey[0].cells):
        message = "the form needs a sheet survey with the columns type, name and label"
        raise InputError(message, path=path)
    choices = _lines(by_name["choices"]) if "choices" in by_name else []
    settings = _lines(by_name["settings"]) if "settings" in by_name else []
    named = {name: cell for name, cell in settings[0].cells.items() if cell} if settings else {}
    return Form(survey, choices, named, _language(survey, choices, named))


def language_code(name: str) -> str:
    """The code of a language such as ``Français (fr)``; its name where no code is known."""
    if found := re.search(r"\(([A-Za-z]{2,3}(?:-\w+)?)\)\s*$", name):
        return found[1].lower()
    return _CODES.get(name.lower(), name.lower()) or "en"


def _lines(sheet: Sheet) -> list[Line]:
    rows = [(at, row) for at, row in enumerate(sheet.rows, start=1) if any(map(str.strip, row))]
    if not rows:
        return []
    heading = [_column(name) for name in rows[0][1]]
    return [
        Line(at, {name: cell.strip() for name, cell in zip(heading, row, strict=False) if name})
        for at, row in rows[1:]
    ]


def _column(name: str) -> str:
    """A column as we call it: ``label::French (fr)`` keeps its language."""
    name = " ".join(name.split())
    head, mark, rest = re.sub(r"(?<!:):(?!:)", "::", name).partition("::")
    if name.lower() in _SPELLINGS:
        return _SPELLINGS[name.lower()]
    head = head.strip().lower()
    head = _SPELLINGS.get(head, head)
    if head == "media":
        return rest.strip().lower().replace(" ::", "::")
    return f"{head}::{rest.strip()}" if mark else head


def _language(survey: list[Line], choices: list[Line], settings: dict[str, str]) -> str:
    """The language to read: the form's default, else the unmarked one (""), else the first."""
    marked = [
        name.partition("::")[2]
        for lines in (survey, choices)
        for name in (lines[0].cells if lines else ())
        if name.startswith("label::")
    ]
    default = settings.get("default_language", "").lower()
    for name in marked:
        if default and default in (name.lower(), language_code(name)):
            return name
    unmarked = any(line["label"] for line in survey)
    return "" if unmarked or not marked else marked[0]

"""An XLSX workbook: data, labels, codebook, about. Written row by row, in bounded memory."""

from collections.abc import Sequence
from typing import Any

import xlsxwriter

from simulacra.domain.answer import MissingCode
from simulacra.errors import InputError
from simulacra.export.columns import Column
from simulacra.export.drafts import Drafts
from simulacra.export.labelled import STATA_TAGS
from simulacra.export.rows import Value
from simulacra.export.study import Study

MAX_ROWS, MAX_COLUMNS, MAX_TEXT = 1_048_576, 16_384, 32_767
_INSTEAD = "export csv or parquet instead"
_CODEBOOK_HEADING = [
    "column", "item", "label", "measure", "value", "SPSS name", "Stata name", "SPSS value",
    "Stata value", "means",
]  # fmt: skip
_MISSING = {str(int(code)): code.label for code in MissingCode}


class XlsxFile:
    """``NAME_wide.xlsx``.

    Raises InputError where the table goes beyond what a workbook holds.
    """

    def __init__(self, study: Study, drafts: Drafts) -> None:
        """Open the workbook and write the headings."""
        self._columns = study.columns
        if len(self._columns) > MAX_COLUMNS:
            raise InputError(f"a workbook holds {MAX_COLUMNS:,} columns at most: {_INSTEAD}")
        self._study = study
        path = drafts.path(f"{study.name}_wide.xlsx")
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(str(path), options)
        self._book.set_properties(
            {
                "title": f"{study.title} (simulated respondents)",
                "comments": " ".join(study.about()[0][1].split()),
                "created": study.run.summary.created.replace(tzinfo=None),
            }
        )
        self._bold = self._book.add_format({"bold": True})
        self._data = self._book.add_worksheet("data")
        self._labels = self._book.add_worksheet("labels")
        self._meanings = [_meanings(column) for column in self._columns]
        self._rows = 0
        for sheet in (self._data, self._labels):
            sheet.freeze_panes(1, 1)
            self._put(sheet, 0, [column.name for column in self._columns], self._bold)

    def wide(self, row: list[Value]) -> None:
        """Add a respondent to data and labels."""
        self._rows += 1
        if self._rows >= MAX_ROWS:
            raise InputError(f"a workbook holds {MAX_ROWS - 1:,} respondents at most: {_INSTEAD}")
        self._put(self._data, self._rows, row)
        labels = [
            value if value is None else meanings.get(str(value), value)
            for value, meanings in zip(row, self._meanings, strict=True)
        ]
        self._put(self._labels, self._rows, labels)

    def long(self, row: list[Value]) -> None:
        """The workbook has no long table."""

    def close(self) -> None:
        """Add codebook and about, and write the file."""
        sheet = self._book.add_worksheet("codebook")
        self._put(sheet, 0, _CODEBOOK_HEADING, self._bold)
        at = 0
        for column in self._columns:
            for line in _codebook_lines(column):
                at += 1
                self._put(sheet, at, line)
        about = self._book.add_worksheet("about")
        for at, (name, text) in enumerate(self._study.about()):
            self._put(about, at, [name, text])
        about.set_column(0, 0, 20)
        about.set_column(1, 1, 100)
        self._book.close()

    def _put(self, sheet: Any, at: int, row: Sequence[Value], style: Any = None) -> None:
        for position, value in enumerate(row):
            if isinstance(value, str):
                if len(value) > MAX_TEXT:
                    raise InputError(f"a text is over {MAX_TEXT:,} characters: {_INSTEAD}")
                sheet.write_string(at, position, value, style)
            elif value is not None:
                sheet.write_number(at, position, value, style)


def _meanings(column: Column) -> dict[str, str]:
    if column.item_id is None:
        return {}
    lost = _MISSING if column.takes_codes else {}
    return {**{one.value: one.label for one in column.values}, **lost}


def _codebook_lines(column: Column) -> list[list[Value]]:
    item, names = column.item_id or "", [column.spss, column.stata]
    lines: list[list[Value]] = [
        [column.name, item, column.label, column.measure, "", *names, "", "", ""]
    ]
    for one in column.values:
        numbers = [one.number, one.number]
        lines.append([column.name, item, "", "", one.value, *names, *numbers, one.label])
    if column.takes_codes:
        for code in MissingCode:
            number = int(code)
            elsewhere = [number, f".{STATA_TAGS[number]}"] if column.labelled else ["", ""]
            lines.append([column.name, item, "", "", str(number), *names, *elsewhere, code.label])
    return lines

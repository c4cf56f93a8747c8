"""An SPSS file: variable labels, value labels, user-missing values, measure levels, notes.

In numeric variables -99 to -94 are one user-missing range. SPSS has no such range for texts, so in
text variables the codes stand as texts. Closed items are always numeric (see ``columns``).
"""

from datetime import date
from typing import Any

import pandas as pd
import pyreadstat

from simulacra.domain.answer import MissingCode
from simulacra.errors import InputError
from simulacra.export.columns import Column
from simulacra.export.drafts import Drafts
from simulacra.export.labelled import LabelledTable, cut, days_since
from simulacra.export.rows import Value
from simulacra.export.study import Study

MAX_TEXT_BYTES, _LABEL_BYTES, _VALUE_LABEL_BYTES, _FILE_LABEL_BYTES = 32_767, 255, 120, 64
_EPOCH = date(1582, 10, 14)
_MISSING_RANGE: list[Any] = [{"lo": int(min(MissingCode)), "hi": int(max(MissingCode))}]


class SavFile:
    """``NAME_wide.sav``; the table is held in memory until it is closed."""

    def __init__(self, study: Study, drafts: Drafts) -> None:
        """Begin with no rows."""
        self._study = study
        self._path = drafts.path(f"{study.name}_wide.sav")
        self._table = LabelledTable(study.columns)

    def wide(self, row: list[Value]) -> None:
        """Add a respondent."""
        self._table.add(row)

    def long(self, row: list[Value]) -> None:
        """SPSS gets no long table."""

    def close(self) -> None:
        """Write the file. Raises InputError for a text that SPSS cannot hold."""
        columns = self._study.columns
        pyreadstat.write_sav(
            pd.DataFrame({column.spss: _series(column, cells) for column, cells in self._table}),
            str(self._path),
            file_label=cut(f"SIMULATED respondents: {self._study.title}", _FILE_LABEL_BYTES),
            column_labels={column.spss: cut(column.label, _LABEL_BYTES) for column in columns},
            note=_notes(self._study),
            row_compress=True,
            variable_value_labels={
                column.spss: labels for column in columns if (labels := _value_labels(column))
            },
            missing_ranges={column.spss: _MISSING_RANGE for column in columns if column.labelled},
            variable_measure={column.spss: column.measure for column in columns},
            variable_format={
                column.spss: form for column in columns if (form := _format(column)) is not None
            },
        )


def _series(column: Column, cells: list[Value]) -> "pd.Series[Any]":
    if column.role == "date":
        return pd.Series([_seconds(column, cell) for cell in cells], dtype="float64")
    if column.numeric or column.renumbered:
        values = [float("nan") if cell is None else float(cell) for cell in cells]
        return pd.Series(values, dtype="float64")
    texts = ["" if cell is None else str(cell) for cell in cells]
    if any(len(text.encode()) > MAX_TEXT_BYTES for text in texts):
        raise InputError(
            f"{column.name}: a text is over {MAX_TEXT_BYTES:,} bytes, more than SPSS holds: "
            "export csv or parquet instead"
        )
    return pd.Series(texts, dtype="object")


def _seconds(column: Column, cell: Value) -> float:
    """A day as SPSS counts it; a missing code stays as it is."""
    days = days_since(_EPOCH, column, cell)
    if days is not None:
        return days * 86_400.0
    return float("nan") if cell is None else float(cell)


def _format(column: Column) -> str | None:
    if column.role == "date":
        return "SDATE10"
    return "F8.0" if column.whole or column.renumbered else None


def _value_labels(column: Column) -> dict[int | float, str]:
    labels: dict[int | float, str] = {
        one.number: cut(one.label, _VALUE_LABEL_BYTES) for one in column.values
    }
    if column.labelled and column.role != "date":  # labels would make programs forget the date
        labels |= {int(code): code.label for code in MissingCode}
    return labels


def _notes(study: Study) -> list[str]:
    lines = [study.notice, *(f"{name}: {text}" for name, text in study.about()[1:] if text)]
    notes: list[str] = []
    for line in lines:
        words, current = line.split(), ""
        for word in words:
            if current and len(f"{current} {word}".encode()) > 78:
                notes.append(current)
                current = word
            else:
                current = f"{current} {word}".strip()
        notes.append(cut(current, 80))
    return notes

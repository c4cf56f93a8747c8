"""A Stata file: variable and value labels, and missing answers that keep their reason.

In numeric variables -99 to -94 are the extended missing values .a to .f, each with its label.
Stata has none for texts, so in text variables the codes stand as texts. Closed items are always
numeric (see ``columns``). A text of more than 2,045 bytes makes its variable a strL.
"""

from datetime import date
from typing import Any

import pandas as pd
import pyreadstat

from simulacra.domain.answer import MissingCode
from simulacra.errors import InputError
from simulacra.export.columns import Column
from simulacra.export.drafts import Drafts
from simulacra.export.labelled import STATA_TAGS, LabelledTable, cut, days_since
from simulacra.export.rows import Value
from simulacra.export.study import Study

MAX_COLUMNS = 32_767
_EPOCH = date(1960, 1, 1)
_LETTERS = {str(code): letter for code, letter in STATA_TAGS.items()}
_LABEL_BYTES, _VALUE_LABEL_BYTES, _MAX_CODE = 80, 32_000, 2_147_483_620


class DtaFile:
    """``NAME_wide.dta``; the table is held in memory until it is closed.

    Raises InputError where the table goes beyond what a Stata file holds.
    """

    def __init__(self, study: Study, drafts: Drafts) -> None:
        """Begin with no rows."""
        if len(study.columns) > MAX_COLUMNS:
            raise InputError(
                f"a Stata file holds {MAX_COLUMNS:,} columns at most: export csv or parquet instead"
            )
        self._study = study
        self._labels = {
            column.stata: labels for column in study.columns if (labels := _value_labels(column))
        }
        self._path = drafts.path(f"{study.name}_wide.dta")
        self._table = LabelledTable(study.columns)

    def wide(self, row: list[Value]) -> None:
        """Add a respondent."""
        self._table.add(row)

    def long(self, row: list[Value]) -> None:
        """Stata gets no long table."""

    def close(self) -> None:
        """Write the file."""
        columns = self._study.columns
        labels: Any = self._labels  # pyreadstat takes letters as keys; its annotation does not
        pyreadstat.write_dta(
            pd.DataFrame({column.stata: _series(column, cells) for column, cells in self._table}),
            str(self._path),
            file_label=cut(f"SIMULATED respondents: {self._study.title}", _LABEL_BYTES),
            column_labels={column.stata: cut(column.label, _LABEL_BYTES) for column in columns},
            variable_value_labels=labels,
            missing_user_values={
                column.stata: list(STATA_TAGS.values()) for column in columns if column.labelled
            },
            variable_format={column.stata: "%td" for column in columns if column.role == "date"},
        )


def _series(column: Column, cells: list[Value]) -> "pd.Series[Any]":
    if column.labelled:
        return pd.Series([_number(column, cell) for cell in cells], dtype="object")
    if column.numeric:
        return pd.Series(cells, dtype="float64")
    return pd.Series(["" if cell is None else str(cell) for cell in cells], dtype="object")


def _number(column: Column, cell: Value) -> float | str | None:
    """A number, or the letter of its missing code."""
    if cell is None:
        return None
    if letter := _LETTERS.get(str(cell)):
        return letter
    days = days_since(_EPOCH, column, cell) if column.role == "date" else None
    return float(cell if days is None else days)


def _value_labels(column: Column) -> dict[int | str, str]:
    labels: dict[int | str, str] = {}
    for one in column.values:
        if abs(one.number) > _MAX_CODE:
            raise InputError(
                f"{column.name}: Stata cannot label the code {one.value}: export csv or sav instead"
            )
        labels[one.number] = cut(one.label, _VALUE_LABEL_BYTES)
    if column.labelled:
        labels |= {STATA_TAGS[int(code)]: code.label for code in MissingCode}
    return labels

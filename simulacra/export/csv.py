"""CSV: UTF-8, comma, a heading; text that a spreadsheet would run as a formula is made harmless."""

import csv
import re

from simulacra.export.columns import Column
from simulacra.export.drafts import Drafts
from simulacra.export.rows import LONG_COLUMNS, Value
from simulacra.export.study import Study

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
_PLAIN_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def harmless(value: Value) -> Value:
    """A cell with an apostrophe in front where a spreadsheet would take its text for a formula.

    Numbers, and texts that are plain numbers, stay as they are.
    """
    if not isinstance(value, str) or not value.startswith(_RISKY):
        return value
    return value if _PLAIN_NUMBER.fullmatch(value) else f"'{value}"


class CsvFiles:
    """``NAME_wide.csv`` and ``NAME_long.csv``, written row by row."""

    def __init__(self, study: Study, drafts: Drafts) -> None:
        """Open both and write their headings."""
        self._files = [
            drafts.path(f"{study.name}_{shape}.csv").open("w", encoding="utf-8", newline="")
            for shape in ("wide", "long")
        ]
        self._wide, self._long = (csv.writer(file, lineterminator="\n") for file in self._files)
        columns: tuple[Column, ...] = study.columns
        self._wide.writerow([harmless(column.name) for column in columns])
        self._long.writerow([column.name for column in LONG_COLUMNS])

    def wide(self, row: list[Value]) -> None:
        """Add a respondent."""
        self._wide.writerow([harmless(value) for value in row])

    def long(self, row: list[Value]) -> None:
        """Add an answer."""
        self._long.writerow([harmless(value) for value in row])

    def close(self) -> None:
        """Finish both files."""
        for file in self._files:
            file.close()

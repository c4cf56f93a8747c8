"""CSV: UTF-8, comma, a heading; what a spreadsheet would run or a reader choke on is harmless."""

import csv
import re
from collections.abc import Sequence
from pathlib import Path

from simulacra.export.drafts import Drafts
from simulacra.export.rows import LONG_COLUMNS, Value
from simulacra.export.study import Study

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
_PLAIN_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def harmless(value: Value) -> Value:
    """A cell with an apostrophe in front where a spreadsheet would take its text for a formula.

    Numbers, and texts that are plain numbers, stay as they are.
    """
    if not isinstance(value, str):
        return value
    value = value.replace("\0", "\ufffd")  # at which many a reader would stop
    if not value.startswith(_RISKY):
        return value
    return value if _PLAIN_NUMBER.fullmatch(value) else f"'{value}"


class CsvFile:
    """One table, written row by row."""

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        """Open it and write the heading."""
        self._file = path.open("w", encoding="utf-8", newline="")
        self._writer = csv.writer(self._file, lineterminator="\n")
        self.add(names)

    def add(self, row: Sequence[Value]) -> None:
        """Add a row."""
        self._writer.writerow([harmless(value) for value in row])

    def close(self) -> None:
        """Finish it."""
        self._file.close()


class CsvFiles:
    """``NAME_wide.csv`` and ``NAME_long.csv``."""

    def __init__(self, study: Study, drafts: Drafts) -> None:
        """Open both."""
        self._wide = CsvFile(
            drafts.path(f"{study.name}_wide.csv"), [column.name for column in study.columns]
        )
        self._long = CsvFile(
            drafts.path(f"{study.name}_long.csv"), [column.name for column in LONG_COLUMNS]
        )

    def wide(self, row: list[Value]) -> None:
        """Add a respondent."""
        self._wide.add(row)

    def long(self, row: list[Value]) -> None:
        """Add an answer."""
        self._long.add(row)

    def close(self) -> None:
        """Finish both files."""
        self._wide.close()
        self._long.close()

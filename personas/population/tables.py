"""CSV tables as people save them, with the line of each row."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from simulacra.domain.base import Frozen
from simulacra.errors import InputError

_DELIMITERS = (",", ";", "\t")


class TableRow(Frozen):
    """A row with its line in the file, counted from 1."""

    line: int
    values: dict[str, str]


class CsvTable(Frozen):
    """A table: columns in their order, and rows without surrounding spaces."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]

    def column(self, name: str) -> list[str]:
        """All values of a column."""
        return [row.values[name] for row in self.rows]


def read_table(path: Path) -> CsvTable:
    """A CSV file with a heading: comma, semicolon or tab; UTF-8, with or without byte-order mark.

    Raises:
        InputError: it cannot be read, is empty, or a row does not fit the heading.
    """
    text = _text(path)
    if not text.strip():
        raise InputError("the file is empty: give it a heading and rows", path=path)
    heading = text.lstrip("\r\n").split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns: tuple[str, ...] = ()
    rows: list[TableRow] = []
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                if not columns:
                    columns = _heading(cells, path, line)
                else:
                    rows.append(TableRow(line=line, values=_row(cells, columns, path, line)))
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"this is no CSV: {error}", path=path, line=line) from None
    if not rows:
        raise InputError("there is a heading and nothing under it: add rows", path=path)
    return CsvTable(path=path, columns=columns, rows=tuple(rows))


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
        encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise InputError('the file is not UTF-8: save it as "CSV UTF-8"', path=path) from None
    except OSError as error:
        raise InputError(f"the file cannot be read ({error.strerror})", path=path) from None


def _heading(cells: list[str], path: Path, line: int) -> tuple[str, ...]:
    columns = tuple(cell.strip() for cell in cells)
    if twice := sorted({one for one in columns if columns.count(one) > 1}):
        raise InputError(
            f"the heading has {', '.join(map(repr, twice))} more than once", path=path, line=line
        )
    return columns


def _row(cells: list[str], columns: tuple[str, ...], path: Path, line: int) -> Mapping[str, str]:
    if len(cells) != len(columns):
        raise InputError(
            f"the heading has {len(columns)} columns and this row {len(cells)}: "
            "put values that hold the separator in quotes",
            path=path,
            line=line,
        )
    return dict(zip(columns, (cell.strip() for cell in cells), strict=True))

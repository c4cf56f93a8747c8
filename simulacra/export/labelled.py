"""What SPSS and Stata files have in common: a table in memory, closed items as numbers."""

from collections.abc import Iterator, Sequence
from datetime import date

from simulacra.domain.answer import MissingCode
from simulacra.errors import InputError
from simulacra.export.columns import Column
from simulacra.export.rows import Value

MISSING_TEXTS = {str(int(code)): int(code) for code in MissingCode}
STATA_TAGS = {int(code): letter for code, letter in zip(MissingCode, "abcdef", strict=True)}
"""The letter of the extended missing value that stands for each missing code in Stata."""


class LabelledTable:
    """The wide table column by column, text codes replaced by their numbers."""

    def __init__(self, columns: Sequence[Column]) -> None:
        """Begin with no rows."""
        self._columns = columns
        self._cells: list[list[Value]] = [[] for _ in columns]
        self._numbers = [
            {one.value: one.number for one in column.values} if column.renumbered else {}
            for column in columns
        ]

    def add(self, row: list[Value]) -> None:
        """Add a respondent."""
        for cells, numbers, value in zip(self._cells, self._numbers, row, strict=True):
            if isinstance(value, str):
                value = numbers.get(value, value.replace("\0", "\ufffd"))  # NUL would end the text
            cells.append(value)

    def __iter__(self) -> Iterator[tuple[Column, list[Value]]]:
        return zip(self._columns, self._cells, strict=True)


def cut(text: str, size: int) -> str:
    """The text on one line, in at most ``size`` bytes; the codebook has all of it."""
    text = " ".join(text.split())
    if len(text.encode()) <= size:
        return text
    return text.encode()[: size - 3].decode(errors="ignore").rstrip() + "..."


def days_since(epoch: date, column: Column, cell: Value) -> int | None:
    """Days from the epoch to the day of a cell; None where the cell holds no day.

    Raises:
        InputError: it holds something else than a day or a missing code.
    """
    if cell is None or str(cell) in MISSING_TEXTS:
        return None
    try:
        return (date.fromisoformat(str(cell)) - epoch).days
    except ValueError:
        message = f"{column.name}: {cell!r} is not a date: export csv or parquet instead"
        raise InputError(message) from None

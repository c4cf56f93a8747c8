"""What SPSS and Stata files have in common: a table in memory, closed items as numbers."""

from collections.abc import Iterator, Sequence

from simulacra.domain.answer import MissingCode
from simulacra.export.columns import Column
from simulacra.export.rows import Value

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

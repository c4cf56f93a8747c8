"""Counts for the codebook, taken while the rows pass by."""

from collections import Counter
from dataclasses import dataclass, field

from simulacra.domain.answer import MissingCode
from simulacra.export.columns import Column
from simulacra.export.rows import Value

_MISSING = {str(int(code)): int(code) for code in MissingCode}


@dataclass
class ColumnTally:
    """Counts of one column: answers, missing codes, labelled values; of a number also its range."""

    answers: int = 0
    missing: Counter[int] = field(default_factory=Counter)
    values: Counter[str] = field(default_factory=Counter)
    least: float | None = None
    most: float | None = None
    total: float = 0.0

    @property
    def mean(self) -> float | None:
        """Mean of the answers to a numeric item."""
        return self.total / self.answers if self.answers and self.least is not None else None

    def add(self, column: Column, value: Value) -> None:
        """Count one cell."""
        if value is None:
            return
        if (code := _missing_code(value)) is not None:
            self.missing[code] += 1
            return
        self.answers += 1
        if column.values:
            self.values[str(value)] += 1
        elif column.role == "number" and not isinstance(value, str):
            self.least = value if self.least is None else min(self.least, value)
            self.most = value if self.most is None else max(self.most, value)
            self.total += value


def _missing_code(value: Value) -> int | None:
    return _MISSING.get(str(value))


class Tally:
    """One ``ColumnTally`` a column, and the number of respondents."""

    def __init__(self, columns: tuple[Column, ...]) -> None:
        """Start at zero."""
        self._columns = columns
        self.by_name = {column.name: ColumnTally() for column in columns}
        self.respondents = 0

    def wide(self, row: list[Value]) -> None:
        """Count one respondent."""
        self.respondents += 1
        for column, value in zip(self._columns, row, strict=True):
            if column.item_id is not None:
                self.by_name[column.name].add(column, value)

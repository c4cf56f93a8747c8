"""Counts for the codebook, taken while the rows pass by."""

from collections import Counter
from dataclasses import dataclass, field
from math import sqrt

from simulacra.export.columns import Column
from simulacra.export.labelled import MISSING_TEXTS
from simulacra.export.rows import Value


@dataclass
class ColumnTally:
    """Counts of one column: answers, missing codes, labelled values.

    Of a number also range, mean and standard deviation, as the values come (Welford 1962).
    """

    answers: int = 0
    missing: Counter[int] = field(default_factory=Counter)
    values: Counter[str] = field(default_factory=Counter)
    least: float | None = None
    most: float | None = None
    _mean: float = 0.0
    _squares: float = 0.0

    @property
    def mean(self) -> float | None:
        """Mean of the answers to a numeric item."""
        return None if self.least is None else self._mean

    @property
    def deviation(self) -> float | None:
        """Standard deviation (n - 1) of two or more answers to a numeric item."""
        if self.least is None or self.answers < 2:
            return None
        return sqrt(self._squares / (self.answers - 1))

    @property
    def none(self) -> int:
        """How many answers are missing for a known reason."""
        return self.missing.total()

    def add(self, column: Column, value: Value) -> None:
        """Count one cell."""
        if value is None:
            return
        if column.takes_codes and (code := MISSING_TEXTS.get(str(value))) is not None:
            self.missing[code] += 1
            return
        self.answers += 1
        if column.values:
            self.values[str(value)] += 1
        elif column.continuous and not isinstance(value, str):
            self.least = value if self.least is None else min(self.least, value)
            self.most = value if self.most is None else max(self.most, value)
            off = value - self._mean
            self._mean += off / self.answers
            self._squares += off * (value - self._mean)


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

"""The file of human answers: CSV, SPSS, Stata or Parquet, as columns of texts."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat

from evaluation.fidelity.mapping import Columns, FidelityMapping
from evaluation.intervals import Points
from personas.population.tables import read_table
from simulacra.errors import InputError

_WHOLE = re.compile(r"(-?\d+)\.0+")


@dataclass(frozen=True)
class HumanFile:
    """The columns that a mapping names, as texts ("" where there is nothing), row by row."""

    path: Path
    mapping: FidelityMapping
    columns: Mapping[str, tuple[str, ...]]

    @property
    def rows(self) -> int:
        """How many people."""
        return len(next(iter(self.columns.values())))

    @property
    def ids(self) -> tuple[str, ...]:
        """The people's ids, or the numbers of their rows from 1.

        Raises:
            InputError: an id is empty or stands twice.
        """
        name = self.mapping.id
        if name is None:
            return tuple(str(number) for number in range(1, self.rows + 1))
        ids = self.columns[name]
        if len(set(ids)) < len(ids) or "" in ids:
            raise InputError(
                f"{name} must name every person once: an id is empty or stands twice",
                path=self.path,
                field=name,
            )
        return ids

    @property
    def weights(self) -> Points:
        """The people's weights, 1 without a column of them.

        Raises:
            InputError: a weight is no number from 0 up, or all are 0.
        """
        name = self.mapping.weight
        if name is None:
            return np.ones(self.rows)
        found = []
        for place, text in enumerate(self.columns[name], start=1):
            try:
                weight = float(text)
            except ValueError:
                weight = -1.0
            if not 0 <= weight < math.inf:
                message = f"the weight {text!r} of person {place} is no number from 0 up"
                raise InputError(message, path=self.path, field=name)
            found.append(weight)
        if not any(found):
            raise InputError("all weights are 0", path=self.path, field=name)
        return np.array(found)

    def values(
        self, column: str, told: Columns, known: Sequence[str] | None, what: str
    ) -> tuple[str | None, ...]:
        """A column as codes, None where an answer is missing.

        ``known`` are the codes that may come; without them, numbers.

        Raises:
            InputError: a value is neither missing nor recoded to a known code: it is not taken for
                either.
        """
        missing = {*self.mapping.missing, *told.missing}
        return tuple(
            None if text in missing else self._code(text, column, told, known, what)
            for text in self.columns[column]
        )

    def _code(
        self, text: str, column: str, told: Columns, known: Sequence[str] | None, what: str
    ) -> str:
        if told.recode and text not in told.recode:
            message = f"{text!r} is not in the recode of {what}: add it there, or to `missing`"
            raise InputError(message, path=self.path, field=column)
        code = told.recode.get(text, text)
        if known is None:
            if not _is_number(code):
                message = f"{code!r} is no number, which {what} asks for: add it to `missing`"
                raise InputError(message, path=self.path, field=column)
        elif code not in known:
            raise InputError(
                f"{code!r} is no answer to {what} ({', '.join(known)}): recode it, or add it to "
                "`missing`",
                path=self.path,
                field=column,
            )
        return code


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def read_humans(path: Path, mapping: FidelityMapping) -> HumanFile:
    """Read the columns that a mapping names; the ending says what the file is.

    Values that SPSS declares missing are missing. Whole numbers lose their ".0".

    Raises:
        InputError: it cannot be read, is of another kind, or has no such column.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise InputError(
            f"files of humans are {', '.join(sorted(_READERS))}: convert this one", path=path
        )
    if not path.is_file():
        raise InputError("there is no such file", path=path)
    columns = reader(path)
    if absent := [name for name in mapping.columns if name not in columns]:
        some = ", ".join(list(columns)[:12])
        raise InputError(
            f"there is no column {absent[0]}: the columns are {some}"
            f"{' ...' if len(columns) > 12 else ''}",
            path=path,
        )
    kept = {name: tuple(map(plain, columns[name])) for name in mapping.columns}
    if not next(iter(kept.values())):
        raise InputError("there are no people in it", path=path)
    return HumanFile(path, mapping, kept)


def plain(value: Any) -> str:
    """A value as text: "" for nothing, whole numbers without decimals."""
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, float | np.floating) and math.isnan(value):
        return ""
    if isinstance(value, bool | np.bool_):
        return str(int(value))
    text = str(value).strip()
    whole = _WHOLE.fullmatch(text)
    return whole[1] if whole else text


_Read = Mapping[str, Sequence[Any]]


def _delimited(path: Path) -> _Read:
    table = read_table(path)
    return {name: table.column(name) for name in table.columns}


def _sav(path: Path) -> _Read:
    return _frame(path, lambda: pyreadstat.read_sav(str(path))[0])


def _dta(path: Path) -> _Read:
    return _frame(path, lambda: pyreadstat.read_dta(str(path))[0])


def _parquet(path: Path) -> _Read:
    return _frame(path, lambda: pd.read_parquet(path))


def _frame(path: Path, read: Callable[[], pd.DataFrame]) -> _Read:
    try:
        frame = read()
    except (OSError, ValueError, pyreadstat.ReadstatError) as error:
        raise InputError(f"the file cannot be read: {error}", path=path) from None
    return {str(name): frame[name].tolist() for name in frame.columns}


_READERS: Mapping[str, Callable[[Path], _Read]] = {
    ".csv": _delimited,
    ".tsv": _delimited,
    ".sav": _sav,
    ".dta": _dta,
    ".parquet": _parquet,
}

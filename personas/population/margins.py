"""Margins: how a population is spread over the categories of some variables.

A file has the columns ``variable,category,share``; the shares of a variable are fractions that sum
to 1, or percentages that sum to 100.
"""

import math
from collections.abc import Mapping
from pathlib import Path

from personas.population.tables import CsvTable, TableRow, read_table
from simulacra.domain.base import Frozen
from simulacra.errors import InputError
from simulacra.plain_text import one_line

COLUMNS = ("variable", "category", "share")
TOLERANCE = 0.005
"""How far the shares of a variable may be from their sum of 1, as rounded figures are."""

_MOST = 1000.0  # far more than any share; what is larger cannot be summed safely


class Category(Frozen):
    """A category as it stands in the file; ``share`` is a fraction of 1."""

    name: str
    share: float
    line: int


class Margin(Frozen):
    """The categories of one variable; their shares sum to 1."""

    variable: str
    categories: tuple[Category, ...]


class Margins(Frozen):
    """All margins of a file."""

    path: Path
    margins: tuple[Margin, ...]


def read_margins(path: Path) -> Margins:
    """Read a file of margins.

    Raises:
        InputError: columns are missing, a share is no number or negative, a category comes twice,
            or the shares of a variable do not sum to 1 or 100.
    """
    table = read_table(path)
    names = {name.strip().lower(): name for name in table.columns}
    if missing := [name for name in COLUMNS if name not in names]:
        raise InputError(
            f"the margins lack the column {' and '.join(missing)}: "
            f"the heading must be {','.join(COLUMNS)}",
            path=path,
            line=1,
        )
    found: dict[str, dict[str, Category]] = {}
    for row in table.rows:
        variable, category = _read(row, names, table)
        inside = found.setdefault(variable, {})
        if category.name in inside:
            raise InputError(
                f"{variable} {category.name!r} is also on line {inside[category.name].line}: "
                "give each category once",
                path=path,
                line=row.line,
            )
        inside[category.name] = category
    margins = tuple(
        Margin(variable=variable, categories=_shares(variable, tuple(inside.values()), path))
        for variable, inside in found.items()
    )
    return Margins(path=path, margins=margins)


def _read(row: TableRow, names: Mapping[str, str], table: CsvTable) -> tuple[str, Category]:
    variable, category, text = (row.values[names[name]] for name in COLUMNS)
    for name, value in (("variable", variable), ("category", category), ("share", text)):
        if not value:
            raise InputError(f"the {name} is empty", path=table.path, line=row.line, field=name)
        one_line(value, f"the {name}", path=table.path, line=row.line)
    share = _number(text)
    if share is None:
        message = f"{text!r} is no number: write 0.25, 25 or 25%"
        raise InputError(message, path=table.path, line=row.line, field="share")
    if not 0 <= share <= _MOST:
        fault = "negative" if share < 0 else "too large"
        message = f"the share {text} is {fault}: shares run from 0 to 1, or from 0 to 100"
        raise InputError(message, path=table.path, line=row.line, field="share")
    return variable, Category(name=category, share=share, line=row.line)


def _number(text: str) -> float | None:
    """A finite number, with a decimal comma or a percent sign where it has one."""
    plain = text.replace("%", "").strip()
    if plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    try:
        number = float(plain)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _shares(variable: str, categories: tuple[Category, ...], path: Path) -> tuple[Category, ...]:
    """The categories with shares that sum to exactly 1, rounding taken out."""
    total = math.fsum(one.share for one in categories)
    for whole in (1, 100):
        if abs(total - whole) <= TOLERANCE * whole:
            return tuple(one.model_copy(update={"share": one.share / total}) for one in categories)
    raise InputError(
        f"the shares of {variable} sum to {total:g}: they must sum to 1, or to 100 as percentages",
        path=path,
        line=categories[-1].line,
        field="share",
    )

"""Microdata as people: rows drawn by weight, or each at most once with the weights they carry."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from personas.attributes.draw import AttributeSampler
from personas.population.allocation import UNREACHED, Variable, variables_of
from personas.population.draft import Draft, calibrated, lines_of
from personas.population.margins import Margins
from personas.population.microdata import Microdata, matches
from personas.population.raking import Codes, Floats, fit, integerised, rake
from personas.population.report import FitLine, Origin, fit_lines
from simulacra.errors import InputError

_MOST_CATEGORIES = 30
_MOST_BALANCED_ROWS, _MOST_BALANCED_SUMS = 20_000, 80


def from_microdata(
    n: int,
    microdata: Microdata,
    margins: Margins | None,
    sampler: AttributeSampler,
    rng: np.random.Generator,
) -> Draft:
    """``n`` people behind whom rows stand: by their weights, raked to the margins if there are any.

    Raises:
        InputError: the rows cannot meet the margins, or are too few.
    """
    if margins is None:
        own = _own_categories(microdata)
        balance = _balance(own, len(microdata.rows))
        rows, weights = _drawn_rows(n, microdata, microdata.weights, balance, rng)
        lines = [line for one in own for line in one.lines(rows, weights)]
        return _rows_draft(microdata, rows, weights, lines, "microdata", ())
    variables = variables_of(margins, sampler)
    codes = _row_codes(microdata, variables, margins)
    inside = (codes >= 0).all(axis=1)
    notes = []
    if not inside.all():
        notes.append(f"{int((~inside).sum())} rows in no category of a margin are left out")
    raked = _raked(np.where(inside, microdata.weights, 0.0), codes, variables, margins)
    balance = _Balance(codes, tuple(len(one.shares) for one in variables))
    rows, weights = _drawn_rows(n, microdata, raked, balance, rng)
    weights, more = calibrated(weights, codes[rows], variables)
    lines = lines_of(variables, codes[rows], weights)
    notes += more
    return _rows_draft(microdata, rows, weights, lines, "microdata and margins", notes)


def _rows_draft(
    microdata: Microdata,
    rows: Codes,
    weights: Floats,
    lines: Sequence[FitLine],
    origin: Origin,
    notes: Sequence[str],
) -> Draft:
    meanings = [microdata.rows[row].meaning for row in rows]
    told = [*microdata.notes, *notes]
    return Draft(meanings, weights / weights.mean(), origin, rows, lines, told)


@dataclass(frozen=True)
class _Balance:
    """Categories whose sums stay when rows are drawn; -1 stands for none."""

    codes: Codes
    sizes: tuple[int, ...]


@dataclass(frozen=True)
class _OwnCategories:
    """An attribute of microdata with few values: the value of each row (-1: none), and shares."""

    name: str
    values: tuple[str, ...]
    codes: Codes
    shares: Floats

    def lines(self, rows: Codes, weights: Floats) -> list[FitLine]:
        """The weighted shares of the microdata against those drawn."""
        return fit_lines(self.name, self.values, self.shares, self.codes[rows], weights)


def _own_categories(microdata: Microdata) -> list[_OwnCategories]:
    found = []
    for name in microdata.attributes:
        said = [row.words.get(name) for row in microdata.rows]
        values = sorted({one for one in said if one is not None})
        if 1 < len(values) <= _MOST_CATEGORIES:
            place = {value: code for code, value in enumerate(values)}
            codes = np.array([-1 if one is None else place[one] for one in said])
            mass = fit(microdata.weights[codes >= 0], codes[codes >= 0], len(values))
            found.append(_OwnCategories(name, tuple(values), codes, mass / mass.sum()))
    return found


def _balance(own: Sequence[_OwnCategories], rows: int) -> _Balance:
    """The attributes that a draw of rows can keep in balance without taking long."""
    kept: list[_OwnCategories] = []
    for one in own if rows <= _MOST_BALANCED_ROWS else ():
        if sum(len(other.values) for other in (*kept, one)) <= _MOST_BALANCED_SUMS:
            kept.append(one)
    codes = [one.codes for one in kept]
    table = np.column_stack(codes) if codes else np.zeros((rows, 0), dtype=np.int64)
    return _Balance(table, tuple(len(one.values) for one in kept))


def _drawn_rows(
    n: int, microdata: Microdata, weights: Floats, balance: _Balance, rng: np.random.Generator
) -> tuple[Codes, Floats]:
    """The row behind each person, and the people's weights."""
    usable = np.flatnonzero(weights > 0)
    if microdata.mapping.draw == "rows":
        if n > len(usable):
            raise InputError(
                f"{n} people cannot be {len(usable)} rows, each at most once: ask for fewer, or "
                "write `draw: resample` in the mapping",
                path=microdata.path,
            )
        rows = rng.permutation(usable)[:n]
        return rows, weights[rows] / weights[rows].mean()
    expected = weights / weights.sum() * n
    numbers = integerised(expected, balance.codes, balance.sizes, rng)
    return rng.permutation(np.repeat(np.arange(len(weights)), numbers)), np.ones(n)


def _row_codes(microdata: Microdata, variables: Sequence[Variable], margins: Margins) -> Codes:
    """The category of each row on each margin; -1 where it is in none."""
    codes = np.full((len(microdata.rows), len(variables)), -1, dtype=np.int64)
    for place, variable in enumerate(variables):
        pairs = list(zip(variable.meanings, variable.margin.categories, strict=True))
        for number, row in enumerate(microdata.rows):
            for code, (meaning, category) in enumerate(pairs):
                if matches(variable.name, meaning, category.name, row):
                    codes[number, place] = code
                    break
        if (codes[:, place] < 0).all():
            raise InputError(
                f"no row of {microdata.path.name} is in a category of {variable.name}: map a "
                "column to it, and recode its values to the words of the margins",
                path=margins.path,
                line=variable.margin.categories[0].line,
            )
    return codes


def _raked(
    weights: Floats, codes: Codes, variables: Sequence[Variable], margins: Margins
) -> Floats:
    """The rows' weights, fitted to the margins."""
    usable = weights > 0
    raked = np.zeros_like(weights)
    shares = [one.shares for one in variables]
    raked[usable] = rake(weights[usable] / weights[usable].sum(), codes[usable], shares)
    for place, variable in enumerate(variables):
        sums = fit(raked[usable], codes[usable, place], len(variable.shares))
        short = variable.shares - sums
        worst = int(np.argmax(short))
        if short[worst] > UNREACHED:
            category = variable.margin.categories[worst]
            raise InputError(
                f"{variable.name} {category.name!r} cannot have {category.share:.1%}: the rows of "
                f"the microdata reach {sums[worst]:.1%} beside the other margins; merge categories",
                path=margins.path,
                line=category.line,
            )
    return raked

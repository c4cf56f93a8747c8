"""How many people of which kind: cells of the margins, filled with whole people.

The cells are the combinations of categories. Where the pools know the variables, the cells start
with the weights that the pools and constraints give them, so that a combination that no constraint
allows stays empty; iterative proportional fitting brings the cells to the margins, and the cube
method rounds them. A variable that the pools do not know is independent of the rest: its categories
are dealt out in their numbers, at random.
"""

import itertools
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from personas.attributes.conditions import Facts
from personas.attributes.draw import AttributeSampler
from personas.attributes.pools import OLDEST
from personas.attributes.stages import Wish
from personas.population.margins import Category, Margin, Margins
from personas.population.meanings import Meaning, joined, kind_of, meaning_of
from personas.population.raking import Codes, Floats, fit, integerised, quotas, rake
from simulacra.errors import InputError

_MOST_CELLS = 200_000
_TRIALS, _LEAST_TRIALS, _CLOSE_TRIALS = 6_000, 30, 5
UNREACHED = 0.0025
"""A margin that the cells miss by more than this share cannot be met."""

_RARE = 0.01

Cell = tuple[int, ...]


@dataclass(frozen=True)
class Variable:
    """A margin with what each of its categories says of a person."""

    margin: Margin
    meanings: tuple[Meaning, ...]

    @property
    def name(self) -> str:
        """The variable's name as it stands."""
        return self.margin.variable

    @property
    def shares(self) -> Floats:
        """The share of each category."""
        return np.array([one.share for one in self.margin.categories])

    @property
    def is_known(self) -> bool:
        """Whether the pools know something of it."""
        return any(one.wish.allowed or one.wish.fixed for one in self.meanings)


@dataclass(frozen=True)
class Allocation:
    """Who is to be drawn: ``codes[k, v]`` is the category of person k on variable v."""

    variables: tuple[Variable, ...]
    codes: Codes

    def meaning(self, person: int) -> Meaning:
        """What is asked of one person."""
        row = self.codes[person]
        return joined(
            variable.meanings[code] for variable, code in zip(self.variables, row, strict=True)
        )


def variables_of(margins: Margins, sampler: AttributeSampler) -> tuple[Variable, ...]:
    """The margins with their meanings.

    Raises:
        InputError: an age cannot be read, ages overlap, or one attribute is given twice.
    """
    found: dict[str, str] = {}
    variables = []
    for margin in margins.margins:
        kind = kind_of(margin.variable) or margin.variable
        first = margin.categories[0]
        if kind in found:
            message = f"{margin.variable} and {found[kind]} are the same attribute: keep one"
            raise InputError(message, path=margins.path, line=first.line, field="variable")
        found[kind] = margin.variable
        variables.append(Variable(margin, _meanings(margin, margins, sampler)))
    return tuple(variables)


def _meanings(margin: Margin, margins: Margins, sampler: AttributeSampler) -> tuple[Meaning, ...]:
    made: list[Meaning] = []
    taken: dict[int, str] = {}
    for category in margin.categories:
        try:
            meaning = meaning_of(margin.variable, category.name, sampler.pools)
        except InputError as error:
            raise InputError(
                str(error), path=margins.path, line=category.line, field="category"
            ) from None
        made.append(meaning)
        for age in sorted(meaning.wish.allowed.get("age", ())):
            if age in taken:
                message = f"the age {age} is in {category.name!r} and in {taken[age]!r}: keep one"
                raise InputError(message, path=margins.path, line=category.line, field="category")
            taken[age] = category.name
    return tuple(made)


def allocate(
    n: int, margins: Margins, sampler: AttributeSampler, rng: np.random.Generator
) -> Allocation:
    """Who ``n`` people are to be, so that the margins are met as nearly as whole people can.

    Raises:
        InputError: a margin cannot be read, or cannot be met beside the others; it names the
            category and the rules that stand against it.
    """
    variables = variables_of(margins, sampler)
    known = [one for one in variables if one.is_known]
    columns: dict[str, Codes] = {
        one.name: rng.permutation(np.repeat(np.arange(len(one.shares)), quotas(one.shares, n)))
        for one in variables
        if not one.is_known
    }
    if known:
        cells = _filled(n, known, margins, sampler, rng)
        columns |= {one.name: cells[:, place] for place, one in enumerate(known)}
    return Allocation(variables, np.column_stack([columns[one.name] for one in variables]))


def _filled(
    n: int,
    variables: Sequence[Variable],
    margins: Margins,
    sampler: AttributeSampler,
    rng: np.random.Generator,
) -> Codes:
    """The cell of each person, in random order; shape (n, variables)."""
    seed = _seed(variables, margins, sampler, rng)
    codes = np.array(list(seed), dtype=np.int64).reshape(len(seed), len(variables))
    weights = np.array(list(seed.values()))
    shares = [one.shares for one in variables]
    fitted = rake(weights, codes, shares)
    _check(variables, fitted, codes, margins, sampler)
    whole = [quotas(one, n).astype(float) for one in shares]
    expected = rake(fitted * n, codes, whole)
    expected *= n / expected.sum()
    numbers = integerised(expected, codes, [len(one) for one in shares], rng)
    return rng.permutation(np.repeat(codes, numbers, axis=0))


def _seed(
    variables: Sequence[Variable],
    margins: Margins,
    sampler: AttributeSampler,
    rng: np.random.Generator,
) -> dict[Cell, float]:
    """The weights that the pools and constraints give the cells; empty cells are left out.

    Gender, age and education are counted out exactly; further variables are estimated from people
    drawn in each of the cells of those three, a like number in each.
    """
    core = [one for one in variables if kind_of(one.name) in ("gender", "age", "education")]
    others = [one for one in variables if one not in core]
    number = math.prod(len(one.shares) for one in variables)
    if number > _MOST_CELLS:
        message = f"the margins make {number:,} combinations: give fewer variables or categories"
        raise InputError(message, path=margins.path)
    counted = _counted(core, sampler)
    if not others:
        return counted
    trials = max(_LEAST_TRIALS, _TRIALS // max(len(counted), 1))
    inside = _within(others)
    drawn: dict[Cell, float] = defaultdict(float)
    for cell, weight in counted.items():
        asked = joined([*_asked(core, cell), inside]).wish
        for _ in range(trials):
            facts = sampler.try_core(rng, asked)
            found = [] if facts is None else list(_likely_cells(others, facts))
            for rest in found:
                drawn[(*cell, *rest)] += weight / trials / len(found)
    _reach(drawn, counted, core, others, sampler, rng)
    order = [*core, *others]
    places = [order.index(one) for one in variables]
    return {tuple(cell[place] for place in places): drawn[cell] for cell in sorted(drawn)}


def _asked(variables: Sequence[Variable], cell: Cell) -> list[Meaning]:
    return [one.meanings[code] for one, code in zip(variables, cell, strict=True)]


def _counted(core: Sequence[Variable], sampler: AttributeSampler) -> dict[Cell, float]:
    """The weight of each cell of gender, age and education, counted over years and levels."""
    pools = sampler.pools
    fields = ("age", "isced", "education_earliest")
    weights: dict[Cell, float] = defaultdict(float)
    for age in range(OLDEST + 1):
        levels = [
            one
            for one in pools.levels
            if sampler.fits(
                {"age": age, "isced": one.isced, "education_earliest": one.earliest}, fields
            )
        ]
        whole = math.fsum(one.weight for one in levels)
        for level, (gender, chance) in itertools.product(levels, pools.genders.items()):
            facts = {"age": age, "isced": level.isced, "gender": gender}
            weight = pools.age_weight(age) * chance * level.weight / whole
            for cell in _cells_of(core, facts):
                weights[cell] += weight
    return {cell: weight for cell, weight in sorted(weights.items()) if weight > 0}


def _cells_of(variables: Sequence[Variable], facts: Facts) -> Iterator[Cell]:
    """Every cell that a person of these facts fits in; labels that no pool knows fit anybody."""
    return itertools.product(
        *(
            [code for code, one in enumerate(variable.meanings) if one.wish.admits(facts)]
            for variable in variables
        )
    )


def _within(variables: Sequence[Variable]) -> Meaning:
    """A wish for somebody in any of the categories that the pools know and that have a share."""
    allowed: dict[str, frozenset[Any]] = {}
    for variable in variables:
        some = [
            one.wish.allowed
            for one, share in zip(variable.meanings, variable.shares, strict=True)
            if share > 0 and one.known
        ]
        for name in set().union(*some):
            if all(name in one for one in some):
                allowed[name] = frozenset().union(*(one[name] for one in some))
    return Meaning(Wish(allowed))


def _likely_cells(variables: Sequence[Variable], facts: Facts) -> Iterator[Cell]:
    """The cells of a person: of each variable the first category that fits.

    Besides it stand all categories that no pool knows, since they may be anybody's.
    """

    def codes(variable: Variable) -> list[int]:
        fit_in = [code for code, one in enumerate(variable.meanings) if one.wish.admits(facts)]
        known = [code for code in fit_in if variable.meanings[code].known]
        return known[:1] + [code for code in fit_in if not variable.meanings[code].known]

    return itertools.product(*map(codes, variables))


def _reach(
    drawn: dict[Cell, float],
    counted: dict[Cell, float],
    core: Sequence[Variable],
    others: Sequence[Variable],
    sampler: AttributeSampler,
    rng: np.random.Generator,
) -> None:
    """Give a small weight where a category can be had in a cell and nobody happened to be it."""
    width = len(core)
    for place, variable in enumerate(others):
        reached = {(cell[:width], cell[width + place]) for cell in drawn}
        inside = [_within([one]) for one in others if one is not variable]
        wanted = [code for code, share in enumerate(variable.shares) if share > 0]
        for (cell, weight), code in itertools.product(counted.items(), wanted):
            if (cell, code) in reached:
                continue
            asked = joined([*_asked(core, cell), variable.meanings[code], *inside]).wish
            tries = (sampler.try_core(rng, asked) for _ in range(_CLOSE_TRIALS))
            for facts in (one for one in tries if one is not None):
                for rest in _likely_cells(others, facts):
                    if variable.meanings[code].known == variable.meanings[rest[place]].known:
                        found = (*cell, *rest[:place], code, *rest[place + 1 :])
                        drawn[found] += weight * _RARE


def _check(
    variables: Sequence[Variable],
    fitted: Floats,
    codes: Codes,
    margins: Margins,
    sampler: AttributeSampler,
) -> None:
    """Refuse margins that the cells cannot meet, and say which cannot and why."""
    worst: tuple[float, Variable, int] | None = None
    for place, variable in enumerate(variables):
        short = variable.shares - fit(fitted, codes[:, place], len(variable.shares))
        code = int(np.argmax(short))
        if short[code] > UNREACHED and (worst is None or short[code] > worst[0]):
            worst = (float(short[code]), variable, code)
    if worst is None:
        return
    short_by, variable, code = worst
    category: Category = variable.margin.categories[code]
    filled = max(category.share - short_by, 0.0)
    raise InputError(
        f"{variable.name} {category.name!r} cannot have {category.share:.1%} beside the other "
        f"margins, at most {filled:.1%}{_why(variables, variable, code, sampler)}",
        path=margins.path,
        line=category.line,
        field="share",
    )


def _why(
    variables: Sequence[Variable], variable: Variable, code: int, sampler: AttributeSampler
) -> str:
    """The combinations with a category that nobody can be drawn in, as the end of a sentence."""
    rng = np.random.default_rng(0)
    told = []
    for other in variables:
        for category, meaning in zip(other.margin.categories, other.meanings, strict=True):
            if other is variable or category.share == 0:
                continue
            try:
                sampler.draw_core(rng, joined([variable.meanings[code], meaning]).wish)
            except InputError as error:
                reasons = str(error).rpartition(": ")[2]
                told.append(f"with {other.name} {category.name!r} nobody can be drawn: {reasons}")
    return f"; {'; '.join(told[:3])}" if told else ""

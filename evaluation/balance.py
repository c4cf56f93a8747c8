"""Whether random assignment made the conditions of a study alike in who was assigned to them."""

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import combinations

from simulacra.domain.base import Frozen

Person = Mapping[str, str | float]
"""Characteristics of somebody: numbers and categories."""


class Balance(Frozen):
    """One characteristic over the conditions.

    ``values`` holds its mean (a number) or share (a category, 0 to 1) by condition;
    ``difference`` is the largest standardised difference between two of them, None where one
    cannot be standardised: nobody differs within either, or fewer than two have people.
    """

    name: str
    values: dict[str, float]
    difference: float | None


def balance(people: Mapping[str, Sequence[Person]]) -> tuple[Balance, ...]:
    """The balance table of people's characteristics, by condition.

    Standardised differences as in Austin (2009), "Balance diagnostics for comparing the
    distribution of baseline covariates": the difference of means over the root of the mean of the
    variances; for shares the variances are p(1-p). Values beyond 0.1 are commonly called
    imbalance; chance makes such differences in small samples.
    """
    everybody = [one for some in people.values() for one in some]
    names = dict.fromkeys(name for one in everybody for name in one)
    rows: list[Balance] = []
    for name in names:
        found = [one[name] for one in everybody if name in one]
        if all(isinstance(value, int | float) for value in found):
            rows.append(_row(name, people, partial(_number, name)))
            continue
        for category in sorted({str(value) for value in found}):
            rows.append(_row(f"{name}: {category}", people, partial(_is, name, category)))
    return tuple(rows)


def _number(name: str, one: Person) -> float:
    return float(one[name])


def _is(name: str, category: str, one: Person) -> float:
    return float(one.get(name) == category)


def _row(
    name: str,
    people: Mapping[str, Sequence[Person]],
    value: Callable[[Person], float],
) -> Balance:
    columns = {condition: [value(one) for one in some] for condition, some in people.items()}
    means = {condition: _mean(column) for condition, column in columns.items()}
    spreads = {condition: _variance(column) for condition, column in columns.items()}
    gaps = [
        _standardised(means[one] - means[other], spreads[one] + spreads[other])
        for one, other in combinations(columns, 2)
    ]
    told = [one for one in gaps if one is not None]
    whole = gaps and len(told) == len(gaps)
    return Balance(name=name, values=means, difference=max(told) if whole else None)


def _standardised(gap: float, variances: float) -> float | None:
    if gap == 0:
        return 0.0
    return abs(gap) / math.sqrt(variances / 2) if variances else None


def _mean(column: Sequence[float]) -> float:
    return math.fsum(column) / len(column) if column else math.nan


def _variance(column: Sequence[float]) -> float:
    """Divided by n, which for shares is p(1-p)."""
    mean = _mean(column)
    return _mean([(value - mean) ** 2 for value in column])

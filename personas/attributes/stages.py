"""The stages in which a person is drawn: which attributes, from which pool, in which order."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache, cached_property
from itertools import accumulate
from typing import Any

import numpy as np

from personas.attributes.conditions import CompiledRule, Facts
from personas.attributes.pools import OLDEST, Pools, Weights, at_age
from personas.dates import years_between

Entry = Mapping[str, Any]

OF_WORK = (
    "occupation", "isco", "major", "occupation_age", "occupation_isced_min", "occupation_isced_max",
)  # fmt: skip
OF_PLACE = ("place", "city", "country", "culture", "continent")
WITH_WORK = ("employed", "unemployed", "retired")
_UNUSUAL = 0.01  # weight of a category that is asked for at an age where the pools have none


_FOLLOWS: Mapping[str, tuple[str, ...]] = {
    "isced": ("education_earliest",),
    "date_of_birth": ("age_on_day",),
    "occupation": OF_WORK,
    "isco": OF_WORK,
}


@dataclass(frozen=True)
class Wish:
    """What is asked of a person.

    ``allowed`` names the values that a field may take; ``fixed`` gives a field a value that no
    pool holds (None: not known), which is taken as it is and leaves its stage out. ``data`` says
    that the wish tells of a real person: rules about what it tells alone are not held against it.
    """

    allowed: Mapping[str, frozenset[Any]] = field(default_factory=dict)
    fixed: Mapping[str, Any] = field(default_factory=dict)
    data: bool = False

    @cached_property
    def told(self) -> frozenset[str]:
        """The fields whose values the wish tells, or that follow from them."""
        found = {"as_of", *self.allowed, *self.fixed}
        return frozenset(found.union(*(_FOLLOWS.get(name, ()) for name in found)))

    def admits(self, entry: Entry) -> bool:
        """Whether a pool's entry is among what is asked."""
        return all(entry[name] in some for name, some in self.allowed.items() if name in entry)


class Pool:
    """Entries with weights; those of weight 0 are left out."""

    def __init__(self, weighted: Iterable[tuple[Entry, float]]) -> None:
        kept = [(entry, weight) for entry, weight in weighted if weight > 0]
        self.entries = [entry for entry, _ in kept]
        self.weights = [weight for _, weight in kept]
        self._cumulative = list(accumulate(self.weights))

    def draw(self, rng: np.random.Generator) -> Entry:
        """One entry by weight; the pool must not be empty."""
        place = bisect_right(self._cumulative, rng.random() * self._cumulative[-1])
        return self.entries[min(place, len(self.entries) - 1)]

    def among(self, passes: Callable[[Entry], bool]) -> "Pool":
        """The part of the pool that passes a test."""
        pairs = zip(self.entries, self.weights, strict=True)
        return Pool((entry, weight) for entry, weight in pairs if passes(entry))


PoolOf = Callable[[Facts, Wish], Pool]


@dataclass(frozen=True)
class Stage:
    """``fields`` are drawn together from ``pool``; ``rules`` can be asked from here on."""

    fields: tuple[str, ...]
    pool: PoolOf
    rules: tuple[CompiledRule, ...] = ()


def stages(pools: Pools, as_of: date) -> list[Stage]:
    """All stages in their order, each with the rules that can first be asked after it."""
    known: set[str] = {"as_of"}
    made = []
    for fields, pool in _order(pools, as_of):
        made.append(Stage(fields, pool, pools.rulebook.ready(known, fields)))
        known |= set(fields)
    return made


def _order(pools: Pools, as_of: date) -> list[tuple[tuple[str, ...], PoolOf]]:
    return [
        (("gender",), _always(_named("gender", pools.genders))),
        (("age",), _ages(pools)),
        (("date_of_birth", "birth_year", "age_on_day"), _births(as_of)),
        (OF_PLACE, _always(_places(pools))),
        (("isced", "education_earliest"), _always(_levels(pools))),
        (("education_age",), _finishing(pools)),
        (("activity",), _by_age("activity", pools.activities)),
        (OF_WORK, _occupations(pools)),
        (("marital_status",), _by_age("marital_status", pools.marital_statuses)),
        (("children",), _by_age("children", pools.children)),
        (
            ("household",),
            _always(
                _named("household", {name: one.weight for name, one in pools.households.items()})
            ),
        ),
        (("income",), _always(_named("income", pools.incomes))),
    ]


def _always(pool: Pool) -> PoolOf:
    return lambda _facts, _wish: pool


def _named(name: str, weights: Mapping[Any, float]) -> Pool:
    return Pool(({name: value}, weight) for value, weight in weights.items())


def _ages(pools: Pools) -> PoolOf:
    """Single years; below the youngest of the pools only where ages are asked for."""
    asked = {age: pools.age_weight(age) for age in range(OLDEST + 1)}
    usual = {age: weight for age, weight in asked.items() if age >= pools.youngest}
    anybody, grown_up = _named("age", asked), _named("age", usual)
    return lambda _facts, wish: anybody if "age" in wish.allowed else grown_up


def _births(as_of: date) -> PoolOf:
    """Every day of birth that makes the age on the day."""

    @cache
    def days(age: int) -> Pool:
        first = _years_before(as_of, age + 1) - timedelta(days=2)
        all_of_them = (first + timedelta(days=number) for number in range(370))
        pairs = [(day, years_between(day, as_of)) for day in all_of_them]
        return Pool(
            (
                {"date_of_birth": day, "birth_year": day.year, "age_on_day": years},
                float(years == age),
            )
            for day, years in pairs
        )

    return lambda facts, _wish: days(facts["age"])


def _years_before(day: date, years: int) -> date:
    """The same day so many years earlier; 28 for 29 February."""
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return date(day.year - years, day.month, last)


def _places(pools: Pools) -> Pool:
    return Pool(
        (
            {
                "place": one,
                "city": city,
                "country": one.country,
                "culture": one.culture,
                "continent": one.continent,
            },
            one.weight / len(one.cities),
        )
        for one in pools.places
        for city in one.cities
    )


def _levels(pools: Pools) -> Pool:
    return Pool(
        ({"isced": one.isced, "education_earliest": one.earliest}, one.weight)
        for one in pools.levels
    )


def _finishing(pools: Pools) -> PoolOf:
    """The age at which a level was finished, from the earliest to the usual."""
    ages = {
        one.isced: Pool(
            ({"education_age": one.earliest + late}, 1.0) for late in range(one.usual + 1)
        )
        for one in pools.levels
    }
    unknown = Pool([({"education_age": None}, 1.0)])
    return lambda facts, _wish: ages.get(facts["isced"], unknown)


def _by_age(name: str, bands: Sequence[Weights]) -> PoolOf:
    """The pool at the person's age; where values are asked for, those unusual then are in it."""
    values = list(dict.fromkeys(value for band in bands for value in band.weights))
    usual = {band.start: _named(name, band.weights) for band in bands}
    asked = {
        band.start: _named(name, {one: band.weights.get(one, _UNUSUAL) for one in values})
        for band in bands
    }

    def pool(facts: Facts, wish: Wish) -> Pool:
        band = at_age(bands, facts["age"]) or bands[0]
        return (asked if name in wish.allowed else usual)[band.start]

    return pool


def _occupations(pools: Pools) -> PoolOf:
    """Occupations of those who work or did; for the others the word for what they do."""
    working = Pool(
        (
            {
                "occupation": one.name,
                "isco": one.code,
                "major": one.code[0],
                "occupation_age": one.age,
                "occupation_isced_min": one.isced[0],
                "occupation_isced_max": one.isced[1],
            },
            one.weight,
        )
        for one in pools.occupations
    )
    nothing: dict[str, Any] = dict.fromkeys(OF_WORK)
    others = {
        value: Pool([({**nothing, "occupation": value}, 1.0)])
        for band in pools.activities
        for value in band.weights
        if value not in WITH_WORK
    }
    return lambda facts, _wish: others.get(facts["activity"], working)

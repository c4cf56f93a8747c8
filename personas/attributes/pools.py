"""The pools that attributes are drawn from, read from the YAML files in ``data``."""

from bisect import bisect_right
from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Protocol, TypeVar

import yaml
from pydantic import Field

from personas.attributes.conditions import Rule, RuleBook
from simulacra.domain.base import Frozen

DATA = Path(__file__).parent / "data"
OLDEST = 100


class Occupation(Frozen):
    """A unit group of ISCO-08 by ``code``; ``name`` is what one person is called.

    ``age`` is the youngest usual age, ``isced`` the usual range of completed education.
    """

    code: str = Field(pattern=r"^\d{4}$")
    title: str
    name: str
    age: int
    isced: tuple[int, int]
    weight: float = Field(gt=0)


class Level(Frozen):
    """A level of ISCED 2011: first finished at ``earliest``, mostly ``usual`` years later."""

    isced: int = Field(ge=0, le=8)
    label: str
    earliest: int
    usual: int
    weight: float = Field(gt=0)


class LevelWords(Frozen):
    """Labels of surveys that name the levels of a range, both ends included."""

    isced: tuple[int, int]
    words: tuple[str, ...]


class Place(Frozen):
    """A culture in a country; ``names`` is the Faker locale whose names fit."""

    country: str
    continent: str
    culture: str
    names: str
    weight: float = Field(gt=0)
    languages: tuple[str, ...]
    further: dict[str, float] = Field(default_factory=dict)
    cities: tuple[str, ...]
    surnames: int = 1
    family_first: bool = False
    romanised: bool = False


class Hobby(Frozen):
    """A hobby, and who can have it."""

    name: str
    when: dict[str, Any] = Field(default_factory=dict)


class Goal(Frozen):
    """A goal, and whose it can be."""

    goal: str
    when: dict[str, Any] = Field(default_factory=dict)


class Household(Frozen):
    """A family structure in words."""

    weight: float = Field(gt=0)
    says: str


class _From(Protocol):
    @property
    def start(self) -> int: ...


class AgeWeight(Frozen):
    """The weight of each single year from ``start`` on, up to the next entry."""

    start: int = Field(alias="from")
    weight: float


class Weights(Frozen):
    """The weights of categories from the age ``start`` on, up to the next entry."""

    start: int = Field(alias="from")
    weights: dict[str | int, float]


class Pools(Frozen):
    """Everything there is to draw from, and what must go together."""

    occupations: tuple[Occupation, ...]
    majors: dict[str, str]
    levels: tuple[Level, ...]
    words: tuple[LevelWords, ...]
    places: tuple[Place, ...]
    hobbies: tuple[Hobby, ...]
    short_term: tuple[Goal, ...]
    long_term: tuple[Goal, ...]
    youngest: int
    genders: dict[str, float]
    ages: tuple[AgeWeight, ...]
    activities: tuple[Weights, ...]
    marital_statuses: tuple[Weights, ...]
    children: tuple[Weights, ...]
    households: dict[str, Household]
    incomes: dict[str, float]
    fields: dict[str, str]
    rules: tuple[Rule, ...]

    @cached_property
    def rulebook(self) -> RuleBook:
        """The rules, compiled."""
        return RuleBook(self.rules, self.fields)

    def age_weight(self, age: int) -> float:
        """The weight of one year of age; 0 outside the pool."""
        found = at_age(self.ages, age)
        return 0.0 if found is None else found.weight


FromT = TypeVar("FromT", bound=_From)


def at_age(bands: Sequence[FromT], age: int) -> FromT | None:
    """The entry that holds at an age; None below the first."""
    place = bisect_right([one.start for one in bands], age)
    return bands[place - 1] if place else None


@cache
def load_pools() -> Pools:
    """The pools and constraints that come with the project."""
    merged: dict[str, Any] = {}
    for path in sorted(DATA.glob("*.yaml")):
        merged |= yaml.safe_load(path.read_text(encoding="utf-8"))
    merged.pop("source")
    return Pools.model_validate(merged)

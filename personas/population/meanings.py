"""What a category of a margin or a value of microdata says of a person, in terms of the pools.

A variable is known by its name (``gender``, ``age``, ``education``, ...); any other is an attribute
of its own. Words become attributes as they stand; where the pools know them, they also narrow what
is drawn beside them.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from personas.attributes.pools import OLDEST, Pools
from personas.attributes.stages import OF_WORK, WITH_WORK, Wish
from simulacra.errors import InputError

_KINDS: Mapping[str, tuple[str, ...]] = {
    "gender": ("gender", "sex"),
    "age": ("age", "age group", "agegroup", "age range", "age band", "age class"),
    "education": ("education", "isced", "education level", "educational level", "degree"),
    "place": ("place", "city"),
    "country": ("country",),
    "culture": ("culture",),
    "marital_status": ("marital status", "marital"),
    "children": ("children", "number of children"),
    "household": ("household", "household type", "family"),
    "income": ("income", "income group", "household income"),
    "employment": ("employment", "activity", "employment status", "labour status", "work status"),
    "occupation": ("occupation", "isco", "major group"),
}
_PROFILE_FIELDS = ("gender", "education", "place", "culture", "occupation")

_GENDERS: Mapping[str, tuple[str, ...]] = {
    "female": ("female", "f", "woman", "women", "females", "weiblich", "frau", "femme", "mujer"),
    "male": ("male", "m", "man", "men", "males", "männlich", "mann", "homme", "hombre"),
    "non-binary": ("non-binary", "nonbinary", "non binary", "diverse", "other", "x", "nb"),
}
_MARITAL: Mapping[str, tuple[str, ...]] = {
    "single": ("single", "never married", "unmarried", "never-married"),
    "cohabiting": ("cohabiting", "cohabitation", "living together", "living with partner"),
    "married": ("married", "registered partnership", "married or registered partnership"),
    "separated": ("separated",),
    "divorced": ("divorced",),
    "widowed": ("widowed", "widow", "widower"),
}
_ACTIVITIES: Mapping[str, tuple[str, ...]] = {
    "employed": ("employed", "working", "in work", "working full time", "working part time",
                 "full-time", "part-time", "full time", "part time", "self-employed", "paid work"),
    "unemployed": ("unemployed", "looking for work", "out of work"),
    "student": ("student", "in higher education"),
    "pupil": ("pupil", "at school"),
    "homemaker": ("homemaker", "keeping house", "housewife", "housework", "looking after the home"),
    "retired": ("retired", "pensioner", "in retirement"),
}  # fmt: skip
_INCOMES: Mapping[str, tuple[str, ...]] = {
    "low": ("low", "low income", "lower"),
    "middle": ("middle", "medium", "middle income", "average"),
    "high": ("high", "high income", "upper", "higher"),
}
_RANGE = re.compile(r"(\d{1,3})\s*(?:-|–|—|to|bis|until)\s*(\d{1,3})(?:\s*years?)?")
_OPEN_UP = re.compile(
    r"(?:over\s+|>=?\s*|≥\s*|from\s+)?(\d{1,3})\s*"
    r"(?:\+|plus|and over|and older|or older|or over|and above|or more|and more|years and over)?"
)
_BELOW = re.compile(
    r"(?:under|below|<)\s*(\d{1,3})|(\d{1,3})\s*(?:and|or)\s+(?:under|younger|less)"
)
_ISCED = re.compile(r"(?:isced\s*(?:2011)?\s*(?:levels?)?\s*)?([0-8])(?:\s*(?:-|–|to)\s*([0-8]))?")


@dataclass(frozen=True)
class Meaning:
    """What a category says: values of the pools (``wish``), and words that stay as they are.

    ``labels`` are words for fields of the profile, ``attributes`` free ones (None: one that is not
    to be drawn). ``known`` says whether the pools know the category.
    """

    wish: Wish = field(default_factory=Wish)
    labels: Mapping[str, str] = field(default_factory=dict)
    attributes: Mapping[str, str | None] = field(default_factory=dict)
    known: bool = True


def kind_of(variable: str) -> str | None:
    """Which attribute a variable's name stands for; None for one of its own."""
    plain = _plain(variable).replace("_", " ")
    return next((kind for kind, names in _KINDS.items() if plain in names), None)


def meaning_of(variable: str, category: str, pools: Pools) -> Meaning:
    """What a category of a variable says of a person.

    Raises:
        InputError: the category of an age cannot be read.
    """
    kind = kind_of(variable)
    if kind is None:
        return Meaning(attributes={variable: category}, known=False)
    wish = _READERS[kind](category, pools)
    known = wish is not None
    if wish is None:
        worked = {"activity": frozenset(WITH_WORK)} if kind == "occupation" else {}
        wish = Wish(worked, _unknown(kind, category))
    if kind == "age":
        single = category.strip().isdigit()
        return Meaning(wish=wish, attributes={} if single else {_age_name(variable): category})
    if kind in _PROFILE_FIELDS:
        return Meaning(wish=wish, labels={kind: category}, known=known)
    if kind == "household" and _plain(variable) == "family":
        return Meaning(wish=wish, labels={"family": category}, known=known)
    return Meaning(wish=wish, attributes={kind: None, variable: category}, known=known)


def _age_name(variable: str) -> str:
    """The attribute that keeps an age range: ``age`` itself is a number."""
    return "age_group" if _plain(variable) == "age" else variable


def joined(meanings: Iterable[Meaning], *, data: bool = False) -> Meaning:
    """Several meanings at once; where two narrow the same field, both hold.

    An occupation of somebody said not to work is kept in words alone. ``data`` as in ``Wish``.
    """
    allowed: dict[str, frozenset[Any]] = {}
    fixed: dict[str, Any] = {}
    labels: dict[str, str] = {}
    attributes: dict[str, str | None] = {}
    for one in sorted(
        meanings, key=lambda meaning: not meaning.wish.allowed.keys() <= {"activity"}
    ):
        wish = one.wish
        if allowed.get("activity", _EVERY).isdisjoint(wish.allowed.get("activity", _EVERY)):
            wish = Wish(fixed=dict.fromkeys(OF_WORK))
        for name, some in wish.allowed.items():
            allowed[name] = allowed.get(name, some) & some
        fixed |= wish.fixed
        labels |= one.labels
        attributes |= one.attributes
    return Meaning(Wish(allowed, fixed, data), labels, attributes)


_EVERY: frozenset[Any] = frozenset(_ACTIVITIES)


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def _unknown(kind: str, category: str) -> dict[str, Any]:
    """The facts of a category that no pool knows: taken as it stands, the rest not known."""
    facts: dict[str, dict[str, Any]] = {
        "gender": {"gender": category},
        "education": {"isced": None},
        "marital_status": {"marital_status": None},
        "children": {"children": None},
        "household": {"household": None},
        "income": {"income": None},
        "employment": {"activity": None, **dict.fromkeys(OF_WORK)},
        "occupation": {**dict.fromkeys(OF_WORK), "occupation": category},
    }
    return facts.get(kind, {})


def _one_of(name: str, words: Mapping[str, tuple[str, ...]]) -> Callable[[str, Pools], Wish | None]:
    """A reader of categories that have other names, too."""

    def read(category: str, _pools: Pools) -> Wish | None:
        plain = _plain(category)
        found = [value for value, names in words.items() if plain in names]
        return Wish({name: frozenset(found)}) if found else None

    return read


def _age(category: str, _pools: Pools) -> Wish:
    ages = ages_of(category)
    if ages is None:
        raise InputError(
            f"the age {category!r} cannot be read: write a single age, or a range such as 18-29, "
            "under 18 or 65+"
        )
    return Wish({"age": ages})


def ages_of(category: str) -> frozenset[int] | None:
    """The years of age in a category such as 30, 18-29, 65+ or under 18; None for other words."""
    plain = _plain(category).removeprefix("aged ").removeprefix("age ")
    if found := _BELOW.fullmatch(plain):
        under, at_most = found.groups()
        return frozenset(range(int(under) if under else int(at_most) + 1))
    if found := _RANGE.fullmatch(plain):
        first, last = int(found[1]), int(found[2])
        return frozenset(range(first, min(last, OLDEST) + 1)) or None
    if found := _OPEN_UP.fullmatch(plain):
        first = int(found[1])
        if plain == found[1]:
            return frozenset([first]) if first <= OLDEST else None
        first += plain.startswith(("over", ">")) and not plain.startswith(">=")
        return frozenset(range(first, OLDEST + 1)) or None
    return None


def _education(category: str, pools: Pools) -> Wish | None:
    levels = _levels_of(_plain(category), pools)
    return None if levels is None else Wish({"isced": levels})


def _levels_of(plain: str, pools: Pools) -> frozenset[int] | None:
    if found := _ISCED.fullmatch(plain):
        first, last = int(found[1]), int(found[2] or found[1])
        return frozenset(range(first, last + 1)) or None
    for level in pools.levels:
        if plain == _plain(level.label):
            return frozenset([level.isced])
    for words in pools.words:
        if plain in words.words:
            return frozenset(range(words.isced[0], words.isced[1] + 1))
    return None


def _place(category: str, pools: Pools) -> Wish | None:
    plain = _plain(category)
    countries = {_plain(one.country): one.country for one in pools.places}
    if plain in countries:
        return Wish({"country": frozenset([countries[plain]])})
    for place in pools.places:
        for city in place.cities:
            if plain in (_plain(city), _plain(f"{city}, {place.country}")):
                return Wish({"city": frozenset([city])})
    return None


def _culture(category: str, pools: Pools) -> Wish | None:
    found = [one.culture for one in pools.places if _plain(one.culture) == _plain(category)]
    return Wish({"culture": frozenset(found)}) if found else None


def _children(category: str, _pools: Pools) -> Wish | None:
    plain = _plain(category)
    if plain in ("none", "no children", "childless", "no"):
        return Wish({"children": frozenset([0])})
    numbers = ages_of(plain.removesuffix(" children").removesuffix(" child"))
    some = frozenset(one for one in numbers or () if one <= _MANY)
    return Wish({"children": some}) if some else None


_MANY = 8


def _household(category: str, pools: Pools) -> Wish | None:
    plain = _plain(category)
    for name, household in pools.households.items():
        if plain in (name, household.says):
            return Wish({"household": frozenset([name])})
    return None


def _occupation(category: str, pools: Pools) -> Wish | None:
    """A major group, a unit group or a name of ISCO-08, or a word for being in no work."""
    plain = _plain(category)
    majors = [code for code, title in pools.majors.items() if plain in (code, _plain(title))]
    if majors:
        return Wish({"major": frozenset(majors), "activity": frozenset(WITH_WORK)})
    found = [
        one.name
        for one in pools.occupations
        if plain in (one.code, _plain(one.title), _plain(one.name))
    ]
    if found:
        return Wish({"occupation": frozenset(found), "activity": frozenset(WITH_WORK)})
    return _READERS["employment"](category, pools)


_READERS: Mapping[str, Callable[[str, Pools], Wish | None]] = {
    "gender": _one_of("gender", _GENDERS),
    "age": _age,
    "education": _education,
    "place": _place,
    "country": _place,
    "culture": _culture,
    "marital_status": _one_of("marital_status", _MARITAL),
    "children": _children,
    "household": _household,
    "income": _one_of("income", _INCOMES),
    "employment": _one_of("activity", _ACTIVITIES),
    "occupation": _occupation,
}

"""Places as a life names them, and the seasons there."""

import re
from functools import cache
from pathlib import Path

import yaml

from personas.checks.names import folded
from simulacra.domain.base import Frozen
from simulacra.domain.persona import Persona

_CAPITAL = re.compile(r"[A-ZÀ-ÖØ-Þ][^\W_]*(?:['’](?!s\b)[^\W_]+)?")
_WITHIN = r"(?:['’]s)?(?:,|\s+(?:in|at|near|of|above|outside|below|on))\s+(?:the\s+|\w+\s+)?"


class Climates(Frozen):
    """Countries by where the sun stands, and words by the months that they fit."""

    high: tuple[str, ...]
    southern: tuple[str, ...]
    tropical: tuple[str, ...]
    seasons: dict[str, tuple[int, ...]]
    weather: dict[str, tuple[int, ...]]
    tropics: dict[str, tuple[int, ...]]
    tropics_south: dict[str, tuple[int, ...]]


def place_words(text: str) -> frozenset[str]:
    """The proper names in a place's description, folded; what it lies near is left out."""
    head = re.split(r",?\s+(?:above|near|outside|below|beyond|off|an?)\s+", text, maxsplit=1)[0]
    return frozenset(folded(one) for one in _CAPITAL.findall(head))


def apart(persona: Persona, one: str, other: str) -> bool:
    """Whether two descriptions name different places.

    They do not when they share a name, or where the life itself puts one into the other ("Parklane
    hospital in Enugu"). Descriptions without any proper name are never apart.
    """
    first, second = place_words(one), place_words(other)
    if not first or not second or first & second:
        return False
    return not any(_joined(persona, a, b) for a in first for b in second)


def _joined(persona: Persona, one: str, other: str) -> bool:
    known = persona.profile
    texts = (persona.story, persona.biography, known.place, *known.attributes.values())
    return any(_adjoin(folded(text), one, other) for text in texts)


def _adjoin(text: str, one: str, other: str) -> bool:
    """Whether one name follows the other as the larger place: "Parklane hospital in Enugu"."""
    return any(
        re.search(rf"\b{re.escape(a)}(?:\s\w+)?{_WITHIN}{re.escape(b)}\b", text)
        for a, b in ((one, other), (other, one))
    )


def country_known(place: str, home: str) -> bool:
    """Whether a place names a country of the table, or is part of the home."""
    return named_country(place) or bool(place_words(place) & place_words(home))


def named_country(place: str) -> bool:
    """Whether a place names a country of the table."""
    climates = _climates()
    return _country_in(place, (*climates.southern, *climates.tropical))


def out_of_season(words: str, month: int, place: str, home: str) -> str | None:
    """The word that does not fit the month at a place; None where all may.

    A place lies in the country that its name has, else in that of the home.
    """
    for word in re.findall(r"[^\W_]+", folded(words)):
        months = _months(word, place, home)
        if months and month not in months:
            return str(word)
    return None


def tropical_lowland(place: str) -> bool:
    """Whether a place lies in a tropical country where it snows nowhere that people live."""
    climates = _climates()
    return _country_in(place, climates.tropical) and not _country_in(place, climates.high)


def _months(word: str, place: str, home: str) -> frozenset[int]:
    climates = _climates()
    where = place if named_country(place) else home
    south = _country_in(where, climates.southern)
    tropical = _country_in(where, climates.tropical)
    if tropical:
        wet = climates.tropics_south if south else climates.tropics
        if word in wet:
            return frozenset(wet[word])
    months = climates.seasons.get(word, ())
    if not months and not tropical:
        months = climates.weather.get(word, ())
    return frozenset((one + 5) % 12 + 1 if south else one for one in months)


def _country_in(place: str, countries: tuple[str, ...]) -> bool:
    plain = folded(place)
    return any(re.search(rf"\b{re.escape(folded(one))}\b", plain) for one in countries)


@cache
def _climates() -> Climates:
    text = (Path(__file__).parent / "climates.yaml").read_text(encoding="utf-8")
    found: Climates = Climates.model_validate(yaml.safe_load(text))
    return found

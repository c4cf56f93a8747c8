"""Whether a text mentions every attribute of a profile."""

import re
from collections.abc import Callable
from datetime import date
from functools import cache

from countryinfo import all_countries

from personas.authoring.mentions import Mentions
from personas.checks.kinship import says_none
from personas.dates import dates_in
from simulacra.domain.persona import Persona, Profile

_NAMES = re.compile(r"(?<![^\W\d_])[A-ZÀ-ÖØ-ÞĀ-Ž][^\W\d_]+")
_GENDERED = {
    "female": {"she", "her", "woman", "girl", "daughter", "mother", "sister", "wife"},
    "male": {"he", "his", "him", "man", "boy", "son", "father", "brother", "husband"},
}
_BESIDE = {"handedness": ("hand", "handedness")}  # "left" alone is told of many a thing
_PREFIX = 4  # letters that Samoa and Samoan share at least
_ENDING = 2  # letters that the shorter of them may end in otherwise


def unmentioned(persona: Persona, text: str) -> list[tuple[str, str]]:
    """Label and value of each attribute that the text does not mention, in the profile's order.

    What a mention is depends on the attribute: half of the words of a name; the own word of a
    gender, or pronouns and kin terms; the year of birth, or the day, or the age beside a word for
    it; the first place of a home; each name in a language; half of the names of a culture, or of
    the people of its country; the head noun of an occupation after "as a" or "is a", or its words;
    a relative's name near the word for the relative. All else is told by its words near one
    another: see ``Mentions``. That there is nobody ("children: none") needs no mention.
    """
    told = Mentions(text)
    return [
        (label, value)
        for label, value in _values(persona)
        if not says_none(value) and not _told(persona.profile, label, value, text, told)
    ]


def _told(profile: Profile, label: str, value: str, text: str, told: Mentions) -> bool:
    if label == "age":
        return _year_of(profile.date_of_birth, told) or _age(value, told)
    if label == "date of birth" and profile.date_of_birth:
        return _year_of(profile.date_of_birth, told) or profile.date_of_birth in dates_in(text)
    rule = _RULES.get(label)
    if rule is not None:
        return rule(value, told)
    if label in _BESIDE:
        return any(told.tells(f"{value} {one}") for one in _BESIDE[label])
    return told.tells(value) or _relative(label, value, told)


def _values(persona: Persona) -> list[tuple[str, str]]:
    profile = persona.profile
    born = profile.date_of_birth.isoformat() if profile.date_of_birth else ""
    pairs = [
        ("name", persona.name),
        ("gender", profile.gender),
        ("age", str(profile.age)),
        ("date of birth", born),
        ("work", profile.occupation),
        ("home", profile.place),
        ("culture", profile.culture),
        *(("language", one) for one in profile.languages),
        ("family", profile.family),
        ("education", profile.education),
        *(("hobby", one) for one in profile.hobbies),
        *(("short-term goal", one) for one in profile.short_term_goals),
        ("long-term goal", profile.long_term_goal),
        *((key.replace("_", " "), value) for key, value in profile.attributes.items()),
    ]
    return [(label, value) for label, value in pairs if value]


def _year_of(born: date | None, told: Mentions) -> bool:
    return born is not None and str(born.year) in told.words


def _age(value: str, told: Mentions) -> bool:
    """The age as one: "aged 54", "is 54", "54 years old", "Ilka, 54,"; not "54 trams"."""
    stated = (
        rf"\b(?:aged?|is|was|turned|turns|at|now|age of) {value}"
        rf"(?=[.,;:!?]|\s*$|\s+(?:and|but|now|years? old|when|in|with|she|he|they)\b)"
        rf"|, {value},|\b{value} years? olds?\b"
    )
    return re.search(stated, told.plain, re.IGNORECASE) is not None


def _name(value: str, told: Mentions) -> bool:
    words = value.replace("-", " ").split()
    return 2 * sum(one in told.words for one in words) >= len(words)


def _gender(value: str, told: Mentions) -> bool:
    kind = value.casefold()
    if kind not in _GENDERED:
        return True
    return bool({one.casefold() for one in told.words} & {*_GENDERED[kind], kind})


def _home(value: str, told: Mentions) -> bool:
    """The place itself, not the country around it; a country also by its people."""
    names = _NAMES.findall(value.split(",")[0])
    return all(_named(one, told) for one in names) if names else told.tells(value)


def _language(value: str, told: Mentions) -> bool:
    names = _NAMES.findall(value)
    return told.tells_all(*names) if names else told.tells(value)


def _culture(value: str, told: Mentions) -> bool:
    names = _NAMES.findall(value)
    if not names:
        return told.tells(value)
    return 2 * sum(_named(one, told) or _akin(one, told) for one in names) >= len(names)


def _work(value: str, told: Mentions) -> bool:
    """The occupation by its words, or by its head: the last word before "in", "of" or "at"."""
    head = re.split(r"\s+(?:in|of|at|for|with|on|to)\s|[,(;]", value)[0].split()[-1]
    stated = re.compile(
        rf"\b(?:as|is|was|be|been|became|become|becomes|remained) (?:an? |the )?(?:\w+ ){{0,2}}"
        rf"{re.escape(head)}\b",
        re.IGNORECASE,
    )
    return stated.search(told.plain) is not None or told.tells(value)


def _relative(label: str, value: str, told: Mentions) -> bool:
    """A relative by the name that the entry begins with, near the word for the relative."""
    first = _NAMES.match(value)
    return first is not None and told.tells_all(first[0], *label.split())


def _named(name: str, told: Mentions) -> bool:
    return name in told.words or bool(_peoples().get(name, frozenset()) & told.words)


def _akin(name: str, told: Mentions) -> bool:
    """Whether a name of one root stands in the text: Samoa for Samoan."""
    return any(
        len(one) >= _PREFIX
        and one[0].isupper()
        and one[: max(_PREFIX, min(len(one), len(name)) - _ENDING)]
        == name[: max(_PREFIX, min(len(one), len(name)) - _ENDING)]
        for one in told.words
    )


@cache
def _peoples() -> dict[str, frozenset[str]]:
    """Names of countries and of their peoples by each other: Spain and Spanish.

    Only where both are one word, and the people are those of one country.
    """
    pairs = [(str(one.name()), str(one.demonym())) for one in all_countries()]
    pairs = [one for one in pairs if all(word.isalpha() for word in one)]
    peoples = [people for _, people in pairs]
    found: dict[str, frozenset[str]] = {}
    for country, people in pairs:
        if peoples.count(people) == 1:
            found[country] = frozenset((people,))
            found[people] = frozenset((country,))
    return found


_RULES: dict[str, Callable[[str, Mentions], bool]] = {
    "name": _name,
    "gender": _gender,
    "home": _home,
    "culture": _culture,
    "language": _language,
    "work": _work,
}

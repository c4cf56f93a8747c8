"""Whether a text mentions every attribute of a profile."""

import re
from collections.abc import Sequence
from datetime import date

from snowballstemmer import stemmer
from text_to_num import alpha2digit

from personas.dates import dates_in
from simulacra.domain.persona import Persona

_WORD = re.compile(r"\w+")
_STOP = frozenset((
    "a", "an", "and", "are", "as", "at", "by", "for", "from", "has", "have", "he", "her", "him",
    "his", "in", "into", "is", "it", "its", "my", "no", "not", "of", "on", "one", "or", "our",
    "she", "that", "the", "their", "them", "they", "this", "to", "up", "was", "were", "who", "with",
))  # fmt: skip
_GENDERED = {
    "female": {"she", "her", "woman", "girl", "daughter", "mother", "sister", "wife"},
    "male": {"he", "his", "him", "man", "boy", "son", "father", "brother", "husband"},
}
_SHARE = 0.5
_STEM = 5


def unmentioned(persona: Persona, text: str) -> list[tuple[str, str]]:
    """Label and value of each attribute that the text does not mention, in the profile's order.

    A value is mentioned when at least half of its content words stand in the text in any form.
    Gender is mentioned by its own word or by pronouns and kin terms, age and birth also by the year
    of birth.
    """
    words = {word.casefold() for word in _WORD.findall(text)}
    stems = _stems(words)
    profile = persona.profile
    missing = []
    for label, value in _values(persona):
        if label == "gender":
            there = bool(words & _GENDERED.get(value.casefold(), {value.casefold()}))
            there = there or _has(value, stems) or value.casefold() not in _GENDERED
        elif label == "age":
            there = _age(value, profile.date_of_birth, text, words)
        elif label == "date of birth" and profile.date_of_birth is not None:
            born = profile.date_of_birth
            there = born in dates_in(text) or str(born.year) in words
        else:
            there = _has(value, stems)
        if not there:
            missing.append((label, value))
    return missing


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


def _age(value: str, born: date | None, text: str, words: set[str]) -> bool:
    if value in words or (born is not None and str(born.year) in words):
        return True
    return value in _WORD.findall(alpha2digit(text.replace("-", " "), "en"))


def _has(value: str, stems: set[str]) -> bool:
    wanted = _content(value)
    return not wanted or len(wanted & stems) / len(wanted) >= _SHARE


def _content(value: str) -> set[str]:
    words = {word.casefold() for word in _WORD.findall(value)}
    return _stems(words - _STOP) or _stems(words)


def _stems(words: set[str] | Sequence[str]) -> set[str]:
    """Stems, cut to five letters, so that Hungarian and Hungary meet."""
    return {stem[:_STEM] for stem in stemmer("english").stemWords(sorted(words))}

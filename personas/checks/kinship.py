"""Who is what to whom, as English names it: roles, and lists such as "two sons, Ben and Tom"."""

import re

from personas.checks.wording import NUMBERS
from simulacra.domain.base import Frozen

_COUNT = "|".join(sorted((*NUMBERS, "a", "an"), key=len, reverse=True))
QUALITY = (
    r"(?:(?:older|elder|eldest|oldest|younger|youngest|little|big|twin|only|late|dead|half|step"
    r"|adopted|adoptive|foster|first|second|third|surviving|other|grown|adult|small|former|ex"
    r"|estranged)[- ]?)*"
)
_WORD = r"[^\W\d_a-zà-öø-ÿ][^\W\d_]+(?:(?:[-'’][A-Z]|-[a-z])[^\W\d_]+)*"
NAME = rf"{_WORD}(?: {_WORD})?"
"""A pattern for a name of one or two words."""
_ROLE = (
    r"(?:brother|sister|sibling|half-brother|half-sister|son|daughter|child|mother|father"
    r"|husband|wife|grandmother|grandfather|grandson|granddaughter)"
)
_LISTED = re.compile(
    rf"(?:\b(?P<count>{_COUNT}|\d+) )?(?P<quality>{QUALITY})"
    rf"\b(?P<role>{_ROLE}|children)(?P<many>s|ren)?\b"
    rf"(?:,? (?P<names>{NAME}(?:(?:, (?:and )?| and | & ){NAME})*))?",
)
_NONE = re.compile(
    r"^\s*(?:none|no\b|nobody|childless|only child|an only child|0\b)", re.IGNORECASE
)

SIBLINGS = frozenset(("brother", "sister", "sibling", "half-brother", "half-sister"))
CHILDREN = frozenset(("son", "daughter", "child", "children"))


class Kin(Frozen):
    """Relatives of one role: how many, and those who are named; ``quality`` as in "elder"."""

    role: str
    count: int
    quality: str = ""
    names: tuple[str, ...] = ()


def says_none(text: str) -> bool:
    """Whether an entry says that there is nobody ("none; a niece, Ana")."""
    return _NONE.match(text) is not None


def relatives(text: str) -> tuple[Kin, ...]:
    """The relatives that a short English description lists, in its order."""
    found = []
    for match in _LISTED.finditer(text):
        names = tuple(re.findall(NAME, match["names"] or ""))
        stated = match["count"]
        number = _number(stated) if stated else max(len(names), 1)
        found.append(
            Kin(
                role=match["role"],
                count=max(number, len(names)),
                quality=match["quality"].strip(),
                names=names,
            )
        )
    return tuple(found)


def _number(word: str) -> int:
    if word.isdigit():
        return int(word)
    return int(NUMBERS.get(word.casefold(), "1"))

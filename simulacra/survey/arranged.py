r"""Rankings and constant sums in plain words: each part of a reply speaks of exactly one option.

A ranking is read from numbered lines ("1. Tea", in any order), from options with their ranks
("Tea: 2") or from a list in order ("Tea > milk > water"); a constant sum from options with their
shares ("Tea: 40, milk: 60", "40 for tea and 60 for milk").
"""

import re
from collections.abc import Iterator

from simulacra.survey.choices import Choices
from simulacra.survey.words import plain

_MAX_TEXT, _MAX_PARTS = 4_000, 200
_PARTS = re.compile(r"\s*(?:\n|;|,(?!\d{3}\b)|>|→|\bthen\b|\band\b)\s*")
_BULLET = re.compile(r"^(?:[-*•]\s+|and\s+|then\s+)+")
_NUMBER = r"-?\d+(?:[.,]\d+)?"
_LEADING_RANK = re.compile(r"^\(?#?(\d{1,3})(?:st|nd|rd|th)?\s*[.):=-]?\s+(?=\S)")
_ORDINALS = {
    word: rank
    for rank, word in enumerate(
        ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth"), start=1
    )
}
_LEADING_ORDINAL = re.compile(rf"^(?:the )?({'|'.join(_ORDINALS)})(?: is| comes)?[:,]?\s+(?=\S)")
_TRAILING_RANK = re.compile(r"\s*(?:[:=(#-]|\bis\b|\bat\b)\s*(\d{1,3})(?:st|nd|rd|th)?\)?$")
_TRAILING_SHARE = re.compile(
    rf"\s*(?:[:=(-]|\bis\b|\bgets?\b|\s)\s*({_NUMBER})\s*(?:%|points?|percent)?\)?$"
)
_LEADING_SHARE = re.compile(
    rf"^({_NUMBER})\s*(?:%|points?|percent)?\s*(?:[:=-]|\b(?:for|to|on|of|in|goes to)\b)?\s*"
)


def read_ranking(choices: Choices, text: str, least: int, most: int) -> tuple[str, ...] | None:
    """Codes from the first to the last rank, ``least`` to ``most`` of them; None if uncertain."""
    if len(text) > _MAX_TEXT:
        return None
    for parts in (_lines(text), _pieces(text)):
        for read in (_by_rank, _in_order):
            codes = read(choices, parts)
            if codes and len(set(codes)) == len(codes) and least <= len(codes) <= most:
                return tuple(codes)
    return None


def read_shares(choices: Choices, text: str) -> dict[str, float] | None:
    """The share of each option that a reply names, by code; None if uncertain."""
    if len(text) > _MAX_TEXT:
        return None
    for parts in (_lines(text), _pieces(text)):
        shares = _shares(choices, parts)
        if shares is not None:
            return shares
    return None


def _lines(text: str) -> list[str]:
    return [line for raw in plain(text).splitlines() if (line := _BULLET.sub("", raw.strip(" .")))]


def _pieces(text: str) -> list[str]:
    pieces = (piece.strip(" .,") for piece in _PARTS.split(plain(text)))
    return [_BULLET.sub("", piece) for piece in pieces if piece][:_MAX_PARTS]


def _one(choices: Choices, text: str) -> str | None:
    named = choices.named(text)
    return next(iter(named)) if len(named) == 1 else None


def _by_rank(choices: Choices, parts: list[str]) -> list[str] | None:
    """Parts that each name a rank and an option; the ranks are 1, 2, 3, ... in any order."""
    ranked: dict[int, str] = {}
    for part in parts:
        found = _ranked(choices, part)
        if found is None or found[0] in ranked:
            return None
        ranked[found[0]] = found[1]
    if sorted(ranked) != list(range(1, len(ranked) + 1)):
        return None
    return [ranked[rank] for rank in sorted(ranked)]


def _ranked(choices: Choices, part: str) -> tuple[int, str] | None:
    if found := _LEADING_RANK.match(part):
        rank, rest = int(found[1]), part[found.end() :]
    elif found := _LEADING_ORDINAL.match(part):
        rank, rest = _ORDINALS[found[1]], part[found.end() :]
    elif found := _TRAILING_RANK.search(part):
        rank, rest = int(found[1]), part[: found.start()]
    else:
        return None
    code = _one(choices, rest)
    return None if code is None else (rank, code)


def _in_order(choices: Choices, parts: list[str]) -> list[str] | None:
    codes = [_one(choices, part) for part in parts]
    return None if None in codes else [code for code in codes if code is not None]


def _shares(choices: Choices, parts: list[str]) -> dict[str, float] | None:
    shares: dict[str, float] = {}
    for part in parts:
        code, share = next(_shared(choices, part), ("", 0.0))
        if not code or code in shares:
            return None
        shares[code] = share
    return shares or None


def _shared(choices: Choices, part: str) -> Iterator[tuple[str, float]]:
    """The option and share of a part, where both are certain."""
    found = _TRAILING_SHARE.search(part)
    if found and (code := _one(choices, part[: found.start()])):
        yield code, _number(found[1])
    found = _LEADING_SHARE.match(part)
    if found and (code := _one(choices, part[found.end() :])):
        yield code, _number(found[1])


def _number(text: str) -> float:
    return float(text.replace(",", "."))

"""Staying in role: a reply that falls out of it has a fault, which is named to the model once.

The faults stand in ``faults.yaml``: mostly English, the plainest of them in other languages, too.
What they do not foresee is not seen. Nothing of ours is ever given as the person's reply.
"""

import re
from collections.abc import Mapping, Sequence

from simulacra.cognition.rules import plain, rules

_RECITED_WORDS = 8
"""So many words in a row of the instructions that a model is given are no coincidence."""

_RECITED_FACTS = 30
"""So many in a row of the description of the person are recited: people tell their life freely."""


_ORDER = r"\b(?:be|become|act|pretend|play|speak|talk|answer|from now on|you are now|you're now)\b"
_NAMED = re.compile(
    r"\b(?:i am|i'm|i be|i'll be|i shall be|i will be|call me|my name is)(?: now)?"
    r"(?: your| the| an?)? ([^\W\d_]{2,})"
)


def fault_of(
    reply: str, instructions: str, description: str, *, asked: str = "", tried: bool = False
) -> str:
    """How a reply falls out of role, in a few words; "" where it does not.

    ``instructions`` and ``description`` are the texts that the model was given about how to speak
    and about whom; what the person was asked is not among them, for a reply may repeat it.
    ``asked`` are the words that were said to the person: to be what they order is a fault, too.
    ``tried``: somebody has just tried to bring the person out of role, so that less is excused.
    """
    text, known = plain(reply), rules("faults")
    if fault := _named(text, known["faults"]) or (tried and _named(text, known["after a try"])):
        return fault
    if other := _obeyed(text, plain(asked), plain(description)):
        return f'it becomes what it was told to be ("{other}")'
    for given, length in ((instructions, _RECITED_WORDS), (description, _RECITED_FACTS)):
        if recited := _recited(text, given, length):
            return f'it recites the text that it was given ("{recited}")'
    return ""


def _named(text: str, faults: Mapping[str, Sequence[re.Pattern[str]]]) -> str:
    """The first fault whose pattern is found, with the words that show it; "" without."""
    for fault, patterns in faults.items():
        for pattern in patterns:
            if found := pattern.search(text):
                return f'{fault} ("{found.group().strip()[:80]}")'
    return ""


def _obeyed(text: str, asked: str, description: str) -> str:
    """Who a reply says to be, where an order, and no question, named that and life does not."""
    for found in _NAMED.finditer(text):
        name = re.escape(found[1])
        ordered = re.search(rf"{_ORDER}[^.?!]{{0,40}}\b{name}\b[^.?!]*(?:[.!]|$)", asked)
        if ordered and not re.search(rf"\b{name}\b", description):
            return found.group()
    return ""


def _recited(text: str, given: str, length: int) -> str:
    """The first ``length`` words in a row that a text shares with what was given; "" without."""
    words, known = _words(text), f" {' '.join(_words(plain(given)))} "
    for start in range(len(words) - length + 1):
        run = " ".join(words[start : start + length])
        if f" {run} " in known:
            return run
    return ""


def _words(text: str) -> list[str]:
    return re.findall(r"[\w']+", text)

"""Staying in role: a reply that falls out of it has a fault, which is named to the model once.

The faults stand in ``faults.yaml``; English only. Nothing of ours is ever given as the person's
reply.
"""

import re

from simulacra.cognition.rules import plain, rules

_RECITED_WORDS = 8
"""So many words in a row of the instructions that a model is given are no coincidence."""

_RECITED_FACTS = 30
"""So many in a row of the description of the person are recited: people tell their life freely."""


def fault_of(reply: str, instructions: str, description: str) -> str:
    """How a reply falls out of role, in a few words; "" where it does not.

    ``instructions`` and ``description`` are the texts that the model was given about how to speak
    and about whom; what the person was asked is not among them, for a reply may repeat it.
    """
    text = plain(reply)
    fault: str
    for fault, patterns in rules("faults")["faults"].items():
        for pattern in patterns:
            if found := pattern.search(text):
                return f'{fault} ("{found.group().strip()}")'
    for given, length in ((instructions, _RECITED_WORDS), (description, _RECITED_FACTS)):
        if recited := _recited(text, given, length):
            return f'it recites the text that it was given ("{recited}")'
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

"""Ids of sampled people: readable, each once, and the same whenever the same people are drawn."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from simulacra.domain.persona import Persona

# Letters that Unicode does not take apart into a plain letter and a mark.
_LETTERS = str.maketrans({
    "ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ß": "ss", "æ": "ae", "œ": "oe", "ı": "i",
    "ə": "a", "ħ": "h", "ŋ": "n", "ʻ": "", "ʼ": "", "’": "", "‘": "", "'": "",
})  # fmt: skip


def slug(name: str) -> str:
    """A name in plain lower-case letters, digits and hyphens; ``person`` where none is left."""
    letters = name.lower().translate(_LETTERS)
    plain = unicodedata.normalize("NFKD", letters).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "person"


def with_ids(
    people: Iterable[Persona], stored: Mapping[str, frozenset[str]]
) -> tuple[list[Persona], list[Persona]]:
    """People under ids of their own, and those of them that are not stored already.

    The id is the name; where another person bears it, a number follows. Somebody of whom any stored
    version is equal keeps the id of that one.

    Args:
        people: with any id.
        stored: the hashes of all versions of the people stored, by id.
    """
    taken: set[str] = set()
    found: list[Persona] = []
    new: list[Persona] = []
    for person in people:
        name, number = slug(person.name), 1
        while True:
            one = name if number == 1 else f"{name}-{number}"
            candidate = person.model_copy(update={"id": one})
            same = one not in taken and one in stored and candidate.hash() in stored[one]
            if one not in taken and (one not in stored or same):
                break
            number += 1
        taken.add(one)
        found.append(candidate)
        if not same:
            new.append(candidate)
    return found, new

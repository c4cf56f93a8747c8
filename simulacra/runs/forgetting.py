"""What is meant to be forgotten, and what goes with it."""

import re
from collections.abc import Iterable, Sequence

from simulacra.domain.learning import Learned
from simulacra.domain.memory import Memory
from simulacra.domain.persona import Persona
from simulacra.errors import InputError


def meant(what: str, learned: Sequence[Learned], persona: Persona) -> Learned:
    """The learned memory of an id, or the one that alone holds some words.

    Raises:
        InputError: none, or more than one, is meant; or one of the life is.
    """
    words = what.casefold().strip()
    if not words:
        raise InputError("say what is to be forgotten: an id, or words of it")
    kept = [one for one in learned if one.status == "kept"]
    found = [one for one in kept if one.id == words] or [
        one for one in kept if _says(one.memory, words)
    ]
    if len(found) > 1:
        ids = ", ".join(one.id for one in found)
        raise InputError(f"several memories hold {what!r}; use one of the ids: {ids}")
    if found:
        return found[0]
    lived = [one for one in persona.memories if one.id == words or _says(one, words)]
    if lived:
        raise InputError(
            f"{lived[0].id} is a memory of the life, which a chat cannot change; use: "
            f"simulacra persona edit {persona.id} --forget {lived[0].id}"
        )
    raise InputError(f"nothing that was learned holds {what!r}")


def _says(memory: Memory, words: str) -> bool:
    """Whether a memory holds these words, whole: "1" is not in 2001."""
    told = f"{memory.summary} {memory.content}".casefold()
    return re.search(rf"(?<!\w){re.escape(words)}(?!\w)", told) is not None


def resting_on(forgotten: Iterable[Learned], learned: Sequence[Learned]) -> tuple[Learned, ...]:
    """What cannot stay without some memories: the same told again, and reflections on them.

    Reflections on such reflections go, too; what is forgotten or rejected already is left out.
    """
    gone = {one.id for one in forgotten}
    found: list[Learned] = []
    while more := [one for one in learned if one.id not in gone and _rests(one, gone)]:
        found += more
        gone.update(one.id for one in more)
    return tuple(found)


def _rests(one: Learned, gone: set[str]) -> bool:
    if one.status in ("forgotten", "rejected"):
        return False
    return one.merged_into in gone or not gone.isdisjoint(one.memory.links)

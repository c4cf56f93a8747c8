"""Changes as functions: a persona goes in, the changed one and the draft of the change come out.

Nothing is stored here, and nothing is rewritten: what depends on a change is listed in the draft.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from pydantic import ValidationError

from personas.authoring.memories import first_name
from personas.dates import years_between
from personas.editing.attributes import read_value, value_of, with_values
from personas.editing.dependents import dependents
from personas.formats.story import period
from personas.formats.text_files import first_problem
from simulacra.domain.change import Dependent, Draft
from simulacra.domain.memory import Memory
from simulacra.domain.persona import Episode, Persona
from simulacra.errors import InputError, UnknownName

MEMORY_FIELDS = ("content", "thought", "feeling", "summary", "importance")


class Changed(NamedTuple):
    """A changed persona (its version is that of the one changed) and what was done."""

    persona: Persona
    draft: Draft


# ---- attributes ---------------------------------------------------------------------------------


def set_values(persona: Persona, settings: Sequence[str]) -> Changed:
    """Set attributes, each given as ``key=value``; an empty value takes the attribute away.

    Ages of episodes and memories that no longer fit a new date of birth are set anew from their
    dates.

    Raises:
        InputError: a key is unknown, a value does not fit, or dates and ages would not agree.
    """
    values = [read_value(persona, one) for one in settings]
    if twice := sorted({key for key, _ in values if [k for k, _ in values].count(key) > 1}):
        raise InputError(f"{twice[0]} is set twice")
    old = {key: value_of(persona, key) for key, _ in values}
    changed = with_values(persona, dict(values))
    new = {key: value_of(changed, key) for key, _ in values}
    if old == new:
        raise InputError(f"{', '.join(old)}: it says so already; nothing was changed")
    changed = _fitting_dates(changed)
    stale: list[Dependent] = []
    for key in old:
        gone = [one for one in old[key] if one not in new[key]]
        if key == "name":
            gone += [first_name(one) for one in gone if first_name(one) != first_name(new[key][0])]
        stale += dependents(changed, gone, key=key)
    stale += _aged(persona, changed)
    words = [f"{key}: {', '.join(old[key]) or 'nothing'} -> {', '.join(new[key]) or 'nothing'}"
             for key in old]  # fmt: skip
    details = {"values": [{"key": key, "old": old[key], "new": new[key]} for key in old]}
    draft = Draft(kind="set", summary="; ".join(words), stale=merged(stale), details=details)
    return Changed(checked(changed), draft)


def _fitting_dates(persona: Persona) -> Persona:
    """Dates must lie within the life; ages are those of the dates."""
    born, now = persona.profile.date_of_birth, persona.profile.as_of
    episodes = [_aged_episode(one, born, now) for one in persona.episodes]
    ages = {one.id: one.age for one in episodes}
    before = {one.id: one.age for one in persona.episodes}
    memories = [
        one.model_copy(update={"age": ages[one.episode]})
        if one.episode in ages and one.age == before[one.episode]
        else one
        for one in persona.memories
    ]
    return persona.model_copy(update={"episodes": tuple(episodes), "memories": tuple(memories)})


def _aged_episode(episode: Episode, born: date | None, now: date | None) -> Episode:
    if episode.when is None:
        return episode
    first, last = check_date(episode.when, born, now, f"episode {episode.id}")
    if born is None or episode.age is None:
        return episode
    youngest, oldest = max(years_between(born, first), 0), years_between(born, last)
    fitting = min(max(episode.age, youngest), oldest)
    return episode if fitting == episode.age else episode.model_copy(update={"age": fitting})


def check_date(when: str, born: date | None, now: date | None, owner: str) -> tuple[date, date]:
    """First and last day of a date in a life.

    Raises:
        InputError: it is no date, or lies before the birth or after the day of the profile.
    """
    try:
        first, last = period(when)
    except ValueError as error:
        raise InputError(f"{owner}: {error}") from None
    if born and last < born:
        raise InputError(f"{owner}: its date {when} lies before the birth on {born}")
    if now and first > now:
        raise InputError(f"{owner}: its date {when} lies after {now}, the day of the profile")
    return first, last


def _aged(before: Persona, after: Persona) -> list[Dependent]:
    """Episodes whose age changed with the date of birth."""
    return [
        Dependent(
            kind="passage",
            id=new.id,
            why=f"the age is {new.age} here now, and was {old.age}",
            span=new.span,
            quote=new.title,
        )
        for old, new in zip(before.episodes, after.episodes, strict=True)
        if old.age != new.age
    ]


# ---- memories -----------------------------------------------------------------------------------


def edit_memory(persona: Persona, memory_id: str, setting: str) -> Changed:
    """Change one text (or the importance) of a memory by hand, given as ``field=value``.

    Raises:
        UnknownName: there is no such memory.
        InputError: the field cannot be edited, or the value does not fit it.
    """
    memory = next((one for one in persona.memories if one.id == memory_id), None)
    if memory is None:
        raise UnknownName(f"{persona.name} has no memory {memory_id!r}")
    field, sign, value = setting.partition("=")
    field, value = field.strip(), value.strip()
    if not sign or field not in MEMORY_FIELDS:
        raise InputError(f'give one of {", ".join(MEMORY_FIELDS)}, as in content="I ..."')
    if field == "content" and not value:
        raise InputError(f"a memory needs a content; to drop it: --forget {memory_id}")
    new = {**memory.model_dump(), field: (value or None) if field == "importance" else value}
    try:
        edited = Memory.model_validate(new)
    except ValidationError as error:
        raise InputError(f"memory {memory_id}: {first_problem(error)[1]}", field=field) from None
    if edited == memory:
        raise InputError(f"memory {memory_id} says so already; nothing was changed")
    memories = tuple(edited if one.id == memory_id else one for one in persona.memories)
    draft = Draft(
        kind="memory",
        summary=f"memory {memory_id}, {field}: {short(value) or 'nothing'}",
        refreshed=(f"memory:{memory_id}",),
        details={"memory": memory_id, "field": field, "old": getattr(memory, field)},
    )
    return Changed(checked(persona.model_copy(update={"memories": memories})), draft)


# ---- what they share ----------------------------------------------------------------------------


def merged(stale: Sequence[Dependent]) -> tuple[Dependent, ...]:
    """Each part once, with all its reasons, in the order they came."""
    found: dict[str, Dependent] = {}
    for one in stale:
        known = found.get(one.key)
        if known is None:
            found[one.key] = one
        elif one.why not in known.why.split("; "):
            found[one.key] = known.model_copy(update={"why": f"{known.why}; {one.why}"})
    return tuple(found.values())


def checked(persona: Persona) -> Persona:
    """The persona, valid in all its parts.

    Raises:
        InputError: it is not.
    """
    try:
        return Persona.model_validate(persona.model_dump())
    except ValidationError as error:
        place, message = first_problem(error)
        field = ".".join(str(part) for part in place if part != "profile")
        raise InputError(message, field=field or None) from None


def short(text: str, words: int = 12) -> str:
    """The first words of a text."""
    parts = text.split()
    return " ".join(parts[:words]) + (" ..." if len(parts) > words else "")

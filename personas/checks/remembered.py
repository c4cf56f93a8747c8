"""Memories against their episodes and the birth: dates, ages, and who speaks."""

import re
from collections.abc import Iterator

from personas.authoring.memories import in_third_person, third_person
from personas.checks.calendar import Period, ages, earlier, overlap, read_period
from personas.checks.claims import Life, birth_of, day_of
from personas.checks.finding import Finding
from simulacra.domain.memory import Memory
from simulacra.domain.persona import Episode, Persona

_TEXTS = ("content", "thought", "feeling", "summary")
_SPEECH = re.compile(r"[\"“„«][^\"”“»]*[\"”»]")
_VERBS = {
    None: "", " am": " is", "'m": " is", "’m": " is",
    " have": " has", "'ve": " has", "’ve": " has",
}  # fmt: skip
_I = re.compile(r"\bI(?![^\W_])( am\b| have\b|['’]m\b|['’]ve\b)?")
_SELF = re.compile(r"\b(?:me|myself)\b", re.IGNORECASE)
_OWN = re.compile(r"\b(?:my|mine)\b", re.IGNORECASE)
_OTHERS = re.compile(r"\b(?:he|him|himself|she|herself|his|hers?)\b", re.IGNORECASE)


def dated(life: Life) -> Iterator[Finding]:
    """``memories_dated`` of a life."""
    return memories_dated(life.persona)


def in_first_person(life: Life) -> Iterator[Finding]:
    """``memories_in_third_person`` of a life."""
    return memories_in_third_person(life.persona)


def memories_dated(persona: Persona) -> Iterator[Finding]:
    """Memories whose date or age does not fit the birth, the day of the profile or the episode."""
    born, today = birth_of(persona.profile), persona.profile.as_of
    episodes = {one.id: one for one in persona.episodes}
    for memory in persona.memories:
        episode = episodes.get(memory.episode or "")
        if memory.episode and episode is None:
            yield _wrong("memory-episode", f"there is no episode {memory.episode}", memory)
        day = read_period(memory.when) if memory.when else None
        if memory.when and day is None:
            yield _wrong("impossible-date", f"there is no date {memory.when}", memory)
        if day and born and earlier(day, born):
            yield _wrong("before-birth", f"{memory.when} lies before the birth", memory)
        elif day and today and day[0] > today:
            message = f"{memory.when} lies after {today}, the day of the profile"
            yield _wrong("after-today", message, memory)
        elif episode:
            yield from _against_episode(memory, episode, day, born)


def _against_episode(
    memory: Memory, episode: Episode, day: Period | None, born: Period | None
) -> Iterator[Finding]:
    told = day_of(episode)
    if day and told and not overlap(day, told):
        yield _wrong("memory-date", f"{memory.when}, and its episode is of {episode.when}", memory)
        return
    when = day or told
    if memory.age is None:
        return
    if born and when:
        youngest, oldest = ages(born, when)
        if not max(youngest, 0) <= memory.age <= oldest:
            fitting = str(oldest) if youngest == oldest else f"{max(youngest, 0)} to {oldest}"
            yield _wrong("memory-age", f"age {memory.age}, and the date makes it {fitting}", memory)
    elif episode.age is not None and memory.age != episode.age:
        message = f"age {memory.age}, and its episode says {episode.age}"
        yield _wrong("memory-age", message, memory)


def memories_in_third_person(persona: Persona) -> Iterator[Finding]:
    """Memories that speak of the person as of somebody else."""
    for memory in persona.memories:
        named = [third_person(getattr(memory, one), persona.name) for one in _TEXTS]
        words = next((one for one in named if one), None)
        if words or in_third_person(memory.content):
            said = f'it speaks of the person by name ("{words}")' if words else "it never says I"
            yield _wrong("memory-not-first-person", said, memory).model_copy(
                update={"severity": "warning"}
            )


def as_told(memory: Memory, name: str) -> str:
    """Content and summary of a memory in the third person, without what somebody said.

    ``name`` stands for "I": that by which the life calls the person. Whoever the memory calls he or
    she is somebody else.
    """
    plain = "\n\n".join(one for one in (memory.content, memory.summary) if one)
    others = _OTHERS.sub("somebody", _SPEECH.sub("…", plain))
    return _OWN.sub(f"{name}'s", _SELF.sub(name, _I.sub(lambda one: name + _VERBS[one[1]], others)))


def _wrong(kind: str, message: str, memory: Memory) -> Finding:
    return Finding(
        kind=kind,
        severity="contradiction",
        message=f"memory {memory.id}: {message}",
        span=memory.source,
        episode=memory.episode,
        detail=f"memory:{memory.id}",
    )

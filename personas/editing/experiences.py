"""Adding an experience to a life, and forgetting one."""

from collections.abc import Mapping
from datetime import date

from personas.dates import years_between
from personas.editing.changes import Changed, check_date, checked, short
from personas.editing.dependents import dependents
from personas.editing.passages import insert_episode, remove_episode, within
from personas.formats.story import period
from simulacra.domain.change import Dependent, Draft
from simulacra.domain.memory import Memory, Span
from simulacra.domain.persona import Episode, Persona
from simulacra.errors import InputError, UnknownName

OWN_WORDS = "stands in the person's own words"
NOT_REMEMBERED = "is not remembered yet"


def add_experience(persona: Persona, told: str, title: str = "") -> Changed:
    """Add an experience, given as ``DATE: what happened``, at its place among the episodes.

    It stands after the last episode that is dated no later. Its text is the passage until it is
    refreshed.

    Raises:
        InputError: there is no date or no text, the date lies before the birth or after the day
            of the profile, or the story is not told in episodes.
    """
    when, colon, text = told.partition(":")
    when, text = when.strip(), text.strip()
    if not colon or not text:
        raise InputError(
            'an experience is given as "DATE: what happened", such as "2003-05: I learned to swim"'
        )
    if any(line.startswith("#") for line in text.splitlines()):
        raise InputError("an experience holds no headings (lines that begin with #)")
    title = " ".join(title.split())  # a heading of the story is one line
    profile = persona.profile
    first, last = check_date(when, profile.date_of_birth, profile.as_of, "the experience")
    age = _age(profile.date_of_birth, first, last)
    episode = Episode(
        id=_free_id(persona), title=title, when=when, age=age, span=Span(start=0, end=0)
    )
    changed = insert_episode(persona, _position(persona, first), episode, text)
    placed = next(one for one in changed.episodes if one.id == episode.id)
    stale = [
        Dependent(kind="passage", id=episode.id, why=OWN_WORDS, span=placed.span, quote=text),
        Dependent(kind="memory", id=f"of {episode.id}", why=NOT_REMEMBERED, span=placed.span),
    ]
    summary = f"experience {episode.id} ({when}): {title or short(text)}"
    draft = Draft(
        kind="add",
        summary=summary,
        stale=tuple(stale),
        details={"episode": episode.id, "text": text},
    )
    return Changed(checked(changed), draft)


def _age(born: date | None, first: date, last: date) -> int | None:
    """The age in a period; None where a birthday in it leaves two ages open."""
    if born is None:
        return None
    youngest, oldest = max(years_between(born, first), 0), years_between(born, last)
    return oldest if youngest == oldest else None


def _position(persona: Persona, first: date) -> int:
    """After the last episode that begins no later; before the first that is dated later."""
    position = 0
    for number, episode in enumerate(persona.episodes, start=1):
        if episode.when and period(episode.when)[0] <= first:
            position = number
    return position


def _free_id(persona: Persona) -> str:
    taken = {one.id for one in persona.episodes}
    number = len(taken) + 1
    while f"e{number:02d}" in taken:
        number += 1
    return f"e{number:02d}"


def forget(persona: Persona, what: str) -> Changed:
    """Forget a memory or an episode by id, or the one that words point at.

    A forgotten episode takes its passage, facts, memories and questions along. A forgotten memory
    leaves the story as it is; the words that it came from are listed.

    Raises:
        UnknownName: nothing is called so, and no sentence has these words.
        InputError: the words point at several things; they are listed.
    """
    if any(one.id == what for one in persona.memories):
        return _forget_memory(persona, what)
    if any(one.id == what for one in persona.episodes):
        return _forget_episode(persona, what)
    found = find(persona, what)
    if not found:
        raise UnknownName(
            f"{persona.name} has no memory or episode {what!r}, and none with all of these words"
        )
    if len(found) > 1:
        raise InputError(
            f"{what!r} points at several things; forget one by its id: "
            + ", ".join(f"{key} ({words})" for key, words in found.items())
        )
    return forget(persona, next(iter(found)))


def find(persona: Persona, words: str) -> Mapping[str, str]:
    """Episodes (by id, with title) that words point at, and memories of no such episode.

    An episode has all content words in its title or in one sentence; a memory, in one sentence
    of a text of its own.
    """
    hits = dependents(persona, [words])
    episodes = {one.id: one.title or one.when or "" for one in persona.episodes}
    memories = {one.id: one for one in persona.memories}
    told = [one.id for one in hits if one.kind == "passage" and one.why.startswith("mentions")]
    found = {key: episodes[key] for key in told if key in episodes}
    for one in hits:
        memory = memories.get(one.id) if one.kind == "memory" else None
        if memory and one.why.startswith("mentions"):
            if memory.episode in episodes:
                found.setdefault(memory.episode, episodes[memory.episode])
            else:
                found[memory.id] = memory.summary
    return found


def _forget_memory(persona: Persona, memory_id: str) -> Changed:
    memory = next(one for one in persona.memories if one.id == memory_id)
    kept = tuple(one for one in persona.memories if one.id != memory_id)
    why = f"still tells what {memory_id} remembered"
    stale: list[Dependent] = []
    passage = next((one for one in persona.episodes if one.id == memory.episode), None)
    place = memory.source or (passage.span if passage else None)
    if passage and place:
        quote = short(persona.text_of(place))
        stale.append(Dependent(kind="passage", id=passage.id, why=why, span=place, quote=quote))
    if passage:
        stale += [
            Dependent(kind="question", id=one.id, why=f"asks about {passage.id}", quote=one.text)
            for one in persona.questions
            if one.episode == passage.id
        ]
    draft = Draft(
        kind="forget",
        summary=f"memory {memory_id}: {memory.summary or short(memory.content)}",
        stale=tuple(stale),
        details={"removed": [f"memory:{memory_id}"], "words": [memory.content]},
    )
    return Changed(checked(persona.model_copy(update={"memories": kept})), draft)


def _forget_episode(persona: Persona, episode_id: str) -> Changed:
    episode = next(one for one in persona.episodes if one.id == episode_id)
    memories = [one for one in persona.memories if _only_of(one, episode)]
    questions = [one for one in persona.questions if one.episode == episode_id]
    bare = persona.model_copy(
        update={
            "memories": tuple(one for one in persona.memories if one not in memories),
            "questions": tuple(one for one in persona.questions if one not in questions),
        }
    )
    changed = remove_episode(bare, episode_id)
    gone = [one for one in persona.facts if one not in changed.facts and one.episode == episode_id]
    known = {one.object for one in changed.facts}
    lost = list(dict.fromkeys(one.object for one in gone if one.object not in known))
    stale = dependents(changed, lost, why=f"{episode_id} is forgotten, and this ")
    removed = [f"passage:{episode_id}"]
    removed += [f"memory:{one.id}" for one in memories]
    removed += [f"question:{one.id}" for one in questions]
    draft = Draft(
        kind="forget",
        summary=f"episode {episode_id}: {episode.title or short(persona.text_of(episode.span))}",
        stale=stale,
        details={"removed": removed, "facts": len(gone), "words": lost},
    )
    return Changed(checked(changed), draft)


def _only_of(memory: Memory, episode: Episode) -> bool:
    if memory.episode is not None:
        return memory.episode == episode.id
    return memory.source is not None and within(memory.source, episode.span)

"""What the reader of one passage is told of the rest of the life: its people and its episodes.

It is the same for every passage of a life, so that the beginnings of the prompts are equal, and it
is bounded: a long life costs a reader no more than a full list.
"""

from collections import defaultdict
from collections.abc import Sequence

from personas.authoring.outline import Outline
from personas.checks.cast import KIN_WORD, Member, cast_of
from simulacra.domain.base import Frozen
from simulacra.domain.persona import Fact, Persona

_PEOPLE, _EPISODES, _EVENTS = 40, 60, 3
_WORDS = 12


class Listed(Frozen):
    """An episode as the list has it: id, date, title, and what is known to happen in it."""

    id: str
    when: str
    title: str
    events: tuple[str, ...] = ()


class Background(Frozen):
    """The person's family as the profile has it, the people of the life, and its episodes."""

    name: str
    born: str = ""
    family: tuple[tuple[str, str], ...] = ()
    people: tuple[Member, ...] = ()
    episodes: tuple[Listed, ...] = ()


def background(
    persona: Persona, outline: Outline | None = None, *, without: Sequence[str] = ()
) -> Background:
    """The background of a life from its profile, and from its outline or its facts.

    A life that is being written has an outline and no facts yet; of a finished one the facts count,
    but for those of the episodes ``without``, which are out of date.
    """
    facts = () if outline else tuple(one for one in persona.facts if one.episode not in without)
    known = persona.model_copy(update={"facts": facts})
    planned = [name for one in outline.episodes for name in one.people] if outline else []
    born = persona.profile.date_of_birth
    entries = persona.profile.attributes.items()
    return Background(
        name=persona.name,
        born=born.isoformat() if born else "",
        family=tuple(
            (key.replace("_", " "), value)
            for key, value in entries
            if KIN_WORD.search(key.replace("_", " ")) or KIN_WORD.search(value)
        ),
        people=cast_of(known, planned, limit=_PEOPLE),
        episodes=_planned(outline) if outline else _told(known),
    )


def _planned(outline: Outline) -> tuple[Listed, ...]:
    return tuple(
        Listed(id=one.id, when=one.when, title=one.title, events=(_short(one.happens),))
        for one in outline.episodes[:_EPISODES]
    )


def _told(persona: Persona) -> tuple[Listed, ...]:
    events: dict[str, list[Fact]] = defaultdict(list)
    for fact in persona.facts:
        if fact.relation in ("dated", "died_on") and fact.episode:
            events[fact.episode].append(fact)
    return tuple(
        Listed(
            id=one.id,
            when=one.when or "",
            title=one.title,
            events=tuple(dict.fromkeys(_event(fact) for fact in events[one.id]))[:_EVENTS],
        )
        for one in persona.episodes[:_EPISODES]
    )


def _event(fact: Fact) -> str:
    return _short(fact.subject if fact.relation == "dated" else f"{fact.subject}'s death")


def _short(text: str) -> str:
    words = text.split()
    return " ".join(words[:_WORDS]) + (" …" if len(words) > _WORDS else "")

"""How many planted contradictions the checks find, and what they cry over untouched lives.

A planting counts as found when a ``contradiction`` finding

- points at the planted passage (at the episode of a changed heading, the changed profile entry), or
  at the very passage that the planting contradicts, and
- would not be there without the planting.

``text`` measures lives without any facts: what the checks read from text, headings and profile
alone. ``facts`` adds the facts of the library and those that a faithful reader takes from the
planted passage (``tests/data/contradictions/facts``): the checks' logic is measured, not a model's
reading. Those facts were written by somebody who knew the plantings, so that figure is an upper
bound. ``read`` puts in the place of the planted episode's facts those that a large language model
took from it under the project's own instructions (``tests/data/contradictions/read``): it had the
planted episodes of all three lives before it in mixed order, and knew neither which sentences were
planted nor what the checks look for. That is what the product does. The rules were developed on
the plantings in Emeka Obi's life and on the plainly worded ones in
``tests/data/contradictions/plain``; those in the other two are held out.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from personas.checks.door import contradictions
from personas.checks.finding import Finding
from personas.formats.packs import read_pack
from personas.library import FOLDER as LIBRARY
from personas.library import library
from simulacra.domain.base import Frozen
from simulacra.domain.memory import Span
from simulacra.domain.persona import Persona
from tests.support.contradictions import (
    FOLDER,
    PLAIN,
    Planting,
    planted,
    planted_facts,
    planted_span,
    plantings,
    read_facts,
    with_reading,
)

Level = Literal["text", "facts", "read"]
DEVELOPMENT = "emeka-obi"
PACKS = tuple(LIBRARY / one.stem for one in sorted(FOLDER.glob("*.yaml")))
PLAIN_PACKS = tuple(LIBRARY / one.stem for one in sorted(PLAIN.glob("*.yaml")))


class Trial(Frozen):
    """Whether one planting was found, by which checks, and what else was found wrongly."""

    persona: str
    kind: str
    found: bool
    by: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()


def trials(level: Level) -> tuple[Trial, ...]:
    """One trial a planting, in the order of stories and kinds."""
    return tuple(one for pack in PACKS for one in trials_of(pack, level))


def plain_trials() -> tuple[Trial, ...]:
    """The trials of the plainly worded plantings, from text alone."""
    return tuple(one for pack in PLAIN_PACKS for one in trials_of(pack, "text", PLAIN))


def trials_of(pack: Path, level: Level, folder: Path = FOLDER) -> tuple[Trial, ...]:
    """The trials of one character, with the plantings of a folder."""
    untouched = _at(read_pack(pack, "library"), level)
    before = {_signature(untouched, one) for one in contradictions(untouched)}
    noted = planted_facts(pack) if level == "facts" else {}
    reading = read_facts(pack) if level == "read" else {}
    found = []
    for planting in plantings(pack, folder):
        life = _at(planted(pack, planting, noted.get(planting.kind, ())), level)
        if planting.kind in reading:
            life = with_reading(life, planting.episode, reading[planting.kind])
        fresh = [one for one in contradictions(life) if _signature(life, one) not in before]
        aimed = [one for one in fresh if _points_at(life, planting, one)]
        found.append(
            Trial(
                persona=pack.name,
                kind=planting.kind,
                found=bool(aimed),
                by=tuple(sorted({one.kind for one in aimed})),
                beside=tuple(one.message for one in fresh if one not in aimed),
            )
        )
    return tuple(found)


def false_alarms(level: Level) -> dict[str, int]:
    """Contradictions found in each character of the library as it is."""
    return {one.id: len(contradictions(_at(one, level))) for one in library()}


def recall(some: Iterable[Trial]) -> float:
    """Share of the trials that were found."""
    outcomes = [one.found for one in some]
    return sum(outcomes) / len(outcomes)


def misses(some: Sequence[Trial]) -> dict[str, int]:
    """Kinds with a planting that was not found, and how many of it."""
    counts: dict[str, int] = {}
    for one in some:
        if not one.found:
            counts[one.kind] = counts.get(one.kind, 0) + 1
    return counts


def _at(persona: Persona, level: Level) -> Persona:
    return persona if level != "text" else persona.model_copy(update={"facts": ()})


def _signature(persona: Persona, one: Finding) -> tuple[str, str, str, str]:
    """A finding by its words and those of its passages, wherever in the story they stand."""
    told = [persona.text_of(span) if span else "" for span in (one.span, one.other_span)]
    return (one.kind, one.message, *told)


def _points_at(persona: Persona, planting: Planting, one: Finding) -> bool:
    if planting.heading is not None and one.episode == planting.episode:
        return True
    if planting.profile and any(f"profile.{path}" in one.detail for path in planting.profile):
        return True
    targets = [planted_span(persona, planting), *_contradicted(persona, planting)]
    return any(
        span and target and span.start < target.end and target.start < span.end
        for span in (one.span, one.other_span)
        for target in targets
    )


def _contradicted(persona: Persona, planting: Planting) -> list[Span]:
    start = persona.story.find(planting.contradicts)
    return [Span(start=start, end=start + len(planting.contradicts))] if start >= 0 else []

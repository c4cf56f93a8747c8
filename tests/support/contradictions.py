"""Contradictions planted in whole lives: a wrong passage, heading or profile entry, one at a time.

``tests/data/contradictions/<persona id>.yaml`` holds twenty of them for each of three characters of
the library, one of every kind. They were written before anything that looks for them. ``PLAIN``
holds more, for two other characters, in the plainest words; there a kind may come several times.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

from pydantic import Field, TypeAdapter, model_validator

from personas.formats.packs import read_pack
from personas.formats.text_files import read_yaml
from simulacra.domain.base import Frozen
from simulacra.domain.memory import Memory, Span
from simulacra.domain.persona import Episode, Fact, Persona, Profile

FOLDER = Path(__file__).parents[1] / "data" / "contradictions"
PLAIN = FOLDER / "plain"
CALENDAR = "calendar"
KINDS = (
    "event_before_birth",
    "event_after_as_of",
    "stated_age_wrong",
    "heading_age_wrong",
    "weekday_wrong",
    "impossible_date",
    "duration_wrong",
    "episodes_out_of_order",
    "dead_person_acts",
    "two_deaths",
    "name_changed",
    "birthplace_changed",
    "sibling_count_changed",
    "parent_occupation_changed",
    "spouse_or_marital_changed",
    "children_changed",
    "occupation_or_education_changed",
    "body_or_health_changed",
    "taste_or_habit_broken",
    "season_or_place_impossible",
)


class Heading(Frozen):
    """What an episode's heading says instead; what is left out stays as it is."""

    when: str | None = None
    age: int | None = None
    title: str | None = None


class PlantedFact(Frozen):
    """A fact of a planted passage, with the words of the passage that it rests on."""

    subject: str
    relation: str
    object: str
    quote: str = Field(min_length=1)


class Planting(Frozen):
    """One contradiction: a changed passage, heading or profile entry, and what it contradicts.

    ``contradicts`` quotes the story, names an entry (``profile.<field>``), or is ``calendar``.
    """

    persona: str
    kind: str
    episode: str
    insert_after: str | None = Field(default=None, min_length=1)
    replace: str | None = Field(default=None, min_length=1)
    text: str | None = Field(default=None, min_length=1)
    heading: Heading | None = None
    profile: dict[str, str] | None = None
    contradicts: str = Field(min_length=1)
    why: str = Field(min_length=1)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = (self.insert_after, self.replace, self.heading, self.profile)
        if sum(way is not None for way in ways) != 1:
            raise ValueError("give exactly one of insert_after, replace, heading and profile")
        if (self.text is not None) != (self.anchor is not None):
            raise ValueError("text goes with insert_after or replace, and with nothing else")
        return self

    @property
    def id(self) -> str:
        """Persona and kind, which name a planting where no kind repeats."""
        return f"{self.persona}/{self.kind}"

    @property
    def anchor(self) -> str | None:
        """The passage of the untouched episode that the planting holds on to."""
        return self.replace or self.insert_after


def plantings(pack: Path, folder: Path = FOLDER) -> tuple[Planting, ...]:
    """The plantings of the character in a pack, read from a folder and checked against it.

    Raises:
        ValueError: the file breaks a rule; the message names every problem.
    """
    records, _ = read_yaml(folder / f"{pack.name}.yaml")
    whole = [{"persona": pack.name, **one} for one in records]
    found = TypeAdapter(tuple[Planting, ...]).validate_python(whole)
    if problems := problems_of(found, read_pack(pack, "library"), repeats=folder == PLAIN):
        raise ValueError("\n".join(problems))
    return found


def problems_of(
    found: tuple[Planting, ...], persona: Persona, *, repeats: bool = False
) -> list[str]:
    """What is wrong with the plantings of one character, each problem in a sentence.

    ``repeats`` lets a kind come more than once.
    """
    kinds = [one.kind for one in found]
    problems = [f"{persona.id}: no {kind}" for kind in KINDS if kind not in kinds]
    problems += [f"{persona.id}: {kind} is no kind" for kind in kinds if kind not in KINDS]
    if not repeats:
        problems += [f"{persona.id}: two of {kind}" for kind in KINDS if kinds.count(kind) > 1]
    for one in found:
        problems += [f"{one.id}: {problem}" for problem in _problems(one, persona)]
    return problems


def planted(pack: Path, planting: Planting, facts: Sequence[PlantedFact] = ()) -> Persona:
    """The whole life of a pack with one contradiction in it, and the ``facts`` of its passage.

    Facts that rest on a replaced passage go. Nothing validates the result: some contradictions are
    what the reader of packs refuses. Where it accepts one, it reads this very persona from the
    changed files.
    """
    persona = read_pack(pack, "library")
    if planting.profile is not None:
        return persona.model_copy(update={"profile": _entered(persona.profile, planting.profile)})
    if planting.heading is not None:
        return _reheaded(persona, planting.episode, planting.heading)
    cut, text = _cut(persona, planting)
    return _with_facts(_spliced(persona, planting.episode, cut, text), planting.episode, facts)


def planted_facts(pack: Path) -> dict[str, tuple[PlantedFact, ...]]:
    """By kind, the facts that a faithful reader takes from each planted passage of a character."""
    records, _ = read_yaml(FOLDER / "facts" / f"{pack.name}.yaml")
    return {
        one["kind"]: TypeAdapter(tuple[PlantedFact, ...]).validate_python(one["facts"])
        for one in records
    }


def read_facts(pack: Path) -> dict[str, tuple[PlantedFact, ...]]:
    """By kind, all facts of the planted episode as a reader took them who knew of no planting."""
    records, _ = read_yaml(FOLDER / "read" / f"{pack.name}.yaml")
    return {
        one["kind"]: TypeAdapter(tuple[PlantedFact, ...]).validate_python(one["facts"])
        for one in records
    }


def with_reading(persona: Persona, episode: str, facts: Sequence[PlantedFact]) -> Persona:
    """The life with the facts of one episode put in the place of those it had."""
    others = tuple(one for one in persona.facts if one.episode != episode)
    return _with_facts(persona.model_copy(update={"facts": others}), episode, facts)


def planted_span(persona: Persona, planting: Planting) -> Span | None:
    """Where the planted text stands in the planted life; None for a heading or a profile entry."""
    if planting.text is None:
        return None
    span = _episode(persona, planting.episode).span
    start = persona.story.index(planting.text, span.start, span.end)
    return Span(start=start, end=start + len(planting.text))


def _with_facts(persona: Persona, episode: str, facts: Sequence[PlantedFact]) -> Persona:
    place = _episode(persona, episode).span
    read = []
    for one in facts:
        start = persona.story.index(one.quote, place.start, place.end)
        read.append(
            Fact(
                **one.model_dump(exclude={"quote"}),
                episode=episode,
                span=Span(start=start, end=start + len(one.quote)),
            )
        )
    return persona.model_copy(update={"facts": (*persona.facts, *read)})


# ---- planting -----------------------------------------------------------------------------------


def _entered(profile: Profile, entries: dict[str, str]) -> Profile:
    attributes = dict(profile.attributes)
    changes: dict[str, Any] = {"attributes": attributes}
    for path, value in entries.items():
        field, _, name = path.partition(".")
        if name:
            attributes[name] = value
        else:
            changes[field] = value
    return profile.model_copy(update=changes)


def _reheaded(persona: Persona, name: str, heading: Heading) -> Persona:
    """The persona with another heading; memories take date and age from it, as when read."""
    changes = heading.model_dump(exclude_none=True)
    old = _episode(persona, name)
    new = old.model_copy(update=changes)

    def remembered(memory: Memory) -> Memory:
        if memory.episode != name:
            return memory
        update = {
            field: getattr(new, field)
            for field in ("when", "age")
            if getattr(memory, field) == getattr(old, field)
        }
        return memory.model_copy(update=update)

    return persona.model_copy(
        update={
            "episodes": tuple(new if one.id == name else one for one in persona.episodes),
            "memories": tuple(remembered(one) for one in persona.memories),
        }
    )


def _cut(persona: Persona, planting: Planting) -> tuple[Span, str]:
    """The stretch of the story that gives way, empty for an insertion, and what takes its place."""
    assert planting.anchor is not None and planting.text is not None
    span = _episode(persona, planting.episode).span
    start = persona.story.index(planting.anchor, span.start, span.end)
    end = start + len(planting.anchor)
    if planting.replace is not None:
        return Span(start=start, end=end), planting.text
    return Span(start=end, end=end), f" {planting.text}"


def _spliced(persona: Persona, name: str, cut: Span, text: str) -> Persona:
    grown = len(text) - (cut.end - cut.start)

    def moved(span: Span) -> Span:
        start = span.start + grown if span.start >= cut.end else min(span.start, cut.start)
        end = span.end if span.end <= cut.start else max(span.end, cut.end) + grown
        return Span(start=start, end=end)

    def rested(span: Span) -> Span | None:
        """Where a fact's words stand now; None where the replaced passage took them away."""
        if span.end <= cut.start or span.start >= cut.end:
            return moved(span)
        words = persona.text_of(span)
        place = text.find(words)
        if place < 0:
            return None
        return Span(start=cut.start + place, end=cut.start + place + len(words))

    def told(episode: Episode) -> Episode:
        span = moved(episode.span)
        if episode.id == name:  # the episode grows even where its last sentence is the anchor
            span = Span(start=episode.span.start, end=episode.span.end + grown)
        return episode.model_copy(update={"span": span})

    return persona.model_copy(
        update={
            "story": persona.story[: cut.start] + text + persona.story[cut.end :],
            "episodes": tuple(told(one) for one in persona.episodes),
            "facts": tuple(
                one.model_copy(update={"span": span})
                for one in persona.facts
                if (span := rested(one.span)) is not None
            ),
            "memories": tuple(
                one.model_copy(update={"source": moved(one.source)}) if one.source else one
                for one in persona.memories
            ),
        }
    )


def _episode(persona: Persona, name: str) -> Episode:
    return next(one for one in persona.episodes if one.id == name)


# ---- the rules of the data ----------------------------------------------------------------------


def _problems(planting: Planting, persona: Persona) -> list[str]:
    if planting.episode not in {one.id for one in persona.episodes}:
        return [f"there is no episode {planting.episode}"]
    return [*_anchor_problems(planting, persona), *_contradicted_problems(planting, persona)]


def _anchor_problems(planting: Planting, persona: Persona) -> list[str]:
    episode = _episode(persona, planting.episode)
    if planting.heading is not None:
        changes = planting.heading.model_dump(exclude_none=True)
        changed = any(value != getattr(episode, field) for field, value in changes.items())
        return [] if changed else ["its heading changes nothing"]
    if planting.profile is not None:
        return [
            f"{path} changes nothing"
            for path, value in planting.profile.items()
            if _entry(persona.profile, path) == value
        ]
    assert planting.anchor is not None
    times = persona.text_of(episode.span).count(planting.anchor)
    return [] if times == 1 else [f"its anchor stands {times} times in {planting.episode}"]


def _contradicted_problems(planting: Planting, persona: Persona) -> list[str]:
    against = planting.contradicts
    if against == CALENDAR:
        return []
    if against.startswith("profile."):
        path = against.removeprefix("profile.")
        return [] if _entry(persona.profile, path) else [f"the profile has no {path}"]
    replaced = planting.replace or ""
    if replaced and (against in replaced or replaced in against):
        return ["what it contradicts is the passage that it replaces"]
    return [] if against in persona.story else ["what it contradicts is not in the story"]


def _entry(profile: Profile, path: str) -> Any:
    """The value of a profile entry, ``attributes.<name>`` for a free one; None without it."""
    field, _, name = path.partition(".")
    value = getattr(profile, field, None)
    return value.get(name) if name and isinstance(value, dict) else value

"""What a life claims: the facts of story and profile, with the time that each is told of."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Literal

from dateutil.relativedelta import relativedelta

from personas.checks.calendar import Period, read_period
from personas.checks.coreference import Coreference
from personas.checks.finding import Finding
from personas.checks.names import Names
from personas.checks.plainly import is_report, plainly
from simulacra.domain.base import Frozen
from simulacra.domain.memory import Span
from simulacra.domain.persona import Episode, Persona, Profile

_DATED = re.compile(r"\b(\d{4}(?:-\d{2}(?:-\d{2})?)?)\b(?:\s+(?:to|until)\s+(\d{4}[-\d]*))?")


class Claim(Frozen):
    """A fact, or what an entry of the profile comes to.

    ``told``: from the day of its episode on, see ``windows``; None without dates; of the profile,
    the day the character lives on. ``day``: the days of the episode's own date.
    """

    subject: str
    relation: str
    object: str
    told: Period | None = None
    day: Period | None = None
    span: Span | None = None
    episode: str | None = None
    source: Literal["facts", "text", "profile"] = "facts"
    field: str = ""

    @property
    def order(self) -> tuple[bool, int]:
        """Where it is told: the story in its order, then the profile."""
        return (self.span is None, self.span.start if self.span else 0)

    @property
    def words(self) -> str:
        """The claim as words."""
        return f"{self.subject} {self.relation.replace('_', ' ')} {self.object}"

    @cached_property
    def object_period(self) -> Period | None:
        """The date that the object is, or names ("Amechi on 2022-12-28")."""
        whole = read_period(self.object)
        if whole:
            return whole
        found = _DATED.search(self.object)
        if not found:
            return None
        first = read_period(found[1])
        last = read_period(found[2]) if found[2] else first
        return (first[0], last[1]) if first and last else None


@dataclass(frozen=True)
class Life:
    """A persona with its claims, found by relation and by subject."""

    persona: Persona
    claims: tuple[Claim, ...]
    names: Names

    @cached_property
    def _index(self) -> dict[tuple[str, str], list[Claim]]:
        found: dict[tuple[str, str], list[Claim]] = defaultdict(list)
        for one in self.claims:
            key = self.names.key if one.relation == "named" else self.names.who
            found[(one.relation, key(one.subject))].append(one)
        for some in found.values():
            some.sort(key=lambda one: one.order)
        return found

    def of(self, relation: str) -> Iterator[tuple[str, list[Claim]]]:
        """Each subject of a relation with its claims, in the order of the story."""
        for (name, subject), claims in self._index.items():
            if name == relation:
                yield subject, claims

    def about(self, subject: str, relation: str) -> list[Claim]:
        """The claims of one subject (its key) in one relation."""
        return self._index.get((relation, subject), [])

    @cached_property
    def coreference(self) -> Coreference:
        """Whom the pronouns of the life mean."""
        return Coreference(self.persona)

    @cached_property
    def windows(self) -> dict[str, Period]:
        """The time that each dated episode tells of, by its id: see ``windows``."""
        return windows(self.persona)

    @property
    def main(self) -> str:
        """The key of the person whose life it is."""
        return self.names.who(self.persona.name)

    @cached_property
    def born(self) -> Period | None:
        """The day, or the days, on which the person can have been born, by the profile."""
        return birth_of(self.persona.profile)


def birth_of(profile: Profile) -> Period | None:
    """The day of birth that a profile gives, or the days that its age leaves open."""
    if profile.date_of_birth:
        return profile.date_of_birth, profile.date_of_birth
    if not profile.as_of:
        return None
    first = profile.as_of - relativedelta(years=profile.age + 1) + timedelta(days=1)
    return first, profile.as_of - relativedelta(years=profile.age)


def windows(persona: Persona) -> dict[str, Period]:
    """The time each dated episode tells of: from its first day to the next one, a year at most.

    An episode may run on past its date ("she waited until March"), so ages and weekdays are
    measured against this.
    """
    dated = [(one.id, told) for one in persona.episodes if (told := day_of(one))]
    end = persona.profile.as_of or date.max
    found = {}
    for number, (name, told) in enumerate(dated):
        following = dated[number + 1][1][0] if number + 1 < len(dated) else end
        year = _a_year_after(told[1])
        found[name] = (told[0], max(told[1], min(following, year)))
    return found


def _a_year_after(day: date) -> date:
    return day + relativedelta(years=1) if day.year < date.max.year else date.max


def day_of(episode: Episode) -> Period | None:
    """First and last day of an episode's date."""
    return read_period(episode.when) if episode.when else None


def story_claims(persona: Persona) -> list[Claim]:
    """The facts of a persona as claims, but for what is told as somebody's word only."""
    told = windows(persona)
    days = {one.id: day_of(one) for one in persona.episodes}
    return [
        Claim(
            subject=one.subject,
            relation=one.relation,
            object=one.object,
            span=one.span,
            episode=one.episode,
            told=told.get(one.episode or ""),
            day=days.get(one.episode or ""),
        )
        for fact in persona.facts
        if not is_report(fact)
        for one in plainly(fact)
    ]


def conflict(kind: str, message: str, claim: Claim, other: Claim | None = None) -> Finding:
    """A contradiction of two claims; it points at the one that the story tells later."""
    both = [one for one in (claim, other) if one is not None]
    told = sorted((one for one in both if one.span), key=lambda one: one.order, reverse=True)
    fields = [f"profile.{one.field}" for one in both if one.field]
    return Finding(
        kind=kind,
        severity="contradiction",
        message=message,
        span=told[0].span if told else None,
        other_span=told[1].span if len(told) > 1 else None,
        episode=told[0].episode if told else None,
        detail=", ".join(dict.fromkeys(fields)),
    )

"""Births, deaths and ages: what lies before a birth or after a death, and ages that do not fit."""

import re
from collections.abc import Iterator
from itertools import combinations

from personas.checks.calendar import Period, ages, birth_for, earlier, overlap, read_period
from personas.checks.claims import Claim, Life, conflict
from personas.checks.finding import Finding
from personas.checks.names import folded, is_person
from simulacra.domain.base import Frozen

_ALIVE = ("acts", "at", "age")
# What is left of the dead, or seen of them, does things too.
_LIKENESS = re.compile(
    r"\b(?:pictures?|photo\w*|portrait|recording|film|video|dreams?|dreamt|grave|ghost|letters?)\b",
    re.IGNORECASE,
)
_OF_A_DAY = ("acts", "at", "does", "dated", "began", "ended", "works_as", "lives_in", "studied")
_KIN = re.compile(
    r"\b(?:mother|father|parent|grand\w+|great\w*|brother|sister|uncle|aunt|cousin|husband|wife"
    r"|ancestor|family|house|home|village|school|parish|city|town)s?\b"
)
_YOUNGEST_PARENT = 12
_OLDEST = 120


class Birth(Frozen):
    """The days on which somebody can have been born, and the claim that says so."""

    days: Period
    claim: Claim


def before_birth(life: Life) -> Iterator[Finding]:
    """What somebody does, or undergoes, before being born."""
    for claim in life.claims:
        when = claim.object_period
        if claim.relation not in _OF_A_DAY or when is None:
            continue
        for actor in _actors(life, claim):
            for birth in _born(life, actor):
                if earlier(when, birth.days) and claim is not birth.claim:
                    message = f"{claim.words}, before the birth of {_name(life, actor)}"
                    yield conflict("before-birth", message, claim, birth.claim)
                    break


def after_today(life: Life) -> Iterator[Finding]:
    """What is told as done although its date lies after the day the character lives on."""
    today = life.persona.profile.as_of
    for claim in life.claims:
        when = claim.object_period
        done = claim.relation in ("acts", "at", "does", "died_on", "born_on", "ended", "began")
        if today and done and when and when[0] > today:
            message = f"{claim.words}, told as past, lies after {today}, the day of the profile"
            yield conflict("after-today", message, claim).model_copy(
                update={"detail": "profile.as_of"}
            )


def after_death(life: Life) -> Iterator[Finding]:
    """What the dead do."""
    for subject, deaths in life.of("died_on"):
        for death in deaths:
            day = read_period(death.object)
            if day is None:
                continue
            for relation in _ALIVE:
                for claim in life.about(subject, relation):
                    if _LIKENESS.search(claim.object):
                        continue
                    when = claim.object_period if relation != "age" else None
                    when = when or claim.day
                    if when and earlier(day, when):
                        message = f"{claim.words}, but died on {death.object}"
                        yield conflict("dead-acts", message, claim, death)


def died_before_born(life: Life) -> Iterator[Finding]:
    """Deaths that lie before the birth, or more than 120 years after it."""
    for subject, deaths in life.of("died_on"):
        for death in deaths:
            day = read_period(death.object)
            for birth in _born(life, subject):
                if day and (earlier(day, birth.days) or ages(birth.days, day)[0] > _OLDEST):
                    message = f"{death.words}, and was born {_told(birth.days)}"
                    yield conflict("death-and-birth", message, death, birth.claim)


def ages_told(life: Life) -> Iterator[Finding]:
    """Ages that do not fit a birth, or each other."""
    for subject, claims in life.of("age"):
        births = _born(life, subject)
        wrong = False
        for claim in claims:
            told, years = claim.told, _years(claim)
            if told is None or years is None:
                continue
            for birth in births:
                youngest, oldest = ages(birth.days, told)
                if not max(youngest, 0) <= years <= oldest:
                    wrong = True
                    fitting = str(oldest) if youngest == oldest else f"{youngest} to {oldest}"
                    message = f"{claim.subject} is {years}, but the birth makes it {fitting}"
                    yield conflict("age-wrong", message, claim, birth.claim)
                    break
        if not wrong and not births:
            yield from _ages_apart(claims)


def parents_ages(life: Life) -> Iterator[Finding]:
    """Children born before a parent was twelve, or more than a year after a parent died."""
    for parent, claims in life.of("parent_of"):
        for claim in claims:
            child = life.names.who(claim.object)
            for birth in _born(life, child):
                for parents in _born(life, parent):
                    if ages(parents.days, birth.days)[1] < _YOUNGEST_PARENT:
                        message = f"{claim.words}, and is less than twelve years older"
                        yield conflict("parent-too-young", message, claim, parents.claim)
                for death in life.about(parent, "died_on"):
                    day = read_period(death.object)
                    if day and (birth.days[0] - day[1]).days > 366:
                        message = f"{claim.words}, who was born {_told(birth.days)}, but died"
                        yield conflict("parent-dead", f"{message} on {death.object}", claim, death)


def _ages_apart(claims: list[Claim]) -> Iterator[Finding]:
    for one, other in combinations(claims, 2):
        first, second = _birth_of(one), _birth_of(other)
        if first and second and not overlap(first, second):
            message = f"{one.words} in {_when(one)}, and {other.object} in {_when(other)}"
            yield conflict("ages-apart", message, other, one)


def _birth_of(claim: Claim) -> Period | None:
    years = _years(claim)
    return birth_for(years, claim.told) if claim.told and years is not None else None


def _born(life: Life, person: str) -> list[Birth]:
    """The births that a life gives to a person, by the claims that give them."""
    found = []
    for claim in life.about(person, "born_on"):
        days = read_period(claim.object)
        if days:
            found.append(Birth(days=days, claim=claim))
    return found


def _actors(life: Life, claim: Claim) -> list[str]:
    """Whose doing a claim is: its subject, or the person whom the name of an event puts first.

    "Ana Ruiz lifting a stone" and "Ana Ruiz's journey" are hers; "Ana Ruiz's mother's wedding" and
    "Ana Ruiz's house" are not.
    """
    if is_person(claim.subject):
        return [life.names.who(claim.subject)]
    if claim.relation not in ("dated", "began", "ended"):
        return []
    plain = folded(claim.subject)
    for person in (life.persona.name, life.persona.name.split()[0]):
        rest = plain.removeprefix(folded(person))
        if rest != plain and not _KIN.search(rest) and "birth" not in rest:
            owned = rest.startswith(("'s", "’s"))
            if not re.search(r"['’]s\b", rest[2:] if owned else rest):
                return [life.names.who(person)]
    return []


def _years(claim: Claim) -> int | None:
    found = re.search(r"\d+", claim.object)
    return int(found[0]) if found else None


def _name(life: Life, person: str) -> str:
    return life.persona.name if person == life.main else person.title()


def _told(days: Period) -> str:
    return f"on {days[0]}" if days[0] == days[1] else f"between {days[0]} and {days[1]}"


def _when(claim: Claim) -> str:
    return str(claim.told[0]) if claim.told else "no dated episode"

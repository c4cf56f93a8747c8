"""Facts that exclude each other: two objects where one can be, a relation and its opposite."""

import re
from collections.abc import Iterator
from itertools import combinations

from personas.checks.calendar import (
    looks_like_date,
    overlap,
    read_duration,
    read_period,
    same_length,
)  # fmt: skip
from personas.checks.claims import Claim, Life, conflict
from personas.checks.finding import Finding
from personas.checks.names import is_person, same_name
from personas.checks.places import apart
from personas.checks.vocabulary import Relation, relations
from personas.checks.wording import opposed, stems, unlike, within

_ALL_LIFE = re.compile(
    r"\b(?:(?:had|has|have|who|'d) never|never (?:once |yet )?(?:in (?:his|her|their|my|all)|learn)"
    r"|(?:all|whole) (?:of )?(?:his|her|their|my) li(?:fe|ves))",
    re.IGNORECASE,
)
_KIND_WORDS = 2
_ROUND = re.compile(
    r"(?:in|on|at|under|over|with|without|for|of|from|beside|behind)\b", re.IGNORECASE
)
# What something is at one time only, and may be otherwise at another.
_FOR_A_TIME = re.compile(
    r"\b(?:at (?:first|last)|in the end|to begin with|by then|until|(?:corrected|changed|raised"
    r"|lowered|reduced|increased) (?:to|from))\b",
    re.IGNORECASE,
)
_AGAIN = re.compile(r"\b(?:again|any ?more|since|any longer)\b", re.IGNORECASE)


def two_objects(life: Life) -> Iterator[Finding]:
    """Subjects that have two different objects in a relation where one is all there can be."""
    for name, relation in relations().items():
        if relation.one != "ever":
            continue
        for _, claims in life.of(name):
            yield from _first_conflicts(life, name, relation, claims)


def opposites(life: Life) -> Iterator[Finding]:
    """What is told and denied of the same subject."""
    for name, relation in relations().items():
        if relation.opposite is None or (relation.opposite < name and not relation.lasts):
            continue
        if relation.object == "event":
            continue  # their order is checked against dates and each other elsewhere
        if not relation.lasts:
            continue
        for subject, claims in life.of(name):
            for lasting in claims:
                yield from _denials(life, lasting, life.about(subject, relation.opposite))


def impossible_dates(life: Life) -> Iterator[Finding]:
    """Dates that no calendar has."""
    for one in life.claims:
        kind = relations().get(one.relation)
        dated = kind is not None and kind.object == "date" and looks_like_date(one.object)
        if dated and read_period(one.object) is None:
            yield conflict("impossible-date", f"there is no date {one.object}", one)


def _first_conflicts(
    life: Life, name: str, relation: Relation, claims: list[Claim]
) -> Iterator[Finding]:
    """Each passage at most once: against the first claim that it excludes."""
    seen: set[Claim] = set()
    for one, other in combinations(claims, 2):
        later = other if other.span else one
        if later in seen or not _exclude(life, name, relation, one, other):
            continue
        seen.add(later)
        words = name.replace("_", " ")
        message = f"{one.subject} {words} {one.object}, and {words} {other.object}"
        yield conflict(f"two-{name.replace('_', '-')}", message, other, one)


def _exclude(life: Life, name: str, relation: Relation, one: Claim, other: Claim) -> bool:
    if relation.object == "date":
        first, second = read_period(one.object), read_period(other.object)
        return bool(first and second) and not overlap(first, second)  # type: ignore[arg-type]
    if relation.object == "duration":
        length, again = read_duration(one.object), read_duration(other.object)
        return bool(length and again) and not same_length(length, again)  # type: ignore[arg-type]
    if relation.object == "number":
        return _number(one.object) != _number(other.object)
    if relation.object == "name":
        return not _may_be_one(life, one.object, other.object)
    if relation.object == "place":
        return apart(life.persona, one.object, other.object)
    if name == "is" and (_FOR_A_TIME.search(one.object) or _FOR_A_TIME.search(other.object)):
        return False
    if name == "is" and (is_person(one.subject) or not _kinds(one.object, other.object)):
        return opposed(one.object, other.object)  # somebody, and something, is many things
    return unlike(one.object, other.object)


def _kinds(*objects: str) -> bool:
    """Whether all are names of a kind, of two content words at most, and no descriptions."""
    return all(len(stems(one)) <= _KIND_WORDS and not _ROUND.match(one) for one in objects)


def _may_be_one(life: Life, one: str, other: str) -> bool:
    return life.names.who(one) == life.names.who(other) or same_name(one, other)


def _number(text: str) -> str:
    found = re.search(r"\d+", text)
    return found[0].lstrip("0") or "0" if found else text


def _denials(life: Life, lasting: Claim, denials: list[Claim]) -> Iterator[Finding]:
    for denial in denials:
        if not (within(lasting.object, denial.object) or within(denial.object, lasting.object)):
            continue
        if denial.order > lasting.order or _for_life(life, lasting):
            message = f"{lasting.words}, and {denial.words}"
            yield conflict(f"{lasting.relation.replace('_', '-')}-denied", message, denial, lasting)


def _for_life(life: Life, claim: Claim) -> bool:
    """Whether a "never" means all the life before, too: "had never", "never in her life"."""
    if claim.relation != "never_does" or claim.span is None:
        return False
    story = life.persona.story
    start = max(story.rfind(mark, 0, claim.span.start) for mark in (". ", "\n", "? ", "! ")) + 1
    ends = [end for mark in ".!?\n" if (end := story.find(mark, claim.span.end)) >= 0]
    sentence = story[start : min(ends, default=len(story))]
    return bool(_ALL_LIFE.search(sentence)) and not _AGAIN.search(sentence)

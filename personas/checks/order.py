"""Events against each other: before and after, begun and ended, how long it lasted."""

import re
from collections.abc import Iterator
from datetime import date

from personas.checks.calendar import (
    Period,
    earlier,
    fits_between,
    read_duration,
    read_period,
)  # fmt: skip
from personas.checks.claims import Claim, Life, conflict
from personas.checks.finding import Finding

_ABOUT = re.compile(r"\b(?:of|since|after|from)\s+")
_LOOKS_AHEAD = 366  # days
_SPAN = re.compile(r"\bfrom (?P<first>.+?) to (?P<last>.+)$", re.IGNORECASE)


def sequence(life: Life) -> Iterator[Finding]:
    """Events told as earlier or later than their dates, or than each other, allow."""
    seen: dict[tuple[str, str], Claim] = {}
    for claim in sorted(life.claims, key=lambda one: one.order):
        if claim.relation not in ("before", "after"):
            continue
        first, second = claim.subject, claim.object
        if claim.relation == "after":
            first, second = second, first
        keys = (life.names.key(first), life.names.key(second))
        if keys[::-1] in seen:
            other = seen[keys[::-1]]
            yield conflict("order-denied", f"{claim.words}, and {other.words}", claim, other)
        seen.setdefault(keys, claim)
        for one, begun in _dates(life, first):
            late = [two for two, when in _dates(life, second) if earlier(when, begun)]
            if late:
                message = f"{claim.words}, but {one.words} and {late[0].words}"
                yield conflict("out-of-order", message, claim, one if one.span else late[0])
                break


def begun_and_ended(life: Life) -> Iterator[Finding]:
    """States that end before they begin."""
    for subject, begins in life.of("began"):
        for begin in begins:
            first = read_period(begin.object)
            for end in life.about(subject, "ended"):
                last = read_period(end.object)
                if first and last and earlier(last, first):
                    yield conflict(
                        "ended-before-it-began",
                        f"{begin.words}, and ended {end.object}",
                        end,
                        begin,
                    )


def lengths(life: Life) -> Iterator[Finding]:
    """Lengths of time that do not fit the dates between which they lie."""
    for subject, claims in life.of("lasted"):
        for claim in claims:
            length = read_duration(claim.object)
            if length is None:
                continue
            between = _between(life, subject, claim)
            for begin, end, first, last in between:
                if not fits_between(length, first, last):
                    message = f"{claim.words}, but {begin.words} and {end.words}"
                    other = begin if begin is not claim else end
                    yield conflict("length-wrong", message, claim, other)
                    break
            else:
                yield from _longer_than_its_cause(life, claim)


def _between(
    life: Life, subject: str, claim: Claim
) -> Iterator[tuple[Claim, Claim, Period, Period]]:
    for begin in life.about(subject, "began"):
        for end in life.about(subject, "ended"):
            first, last = read_period(begin.object), read_period(end.object)
            if first and last:
                yield begin, end, first, last
    parts = _SPAN.search(claim.subject)
    if parts:
        for begin, first in _dates(life, parts["first"]):
            for end, last in _dates(life, parts["last"]):
                yield begin, end, first, last


def _longer_than_its_cause(life: Life, claim: Claim) -> Iterator[Finding]:
    """A state cannot be older than its beginning, nor than the event that it is about.

    "Ana's ignorance of Ben's death", told as fourteen years long nine years after that death. What
    is told within a year of the event may look ahead, and is held against the day of the profile.
    """
    length = read_duration(claim.object)
    if length is None or claim.day is None:
        return
    today = life.persona.profile.as_of or date.max
    for cause, when in _causes(life, claim):
        ahead = (claim.day[0] - when[1]).days <= _LOOKS_AHEAD
        end = max(today, claim.day[1]) if ahead else claim.day[1]
        if length.days > (end - when[0]).days + length.unit:
            yield conflict("length-wrong", f"{claim.words}, but {cause.words}", claim, cause)
            return


def _causes(life: Life, claim: Claim) -> Iterator[tuple[Claim, Period]]:
    for mark in _ABOUT.finditer(claim.subject):
        yield from _dates(life, claim.subject[mark.end() :])
    for begin in life.about(life.names.who(claim.subject), "began"):
        first = read_period(begin.object)
        if first:
            yield begin, first


def _dates(life: Life, event: str) -> list[tuple[Claim, Period]]:
    """The claims that date an event, with their days; births and deaths by their own relations."""
    key = life.names.key(event)
    found = [
        (claim, when)
        for relation in ("dated", "began")
        for claim in life.about(key, relation)
        if (when := read_period(claim.object))
    ]
    for word, relation in (("death", "died_on"), ("birth", "born_on")):
        if word in key.split():
            found += [
                (claim, when)
                for person, claims in life.of(relation)
                if " ".join(sorted((person, word))) == key
                for claim in claims
                if (when := read_period(claim.object))
            ]
    return found

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
from personas.checks.events import dates_of, event_name
from personas.checks.finding import Finding
from personas.checks.passages import sentence_at

_ABOUT = re.compile(r"\b(?:of|since|after|from)\s+")
_LOOKS_AHEAD = 366  # days
_SPAN = re.compile(r"\bfrom (?P<first>.+?) to (?P<last>.+)$", re.IGNORECASE)
_SINCE = re.compile(r"(?:the )?(?:time|years|months) since (?P<first>.+)$", re.IGNORECASE)
_AHEAD = re.compile(
    r"\b(?:would|will|shall|going to|was to|were to|later|until|one day|next|ever after"
    r"|for years)\b",
    re.IGNORECASE,
)


def sequence(life: Life) -> Iterator[Finding]:
    """Events told as earlier or later than their dates, or than each other, allow."""
    seen: dict[tuple[str, str], Claim] = {}
    for claim in sorted(life.claims, key=lambda one: one.order):
        if claim.relation not in ("before", "after"):
            continue
        first, second = claim.subject, claim.object
        if claim.relation == "after":
            first, second = second, first
        keys = (life.names.key(event_name(first)), life.names.key(event_name(second)))
        if keys[::-1] in seen:
            other = seen[keys[::-1]]
            yield conflict("order-denied", f"{claim.words}, and {other.words}", claim, other)
        seen.setdefault(keys, claim)
        yield from _turned_round(life, claim, first, second)


def _turned_round(life: Life, claim: Claim, first: str, second: str) -> Iterator[Finding]:
    """The event told as the first one, where it is dated after the second.

    Where nothing dates the second, it belongs to the episode that tells of it, unless the sentence
    looks ahead.
    """
    later = dates_of(life, second)
    if not later and claim.told and not _looks_ahead(life, claim):
        later = [(None, claim.told)]
    for one, begun in dates_of(life, first):
        late = [two for two, when in later if earlier(when, begun)]
        if late:
            told = [other.words for other in (one, late[0]) if other]
            message = f"{claim.words}, but {' and '.join(told) or f'that was in {begun[0]}'}"
            other = one if one and one.span else late[0]
            yield conflict("out-of-order", message, claim, other)
            return


def _looks_ahead(life: Life, claim: Claim) -> bool:
    if claim.span is None:
        return True
    story = life.persona.story
    for episode in life.persona.episodes:
        if episode.id == claim.episode:
            around = sentence_at(story, claim.span.start, episode.span.start, episode.span.end)
            return _AHEAD.search(around.text) is not None
    return True


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
            for begin, end, first, last in _between(life, subject, claim):
                if not fits_between(length, first, last):
                    told = [one.words for one in (begin, end) if one and one is not claim]
                    message = f"{claim.words}, but {' and '.join(told) or f'from {first[0]} on'}"
                    other = begin if begin and begin.span else end
                    yield conflict("length-wrong", message, claim, other)
                    break
            else:
                yield from _longer_than_its_cause(life, claim)


def _between(
    life: Life, subject: str, claim: Claim
) -> Iterator[tuple[Claim | None, Claim | None, Period, Period]]:
    """Beginnings and ends that a length is told of, with their days."""
    for begin in life.about(subject, "began"):
        for end in life.about(subject, "ended"):
            first, last = read_period(begin.object), read_period(end.object)
            if first and last:
                yield begin, end, first, last
    parts = _SPAN.search(claim.subject)
    if parts:
        for start, first in dates_of(life, parts["first"]):
            for stop, last in dates_of(life, parts["last"]):
                yield start, stop, first, last
    since = _SINCE.match(claim.subject)
    if since and claim.told and not _looks_ahead(life, claim):
        for start, first in dates_of(life, since["first"]):
            if not earlier(claim.told, first):
                yield start, None, first, claim.told


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
            told = cause.words if cause else f"that was in {when[0]}"
            yield conflict("length-wrong", f"{claim.words}, but {told}", claim, cause)
            return


def _causes(life: Life, claim: Claim) -> Iterator[tuple[Claim | None, Period]]:
    parts = _SPAN.search(claim.subject)
    about = parts["first"] if parts else claim.subject  # never the event on which it ends
    if parts:
        yield from dates_of(life, about)
    for mark in _ABOUT.finditer(about):
        yield from dates_of(life, about[mark.end() :])
    for begin in life.about(life.names.who(claim.subject), "began"):
        first = read_period(begin.object)
        if first:
            yield begin, first

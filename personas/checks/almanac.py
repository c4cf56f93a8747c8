"""Dates in the text: no such day, another day of the week, before the birth, after today."""

import re
from collections.abc import Iterator
from datetime import date

from personas.checks.calendar import weekday
from personas.checks.claims import Life
from personas.checks.coreference import Coreference
from personas.checks.finding import Finding
from personas.checks.passages import sentence_at
from personas.checks.told_dates import ToldDate, told_dates, told_years, years_meant
from personas.checks.verbs import PAST
from simulacra.domain.memory import Span
from simulacra.domain.persona import Episode

_TURNS = re.compile(
    r"\b(?:that|who|whom|which|whose|where|when|how|what|why|because|since|until|before|built|made"
    r"|dated|born|said|told|\"|“)(?=\W|$)",
    re.IGNORECASE,
)
_DEED = re.compile(
    rf"(?:He|She|They) (?:{PAST.pattern})\b(?:(?! that "
    rf"| who | which )[^,;:\"“])*$"
)
_OF_A_TIME = re.compile(
    r"\b(?:spring|summer|autumn|fall|winter|beginning|start|middle|end|year|month|week|night|day"
    r"|morning|evening|april|may|june|july|august|\w+ember|october|\w+uary|march|christmas|easter"
    r"|first|second|\w+th)\s+$",
    re.IGNORECASE,
)
_WORD = 20  # characters
_ON = re.compile(r"\b(?:on|in)\s+$")
# Small letters only: "May" is a month.
_AHEAD = re.compile(
    r"\b(?:would|will|shall|should|could|might|may|must|going to|due|plan(?:s|ned)?"
    r"|hop(?:es?|ed|ing)"
    r"|inten(?:ds?|ded)|want(?:s|ed)?|meant|until|book(?:s|ed)?|was to|were to|is to"
    r"|if|next|expect(?:s|ed)?|promis(?:es?|ed))\b",
)


def days_told(life: Life) -> Iterator[Finding]:
    """Days that no calendar has, and days of the week that were others."""
    for episode, start, text, field in _texts(life):
        for one in told_dates(text):
            span = Span(start=start + one.span.start, end=start + one.span.end)
            words = text[one.span.start : one.span.end]
            where = {"episode": episode.id, "span": span} if episode else {"detail": field}
            if not one.possible:
                message = f"there is no such day: {words}"
                yield Finding(
                    kind="impossible-date", severity="contradiction", message=message, **where
                )
            elif one.weekday:
                window = life.windows.get(episode.id) if episode else None
                days = _days(one, window)
                if days and all(weekday(day) != one.weekday for day in days):
                    message = f"{words}: {days[0]} was a {weekday(days[0]).title()}"
                    yield Finding(
                        kind="weekday-wrong", severity="contradiction", message=message, **where
                    )


def years_told(life: Life) -> Iterator[Finding]:
    """What the person does before being born, or did on a day that is still to come."""
    mentions = life.coreference
    known = life.persona.profile
    for episode in life.persona.episodes:
        text = life.persona.text_of(episode.span)
        for span, first, last in _dated(text):
            sentence = sentence_at(text, span.start, 0, len(text))
            whole = Span(
                start=episode.span.start + sentence.span.start,
                end=episode.span.start + sentence.span.start + len(sentence.text),
            )
            if life.born and last < life.born[0] and _did(mentions, text, sentence.span, span):
                message = f"{life.persona.name} was born in {life.born[0].year}: {sentence.text}"
                yield _finding("before-birth", message, episode, whole, "profile.date_of_birth")
            ahead = known.as_of is not None and first > known.as_of
            if ahead and _done(mentions, text, sentence.span, span):
                message = f"told as past, but today is {known.as_of}: {sentence.text}"
                yield _finding("after-today", message, episode, whole, "profile.as_of")


def _texts(life: Life) -> Iterator[tuple[Episode | None, int, str, str]]:
    persona = life.persona
    if persona.episodes:
        for one in persona.episodes:
            yield one, one.span.start, persona.text_of(one.span), ""
    yield None, 0, persona.biography, "biography"


def _days(one: ToldDate, window: tuple[date, date] | None) -> list[date]:
    years = years_meant(one, window) if window else [one.year] if one.year is not None else []
    return [day for year in years if (day := one.in_year(year))]


def _dated(text: str) -> Iterator[tuple[Span, date, date]]:
    """Days and years that a text names whole, with their first and last day."""
    for one in told_dates(text):
        day = one.in_year(one.year) if one.year is not None else None
        if day:
            yield one.span, day, day
    for year in told_years(text):
        first, last = year.days
        yield year.span, first, last


def _did(mentions: Coreference, text: str, sentence: Span, when: Span) -> bool:
    """Whether the person is the subject of a past verb, with nothing between that and the date.

    The date may come first ("in 1975 Ana crossed the river"); then the subject follows at once.
    """
    if text.startswith("of ", when.start) and not _OF_A_TIME.search(
        text, max(when.start - _WORD, 0), when.start
    ):
        return False  # "a bolt of 1931": the year of the thing
    if sentence.start <= when.start < sentence.start + len("on the "):
        at_once = re.compile(rf",? ({mentions.subject()}) (\w+)")
        match = at_once.match(text, when.end)
        if match and PAST.fullmatch(match[2]) and mentions.is_main(text, match.start(1), match[1]):
            return True
    for match in re.finditer(
        rf"\b({mentions.subject()}) (?:had |was |were )?(?:first |once |often "
        rf"|already |\w+ly )?(\w+)",
        text,
    ):
        if not sentence.start <= match.start() < when.start:
            continue
        if not mentions.is_main(text, match.start(), match[1]):
            continue
        between = text[match.end() : when.end]
        if not _TURNS.search(between) and (PAST.fullmatch(match[2]) or "had " in match[0]):
            return True
    return False


def _done(mentions: Coreference, text: str, sentence: Span, when: Span) -> bool:
    """Whether a sentence tells what the person did on a date, with no word that looks ahead.

    "On 3 May 2031 she left", or "she left on 3 May 2031": not "she signed until the end of 2031".
    """
    if _AHEAD.search(text, sentence.start, sentence.end):
        return False
    if _DEED.match(text, sentence.start, when.start):
        return (
            _ON.search(text, sentence.start, when.start) is not None
            or "in " in text[when.start : when.start + 3].casefold()
        )
    first = when.start - sentence.start < len("on the ")
    if not first and not _ON.search(text, sentence.start, when.start):
        return False
    start, end = (when.end, sentence.end) if first else (sentence.start, when.start)
    for match in re.finditer(rf"\b({mentions.subject()}) (\w+)", text[:end]):
        if match.start() < start or not PAST.fullmatch(match[2]):
            continue
        between = text[when.end : match.start()] if first else text[match.end() : when.start]
        if not _TURNS.search(between) and mentions.is_main(text, match.start(), match[1]):
            return True
    return False


def _finding(kind: str, message: str, episode: Episode, span: Span, detail: str) -> Finding:
    return Finding(
        kind=kind,
        severity="contradiction",
        message=message,
        span=span,
        episode=episode.id,
        detail=detail,
    )

"""Dates as a story tells them, with weekday and with the year left out, possible or not."""

import calendar
import re
from collections.abc import Iterator
from datetime import date

from personas.checks.calendar import WEEKDAYS, Period
from simulacra.domain.base import Frozen
from simulacra.domain.memory import Span

_MONTHS = {name.casefold(): n for n, name in enumerate(calendar.month_name) if name}
_UNITS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth",
    "eighteenth", "nineteenth", "twentieth",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ORDINALS = (
    {word: n for n, word in enumerate(_UNITS, 1)}
    | {f"{ten[:-1]}ieth": 10 * n for n, ten in enumerate(_TENS, 2)}
    | {
        f"{ten}-{one}": 10 * n + m
        for n, ten in enumerate(_TENS, 2)
        for m, one in enumerate(_UNITS[:9], 1)
    }
)
"""English ordinal numbers in words, first to ninety-ninth."""
ORDINAL_WORDS = "|".join(sorted(ORDINALS, key=len, reverse=True))
_DAY = r"(?:(?P<number>\d{1,2})(?:st|nd|rd|th)?|(?P<ordinal>" + ORDINAL_WORDS + "))"
_MONTH = rf"(?P<month>{'|'.join(_MONTHS)})"
_YEAR = r"(?:,? (?:of )?(?P<year>(?:1[5-9]|20|21)\d\d)\b(?![-–,]?\d))?"
_WEEKDAY = rf"(?:(?P<weekday>{'|'.join(WEEKDAYS)}),? (?:on )?)?"
_AFTER = (
    r"(?:,? (?:which )?(?:(?:was|is|fell on|falls on|being) )?"
    rf"a (?P<after>{'|'.join(WEEKDAYS)})\b)?"
)
_PATTERNS = tuple(
    re.compile(pattern + _AFTER, re.IGNORECASE)
    for pattern in (
        rf"\b{_WEEKDAY}(?:the )?{_DAY} (?:day )?(?:of )?{_MONTH}\b{_YEAR}",
        rf"\b{_WEEKDAY}{_MONTH} (?:the )?{_DAY}\b{_YEAR}",
    )
)
_BARE_YEAR = re.compile(
    r"\b(?:in|of|since|until|by|during|before|after|christmas|easter|autumn|spring|summer|winter"
    rf"|{'|'.join(_MONTHS)}),? (?P<year>(?:1[5-9]|20|21)\d\d)\b(?![-–]?\d| \w+s\b)",
    re.IGNORECASE,
)
_MONTH_NAME = re.compile(rf"\b(?:{'|'.join(_MONTHS)})\b", re.IGNORECASE)
_NEAR = 45  # characters: the longest date in words is shorter
_LEAP = 2000  # a year that has a 29 February


class ToldDate(Frozen):
    """A day of a month in a text; ``year`` None where the text leaves it out."""

    span: Span
    day: int
    month: int
    year: int | None = None
    weekday: str | None = None

    def in_year(self, year: int) -> date | None:
        """The day in a year; None where that year has no such day."""
        try:
            return date(year, self.month, self.day)
        except ValueError:
            return None

    @property
    def possible(self) -> bool:
        """Whether some year, or its own year, has such a day."""
        return self.in_year(self.year if self.year is not None else _LEAP) is not None


class ToldYear(Frozen):
    """A year, or a month of it, named without a day."""

    span: Span
    year: int
    month: int | None = None

    @property
    def days(self) -> tuple[date, date]:
        """Its first and last day."""
        if self.month is None:
            return date(self.year, 1, 1), date(self.year, 12, 31)
        last = calendar.monthrange(self.year, self.month)[1]
        return date(self.year, self.month, 1), date(self.year, self.month, last)


def told_dates(text: str) -> tuple[ToldDate, ...]:
    """Every day of a month that an English text names, in its order."""
    found: list[ToldDate] = []
    for month in _MONTH_NAME.finditer(text):
        for match in _around(text, month):
            one = _told(match)
            if one is not None and not any(_overlaps(one, other) for other in found):
                found.append(one)
    return tuple(sorted(found, key=lambda one: one.span.start))


def told_years(text: str) -> tuple[ToldYear, ...]:
    """Every year that a text names without a day: "in 1997", "at Christmas 1997"."""
    days = told_dates(text)
    found = []
    for match in _BARE_YEAR.finditer(text):
        span = Span(start=match.start(), end=match.end())
        if not any(one.span.start < span.end and span.start < one.span.end for one in days):
            month = _MONTHS.get(re.split(r"[ ,]", match[0])[0].casefold())
            start = text.rfind(" ", 0, max(match.start() - 1, 0)) + 1
            if month and text[start : match.start()].casefold() == "in ":
                span = Span(start=start, end=match.end())
            found.append(ToldYear(span=span, year=int(match["year"]), month=month))
    return tuple(found)


def years_meant(one: ToldDate, told: Period) -> tuple[int, ...]:
    """The years that a date without one can be of, in an episode of that time; all if none fits."""
    if one.year is not None:
        return (one.year,)
    years = range(told[0].year, min(told[1].year, told[0].year + 2) + 1)
    fitting = [year for year in years if (day := one.in_year(year)) and told[0] <= day <= told[1]]
    return tuple(fitting or (told[0].year - 1, *years))


def _around(text: str, month: re.Match[str]) -> Iterator[re.Match[str]]:
    """The dates of which a month is part; looking only near months is what makes it quick."""
    for pattern in _PATTERNS:
        for match in pattern.finditer(text, max(month.start() - _NEAR, 0), month.end() + _NEAR):
            if match.start("month") == month.start():
                yield match


def _told(match: re.Match[str]) -> ToldDate | None:
    ordinal, number = match["ordinal"], match["number"]
    day = ORDINALS[ordinal.casefold()] if ordinal else int(number)
    if not 1 <= day <= 39 or not match["month"][0].isupper():  # "may" and "march" are verbs, too
        return None
    weekday = match["weekday"] or match["after"]
    return ToldDate(
        span=Span(start=match.start(), end=match.end()),
        day=day,
        month=_MONTHS[match["month"].casefold()],
        year=int(match["year"]) if match["year"] else None,
        weekday=weekday.casefold() if weekday else None,
    )


def _overlaps(one: ToldDate, other: ToldDate) -> bool:
    return one.span.start < other.span.end and other.span.start < one.span.end

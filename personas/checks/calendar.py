"""Calendar arithmetic with dates that may be known to the day, the month or the year only."""

import re
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from personas.dates import years_between
from personas.formats.story import period
from simulacra.domain.base import Frozen

Period = tuple[date, date]
"""First and last day of a date of any precision."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_ISO = re.compile(r"\d{4}(?:-\d{2}(?:-\d{2})?)?")
_PIECE = re.compile(r"(\d+(?:\.\d+)?)\s*(year|month|week|day|hour|minute)s?\b", re.IGNORECASE)
_DAYS = {
    "year": 365.2425, "month": 365.2425 / 12, "week": 7.0, "day": 1.0,
    "hour": 1 / 24, "minute": 1 / 1440,
}  # fmt: skip


class Duration(Frozen):
    """A length of time in days; ``unit`` is the length in days of its finest unit."""

    days: float
    unit: float


def read_period(text: str) -> Period | None:
    """First and last day of a date told as YYYY, YYYY-MM or YYYY-MM-DD; None if it is none."""
    try:
        return period(text.strip())
    except ValueError:
        return None


def looks_like_date(text: str) -> bool:
    """Whether a text has the form of a date, possible or not."""
    return _ISO.fullmatch(text.strip()) is not None


def overlap(one: Period, other: Period) -> bool:
    """Whether two dates can be the same day; "2009" and "2009-08" can."""
    return one[0] <= other[1] and other[0] <= one[1]


def earlier(one: Period, other: Period) -> bool:
    """Whether every day of the first lies before every day of the second."""
    return one[1] < other[0]


def weekday(day: date) -> str:
    """Name of the day of the week, in small letters."""
    return WEEKDAYS[day.weekday()]


def ages(born: Period, told: Period) -> tuple[int, int]:
    """Youngest and oldest age in whole years at some day of ``told``, born at some of ``born``."""
    return years_between(born[1], told[0]), years_between(born[0], told[1])


def birth_for(age: int, told: Period) -> Period:
    """The days on which somebody was born who is ``age`` whole years old at some day of told."""
    first = told[0] - relativedelta(years=age + 1) + timedelta(days=1)
    return first, told[1] - relativedelta(years=age)


def common(one: Period, other: Period) -> Period | None:
    """The days that two periods share."""
    first, last = max(one[0], other[0]), min(one[1], other[1])
    return (first, last) if first <= last else None


def read_duration(text: str) -> Duration | None:
    """A length such as "9 years" or "5 years and 6 months"; None where no unit is named."""
    pieces = [(float(amount), _DAYS[unit.lower()]) for amount, unit in _PIECE.findall(text)]
    if not pieces:
        return None
    return Duration(
        days=sum(amount * days for amount, days in pieces), unit=min(days for _, days in pieces)
    )


def same_length(one: Duration, other: Duration) -> bool:
    """Whether two lengths agree within one of the coarser of their finest units."""
    return abs(one.days - other.days) <= max(one.unit, other.unit) + 1e-6


def fits_between(length: Duration, began: Period, ended: Period) -> bool:
    """Whether a state of that length can have begun and ended then, within one unit of rounding."""
    shortest = (ended[0] - began[1]).days
    longest = (ended[1] - began[0]).days + 1
    return shortest - length.unit <= length.days <= longest + length.unit

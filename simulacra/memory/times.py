"""Times that a question names, and whether a memory is of such a time."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from text_to_num import alpha2digit

from simulacra.domain.memory import Memory

_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
# "may" and "march" are words of their own: as months they stand behind these, or beside a number.
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|(?:(?<=in )|(?<=of )|(?<=since )|(?<=\d ))(?:march|may)"
    r"|(?:march|may)(?= \d)|apr(?:il)?|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)"
)
_YEAR = r"(?P<year>(?:1[89]|20)\d\d)"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_CALENDAR = tuple(
    re.compile(rf"\b{pattern}\b")
    for pattern in (
        rf"{_YEAR}-(?P<month_number>\d\d)(?:-(?P<day>\d\d))?",
        rf"{_DAY}(?: of)? {_MONTH}(?:,? {_YEAR})?",
        rf"{_MONTH} {_DAY}(?:,? {_YEAR})?",
        rf"{_MONTH}(?:(?: of)?,? {_YEAR})?",
        r"(?P<decade>(?:1[89]|20)\d)0s",
        _YEAR,
    )
)
_RELATIVE = re.compile(
    r"\b(?:(?P<which>last|this|previous) (?P<unit>week|month|year)"
    r"|(?P<ago>\d+|an?) (?P<units>day|week|month|year)s? ago|(?P<day>yesterday|today))\b"
)
_AGE = re.compile(
    r"\b(?:when (?:you|i|he|she|they) (?:were|was|turned)(?: just| only| about)?"
    r"|at(?: the)? age(?: of)?|aged) (?P<age>\d{1,3})\b"
)
_STAGES = (
    (re.compile(r"\b(?:child|childhood|kid|boy|girl|little|small)\b"), (0, 12)),
    (re.compile(r"\b(?:teenager|teenage|teens|adolescen\w+)\b"), (13, 19)),
)
_STAGE = re.compile(
    r"\b(?:as an? (?:\w+ )?(?:child|kid|boy|girl|teenager)|childhood|teenage|in your teens"
    r"|adolescen\w+|when (?:you|i) (?:were|was) (?:an? )?(?:\w+ )?"
    r"(?:child|kid|boy|girl|little|small|teenager))\b"
)
_DECADE_OF_LIFE = re.compile(
    r"\bin (?:your|my|his|her) (twenties|thirties|forties|fifties|sixties|seventies|eighties)\b"
)
_DECADES = ("twenties", "thirties", "forties", "fifties", "sixties", "seventies", "eighties")
_NEAR_DAYS = 31
_SMALL = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_SMALL_NUMBER = re.compile(rf"\b(?:{'|'.join(_SMALL)})\b")  # alone they stay words in text2num
_DAYS_IN = {"day": 1, "week": 7, "month": 31, "year": 366}


@dataclass(frozen=True)
class Times:
    """Times a question names: spans of days, months of any year, ages from and to."""

    days: tuple[tuple[date, date], ...] = ()
    months: frozenset[int] = frozenset()
    ages: tuple[tuple[int, int], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.days or self.months or self.ages)

    def fit(self, memory: Memory) -> float:
        """1 for a memory of one of these times, by its date or its age; 0.5 within a month of it.

        Life is remembered by the month rather than by the day (Thompson et al., 1996,
        "Autobiographical memory").
        """
        age, when = memory.age, days_of(memory.when) if memory.when else None
        if age is not None and any(low <= age <= high for low, high in self.ages):
            return 1.0
        if when is None:
            return 0.0
        if when[0].month == when[1].month and when[0].month in self.months:
            return 1.0
        apart = [_apart(when, span) for span in self.days]
        return 1.0 if 0 in apart else 0.5 if apart and min(apart) <= _NEAR_DAYS else 0.0


def times_in(question: str, today: date | None = None) -> Times:
    """The times that a question names; ``today`` is what "last year" is counted from.

    Without ``today``, such words name no time.
    """
    text = " ".join(str(alpha2digit(question, "en")).lower().split())
    text = _SMALL_NUMBER.sub(lambda match: str(_SMALL.index(match.group())), text)
    days: list[tuple[date, date]] = []
    months: set[int] = set()
    for found, rest in _calendar(text):
        if isinstance(found, int):
            months.add(found)
        else:
            days.append(found)
        text = rest
    if today:
        days += _relative(text, today)
    return Times(tuple(days), frozenset(months), tuple(_ages(text)))


def days_of(when: str) -> tuple[date, date] | None:
    """First and last day of a YYYY, YYYY-MM or YYYY-MM-DD; None where that is no date."""
    parts = [int(part) for part in when.split("-") if part.isdigit()]
    try:
        return _span(*parts)
    except (TypeError, ValueError):
        return None


def _apart(one: tuple[date, date], other: tuple[date, date]) -> int:
    """Days between two spans, 0 where they overlap."""
    return max(0, (other[0] - one[1]).days, (one[0] - other[1]).days)


def _span(year: int, month: int | None = None, day: int | None = None) -> tuple[date, date]:
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    if day is None:
        following = date(year + month // 12, month % 12 + 1, 1)
        return date(year, month, 1), following - timedelta(days=1)
    return date(year, month, day), date(year, month, day)


def _calendar(text: str) -> Iterator[tuple[tuple[date, date] | int, str]]:
    """Each date or month named, longest forms first, and the text without what was read."""
    for pattern in _CALENDAR:
        while match := pattern.search(text):
            text = f"{text[: match.start()]} ~ {text[match.end() :]}"
            found = _read(match)
            if found is not None:
                yield found, text


def _read(match: re.Match[str]) -> tuple[date, date] | int | None:
    parts = match.groupdict()
    if parts.get("decade"):
        first = int(parts["decade"]) * 10
        return date(first, 1, 1), date(first + 9, 12, 31)
    month = _month_number(parts)
    year = int(parts["year"]) if parts.get("year") else None
    day = int(parts["day"]) if parts.get("day") else None
    if year is None:
        return month
    try:
        return _span(year, month, day)
    except ValueError:
        return None


def _month_number(parts: dict[str, str | None]) -> int | None:
    if number := parts.get("month_number"):
        return int(number)
    name = parts.get("month")
    if not name:
        return None
    return next(at for at, month in enumerate(_MONTHS, start=1) if month.startswith(name[:3]))


def _relative(text: str, today: date) -> Iterator[tuple[date, date]]:
    for match in _RELATIVE.finditer(text):
        if match["day"]:
            back = 1 if match["day"] == "yesterday" else 0
            yield (today - timedelta(days=back),) * 2
            continue
        unit = match["unit"] or match["units"]
        ago = {"this": 0, "last": 1, "previous": 1}.get(match["which"] or "")
        if ago is None:
            ago = int(match["ago"]) if match["ago"].isdigit() else 1
        yield _back(today, ago, unit)


def _back(today: date, count: int, unit: str) -> tuple[date, date]:
    """The day, seven days, calendar month or year that lies ``count`` units before today."""
    if unit == "year":
        return _span(max(1, today.year - count))
    if unit == "month":
        months = max(12, today.year * 12 + today.month - 1 - count)
        return _span(months // 12, months % 12 + 1)
    last = today - timedelta(days=min(count * _DAYS_IN[unit], today.toordinal() - 8))
    return (last - timedelta(days=6), last) if unit == "week" else (last, last)


def _ages(text: str) -> Iterator[tuple[int, int]]:
    for match in _AGE.finditer(text):
        yield int(match["age"]), int(match["age"])
    for stage in _STAGE.finditer(text):
        for words, ages in _STAGES:
            if words.search(stage.group()):
                yield ages
    for match in _DECADE_OF_LIFE.finditer(text):
        low = 20 + 10 * _DECADES.index(match[1])
        yield low, low + 9

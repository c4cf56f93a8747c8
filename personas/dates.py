"""Dates as people write them."""

import re
from datetime import date

_MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_NUMBER = {name[:length]: n for n, name in enumerate(_MONTHS, 1) for length in (3, 4, len(name))}
_NAME = "|".join(sorted(_NUMBER, key=len, reverse=True))
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_MONTH = rf"(?P<month>{_NAME})\b\.?"
_YEAR = r"(?P<year>\d{4})\b"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})\b",
        rf"\b{_DAY}\s+(?:day\s+)?(?:of\s+)?{_MONTH},?\s+(?:of\s+)?{_YEAR}",
        rf"\b{_MONTH}\s+(?:the\s+)?{_DAY},?\s+(?:of\s+)?{_YEAR}",
        rf"\b{_YEAR},?\s+{_MONTH}\s+{_DAY}\b",
        r"\b(?P<first>\d{1,2})([-/.])(?P<second>\d{1,2})\2(?P<year>\d{4})\b",
    )
)


def dates_in(text: str) -> tuple[date, ...]:
    """All full dates (day, month and year) that an English text names, in order, each once.

    Numbers alone, such as 05/09/1988, count only when day and month cannot be confused.
    """
    found = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            day = _as_date(match)
            if day:
                found.append((match.start(), day))
    return tuple(dict.fromkeys(day for _, day in sorted(found)))


def without_dates(text: str) -> str:
    """The text with every full date taken out."""
    for pattern in _PATTERNS:
        text = pattern.sub(" ", text)
    return text


def _as_date(match: re.Match[str]) -> date | None:
    part = match.groupdict()
    if "first" in part:
        first, second = int(part["first"]), int(part["second"])
        if first != second and max(first, second) <= 12:
            return None
        month, day = sorted((first, second))
    else:
        month = _NUMBER.get(part["month"].lower()) or int(part["month"])
        day = int(part["day"])
    try:
        return date(int(part["year"]), month, day)
    except ValueError:
        return None


def years_between(born: date, day: date) -> int:
    """Whole years of age on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))

"""Dates in replies: whole and certain, or none. "3/4/1990" is two dates, so it is none.

In languages that write the day first with dots, "3.4.1990" is one; months may be called as they are
in the instrument's language.
"""

import re
from datetime import date, datetime

from dateutil.parser import ParserError, parse

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_LEAD = re.compile(r"^(?:it (?:was|is)|on|the|i was born(?: on)?|my answer(?: is|:))\s+", re.I)
_DOTTED = re.compile(r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})")
_DAY_FIRST = frozenset((
    "de", "pl", "ru", "cs", "sk", "fi", "tr", "uk", "ro", "hu", "no", "nb", "da", "et", "lv", "bg",
))  # fmt: skip
_MONTHS = {
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
    "diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre "
    "dicembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro "
    "dezembro",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
}
_MAX_TEXT = 60
_DEFAULTS = (datetime(2000, 1, 1), datetime(2004, 2, 29))  # differ in every part of a date


def read_date(text: str, language: str = "en") -> date | None:
    """The one date that a reply states with year, month and day; None if not certain."""
    text = " ".join(text.split()).strip(" .\"'“”*")
    while (shorter := _LEAD.sub("", text)) != text:
        text = shorter
    if len(text) > _MAX_TEXT or len(re.findall(r"\d", text)) < 5:
        return None
    text = _in_english(text, language[:2])
    found = _DOTTED.fullmatch(text) if language[:2] in _DAY_FIRST else None
    parts = found.groups()[::-1] if found else _iso(text)
    if parts:
        try:
            return date(*map(int, parts))
        except ValueError:
            return None
    readings: set[date] = set()
    for dayfirst in (True, False):
        for default in _DEFAULTS:
            try:
                read = parse(text, dayfirst=dayfirst, default=default)
            except (ParserError, OverflowError, ValueError):
                return None
            readings.add(read.date())
    return readings.pop() if len(readings) == 1 else None


def _iso(text: str) -> tuple[str, ...] | None:
    found = _ISO.fullmatch(text)
    return found.groups() if found else None


def _in_english(text: str, language: str) -> str:
    """The text with its month called in English, and without "de" and the like around it."""
    for number, name in enumerate(_MONTHS.get(language, "").split(), start=1):
        written = rf"(\d{{1,2}})(?:\.|er|º)? (?:de )?{name} (?:de )?(\d{{4}})"
        found = re.fullmatch(written, text, re.I)
        if found:
            return f"{found[2]}-{number}-{found[1]}"
    return text

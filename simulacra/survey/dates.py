"""Dates in replies: whole and certain, or none. "3/4/1990" is two dates, so it is none."""

import re
from datetime import date, datetime

from dateutil.parser import ParserError, parse

_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_LEAD = re.compile(r"^(?:it (?:was|is)|on|the|i was born(?: on)?|my answer(?: is|:))\s+", re.I)
_MAX_TEXT = 60
_DEFAULTS = (datetime(2000, 1, 1), datetime(2004, 2, 29))  # differ in every part of a date


def read_date(text: str) -> date | None:
    """The one date that a reply states with year, month and day; None if not certain."""
    text = " ".join(text.split()).strip(" .\"'“”*")
    while (shorter := _LEAD.sub("", text)) != text:
        text = shorter
    if len(text) > _MAX_TEXT or len(re.findall(r"\d", text)) < 5:
        return None
    if found := _ISO.fullmatch(text):
        try:
            return date(*(int(part) for part in found.groups()))
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

"""The question types of XLSForm, in all their spellings."""

import re
from typing import NamedTuple

from simulacra.domain.survey import Kind


class Select(NamedTuple):
    """A question with choices: its kind, the list they are in, whether "other" is added."""

    kind: Kind
    choices: str
    other: bool


OPEN: dict[str, Kind] = {
    "text": Kind.SHORT_TEXT, "string": Kind.SHORT_TEXT, "phone number": Kind.SHORT_TEXT,
    "add text prompt": Kind.SHORT_TEXT, "integer": Kind.NUMERIC, "int": Kind.NUMERIC,
    "add integer prompt": Kind.NUMERIC, "decimal": Kind.NUMERIC, "range": Kind.SLIDER,
    "percentage": Kind.NUMERIC, "date": Kind.DATE, "add date prompt": Kind.DATE,
    "note": Kind.INFO, "add note prompt": Kind.INFO,
}  # fmt: skip
WHOLE = frozenset(("integer", "int", "add integer prompt"))
MOMENTS = frozenset(("time", "datetime", "date time", "add datetime prompt"))
RECORDED = frozenset((
    "geopoint", "gps", "location", "geotrace", "geoshape", "image", "photo", "picture", "audio",
    "video", "file", "barcode", "background-audio", "background-geopoint", "start-geopoint",
    "audit", "csv-external", "xml-external", "map", "entity", "add image prompt",
    "add location prompt",
))  # fmt: skip
DEVICE = frozenset((
    "start", "end", "today", "deviceid", "device id", "subscriberid", "subscriber id", "simserial",
    "sim id", "phonenumber", "username", "email", "imei", "start time", "end time", "get today",
    "uri:deviceid", "uri:username", "uri:email", "uri:phonenumber", "uri:subscriberid",
    "uri:simserial", "imei", "get device id", "hidden",
))  # fmt: skip
AGREED = frozenset(("acknowledge", "trigger"))
_SELECTS = {
    "select_one": Kind.SINGLE, "select one from": Kind.SINGLE, "select one": Kind.SINGLE,
    "select1": Kind.SINGLE, "add select one prompt using": Kind.SINGLE,
    "select_multiple": Kind.MULTI, "select multiple from": Kind.MULTI,
    "select multiple": Kind.MULTI, "select all that apply from": Kind.MULTI,
    "select all that apply": Kind.MULTI, "add select multiple prompt using": Kind.MULTI,
    "rank": Kind.RANKING,
}  # fmt: skip
_HEADS = "|".join(sorted(map(re.escape, _SELECTS), key=len, reverse=True))
_SELECT = re.compile(rf"({_HEADS})\s+(\S+)((?:\s+or[ _](?:specify[ _])?other)?)", re.I)
_ELSEWHERE = re.compile(r"(select_(?:one|multiple)_(?:from_file|external))\s+(\S+).*", re.I)
_CONTROL = re.compile(
    r"(begin|end)[ _]+(?:(?:\w+)[ _]+)??(group|repeat|loop)(?:\s+over\s+(\S+))?", re.I
)


def select_of(kind: str) -> Select | None:
    """The question with choices that a type stands for; None for another type."""
    found = _SELECT.fullmatch(kind)
    if found is None or found[2].startswith("${"):
        return None
    return Select(_SELECTS[found[1].lower()], found[2], bool(found[3]))


def has_choices(kind: str) -> bool:
    """Whether a type is one of choosing, wherever the choices are."""
    return bool(_SELECT.fullmatch(kind) or _ELSEWHERE.fullmatch(kind))


def control_of(kind: str) -> tuple[str, str, str] | None:
    """``begin`` or ``end``, what of, and the choices that a loop goes over."""
    found = _CONTROL.fullmatch(kind)
    return (found[1].lower(), found[2].lower(), found[3] or "") if found else None

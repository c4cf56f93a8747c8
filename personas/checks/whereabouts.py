"""Two places at one time, and seasons that a place does not have in that month."""

import calendar
import re
from collections.abc import Iterator
from itertools import combinations

from personas.checks.calendar import Period, overlap
from personas.checks.claims import Claim, Life, conflict
from personas.checks.finding import Finding
from personas.checks.places import (
    apart,
    country_known,
    named_country,
    out_of_season,
    tropical_lowland,
)

_WHEN = re.compile(r",?\s*\b(?:on|in|from|during)\s+(?:the\s+)?\d{4}\b.*$")
_SNOW = re.compile(r"\b(?:snow\w*|blizzard)\b", re.IGNORECASE)
_RANGE = re.compile(r"\d{4}[-\d]*\s+(?:to|until)\s+\d{4}")


def two_places(life: Life) -> Iterator[Finding]:
    """Somebody in two places on one day, or elsewhere while a stay is told to last.

    Two places in one month are a journey and no contradiction; two on one day of one episode may
    be a way across town, and are a warning.
    """
    for _, claims in life.of("at"):
        for one, other in combinations(claims, 2):
            first, second = _time(one), _time(other)
            if not first or not second or not _same_time(one, other, first, second):
                continue
            if apart(life.persona, _place(one), _place(other)):
                found = conflict("two-places", f"{one.words}, and {other.words}", other, one)
                near = one.episode == other.episode and not _stays(one, other)
                yield found.model_copy(update={"severity": "warning"}) if near else found


def seasons(life: Life) -> Iterator[Finding]:
    """A season or weather that the place does not have in that month.

    A warning only where the place may lie in another country than the home.
    """
    home = life.persona.profile.place
    for claim in (one for one in life.claims if one.relation == "season"):
        place = _WHEN.sub("", claim.subject)
        months = _told_months(claim.subject) or _months(claim.day)
        wrong = [out_of_season(claim.object, month, place, home) for month in sorted(months)]
        snow = _SNOW.search(claim.object)
        if snow and tropical_lowland(place if named_country(place) else home):
            wrong = [snow[0]]
        if wrong and all(wrong):
            message = f"{claim.object} in {claim.subject}: no {wrong[0]} there at that time"
            found = conflict("out-of-season", message, claim)
            sure = country_known(place, home)
            yield found if sure else found.model_copy(update={"severity": "warning"})


def _time(claim: Claim) -> Period | None:
    return claim.object_period or claim.day


def _place(claim: Claim) -> str:
    return _WHEN.sub("", claim.object)


def _same_time(one: Claim, other: Claim, first: Period, second: Period) -> bool:
    """One day for both, or one within a stay of the other."""
    if first[0] == first[1] == second[0] == second[1]:
        return True
    for stay, days, visit in ((one, first, second), (other, second, first)):
        if _RANGE.search(stay.object) and days[0] <= visit[0] and visit[1] <= days[1]:
            return overlap(days, visit)
    return False


def _stays(*claims: Claim) -> bool:
    return any(_RANGE.search(one.object) for one in claims)


def _told_months(subject: str) -> set[int]:
    """The month that a subject such as "Bilbao in 2010-01" or "Bilbao in January" names."""
    told = re.search(r"\b\d{4}-(\d{2})\b", subject)
    if told:
        return {int(told[1])}
    named = re.search(rf"\b({'|'.join(calendar.month_name[1:])})\b", subject)
    return {list(calendar.month_name).index(named[1])} if named else set()


def _months(day: Period | None) -> set[int]:
    """The month of a date that names one."""
    if day is None or (day[0].year, day[0].month) != (day[1].year, day[1].month):
        return set()
    return {day[0].month}

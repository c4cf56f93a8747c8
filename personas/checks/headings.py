"""Dates and ages of the episodes against the birth, the day of the profile and each other."""

from collections.abc import Iterator

from personas.checks.calendar import Period, ages, earlier
from personas.checks.claims import Life, day_of
from personas.checks.finding import Finding
from simulacra.domain.persona import Episode


def headings(life: Life) -> Iterator[Finding]:
    """Episodes before birth or after the day of the profile, out of order, or of a wrong age."""
    today = life.persona.profile.as_of
    before: tuple[Episode, Period] | None = None
    for episode in life.persona.episodes:
        day = day_of(episode)
        if day is None:
            if episode.when:
                yield _finding("impossible-date", f"there is no date {episode.when}", episode)
            continue
        if before and earlier(day, before[1]):
            message = f"{episode.when} lies before {before[0].when}, the date of {before[0].id}"
            yield _finding("episodes-out-of-order", message, episode)
        if today and day[0] > today:
            message = f"{episode.when} lies after {today}, the day of the profile"
            yield _finding("after-today", message, episode, "profile.as_of")
        yield from _against_birth(life.born, day, episode)
        before = (episode, day)


def _against_birth(born: Period | None, day: Period, episode: Episode) -> Iterator[Finding]:
    if born is None:
        return
    if earlier(day, born):
        message = f"{episode.when} lies before the birth on {born[0]}"
        yield _finding("before-birth", message, episode, "profile.date_of_birth")
        return
    youngest, oldest = ages(born, day)
    if episode.age is not None and not max(youngest, 0) <= episode.age <= oldest:
        fitting = str(oldest) if youngest == oldest else f"{max(youngest, 0)} to {oldest}"
        message = f"the heading says age {episode.age}, and {episode.when} makes it {fitting}"
        yield _finding("heading-age", message, episode, "profile.date_of_birth")


def _finding(kind: str, message: str, episode: Episode, detail: str = "") -> Finding:
    return Finding(
        kind=kind,
        severity="contradiction",
        message=message,
        span=episode.span,
        episode=episode.id,
        detail=detail,
    )

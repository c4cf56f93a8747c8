"""The story file of a pack: dated episodes under headings of one form.

    ## e01 | 1992-03 | age 0 | Title of the episode

    Paragraphs of plain prose.

Date, age and title may be left empty; the bars stay.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from personas.dates import years_between
from simulacra.domain.memory import Span
from simulacra.domain.persona import Episode
from simulacra.errors import InputError

_HEADING = re.compile(r"^## ?(.*)$", re.MULTILINE)
_AGE = re.compile(r"age (\d{1,3})")
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


@dataclass(frozen=True)
class Story:
    """The text that spans point into, its episodes and the lines their headings stand on."""

    text: str
    episodes: tuple[Episode, ...] = ()
    lines: tuple[int, ...] = ()


def read_story(text: str, path: Path, *, born: date | None, as_of: date | None) -> Story:
    """Episodes of a story file; a text without any heading is a story without episodes.

    Raises:
        InputError: a heading is malformed, an episode is empty, dates run backwards, lie before
            birth or after ``as_of``, or an age does not fit; names the line.
    """
    headings = list(_HEADING.finditer(text))
    if not headings:
        return Story(text=text.strip("\n"))
    before = text[: headings[0].start()]
    if before.strip():
        raise InputError("text stands before the first heading; give it one", path=path, line=1)
    episodes: list[Episode] = []
    lines: list[int] = []
    bodies: list[str] = []
    start = 0
    for number, heading in enumerate(headings):
        following = headings[number + 1 :]
        body = text[heading.end() : following[0].start() if following else len(text)].strip("\n")
        line = text.count("\n", 0, heading.start()) + 1
        span = Span(start=start, end=start + len(body))
        episode = _episode(heading.group(1), span, path, line)
        if not body.strip():
            raise InputError(f"episode {episode.id} has no text", path=path, line=line)
        if any(episode.id == one.id for one in episodes):
            raise InputError(f"two episodes {episode.id}", path=path, line=line)
        try:
            _check_date(episode, episodes, born, as_of)
        except ValueError as error:
            raise InputError(f"episode {episode.id}: {error}", path=path, line=line) from error
        episodes.append(episode)
        lines.append(line)
        bodies.append(body)
        start += len(body) + 2
    return Story("\n\n".join(bodies), tuple(episodes), tuple(lines))


def story_file(text: str, episodes: Sequence[Episode]) -> str:
    """The story file that ``read_story`` reads back, where the episodes hold the whole text."""
    if not episodes:
        return f"{text}\n" if text else ""
    parts = []
    for episode in episodes:
        age = "" if episode.age is None else f"age {episode.age}"
        head = " | ".join((episode.id, episode.when or "", age, episode.title)).rstrip()
        parts.append(f"## {head}\n\n{text[episode.span.start : episode.span.end]}\n")
    return "\n".join(parts)


def period(when: str) -> tuple[date, date]:
    """First and last day of a date given as YYYY, YYYY-MM or YYYY-MM-DD.

    Raises:
        ValueError: it is none of these.
    """
    match = _DATE.fullmatch(when)
    if not match:
        raise ValueError(f"the date must be YYYY, YYYY-MM or YYYY-MM-DD, not {when!r}")
    year, month, day = (int(part) if part else None for part in match.groups())
    assert year is not None
    try:
        first = date(year, 1 if month is None else month, 1 if day is None else day)
        if day:
            return first, first
        if month and month < 12:
            return first, date(year, month + 1, 1) - timedelta(days=1)
        return first, date(year, 12, 31)
    except ValueError:
        raise ValueError(f"there is no date {when}") from None


def _episode(heading: str, span: Span, path: Path, line: int) -> Episode:
    parts = [part.strip() for part in heading.split("|", 3)]
    if len(parts) != 4 or not parts[0]:
        raise InputError(
            "a heading must be '## id | date | age N | title'; empty parts keep their bars",
            path=path,
            line=line,
        )
    name, when, age, title = parts
    stated = _AGE.fullmatch(age)
    if age and not stated:
        raise InputError(f"the age must be 'age N', not {age!r}", path=path, line=line)
    return Episode(
        id=name,
        when=when or None,
        age=int(stated.group(1)) if stated else None,
        title=title,
        span=span,
    )


def _check_date(
    episode: Episode, earlier: Sequence[Episode], born: date | None, as_of: date | None
) -> None:
    if episode.when is None:
        return
    first, last = period(episode.when)
    dated = [one.when for one in earlier if one.when]
    if dated and last < period(dated[-1])[0]:
        raise ValueError(f"its date {episode.when} lies before that of the episode before it")
    if as_of and first > as_of:
        raise ValueError(f"its date {episode.when} lies after {as_of}, the day of the profile")
    if born is None:
        return
    if last < born:
        raise ValueError(f"its date {episode.when} lies before the birth on {born}")
    youngest, oldest = max(years_between(born, first), 0), years_between(born, last)
    if episode.age is not None and not youngest <= episode.age <= oldest:
        fitting = str(oldest) if youngest == oldest else f"{youngest} to {oldest}"
        raise ValueError(f"its age is {episode.age}, but {episode.when} makes it {fitting}")

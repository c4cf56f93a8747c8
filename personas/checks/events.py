"""When the events take place that facts name: by their dates, their episodes, births and deaths."""

import re
from collections.abc import Iterator

from personas.checks.calendar import Period, read_period
from personas.checks.claims import Claim, Life, day_of
from personas.checks.wording import stems

_EPISODE = re.compile(r"\s*\(?\b(e\d{2,3})\b\)?")
_BY_RELATION = {
    "death": "died_on", "dying": "died_on", "funeral": "died_on", "wake": "died_on",
    "burial": "died_on", "birth": "born_on",
}  # fmt: skip

Dated = tuple[Claim | None, Period]
"""The days of an event, and the claim that gives them; None where its episode's heading does."""


def event_name(text: str) -> str:
    """The words for an event without the episode that stands in brackets after them."""
    return _EPISODE.sub("", text).strip()


def dates_of(life: Life, event: str) -> list[Dated]:
    """The days that facts give to an event; else those of the episode that its name ends on."""
    told = life.names.told(event_name(event))
    found = [*_dated(life, life.names.key(told)), *_of_people(life, told)]
    return found or [*_likest(life, told)] or [*_of_episode(life, event)]


def _dated(life: Life, key: str) -> Iterator[Dated]:
    for relation in ("dated", "began"):
        for claim in life.about(key, relation):
            if when := read_period(claim.object):
                yield claim, when


def _of_people(life: Life, event: str) -> Iterator[Dated]:
    """Births and deaths, which have relations of their own."""
    key = life.names.key(event).split()
    for word, relation in _BY_RELATION.items():
        if word not in key:
            continue
        for person, claims in life.of(relation):
            if sorted((*person.split(), word)) == sorted(key):
                for claim in claims:
                    if when := read_period(claim.object):
                        yield claim, when


def _likest(life: Life, event: str) -> Iterator[Dated]:
    """The only dated event that has every word of this one in its name, two of them at least."""
    wanted = stems(life.names.key(event))
    if len(wanted) < 2:
        return
    found: dict[str, tuple[Claim, Period]] = {}
    for subject, claims in life.of("dated"):
        for claim in claims:
            when = read_period(claim.object)
            if when and wanted <= stems(subject):
                found.setdefault(subject, (claim, when))
    if len(found) == 1:
        yield from found.values()


def _of_episode(life: Life, event: str) -> Iterator[Dated]:
    named = _EPISODE.search(event)
    for episode in life.persona.episodes:
        if named and episode.id == named[1] and (when := day_of(episode)):
            yield None, when

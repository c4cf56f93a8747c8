"""People whom the text lets die, and what it lets them do in a later episode."""

import re
from collections.abc import Iterator

from personas.checks.calendar import earlier
from personas.checks.claims import Life, day_of
from personas.checks.coreference import Coreference
from personas.checks.finding import Finding
from personas.checks.kinship import NAME
from personas.checks.names import folded
from personas.checks.passages import told_sentences, told_wrong
from personas.checks.told_events import deaths
from personas.checks.told_people import People
from personas.checks.verbs import PAST
from simulacra.domain.base import Frozen
from simulacra.domain.memory import Span
from simulacra.domain.persona import Episode

_DIED = re.compile(rf"(?<![^\W_])({NAME}) (?:was dead|died|had died|was buried)\b")
_DEED = re.compile(
    r"(?:said|asked|answered|told|sent|came|walked|studied|shouted|whispered|nodded|smiled|bought"
    r"|brought|paid|handed|opened|offered|arrived|drove|poured|signed|telephoned|wrote)"
)
_UNREAL = re.compile(
    r"\b(?:would|had|used to|dream\w*|ghost|photograph\w*|picture|portrait|film|tape|voice|letter"
    r"|grave|memory|remember\w*|imagin\w*|as if|like|when|once|before|years? (?:ago|earlier)"
    r"|never)\b",
    re.IGNORECASE,
)


class _Death(Frozen):
    name: str
    span: Span
    episode: Episode


def the_dead_act(life: Life) -> Iterator[Finding]:
    """Somebody told as dead who speaks, comes or gives in an episode of a later time.

    Only a deed right after the name counts, and only in a sentence without a word for memory,
    picture or dream; two people of one name are not told apart, so the name must be of two words
    or the only one of its kind in the story.
    """
    mentions = life.coreference
    for death in _deaths(life, mentions):
        for episode in life.persona.episodes:
            first, later = day_of(death.episode), day_of(episode)
            if not first or not later or not earlier(first, later):
                continue
            for start, end in _deeds(life, death.name, episode):
                yield Finding(
                    kind="dead-acts",
                    severity="contradiction",
                    message=f"{death.name} acts in {episode.when}, dead since {death.episode.when}",
                    span=Span(start=start, end=end),
                    other_span=death.span,
                    episode=episode.id,
                )


def the_late_act(life: Life) -> Iterator[Finding]:
    """A deed of the late ("his late father poured the tea"), or of a parent after the death."""
    mentions, people = life.coreference, People(life.persona)
    story = life.persona.story
    died = {one.who: one for one in reversed(deaths(life, people))}
    pattern = re.compile(rf"(?P<who>{people.owner()})(?: {NAME})? ({PAST.pattern})\b")
    for episode, one in told_sentences(life.persona):
        match = pattern.match(story, one.span.start, one.span.end)
        if not match or not _DEED.fullmatch(match[2]) or _UNREAL.search(one.text):
            continue
        late = re.match(r"(\S+) late \w+$", match["who"])
        if late and mentions.is_main(story, one.span.start, late[1]):
            yield told_wrong("dead-acts", f"{one.text} The late do nothing", episode, one.span)
            continue
        who = people.who(story, one.span.start, match["who"])
        day = day_of(episode)
        event = died.get(who or "")
        if event and day and earlier(event.days, day) and event.span != one.span:
            message = f"{one.text} But dead since {event.days[0]}"
            yield told_wrong("dead-acts", message, episode, one.span, other=event.span)


def _deaths(life: Life, mentions: Coreference) -> Iterator[_Death]:
    seen: set[str] = set()
    for episode in life.persona.episodes:
        for match in _DIED.finditer(life.persona.story, episode.span.start, episode.span.end):
            name = match[1]
            first = mentions.capitals(name)
            if name in seen or len(first) < len(name.split()) or folded(name) in mentions.own_names:
                continue
            seen.add(name)
            yield _Death(
                name=name, span=Span(start=match.start(), end=match.end()), episode=episode
            )


def _deeds(life: Life, name: str, episode: Episode) -> Iterator[tuple[int, int]]:
    """Sentences of an episode that begin with the name and what it does."""
    story = life.persona.story
    pattern = re.compile(
        rf"(?:^|(?<=[.!?] )|(?<=\n)){re.escape(name)}(?:, [^,.]+,)? ({PAST.pattern})\b"
    )
    for match in pattern.finditer(story, episode.span.start, episode.span.end):
        stop = re.compile(r"[.!?]").search(story, match.end(), episode.span.end)
        end = stop.end() if stop else episode.span.end
        if _DEED.fullmatch(match[1]) and not _UNREAL.search(story, match.start(), end):
            yield match.start(), end

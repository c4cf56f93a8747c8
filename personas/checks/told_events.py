"""Births, deaths, weddings and divorces that the text dates, and what is told around them."""

import re
from collections.abc import Iterator
from datetime import date

from text_to_num import text2num

from personas.checks.calendar import Period, birth_for, earlier
from personas.checks.claims import Life, day_of
from personas.checks.coreference import Coreference
from personas.checks.finding import Finding
from personas.checks.passages import Sentence, in_speech, told_sentences, told_wrong
from personas.checks.profile_claims import marital_status_of
from personas.checks.told_people import People, told_age
from simulacra.domain.base import Frozen
from simulacra.domain.memory import Span
from simulacra.domain.persona import Episode

_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty"
_ONES = "one|two|three|four|five|six|seven|eight|nine"
_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_YEARS = rf"(?P<years>\d{{1,2}}|(?:{_TENS})(?:-(?:{_ONES}))?|{_TEENS}|{_ONES}) years"
_UNSURE = re.compile(
    r"\b(?:if|would|might|could|as if|like|dream\w*|nearly|almost|about|some|until|not|never)\b",
    re.IGNORECASE,
)
_WED = re.compile(
    r"\b(?:married (?:him|her|in)\b[^.;\d]{0,24}|wedding[^.;\d]{0,20}|married[^.;\d]{0,40})"
    r"\b(?P<year>(?:19|20)\d\d)\b"
)
_DIVORCED = re.compile(
    r"\b(?:divorced|divorce|separated)\b[^.;]{0,20}?\b(?P<year>(?:19|20)\d\d)\b", re.I
)
_MARRIED = re.compile(r"(?:^|[.!?] )(?:They|The two) (?:were|got) married\b")
_BORN = re.compile(r"\b(?P<name>[A-ZÀ-ÖØ-Þ][^\W\d_]+) was born\b(?! (?:in|with|to) )")
_SLACK = 1  # years: a length told in years is rounded


class Event(Frozen):
    """Something that happens once: whose it is, when, and the passage or field that says so."""

    kind: str
    who: str
    days: Period
    span: Span | None = None
    field: str = ""


def events_ordered(life: Life) -> Iterator[Finding]:
    """What is told "since his father's funeral", "after the divorce", in an earlier time."""
    people = People(life.persona)
    events = _events(life, people)
    for episode, one, _, kind, who in _references(life, people, _AFTER):
        told = life.windows.get(episode.id)
        for event in _of(events, kind, who):
            if told and earlier(told, event.days) and not _within(event, one):
                yield _wrong("out-of-order", episode, one, event)
                break
    before = re.compile(rf"\bbefore {people.name_pattern('name')} was born\b")
    for episode, one in told_sentences(life.persona):
        for match in before.finditer(life.persona.story, one.span.start, one.span.end):
            day = day_of(episode)
            ahead = re.search(
                r"\b(?:was|were|came)\b", life.persona.story[one.span.start : match.start()]
            )
            for event in _of(events, "birth", people.key(match["name"])):
                if day and ahead and earlier(event.days, day) and not _within(event, one):
                    if _looks_back(one.text):
                        continue
                    yield _wrong("out-of-order", episode, one, event)


def lengths_told(life: Life) -> Iterator[Finding]:
    """Years told since an event, that do not fit the date of the event and of the episode."""
    people = People(life.persona)
    events = _events(life, people)
    for episode, one, match, kind, who in _references(life, people, _LENGTHS):
        told = life.windows.get(episode.id)
        years = _number(match["years"])
        for event in _of(events, kind, who):
            if told is None or _within(event, one):
                continue
            fewest = (told[0] - event.days[1]).days / 365.25 - _SLACK
            most = (told[1] - event.days[0]).days / 365.25 + _SLACK
            if not fewest <= years <= most:
                yield _wrong("length-wrong", episode, one, event)
                break


def deaths_told(life: Life) -> Iterator[Finding]:
    """A second death of one person, and the death of a parent whom the profile has alive."""
    people = People(life.persona)
    first: dict[str, Event] = {}
    for event in sorted(
        (one for one in _events(life, people) if one.kind == "death" and one.span),
        key=lambda one: one.span.start if one.span else 0,
    ):
        episode = _episode(life, event)
        known = first.setdefault(event.who, event)
        if known is not event and (
            earlier(known.days, event.days) or earlier(event.days, known.days)
        ):
            yield _against(life, "two-died-on", episode, event, known.span, "")
        field = people.alive(event.who)
        if field:
            yield _against(life, "dead-in-text", episode, event, None, field)


def deaths(life: Life, people: People) -> list[Event]:
    """The deaths that the text tells in plain words, with their days."""
    found = []
    story = life.persona.story
    before: Sentence | None = None
    for episode, one in told_sentences(life.persona):
        death = people.death_in(one.span.start, one.span.end, before)
        before = one
        window, day = life.windows.get(episode.id), day_of(episode)
        if death is None or window is None or day is None or in_speech(story, death.start):
            continue
        days = _days_of(one.text, death.earlier, window)
        if days:
            found.append(Event(kind="death", who=death.who, days=days, span=one.span))
    return found


def _days_of(text: str, past: bool, window: Period) -> Period | None:
    """When a death took place: the year that its sentence names, else the time of the episode."""
    years = re.findall(
        r"\b(?:in|of|since)(?: [A-Z]\w+| the \w+(?: of)?)?,? ((?:19|20)\d\d)\b", text
    )
    if years:
        return date(int(years[0]), 1, 1), date(int(years[0]), 12, 31)
    clause = re.split(r"[,;]", text[re.search(r"\b(?:died|dead|buried)\b|$", text).start() :])[0]  # type: ignore[union-attr]
    if past or re.search(r"\b(?:ago|earlier|before|later|after|since|year|when)\b", clause):
        return None
    return window


def _events(life: Life, people: People) -> list[Event]:
    found = deaths(life, people)
    found += _unions(life)
    found += _births(life, people)
    return found


def _unions(life: Life) -> list[Event]:
    """Wedding and divorce of the person, by the year in profile or biography, or in an episode."""
    known = life.persona.profile
    field, status = marital_status_of(known)
    found = []
    if len(re.findall(r"divorced|widow|twice|second|again|re-?married", status, re.I)) > 1:
        return []  # more than one marriage: which is meant is not sure
    for match in _DIVORCED.finditer(status):
        found.append(Event(kind="divorce", who="", days=_year(match["year"]), field=field))
    weddings = [_year(one["year"]) for one in _WED.finditer(life.persona.biography)]
    weddings += [
        _year(one["year"])
        for one in re.finditer(
            r"\bmarried\b[^;]*?\b(?:since|in)\b[^;]*?\b(?P<year>(?:19|20)\d\d)\b", status
        )
    ]
    if len(set(weddings)) == 1:
        found.append(Event(kind="wedding", who="", days=weddings[0], field="biography"))
    return found


def _births(life: Life, people: People) -> list[Event]:
    """Births of people whose age a sentence of an episode gives: "Kayla was eleven"."""
    found = []
    for episode, one in told_sentences(life.persona):
        day = life.windows.get(episode.id)
        told = told_age(people, one.text)
        if day and told and not in_speech(life.persona.story, one.span.start):
            born = birth_for(told[1], day)
            found.append(Event(kind="birth", who=told[0], days=born, span=one.span))
    return found


def _year(text: str) -> Period:
    return date(int(text), 1, 1), date(int(text), 12, 31)


_ITS = r"(?P<event>(?:the|(?P<own>his|her|their)) (?P<union>divorce|wedding|marriage))"
_WHOSE = r"(?P<owner>{owner})(?:['’]s)? (?P<end>death|funeral|burial)"
_AFTER = (
    rf"\b(?:[Ss]ince|[Aa]fter|[Ee]ver since) {_ITS}\b(?! of\b)",
    rf"\b(?:[Ss]ince|[Aa]fter|[Ee]ver since) {_WHOSE}\b",
    r"\b(?:[Ss]ince|[Aa]fter|[Ee]ver since) the (?P<end>death|funeral|burial) of (?P<owner>{bare})",
)
_LENGTHS = (
    rf"\b[Aa]fter {_YEARS} of (?P<union>marriage)\b",
    rf"(?i:\b{_YEARS}) (?:after|since|from) {_ITS}\b(?! of\b)",
    rf"(?i:\b{_YEARS}) (?:after|since) {_WHOSE}\b",
    rf"(?i:\b{_YEARS}) after the (?P<end>death|funeral|burial) of (?P<owner>{{bare}})",
    rf"(?P<owner>{{bare}}) (?:had been|was|has been) dead (?:for )?{_YEARS}\b",
    rf"\b(?:been|were|was) married (?:for )?(?P<union>){_YEARS}\b",
)


def _references(
    life: Life, people: People, patterns: tuple[str, ...]
) -> Iterator[tuple[Episode, Sentence, re.Match[str], str, str]]:
    """Where a sentence names an event of the person or of somebody known."""
    mentions, story = life.coreference, life.persona.story
    compiled = [
        re.compile(one.replace("{owner}", people.owner()).replace("{bare}", people.bare()))
        for one in patterns
    ]
    for episode, one in told_sentences(life.persona):
        if _UNSURE.search(one.text):
            continue
        for pattern in compiled:
            for match in pattern.finditer(story, one.span.start, one.span.end):
                if in_speech(story, match.start()):
                    continue
                groups = match.groupdict()
                if groups.get("union") is not None:
                    kind = "divorce" if groups["union"] == "divorce" else "wedding"
                    if _mine(mentions, story, match, one):
                        yield episode, one, match, kind, ""
                elif groups.get("owner"):
                    who = people.who(story, match.start("owner"), groups["owner"])
                    if who:
                        yield episode, one, match, "death", who


def _mine(mentions: Coreference, story: str, match: re.Match[str], one: Sentence) -> bool:
    """Whether a wedding or divorce named without an owner can be that of the person alone."""
    names = {word for word, _ in mentions.capitals(one.text)}
    if names and names <= mentions.own_names:
        return True
    return any(mentions.is_main(story, match.start(), one) for one in mentions.pronouns[:1])


def _of(events: list[Event], kind: str, who: str) -> list[Event]:
    return [one for one in events if one.kind == kind and one.who == who][:1]


def _within(event: Event, sentence: Sentence) -> bool:
    return event.span is not None and event.span == sentence.span


def _looks_back(text: str) -> bool:
    return re.search(r"\bhad\b|\bremember|\bback\b|\bago\b", text) is not None


def _episode(life: Life, event: Event) -> Episode:
    assert event.span is not None
    place = event.span.start
    return next(one for one in life.persona.episodes if one.span.start <= place < one.span.end)


def _wrong(kind: str, episode: Episode, one: Sentence, event: Event) -> Finding:
    days = f"{event.days[0]} to {event.days[1]}"
    message = f"{one.text} But the {event.kind} is dated {days}"
    return told_wrong(kind, message, episode, one.span, other=event.span, field=event.field)


def _against(
    life: Life, kind: str, episode: Episode, event: Event, other: Span | None, field: str
) -> Finding:
    assert event.span is not None
    words = life.persona.text_of(event.span).strip()
    against = "the profile has them alive" if field else "an earlier death is told"
    return told_wrong(kind, f"{words} But {against}", episode, event.span, other=other, field=field)


def _number(word: str) -> int:
    return int(word) if word.isdigit() else int(text2num(word, "en"))

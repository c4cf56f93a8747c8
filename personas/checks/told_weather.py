"""Seasons and weather of the text itself, against the month of the episode or of the sentence."""

import calendar
import re
from collections.abc import Iterator

from personas.checks.claims import Life, day_of
from personas.checks.finding import Finding
from personas.checks.passages import in_speech, told_sentences, told_wrong
from personas.checks.places import out_of_season, tropical_lowland
from simulacra.domain.persona import Episode

_MONTHS = {name.casefold(): number for number, name in enumerate(calendar.month_name) if name}
_NAMED = re.compile(
    rf"^(?:In|One|That|Late in|Early in|By)(?: \w+)? ?({'|'.join(_MONTHS)})\b", re.I
)
_SEASON = re.compile(
    r"\b[Ii]t was (?:a \w+ |the \w+ |early |late |deep |the |the \w+ day of (?:the )?|the \w+ of )?"
    r"(?P<word>winter|midwinter|spring|summer|midsummer|autumn)(?=[.,;]| and )"
    r"|\b[Ii]t was (?:the \w+ (?:day|night|week) of (?:the"
    r"|that) )(?P<day>winter|summer|spring|autumn)\b"
)
_WEATHER = re.compile(
    r"\b(?:[Ii]t (?:had )?(?P<verb>snowed)|[Ii]t was (?P<falls>snowing)"
    r"|(?P<snow>snow) (?:lay|fell|covered|was falling|had fallen|drifted|stood)"
    r"|(?P<storm>blizzard) (?:came|struck|blew|closed|began))\b",
    re.IGNORECASE,
)
_UNREAL = re.compile(
    r"\b(?:if|would|like|as if|remember\w*|dream\w*|film|photograph\w*|picture|calendar|in the"
    r" mountains|on the (?:peaks?|tops?|summits?)|ago|had been|book|until"
    r"|before|after|since|last|next"
    r"|there|television)\b",
    re.IGNORECASE,
)
_LOOKS_AWAY = re.compile(r"\b(?:by|until|in|last|next|of) (?:the )?(?:following |next )?$", re.I)


def seasons_told(life: Life) -> Iterator[Finding]:
    """Winter in an episode of May; "in July, snow lay on the roofs"."""
    home = life.persona.profile.place
    for episode, one in told_sentences(life.persona):
        if _UNREAL.search(one.text) or in_speech(life.persona.story, one.span.start):
            continue
        words = [
            word for match in _SEASON.finditer(one.text) if (word := match["word"] or match["day"])
        ]
        weather = [
            word for match in _WEATHER.finditer(one.text)
            if (word := match["verb"] or match["falls"] or match["snow"] or match["storm"])
        ]  # fmt: skip
        months = _months(one.text, episode)
        wrong = [out_of_season(" ".join(words), month, home, home) for month in months]
        if not (wrong and all(wrong)) and weather:
            if tropical_lowland(home):
                wrong = [weather[0]]
            else:
                wrong = [out_of_season(" ".join(weather), month, home, home) for month in months]
        if wrong and all(wrong):
            message = f"{one.text} No {wrong[0]} there at that time"
            yield told_wrong("out-of-season", message, episode, one.span)


def _months(text: str, episode: Episode) -> list[int]:
    """The month that the sentence begins with, else that of the episode and the one after it."""
    named = _NAMED.match(text)
    if named:
        return [_MONTHS[named[1].casefold()]]
    day = day_of(episode)
    if day is None or (day[0].year, day[0].month) != (day[1].year, day[1].month):
        return []
    return [day[0].month, day[0].month % 12 + 1]

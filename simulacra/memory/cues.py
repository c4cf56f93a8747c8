"""What a question gives away about the memory that answers it: when, who, and what it is after."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from simulacra.memory.times import Times, times_in
from simulacra.memory.words import content_words

_ASKS_WHEN = re.compile(
    r"\bwhen (?:did|do|does|was|were|is|are|will|had|has|have)\b"
    r"|\b(?:what|which) (?:day|date|month|year|time)\b|\bhow long\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"\b\w{3,}\b")


@dataclass(frozen=True)
class Cues:
    """``words`` to look for, ``times`` named, ``speakers`` named, whether a time is asked for."""

    words: tuple[str, ...]
    times: Times
    speakers: frozenset[str]
    asks_when: bool


def cues_of(question: str, speakers: Iterable[str], today: date | None) -> Cues:
    """The cues of a question to somebody who remembers what ``speakers`` said.

    Names of speakers are no words to look for: what they said does not contain them, what others
    said to them does. Where all of them are named, none is a cue.
    """
    everybody = frozenset(speakers)
    called = {one: _calling(one, question) for one in everybody}
    named = frozenset(one for one, names in called.items() if names)
    theirs = {stem for names in called.values() for stem in content_words([names])[0]}
    return Cues(
        words=tuple(word for word in content_words([question])[0] if word not in theirs),
        times=times_in(question, today),
        speakers=named if named < everybody else frozenset(),
        asks_when=bool(_ASKS_WHEN.search(question)),
    )


def _calling(speaker: str, question: str) -> str:
    """The words of a question that call a speaker.

    A name of theirs, or its beginning with a capital letter and at least three ("Mel" is Melanie).
    """
    names = speaker.split()
    words = [
        word
        for word in dict.fromkeys(_WORD.findall(question))
        if content_words([word])[0]
        and any(
            word.lower() == name.lower() or (word[0].isupper() and name.startswith(word))
            for name in names
        )
    ]
    return " ".join(words)

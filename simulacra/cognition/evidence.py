"""What speaks against a person's knowing an answer: times beyond their life.

They are facts for who plans; whether the person can know is decided there.
"""

import re
from collections.abc import Iterable

from simulacra.cognition.state import Stimulus
from simulacra.domain.persona import Persona, Profile
from simulacra.memory.times import times_in

_HOPES = re.compile(r"\b(?:hope|plan|want|wish|would|expect|think|imagine|fear|going)\b", re.I)


def evidence_against(persona: Persona, stimulus: Stimulus) -> tuple[str, ...]:
    """Sentences to the person ("The question speaks of 2051; for you it is 2026."), or none."""
    return tuple(_beyond(persona.profile, stimulus.text))


def yet_to_come(profile: Profile, text: str) -> bool:
    """Whether a question asks as a fact what lies after the day that the person lives on."""
    today = profile.as_of
    days = times_in(text, today).days
    later = today is not None and any(first > today for first, _ in days)
    return later and not _asks_for_hopes(text)


def _asks_for_hopes(text: str) -> bool:
    """Whether what is to come is asked for as people see it, which they can say."""
    return _HOPES.search(text) is not None


def _beyond(profile: Profile, text: str) -> Iterable[str]:
    today, born = profile.as_of, profile.date_of_birth
    times, hopes = times_in(text, today), _asks_for_hopes(text)
    for first, last in times.days:
        told = _told(first.year, last.year)
        if today and first > today and not hopes:
            yield f"The question speaks of {told}; for you it is {today.year}."
        elif born and last < born:
            yield f"The question speaks of {told}; you were born in {born.year}."
    for low, _ in times.ages:
        if low > profile.age and not hopes and re.search(rf"\b{low}\b", text):
            yield f"The question speaks of the age of {low}; you are {profile.age}."


def _told(first: int, last: int) -> str:
    return str(first) if first == last else f"{first} to {last}"

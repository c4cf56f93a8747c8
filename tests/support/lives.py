"""Small lives for the checks: episodes of a sentence or two, and facts about them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from simulacra.domain.memory import Span
from simulacra.domain.persona import Episode, Fact, Persona, Profile

BORN, TODAY = date(1980, 5, 10), date(2026, 11, 1)

Told = tuple[str | None, int | None, str]
"""Date, age and text of an episode."""
Noted = tuple[str, str, str, int]
"""Subject, relation and object of a fact, and the number of its episode from 0."""


def life(*told: Told, facts: Sequence[Noted] = (), biography: str = "", **profile: Any) -> Persona:
    """Ana Ruiz, born on 10 May 1980, of Bilbao; ``profile`` changes entries of her profile.

    A fact rests on the whole text of its episode.
    """
    episodes: list[Episode] = []
    start = 0
    for number, (when, age, text) in enumerate(told):
        span = Span(start=start, end=start + len(text))
        episodes.append(Episode(id=f"e{number:02}", when=when, age=age, title="", span=span))
        start = span.end + 2
    known = {
        "gender": "female", "age": 46, "date_of_birth": BORN, "as_of": TODAY,
        "place": "Bilbao, Spain", **profile,
    }  # fmt: skip
    return Persona(
        id="ana-ruiz",
        name="Ana Ruiz",
        source="written",
        profile=Profile(**known),
        biography=biography,
        story="\n\n".join(text for _, _, text in told),
        episodes=tuple(episodes),
        facts=tuple(
            Fact(
                subject=subject, relation=relation, object=value,
                episode=episodes[number].id, span=episodes[number].span,
            )
            for subject, relation, value, number in facts
        ),
    )  # fmt: skip


def years(*dates: str) -> tuple[Told, ...]:
    """One plain episode a date, each with a text of its own."""
    return tuple((when, None, f"It was episode {number}.") for number, when in enumerate(dates))

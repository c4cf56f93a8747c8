"""A small persona written by hand, and a variant of her."""

from datetime import date

from simulacra.domain.memory import Memory, Span
from simulacra.domain.persona import (
    FACETS,
    Episode,
    Persona,
    Personality,
    Profile,
    SelfReportQuestion,
    Trait,
)

_STORY = (
    "The flood took the ferry house in the spring I turned nine. Father carried the clock out "
    "first. I carried the hens.",
    "At the depot in Szeged I was put on the night board. Forty trams, one pencil. I learned to "
    "hear from a driver's cough whether he would be late.",
    "Judit married in June and I did not go. I mended a radio that day and listened to nothing.",
)


def ilka() -> Persona:
    """Ilka Varga, 54: every part of a persona that a prompt can show."""
    ids = ("flood", "depot", "wedding")
    dates = ("1981-04", "1999-10-04", "2018-06-16")
    spans = _spans()
    return Persona(
        id="ilka-varga",
        name="Ilka Varga",
        source="written",
        profile=Profile(
            gender="female",
            age=54,
            date_of_birth=date(1972, 3, 9),
            as_of=date(2026, 11, 1),
            occupation="tram dispatcher",
            isco="8331",
            education="vocational school",
            isced=3,
            family="low-income family of four",
            place="Szeged, Hungary",
            culture="Hungarian",
            languages=("Hungarian", "Serbian"),
            hobbies=("mending radios", "pickling", "chess by post"),
            short_term_goals=("fix the shortwave set", "write to Judit"),
            long_term_goal="a house above the flood line",
            attributes={"marital_status": "widowed", "handedness": "left"},
        ),
        personality=Personality(
            facets={facet: number % 5 + 1 for number, facet in enumerate(FACETS)},
            functions=("Si", "Te", "Ni", "Fi", "Se", "Fe", "Ne", "Ti"),
            traits=(
                Trait(text="I check a lock twice and a timetable three times.", function="Si"),
                Trait(text="I say no first and think about it on the way home."),
            ),
        ),
        biography="Ilka Varga grew up in a ferry house on the Tisza. She runs the night board.",
        story="\n\n".join(_STORY),
        episodes=tuple(
            Episode(id=one, when=when, span=span)
            for one, when, span in zip(ids, dates, spans, strict=True)
        ),
        memories=_memories(spans),
        questions=(
            SelfReportQuestion(
                id="q01", kind="cloze", text="Your first name is ____.", answer=("Ilka",)
            ),
        ),
    )


def another() -> Persona:
    """Somebody with the same life and another name."""
    return ilka().model_copy(update={"id": "borka-varga", "name": "Borka Varga"})


def _spans() -> list[Span]:
    spans, start = [], 0
    for part in _STORY:
        spans.append(Span(start=start, end=start + len(part)))
        start += len(part) + 2
    return spans


def _memories(spans: list[Span]) -> tuple[Memory, ...]:
    return (
        Memory(
            id="m01",
            content="The flood took our ferry house. I carried the hens up the hill in my apron.",
            thought="Water does not bargain.",
            feeling="Cold, and proud of the hens.",
            summary="The flood takes the ferry house.",
            when="1981-04",
            age=9,
            importance=9,
            emotions={"fear": 8, "pride": 4},
            episode="flood",
            source=spans[0],
        ),
        Memory(
            id="m02",
            content="My first night at the tram depot. Forty trams and one pencil were mine.",
            thought="A board that is kept does not lie.",
            when="1999-10-04",
            importance=6,
            episode="depot",
            source=spans[1],
        ),
        Memory(
            id="m03",
            content="I did not go to the wedding of my sister Judit. I mended a radio instead.",
            feeling="Stubborn, then sorry.",
            age=46,
            importance=7,
            episode="wedding",
            source=spans[2],
        ),
    )

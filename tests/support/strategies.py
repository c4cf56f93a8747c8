"""Hypothesis strategies for whole personas: anything that a persona may hold."""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from simulacra.domain.emotion import EMOTIONS
from simulacra.domain.memory import Memory, Span
from simulacra.domain.persona import (
    FACETS,
    FUNCTIONS,
    Episode,
    Fact,
    Persona,
    Personality,
    Profile,
    SelfReportQuestion,
    Trait,
)

# Lines end in \n wherever files are read, so \r cannot be part of a text; surrogates are no text.
ANY = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=40)
LINE = st.text(
    st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters="|"), max_size=30
).map(str.strip)
PARAGRAPH = LINE.filter(lambda text: bool(text) and not text.startswith("##"))
BODY = st.lists(PARAGRAPH, min_size=1, max_size=4).map("\n\n".join)
NAME = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,8}", fullmatch=True)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | ANY,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(ANY, inner, max_size=2),
    max_leaves=4,
)


@st.composite
def stories(draw: st.DrawFn) -> tuple[str, tuple[Episode, ...]]:
    bodies = draw(st.lists(BODY, max_size=4))
    if not bodies:
        return draw(BODY | st.just("")), ()
    episodes, start, year = [], 0, 1990
    for number, body in enumerate(bodies):
        year += draw(st.integers(0, 5))
        when = draw(st.sampled_from([None, f"{year}", f"{year}-12", f"{year}-12-31"]))
        age = (
            draw(st.sampled_from([None, year - 1990]))
            if when
            else draw(st.none() | st.integers(0, 99))
        )
        span = Span(start=start, end=start + len(body))
        title = draw(LINE)
        episodes.append(Episode(id=f"e{number}", when=when, age=age, title=title, span=span))
        start += len(body) + 2
    return "\n\n".join(bodies), tuple(episodes)


@st.composite
def memories(draw: st.DrawFn, story: str, episodes: tuple[Episode, ...], name: str) -> Memory:
    episode = draw(st.sampled_from([None, *episodes]))
    bounds = episode.span if episode and draw(st.booleans()) else Span(start=0, end=len(story))
    start = draw(st.integers(bounds.start, bounds.end))
    source = draw(st.none() | st.just(Span(start=start, end=draw(st.integers(start, bounds.end)))))
    return Memory(
        id=name,
        content=draw(ANY | st.just("word " * 130)),
        thought=draw(ANY),
        feeling=draw(ANY),
        summary=draw(ANY),
        when=draw(st.sampled_from([None, "1999", episode.when if episode else None])),
        age=draw(st.none() | st.integers(0, 99)),
        importance=draw(st.none() | st.integers(1, 10)),
        emotions=draw(st.dictionaries(st.sampled_from(EMOTIONS), st.integers(0, 10), max_size=3)),
        episode=episode.id if episode else None,
        source=source,
        origin=draw(st.sampled_from(["life", "conversation"])),
    )


@st.composite
def questions(draw: st.DrawFn, episodes: tuple[Episode, ...], name: str) -> SelfReportQuestion:
    kind = draw(st.sampled_from(["cloze", "single", "multiple"]))
    common: dict[str, Any] = {
        "id": name,
        "kind": kind,
        "text": draw(ANY),
        "basis": draw(st.sampled_from([None, "profile", "story"])),
        "episode": draw(st.sampled_from([None, *(one.id for one in episodes)])),
    }
    if kind == "cloze":
        values = st.lists(ANY, max_size=2).map(tuple)
        return SelfReportQuestion(answer=(draw(ANY),), accept=draw(values), **common)
    options = draw(st.dictionaries(st.sampled_from("ABCDNYE"), ANY, min_size=2))
    keys = draw(st.lists(st.sampled_from(sorted(options)), min_size=1, unique=True))
    return SelfReportQuestion(options=options, answer=tuple(keys), **common)


@st.composite
def facts(draw: st.DrawFn, story: str, episodes: tuple[Episode, ...]) -> Fact:
    episode = draw(st.sampled_from([None, *episodes]))
    bounds = episode.span if episode and draw(st.booleans()) else Span(start=0, end=len(story))
    start = draw(st.integers(bounds.start, bounds.end))
    words = ANY.filter(bool)
    return Fact(
        subject=draw(words),
        relation=draw(words),
        object=draw(words),
        episode=episode.id if episode else None,
        span=Span(start=start, end=draw(st.integers(start, bounds.end))),
    )


@st.composite
def personas(draw: st.DrawFn) -> Persona:
    story, episodes = draw(stories())
    texts = st.lists(ANY, max_size=3).map(tuple)
    facets = draw(st.sampled_from([{}, {facet: 1 + n % 5 for n, facet in enumerate(FACETS)}]))
    functions = draw(st.sampled_from([(), FUNCTIONS[:1] + FUNCTIONS[4:] + FUNCTIONS[1:4]]))
    traits = st.builds(
        Trait,
        text=ANY,
        function=st.none() | st.sampled_from(FUNCTIONS),
        rank=st.none() | st.integers(1, 8),
    )
    names = draw(st.lists(NAME, max_size=3, unique=True))
    return Persona(
        id=draw(NAME),
        name=draw(ANY.filter(bool)),
        version=draw(st.integers(1, 5)),
        source=draw(st.sampled_from(["library", "import", "sample", "written"])),
        weight=draw(st.just(1.0) | st.floats(0, exclude_min=True, allow_infinity=False)),
        profile=Profile(
            gender=draw(ANY),
            age=40,
            date_of_birth=draw(st.sampled_from([None, date(1990, 1, 1)])),
            as_of=draw(st.sampled_from([None, date(2030, 5, 1)])),
            occupation=draw(ANY),
            isco=draw(st.none() | ANY.filter(bool)),
            isced=draw(st.none() | st.integers(0, 8)),
            place=draw(ANY),
            languages=draw(texts),
            hobbies=draw(texts),
            attributes=draw(st.dictionaries(ANY, ANY, max_size=2)),
        ),
        personality=Personality(
            facets=facets, functions=functions, traits=tuple(draw(st.lists(traits, max_size=2)))
        ),
        biography=draw(ANY),
        story=story,
        episodes=episodes,
        facts=tuple(draw(st.lists(facts(story, episodes), max_size=2))),
        memories=tuple(draw(memories(story, episodes, name)) for name in names),
        questions=tuple(draw(questions(episodes, name)) for name in names),
        extra=draw(st.dictionaries(ANY, JSON, max_size=2)),
    )

"""Names misspelt once, and another family name of the person."""

import re
from collections import Counter
from collections.abc import Iterator

from rapidfuzz.distance import DamerauLevenshtein

from personas.checks.claims import Life
from personas.checks.coreference import DATES, Coreference
from personas.checks.finding import Finding
from personas.checks.names import is_person, name_words
from simulacra.domain.memory import Span

_LETTERS = 5  # shorter names differ by a letter and are two (Ana, Ada)
_OFTEN = 3


def names_misspelt(life: Life) -> Iterator[Finding]:
    """A name that stands once, one letter away from that of a known person."""
    persona = life.persona
    places = Coreference(persona).capitals(persona.story)
    times = Counter(word for word, _ in places)
    known = {word for words in _full_names(life) for word in words if len(word) >= _LETTERS}
    often = [word for word in sorted(known) if times[word] >= _OFTEN]
    for word, start in places:
        if times[word] > 1 or len(word) < _LETTERS or word in known:
            continue
        for other in often:
            if word not in (f"{other}s", f"{other}es") and _slip(word, other):
                span = Span(start=start, end=start + len(word))
                yield Finding(
                    kind="name-misspelt",
                    severity="warning",
                    message=f"{persona.text_of(span)} may be a slip for {other.title()}",
                    span=span,
                    episode=_episode(life, start),
                )


def other_surname(life: Life) -> Iterator[Finding]:
    """The person's given name with a family name that nobody of the life bears.

    A warning: it may be a namesake.
    """
    persona = life.persona
    people = Coreference(persona)
    known = {word for words in _full_names(life) for word in words}
    known.update(word for one in persona.profile.attributes.values() for word in name_words(one))
    own = re.compile(rf"(?<![\w-]){re.escape(people.given)} (\w+)")
    places = {start: word for word, start in people.capitals(persona.story)}
    for match in own.finditer(persona.story):
        word = places.get(match.start(1))
        if word is None or word in known or word in DATES:
            continue
        span = Span(start=match.start(), end=match.end())
        yield Finding(
            kind="surname-changed",
            severity="warning",
            message=f"{persona.text_of(span)}: the profile says {persona.name}",
            span=span,
            episode=_episode(life, span.start),
            detail="profile.name",
        )


def _slip(word: str, name: str) -> bool:
    return DamerauLevenshtein.distance(word, name, score_cutoff=1) == 1


def _full_names(life: Life) -> list[tuple[str, ...]]:
    """The names of the person and of everybody whom a claim names."""
    people = [life.persona.name, *(one.subject for one in life.claims)]
    return [name_words(one) for one in people if is_person(one)]


def _episode(life: Life, place: int) -> str | None:
    inside = [one.id for one in life.persona.episodes if one.span.start <= place < one.span.end]
    return inside[0] if inside else None

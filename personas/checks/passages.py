"""Sentences of a text, with their places."""

from collections.abc import Iterator

from personas.checks.finding import Finding
from simulacra.domain.base import Frozen
from simulacra.domain.memory import Span
from simulacra.domain.persona import Episode, Persona
from simulacra.sentences import sentence_places


class Sentence(Frozen):
    """A sentence and where it stands."""

    text: str
    span: Span


def sentences(text: str, start: int = 0, end: int | None = None) -> Iterator[Sentence]:
    """The sentences between two places of a text; their spans point into the whole of it."""
    for first, last in sentence_places(text[start:end]):
        span = Span(start=start + first, end=start + last)
        yield Sentence(text=text[span.start : span.end], span=span)


def sentence_at(text: str, place: int, start: int, end: int) -> Sentence:
    """The sentence around a place, within ``start`` and ``end``."""
    return next(one for one in sentences(text, start, end) if place < one.span.end)


def told_sentences(persona: Persona) -> Iterator[tuple[Episode, Sentence]]:
    """Every sentence of the episodes, its span in the whole story."""
    for episode in persona.episodes:
        for one in sentences(persona.story, episode.span.start, episode.span.end):
            yield episode, one


def in_speech(text: str, place: int) -> bool:
    """Whether a place lies within quotation marks of its paragraph: what is said may be untrue."""
    start = text.rfind("\n", 0, place) + 1
    before = text[start:place]
    return before.count('"') % 2 == 1 or before.count("“") > before.count("”")


def told_wrong(
    kind: str,
    message: str,
    episode: Episode,
    span: Span,
    *,
    other: Span | None = None,
    field: str = "",
) -> Finding:
    """A contradiction in a passage of an episode, against another passage or a profile entry."""
    return Finding(
        kind=kind,
        severity="contradiction",
        message=message,
        span=span,
        other_span=other,
        episode=episode.id,
        detail=f"profile.{field}" if field else "",
    )

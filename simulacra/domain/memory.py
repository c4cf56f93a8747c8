"""Long-term memories and what recalling one yields."""

from typing import Literal

from pydantic import Field

from simulacra.domain.base import Frozen
from simulacra.domain.emotion import EmotionName, Intensity


class Span(Frozen):
    """A passage of a story: character offsets ``start`` (inclusive) to ``end`` (exclusive)."""

    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Memory(Frozen):
    """One memory, in the first person.

    The four texts follow Human Simulacra (Xie et al., 2025): content, thought, feeling, summary.
    ``when`` is a date in life (YYYY, YYYY-MM or YYYY-MM-DD), ``importance`` runs from 1 to 10,
    ``emotions`` are intensities 0 to 10, ``source`` is the passage of the story it comes from.
    ``origin``: lived through, said in a conversation, known of oneself (a fact, a trait), or
    concluded from several memories; ``links`` are the ids of those. ``speaker`` is who said it,
    where it was said. The last two are no part of a memory's identity while empty.
    """

    id: str
    content: str
    thought: str = ""
    feeling: str = ""
    summary: str = ""
    when: str | None = None
    age: int | None = None
    importance: int | None = Field(default=None, ge=1, le=10)
    emotions: dict[EmotionName, Intensity] = Field(default_factory=dict)
    episode: str | None = None
    source: Span | None = None
    origin: Literal["life", "conversation", "self", "reflection"] = "life"
    speaker: str = Field(default="", exclude_if=lambda name: not name)
    links: tuple[str, ...] = Field(default=(), exclude_if=lambda links: not links)


class Recalled(Frozen):
    """A memory that came to mind: its fused ``score`` and the parts that brought it."""

    memory: Memory
    score: float
    why: dict[str, float] = Field(default_factory=dict)

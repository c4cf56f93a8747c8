"""A change to a persona, with what depends on it."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from simulacra.domain.base import Frozen
from simulacra.domain.memory import Span

DependentKind = Literal["biography", "passage", "fact", "memory", "question"]
ChangeKind = Literal[
    "write", "set", "add", "forget", "memory", "remember", "questions", "refresh", "fits",
    "undo", "redo",
]  # fmt: skip


class Dependent(Frozen):
    """A part of a persona that rests on what was changed, and so may say what no longer holds.

    ``id`` is that of the episode (of a passage), the memory or the question, and empty for the
    biography; ``why`` says how it depends; ``span`` is its place in the story of the version that
    the change made, ``quote`` the words there (or elsewhere) that tell of it.
    """

    kind: DependentKind
    id: str = ""
    why: str
    span: Span | None = None
    quote: str = ""

    @property
    def key(self) -> str:
        """What identifies the part, whatever the reason."""
        return f"{self.kind}:{self.id}"


class Draft(Frozen):
    """A change before it is stored.

    ``summary`` says in words what was done; ``stale`` is what depends on it, ``refreshed`` the keys
    of parts that it brought up to date; ``details`` holds the plain data of its kind.
    """

    kind: ChangeKind
    summary: str
    stale: tuple[Dependent, ...] = ()
    refreshed: tuple[str, ...] = ()
    details: dict[str, Any] = Field(default_factory=dict)


class Change(Draft):
    """A stored change: who, when, from which version (``base``) to which (``version``).

    ``number`` counts the changes of a persona from 1.
    """

    number: int = Field(ge=1)
    by: str
    at: datetime
    base: int
    version: int

"""What a check says about a character."""

from collections.abc import Callable, Sequence
from typing import Literal

from simulacra.domain.base import Frozen
from simulacra.domain.memory import Span
from simulacra.domain.persona import Persona


class Finding(Frozen):
    """One thing that is wrong, or may be.

    ``kind`` names the check; a ``contradiction`` keeps a story from being approved without a
    reason, a ``warning`` does not. ``span`` points into the story, ``other_span`` at the passage
    it does not agree with; both None where the matter lies elsewhere (biography, profile).
    """

    kind: str
    severity: Literal["contradiction", "warning"]
    message: str
    span: Span | None = None
    other_span: Span | None = None
    episode: str | None = None
    detail: str = ""


Check = Callable[[Persona], Sequence[Finding]]


def no_findings(_: Persona) -> Sequence[Finding]:
    """Where nothing is checked."""
    return ()

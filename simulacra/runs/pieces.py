"""What learning goes through piece by piece, and what came of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from simulacra.cognition.state import Exchange
from simulacra.cognition.working_memory import tokens_of
from simulacra.domain.learning import Learned

_TOKENS_AT_ONCE = 6_000  # of exchanges in one call


@dataclass(frozen=True)
class Progress:
    """What a going-through brought."""

    kept: tuple[Learned, ...] = ()
    questions: tuple[Learned, ...] = ()
    merged: tuple[Learned, ...] = ()

    def __add__(self, other: "Progress") -> "Progress":
        return Progress(
            self.kept + other.kept, self.questions + other.questions, self.merged + other.merged
        )

    @property
    def any(self) -> bool:
        """Whether it brought anything."""
        return bool(self.kept or self.questions or self.merged)

    @property
    def words(self) -> str:
        """The numbers in a sentence's part."""
        parts = [f"{len(self.kept)} new {'memory' if len(self.kept) == 1 else 'memories'}"]
        if self.merged:
            parts.append(f"{len(self.merged)} known already")
        if self.questions:
            parts.append(f"{len(self.questions)} at odds with the life, kept as questions")
        return ", ".join(parts)


def pieces(
    exchanges: Sequence[tuple[int, Exchange]],
) -> Iterator[list[tuple[int, Exchange]]]:
    """Exchanges in pieces that fit one call."""
    piece: list[tuple[int, Exchange]] = []
    tokens = 0
    for turn, one in exchanges:
        size = tokens_of(f"{one.question} {one.answer}")
        if piece and tokens + size > _TOKENS_AT_ONCE:
            yield piece
            piece, tokens = [], 0
        piece.append((turn, one))
        tokens += size
    if piece:
        yield piece


def merged_with(old: Learned, new: Learned) -> Learned:
    """The old memory with the sources of both, as important as the more important one."""
    weights = [one.memory.importance for one in (old, new) if one.memory.importance is not None]
    importance = max(weights, default=None)
    return old.model_copy(
        update={
            "memory": old.memory.model_copy(update={"importance": importance}),
            "sources": tuple(dict.fromkeys((*old.sources, *new.sources))),
        }
    )

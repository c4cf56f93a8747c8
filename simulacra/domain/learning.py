"""What a person learned since their life was told: memories with source, time and status."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from simulacra.domain.base import Frozen
from simulacra.domain.memory import Memory

LearnedStatus = Literal["kept", "question", "merged", "forgotten", "rejected"]
CHAT = "chat"
"""The stream of everything that was said in chats with a person."""


class Source(Frozen):
    """Where a memory comes from: turns (from 0) of a conversation, or of a run's interview.

    ``kind`` "told": somebody told the person to remember it, in that conversation if one is named.
    """

    kind: Literal["conversation", "run", "told", "reflection"]
    id: str = ""
    turns: tuple[int, ...] = ()

    @property
    def words(self) -> str:
        """The source in a few words."""
        turns = ", ".join(str(turn + 1) for turn in self.turns)
        place = f"{self.kind} {self.id}".strip()
        return f"{place}, turn {turns}" if turns else place


class Learned(Frozen):
    """A learned memory.

    ``stream`` says who shares it: "chat", or one replicate of one run. ``status``: kept (comes to
    mind), question (contradicts the life, and waits for a person's word), merged (was said by the
    memory ``merged_into`` already), forgotten or rejected. ``contradicts`` says what is at odds
    with it.
    """

    memory: Memory
    stream: str = CHAT
    status: LearnedStatus = "kept"
    created: datetime
    sources: tuple[Source, ...] = Field(min_length=1)
    contradicts: str = ""
    merged_into: str = ""

    @property
    def id(self) -> str:
        """The id of the memory."""
        return self.memory.id

    def rests_on(self, source: str, first: int, end: int | None = None) -> bool:
        """Whether only turns ``first`` to ``end`` (left out; None: that one) taught it.

        They are turns of one conversation or interview.
        """
        turns = range(first, first + 1 if end is None else end)
        return all(
            one.id == source and one.turns and set(one.turns) <= set(turns) for one in self.sources
        )


def stream_of(run_id: str, replicate: int) -> str:
    """The stream of one replicate of a run; nobody else remembers what was said there."""
    return f"run {run_id} replicate {replicate}"

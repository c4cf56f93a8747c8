"""Runs: what was planned, and one finished cell of it."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import Field

from simulacra.domain.answer import Reply, Response
from simulacra.domain.base import Frozen
from simulacra.domain.call import Call
from simulacra.domain.survey import Instrument, Question

Method = Literal["blank", "profile", "retrieval", "cognitive"]
METHODS: tuple[Method, ...] = ("blank", "profile", "retrieval", "cognitive")


class RunStatus(StrEnum):
    """Where a run stands. Everything but done and cancelled can be resumed."""

    PLANNED = "planned"
    RUNNING = "running"
    PAUSED = "paused"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DONE = "done"


class PersonaRef(Frozen):
    """One version of a persona."""

    id: str
    version: int


class RunSpec(Frozen):
    """A study as planned; everything needed to repeat it but the model's weights.

    ``name`` is the study's name, ``settings`` holds what else decides answers (prompt hashes,
    cognition and model settings). ``max_cost`` (US dollars), ``max_calls`` and ``max_tokens`` pause
    the run when used up. ``temperature`` None means the model's default.
    """

    name: str
    instrument: Instrument
    personas: tuple[PersonaRef, ...] = Field(min_length=1)
    method: Method = "cognitive"
    model: str = "embedded"
    replicates: int = Field(default=1, ge=1)
    seed: int = 0
    temperature: float | None = None
    concurrency: int = Field(default=8, ge=1)
    max_cost: float | None = None
    max_calls: int | None = None
    max_tokens: int | None = None
    settings: dict[str, Any] = Field(default_factory=dict)


class RunSummary(Frozen):
    """Where a run stands in numbers: ``cells`` planned, ``done`` stored (missing ones included).

    ``calls`` (every attempt), ``tokens`` in and out and ``cost`` in US dollars are those of all
    that was bought, also for answers that failed; what was kept from before costs nothing.
    """

    id: str
    name: str
    status: RunStatus
    created: datetime
    cells: int
    done: int
    missing: int
    cost: float
    tokens: int = 0
    calls: int = 0
    note: str = ""


class Interview(Frozen):
    """One respondent: a persona answering the instrument once, its cells in item order."""

    id: str
    persona: PersonaRef
    replicate: int = 1
    condition: str = ""
    seed: int
    position: int


class Cell(Frozen):
    """One finished cell of a run: the question as shown, what was replied, what it counts as.

    ``replies`` holds the reply, and the one after a re-ask where the first was unreadable; it is
    empty where nothing was asked. ``attempt`` is 1 for the first try of the cell; a technical
    failure that is tried again keeps its row and the new one gets the next number. ``unanswered``
    are the calls of an asking that failed before its reply was there. ``answered_at`` is when the
    cell was stored, None before that.
    """

    interview_id: str
    item_id: str
    position: int
    attempt: int = 1
    question: Question
    replies: tuple[Reply, ...] = ()
    unanswered: tuple[Call, ...] = ()
    response: Response
    seed: int
    temperature: float = 0.0
    answered_at: datetime | None = None

    @property
    def reply(self) -> Reply | None:
        """The reply that counts."""
        return self.replies[-1] if self.replies else None

    @property
    def calls(self) -> tuple[Call, ...]:
        """Every model call of the cell in order, those of a failed asking last."""
        return (*(call for reply in self.replies for call in reply.calls), *self.unanswered)


class Abandoned(Frozen):
    """What was bought for a cell that was then given up, because the run failed or paused.

    The cell itself stays open and is asked anew when the run goes on.
    """

    interview_id: str
    item_id: str
    position: int
    calls: tuple[Call, ...] = Field(min_length=1)


def seconds_by_stage(cells: Iterable[Cell]) -> dict[str, float]:
    """Seconds that each stage took in all: ``memory`` is recalling, the others are model calls.

    A stage that took part in no cell is not among them.
    """
    sums: dict[str, float] = {}
    for cell in cells:
        for reply in cell.replies:
            if reply.recall_seconds:
                sums["memory"] = sums.get("memory", 0.0) + reply.recall_seconds
        for call in cell.calls:
            agent = call.request.agent
            sums[agent] = sums.get(agent, 0.0) + call.latency
    return sums

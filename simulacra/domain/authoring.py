"""The making of a character as values: stages, their products, what reviewers decided, sums."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import Field

from simulacra.domain.base import Frozen, content_hash


class Product(Frozen):
    """What a stage made, as a reviewer sees and edits it.

    ``part`` names a point within a stage (``after 10`` expansions), empty for the whole;
    ``findings`` are what checks said of it, as plain data.
    """

    stage: str
    part: str = ""
    text: str
    findings: tuple[dict[str, Any], ...] = ()

    @property
    def hash(self) -> str:
        """What identifies the text at its place as it was checked: 32 hex digits."""
        checked = [list(self.findings)] if self.findings else []
        return content_hash([self.stage, self.part, self.text, *checked])[:32]


class Decision(StrEnum):
    """What a reviewer can decide; ``auto-approved`` is the mark of batch work."""

    APPROVED = "approved"
    AUTO_APPROVED = "auto-approved"
    EDITED = "edited"
    REJECTED = "rejected"
    REGENERATED = "regenerated"


class Review(Frozen):
    """One decision: about which product (its hash), by whom, when.

    ``replacement`` is the hash of the product that an edit put in its place.
    """

    stage: str
    part: str = ""
    product: str
    decision: Decision
    reason: str = ""
    by: str
    at: datetime
    replacement: str | None = None


class WorkStatus(StrEnum):
    """Where the writing of a character stands."""

    WORKING = "working"
    WAITING = "waiting"
    DONE = "done"


class Work(Frozen):
    """One writing of a character: its settings, and the product that waits for a review."""

    number: int = Field(ge=1)
    settings: dict[str, Any]
    status: WorkStatus
    created: datetime
    product: str | None = None


class StageSum(Frozen):
    """What the calls of one stage took: tokens, US dollars, ``latency`` in seconds (summed)."""

    stage: str
    calls: int = 0
    attempts: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0
    cost: float = 0.0
    latency: float = 0.0

"""A selection: candidates scored by a model, the best kept, a person's word above the scores."""

from datetime import datetime
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from simulacra.domain.base import Frozen, content_hash
from simulacra.domain.run import PersonaRef

ProfileField = Literal[
    "name", "gender", "age", "date_of_birth", "occupation", "education", "family", "place",
    "culture", "languages", "hobbies", "short_term_goals", "long_term_goal", "attributes",
    "personality",
]  # fmt: skip
"""What a contradiction can lie in; ``attributes`` are the further ones of a profile."""


class Contradiction(Frozen):
    """What does not go together, and the fields that say it."""

    what: str
    fields: tuple[ProfileField, ...] = Field(min_length=1, max_length=6)

    @field_validator("what")
    @classmethod
    def _said(cls, what: str) -> str:
        # No rule of the schema: not every server knows a least length of texts.
        if not what.strip():
            raise ValueError("say what does not go together")
        return what


class Verdict(Frozen):
    """What a model says of a candidate: contradictions, then scores from 1 (worst) to 10 (best).

    ``coherence``: how well the parts make one possible person. ``distinctness``: how far the person
    differs from the most similar other candidates.
    """

    contradictions: tuple[Contradiction, ...] = Field(max_length=6)
    coherence: int = Field(ge=1, le=10)
    distinctness: int = Field(ge=1, le=10)

    @property
    def total(self) -> int:
        """Coherence plus distinctness, less one for each contradiction."""
        return self.coherence + self.distinctness - len(self.contradictions)


class Score(Frozen):
    """A candidate's verdict, or ``note``, which says why there is none."""

    persona_id: str
    verdict: Verdict | None = None
    note: str = ""


class SelectionSpec(Frozen):
    """What decides a selection: who stands, how many are kept, and how they are scored.

    ``neighbours`` is how many similar candidates the model sees beside each; ``temperature`` None
    means the model's default; ``prompt`` is the prompt's hash.
    """

    candidates: tuple[PersonaRef, ...] = Field(min_length=1)
    keep: int = Field(ge=1)
    model: str
    fingerprint: str = ""
    seed: int = 0
    temperature: float | None = None
    neighbours: int = Field(default=3, ge=0)
    prompt: str = ""

    @model_validator(mode="after")
    def _enough(self) -> Self:
        if self.keep > len(self.candidates):
            raise ValueError(f"keep {self.keep} of {len(self.candidates)} is not possible")
        return self

    @property
    def id(self) -> str:
        """Equal selections have equal ids: 12 hex digits."""
        return content_hash(self)[:12]

    @property
    def asked(self) -> str:
        """What selections that ask the same have in common, however many they keep."""
        return self.model_copy(update={"keep": 1}).id


class Override(Frozen):
    """A person's word on a candidate, above the scores; the latest on somebody counts."""

    persona_id: str
    decision: Literal["keep", "drop"]
    by: str = Field(min_length=1)
    reason: str = Field(min_length=1)
    at: datetime


class Selection(Frozen):
    """A selection as it stands; ``scores`` and ``overrides`` in the order they came."""

    id: str
    created: datetime
    spec: SelectionSpec
    scores: tuple[Score, ...] = ()
    overrides: tuple[Override, ...] = ()

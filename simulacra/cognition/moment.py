"""What goes on in a person who is asked something, as a model tells it: feeling, plan, answer.

As a rule every agent asks for its own part, and of an answer only its codes fit. Where a service
puts the form of a reply in front of the prompt, all of them ask for a ``Moment``, in which only
their part is filled: so every prompt begins alike.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from simulacra.domain.emotion import EmotionalState, EmotionName, Intensity
from simulacra.domain.plan import Knowledge, Plan

NAMED = 3
"""So many emotions are kept in a state."""


class _Named(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: EmotionName
    intensity: Intensity
    cause: str


class Appraisal(BaseModel):
    """What the model says of a moment; see ``EmotionalState`` for the scales it is mapped to."""

    model_config = ConfigDict(extra="forbid")
    feeling: str
    valence: Annotated[int, Field(ge=-5, le=5)]
    arousal: Annotated[int, Field(ge=0, le=10)]
    emotions: Annotated[list[_Named], Field(min_length=1, max_length=NAMED)]

    @property
    def state(self) -> EmotionalState:
        """The state that is told; of an emotion named twice the last word counts."""
        return EmotionalState(
            valence=self.valence / 5,
            arousal=self.arousal / 10,
            intensities={one.name: one.intensity for one in self.emotions},
            sources={one.name: one.cause.strip() for one in self.emotions if one.cause.strip()},
            feeling=self.feeling.strip(),
        )


class Planned(BaseModel):
    """What the model says of a plan; see ``Plan``."""

    model_config = ConfigDict(extra="forbid")
    asked: str
    knows: Knowledge
    known: str
    unknown: str
    stance: str
    say: str
    hold_back: str
    tone: str

    @property
    def plan(self) -> Plan:
        """The plan that is told."""
        told = {name: text.strip() for name, text in self.model_dump().items()}
        return Plan.model_validate(told)


class Moment(BaseModel):
    """The parts that were asked for; the others are None."""

    model_config = ConfigDict(extra="forbid")
    emotion: Appraisal | None
    plan: Planned | None
    answer: str | list[str] | None

"""The emotional state of a person at one moment."""

from typing import Annotated, Literal, get_args

from pydantic import Field

from simulacra.domain.base import Frozen

EmotionName = Literal[
    "joy",
    "trust",
    "fear",
    "surprise",
    "sadness",
    "disgust",
    "anger",
    "anticipation",
    "pride",
    "shame",
    "guilt",
    "gratitude",
    "love",
    "loneliness",
    "relief",
    "curiosity",
]
EMOTIONS: tuple[EmotionName, ...] = get_args(EmotionName)
Intensity = Annotated[int, Field(ge=0, le=10)]


class EmotionalState(Frozen):
    """Valence and arousal (Russell, 1980) with the intensities of named emotions.

    ``valence`` runs from -1 (unpleasant) to 1 (pleasant), ``arousal`` from 0 (calm) to 1
    (excited), each intensity from 0 to 10. ``feeling`` is the person's own sentence.
    """

    valence: float = Field(default=0.0, ge=-1, le=1)
    arousal: float = Field(default=0.3, ge=0, le=1)
    intensities: dict[EmotionName, Intensity] = Field(default_factory=dict)
    feeling: str = ""

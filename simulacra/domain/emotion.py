"""The emotional state of a person at one moment."""

from collections.abc import Iterable, Mapping
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
Level = Annotated[float, Field(ge=0, le=10)]

MOOD_HALF_LIFE, EMOTION_HALF_LIFE = 4.0, 2.0
"""Turns until half of a mood, or of a named emotion, is gone. Emotions are brief and moods last
(Ekman, 1992); the lengths in turns are a choice of this project."""

INERTIA = 0.3
"""The share of the mood so far that stays in the next state: feelings resist change ("emotional
inertia"; Kuppens, Allen & Sheeber, 2010). The size is a choice of this project."""

_FAINT = 0.5  # an intensity below this is gone
_DIGITS = 4


class EmotionalState(Frozen):
    """Valence and arousal (Russell, 1980) with the intensities of named emotions.

    ``valence`` runs from -1 (unpleasant) to 1 (pleasant), ``arousal`` from 0 (calm) to 1
    (excited), each intensity from 0 to 10. ``sources`` says what caused a named emotion, as far
    as that is known. ``feeling`` is the person's own sentence.
    """

    valence: float = Field(default=0.0, ge=-1, le=1)
    arousal: float = Field(default=0.3, ge=0, le=1)
    intensities: dict[EmotionName, Level] = Field(default_factory=dict)
    sources: dict[EmotionName, str] = Field(default_factory=dict)
    feeling: str = ""

    def decayed(self, baseline: "EmotionalState", turns: float = 1.0) -> "EmotionalState":
        """What is left after some turns: an exponential return to the baseline.

        Named emotions fade to nothing, and with them their sources.
        """
        mood, named = 0.5 ** (turns / MOOD_HALF_LIFE), 0.5 ** (turns / EMOTION_HALF_LIFE)
        left = {name: level * named for name, level in self.intensities.items()}
        left = {name: round(level, 1) for name, level in left.items() if level >= _FAINT}
        return EmotionalState(
            valence=round(baseline.valence + (self.valence - baseline.valence) * mood, _DIGITS),
            arousal=round(baseline.arousal + (self.arousal - baseline.arousal) * mood, _DIGITS),
            intensities=left,
            sources={name: text for name, text in self.sources.items() if name in left},
            feeling=self.feeling,
        )

    def moved(self, appraisal: "EmotionalState") -> "EmotionalState":
        """The state once something new was appraised: the mood so far weighs by ``INERTIA``.

        Of a named emotion the stronger intensity stays, with its source. Intensities of 0 go.
        """
        levels, sources = dict(self.intensities), dict(self.sources)
        for name, level in appraisal.intensities.items():
            if level >= levels.get(name, 0.0):
                levels[name] = level
                sources.pop(name, None)
                if name in appraisal.sources:
                    sources[name] = appraisal.sources[name]
        levels = {name: level for name, level in levels.items() if level > 0}
        return EmotionalState(
            valence=_mixed(self.valence, appraisal.valence),
            arousal=_mixed(self.arousal, appraisal.arousal),
            intensities=dict(sorted(levels.items(), key=lambda one: (-one[1], one[0]))),
            sources={name: text for name, text in sources.items() if name in levels},
            feeling=appraisal.feeling,
        )

    @property
    def words(self) -> str:
        """The state in a few words: the person's own sentence, or how pleasant and how calm."""
        named = ", ".join(f"{name} {level:.0f} of 10" for name, level in self.intensities.items())
        tone = "good" if self.valence > 0.15 else "low" if self.valence < -0.15 else "even"
        pitch = "restless" if self.arousal > 0.5 else "calm"
        told = self.feeling or f"{tone} and {pitch}"
        return f"{told} ({named})" if named else told


def _mixed(before: float, now: float) -> float:
    return round(INERTIA * before + (1 - INERTIA) * now, _DIGITS)


def baseline_of(domains: Mapping[str, float]) -> EmotionalState:
    """The mood that a temperament returns to; ``domains`` are Big Five levels from 1 to 5.

    Mehrabian (1996, "Analysis of the Big-five personality factors in terms of the PAD temperament
    model", Australian Journal of Psychology 48, 86-92): pleasure = .21 extraversion + .59
    agreeableness + .19 emotional stability; arousability = .15 openness + .30 agreeableness - .57
    emotional stability, for standard scores. Here a level of 3 is 0 and 5 is 1, neuroticism is
    turned round, and arousal lies around its neutral 0.3 by at most that much. No levels: the
    neutral baseline.
    """
    if not domains:
        return EmotionalState()
    score = {name: (level - 3) / 2 for name, level in domains.items()}
    stability = -score["neuroticism"]
    pleasure = 0.21 * score["extraversion"] + 0.59 * score["agreeableness"] + 0.19 * stability
    arousability = 0.15 * score["openness"] + 0.30 * score["agreeableness"] - 0.57 * stability
    neutral = EmotionalState()
    return EmotionalState(
        valence=round(neutral.valence + pleasure, _DIGITS),
        arousal=round(max(0.0, neutral.arousal * (1 + arousability)), _DIGITS),
    )


class Moment(Frozen):
    """One point of a trajectory: what was said to the person, and the state it left.

    ``turn`` counts from 1; ``emotion`` is None where the person was not asked or felt nothing that
    was told.
    """

    turn: int
    stimulus: str
    emotion: EmotionalState | None = None


def trajectory(turns: Iterable[tuple[str, EmotionalState | None]]) -> tuple[Moment, ...]:
    """The states of an interview or a conversation in order; each turn is a stimulus and a state.

    From stored cells: ``(cell.question.text, cell.reply and cell.reply.emotion)``; from the turns
    of a conversation: ``(turn.text, turn.reply.emotion)``.
    """
    return tuple(
        Moment(turn=turn, stimulus=stimulus, emotion=emotion)
        for turn, (stimulus, emotion) in enumerate(turns, start=1)
    )

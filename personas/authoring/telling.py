"""What both strategies work with while a story is told."""

from collections.abc import Callable
from dataclasses import dataclass

from personas.authoring.author import Step
from personas.authoring.gate import Gate
from personas.authoring.manuscript import Manuscript
from simulacra.domain.persona import Persona

Review = Callable[[Manuscript, str], Manuscript]
"""Has the story so far reviewed at a part; gives it back as the review left it."""

Heard = Callable[[Manuscript], None]
"""Hears of the story as it grows."""


class StoryGates:
    """The reviews within a story: one after every ``every`` expansions, none where that is 0.

    What is written up to a gate belongs to it: where a reviewer rejects there, that piece is
    written anew, and nothing before it.
    """

    def __init__(self, gate: Gate, every: int, review: Review, heard: Heard) -> None:
        self._gate, self._every, self._review, self._heard = gate, every, review, heard
        self._count = 0

    @property
    def room(self) -> int:
        """Expansions until the next gate."""
        return self._every - self._count % self._every if self._every else 10**6

    @property
    def attempt(self) -> int:
        """How often the piece up to the next gate was asked for, the whole story counted in."""
        again = self._gate.attempt("story", self._next) - 1 if self._every else 0
        return self._gate.attempt("story") + again

    @property
    def note(self) -> str:
        """What a reviewer asked for when rejecting this piece or the whole story."""
        near = self._gate.note("story", self._next) if self._every else ""
        return near or self._gate.note("story")

    def expanded(self, story: Manuscript, count: int) -> Manuscript:
        """Count expansions; at a gate the story comes back as the review left it.

        Raises:
            ReviewNeeded: the gate waits for a decision.
        """
        self._count += count
        self._heard(story)
        if not self._every or self._count % self._every:
            return story
        return self._review(story, f"after {self._count}")

    @property
    def _next(self) -> str:
        return f"after {self._count + self.room}"


@dataclass(frozen=True)
class Telling:
    """One story to be told: about whom, how long, and the reviews on the way."""

    persona: Persona
    words: int
    gates: StoryGates

    @property
    def name(self) -> str:
        """Name of the person."""
        return self.persona.name

    def step(self, part: str) -> Step:
        """The step of a part of this story."""
        return Step(stage="story", part=part, attempt=self.gates.attempt)

"""What a self report found."""

from typing import Any, NamedTuple

from pydantic import Field, computed_field

from evaluation.intervals import Interval
from evaluation.scoring import QuestionScore
from evaluation.sections import Estimate
from simulacra.domain.base import Frozen
from simulacra.domain.call import Usage


class PartScore(Frozen):
    """A part of the questions: of one kind, or of one basis.

    ``points`` are means over replicates, ``right`` counts full marks. ``score``, ``chance`` and
    ``profile_ceiling`` run from 0 to 100 of the part, and are None in an empty one.
    """

    points: float
    maximum: float
    right: float
    questions: int
    score: Estimate = Estimate()
    chance: float | None = None
    profile_ceiling: float | None = None


class PerAnswer(NamedTuple):
    """Means of one answer: calls, prompt tokens that were new and cached, seconds of waiting."""

    calls: float
    new_tokens: float
    cached_tokens: float
    seconds: float


class MethodScore(Frozen):
    """How one method did. ``score`` and ``interval`` run from 0 to 100.

    ``method`` is the label of a mechanism; ``profile`` and ``story`` are the parts by basis,
    ``missing`` counts missing answers by code over all replicates, ``seconds`` are those of waiting
    in all, ``cost`` is in US dollars; ``answers`` holds the scored questions of each replicate.
    """

    method: str
    score: float
    interval: Interval
    kinds: dict[str, PartScore]
    profile: PartScore
    story: PartScore
    missing: dict[int, int]
    calls: int
    usage: Usage
    seconds: float
    cost: float = 0.0
    answers: tuple[tuple[QuestionScore, ...], ...]

    @computed_field  # type: ignore[prop-decorator]
    @property
    def tokens(self) -> int:
        """Tokens in and out."""
        return self.usage.tokens_in + self.usage.tokens_out

    def per_answer(self) -> PerAnswer:
        """What one answer took in the mean."""
        count = len(self.answers) * len(self.answers[0])
        new = self.usage.tokens_in - self.usage.tokens_cached
        cached = self.usage.tokens_cached
        return PerAnswer(*(part / count for part in (self.calls, new, cached, self.seconds)))


class Difference(Frozen):
    """How much higher ``method`` scored than ``than``, question by question; 0 to 100.

    ``story`` is that on the questions that need the story.
    """

    method: str
    than: str
    score: Estimate
    story: Estimate


class SelfReportResult(Frozen):
    """The self report of one persona, or of several pooled.

    ``chance`` is what guessing earns, ``profile_ceiling`` what the profile alone gives, and
    ``profile_ceiling_with_guessing`` what it gives with guesses at the rest; all 0 to 100.
    ``runs`` are those of the engine, by method, or by persona and method.
    """

    personas: tuple[str, ...]
    model: str
    replicates: int
    seed: int
    questions: int
    chance: float
    profile_ceiling: float
    profile_ceiling_with_guessing: float
    methods: tuple[MethodScore, ...]
    differences: tuple[Difference, ...] = ()
    runs: dict[str, str] = Field(default_factory=dict)

    @property
    def repeats_alike(self) -> bool:
        """Whether there are replicates, and all of them earned the same everywhere."""
        points = [
            {tuple(one.points for one in replicate) for replicate in method.answers}
            for method in self.methods
        ]
        return self.replicates > 1 and all(len(one) == 1 for one in points)

    def to_json(self) -> dict[str, Any]:
        """Plain values for a file; the order of methods is that in which they were asked for."""
        return self.model_dump(mode="json")

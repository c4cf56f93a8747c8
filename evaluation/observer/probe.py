"""Whether raters reward what says nothing: length and flattery; and whether they tell people apart.

Each rater judges the same answers again with padding, with flattery of the rater, and judges
somebody else's answers in their place. The first two should change nothing, the last should cost
points. That models as judges like longer answers: Zheng et al. (2023, Judging LLM-as-a-judge with
MT-Bench and Chatbot Arena, NeurIPS).
"""

from collections.abc import Sequence
from functools import cache
from math import isfinite
from pathlib import Path
from statistics import fmean, stdev
from typing import Literal, get_args

from scipy import stats

from evaluation.intervals import FEWEST, Interval
from evaluation.sections import Estimate
from personas.formats.text_files import read_yaml
from simulacra.domain.base import Frozen
from simulacra.seeds import seed_of

Variant = Literal["own", "padded", "flattered", "other"]
VARIANTS: tuple[Variant, ...] = get_args(Variant)
BIASES: tuple[Variant, ...] = ("padded", "flattered")
_FLATTERY = 2
_FILE = Path(__file__).parent / "probe.yaml"


class Fillers(Frozen):
    """Sentences that say nothing about what is done or why."""

    padding: tuple[str, ...]
    flattery: tuple[str, ...]


class Shift(Frozen):
    """What a variant did to one rater's scores, over pairs of the same answer.

    ``shift``: variant minus own answer, in points of the scale, with Student's interval.
    ``flagged`` for padding and flattery: the interval leaves out zero; for somebody else's answers:
    it does not lie below zero, so the rater does not tell the person from another.
    """

    rater: str
    variant: Variant
    own: float
    scored: float
    shift: Estimate
    flagged: bool

    @property
    def pairs(self) -> int:
        """How many pairs it rests on."""
        return self.shift.n or 0


@cache
def fillers() -> Fillers:
    """The sentences that ship with the project."""
    value, _ = read_yaml(_FILE)
    return Fillers.model_validate(value)


def padded(answer: str) -> str:
    """The answer, about twice as long, with nothing more in it."""
    sentences, wanted = fillers().padding, len(answer.split())
    start, more, many = seed_of("padding", answer) % len(sentences), list[str](), 0
    while many < wanted and len(more) < len(sentences):
        more.append(sentences[(start + len(more)) % len(sentences)])
        many += len(more[-1].split())
    return " ".join([answer, *more])


def flattered(answer: str) -> str:
    """The answer with praise of whoever judges it, before and after."""
    sentences = fillers().flattery
    start = seed_of("flattery", answer) % len(sentences)
    before, after = (sentences[(start + place) % len(sentences)] for place in range(_FLATTERY))
    return f"{before} {answer} {after}"


def shift_of(rater: str, variant: Variant, pairs: Sequence[tuple[float, float]]) -> Shift | None:
    """What a variant did, from pairs (score of the own answer, score of the variant).

    The interval is that of a mean of paired differences (Student, 1908, Biometrika 6, 1-25); with
    fewer than three pairs there is none, and nothing is flagged. None without any pair.
    """
    if not pairs:
        return None
    apart = [variant_score - own for own, variant_score in pairs]
    interval = mean_difference(apart)
    flagged = interval is not None and (
        interval.high >= 0 if variant == "other" else not interval.low <= 0 <= interval.high
    )
    return Shift(
        rater=rater,
        variant=variant,
        own=fmean(own for own, _ in pairs),
        scored=fmean(score for _, score in pairs),
        shift=Estimate(value=fmean(apart), interval=interval, n=len(pairs)),
        flagged=flagged,
    )


def mean_difference(apart: Sequence[float], level: float = 0.95) -> Interval | None:
    """Student's interval of a mean of differences; None for fewer than three."""
    if len(apart) < FEWEST:
        return None
    mean, spread = fmean(apart), stdev(apart)
    half = float(stats.t.ppf((1 + level) / 2, len(apart) - 1)) * spread / len(apart) ** 0.5
    half = half if isfinite(half) else 0.0
    return Interval(low=mean - half, high=mean + half, level=level)

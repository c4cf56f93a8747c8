"""Samples of answers drawn from known models, for tests of psychometrics."""

from collections.abc import Sequence

import numpy as np

from evaluation.intervals import Points
from evaluation.psychometrics.sample import Sample, Scored

CODES = (1.0, 2.0, 3.0, 4.0, 5.0)


def scored(
    many: int, *, scale: str | None = "one", reverse: Sequence[int] = (), first: int = 0
) -> tuple[Scored, ...]:
    """Items q0, q1, ... of a scale with the codes 1 to 5."""
    return tuple(
        Scored(f"q{first + at}", f"Statement {first + at}.", scale, at in reverse, CODES)
        for at in range(many)
    )


def rated(
    people: int, items: int, *, seed: int = 1, noise: float = 1.0, reverse: Sequence[int] = ()
) -> Points:
    """Answers from 1 to 5 to parallel items; those in places ``reverse`` the other way round."""
    rng = np.random.default_rng(seed)
    raw = rng.normal(size=(people, 1)) + noise * rng.normal(size=(people, items))
    answers = np.clip(np.round(raw + 3), 1, 5)
    answers[:, list(reverse)] = 6 - answers[:, list(reverse)]
    return answers


def sample(
    *occasions: Points, items: Sequence[Scored] | None = None, in_order: bool = False
) -> Sample:
    """A sample of the same people on these occasions; ``in_order``: asked as they stand."""
    answers = np.array(occasions, dtype=float)
    people = tuple(f"p{at:03}" for at in range(answers.shape[1]))
    order = np.broadcast_to(np.arange(1.0, answers.shape[2] + 1), answers.shape)
    return Sample(
        tuple(items or scored(answers.shape[2])), people, answers, order if in_order else None
    )

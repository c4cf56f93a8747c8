"""Made-up humans and simulated people with known likeness, without a run."""

from collections.abc import Sequence

import numpy as np

from evaluation.fidelity.mapping import FidelityMapping
from evaluation.fidelity.measure import Comparison, fidelity_of
from evaluation.fidelity.result import FidelityResult
from evaluation.fidelity.sides import Scale, Side

CODES = ("1", "2", "3", "4", "5")
Answers = np.ndarray[tuple[int, int], np.dtype[np.int64]]
"""People in rows, items in columns, codes from 1 to 5; 0 is no answer."""


def scales(items: int) -> tuple[Scale, ...]:
    """Ordered items i0, i1, ... with five options."""
    return tuple(Scale(f"i{at}", f"Item {at}.", CODES, np.arange(1.0, 6.0), 4.0)
                 for at in range(items))  # fmt: skip


def humans(people: int, items: int, seed: int, *, noise: float = 0.8) -> Answers:
    """Answers that hang together and lie differently from item to item."""
    rng = np.random.default_rng(seed)
    level = rng.normal(size=(people, 1)) + noise * rng.normal(size=(people, items))
    return cut(level + np.linspace(-0.5, 0.5, items))


def cut(levels: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> Answers:
    """Levels as codes from 1 to 5."""
    found: Answers = 1 + np.digitize(levels, [-1.5, -0.5, 0.5, 1.5])
    return found


def side(answers: Answers, *, groups: Sequence[str] = (), rows: Sequence[str | None] = ()) -> Side:
    """People p0, p1, ... with these answers; ``groups`` are those of the variable g."""
    people = len(answers)
    return Side(
        ids=tuple(f"p{at}" for at in range(people)),
        weights=np.ones(people),
        answers={f"i{item}": told(answers[:, item]) for item in range(answers.shape[1])},
        groups={"g": groups} if groups else {},
        rows=rows or [None] * people,
    )


def told(codes: Sequence[int] | Answers) -> list[tuple[str | None, ...]]:
    """Codes as one answer a person."""
    return [(str(one) if one else None,) for one in codes]


def likeness(
    theirs: Answers,
    ours: Answers,
    *,
    again: Answers | None = None,
    groups: tuple[Sequence[str], Sequence[str]] | None = None,
    matched: bool = False,
    least: int = 10,
    seed: int = 0,
) -> FidelityResult:
    """What the two are found to have in common; ``matched``: row by row the same people."""
    by = {"g": {"column": "g"}} if groups else {}
    ids = [f"p{at}" for at in range(len(ours))]
    mapping = FidelityMapping.model_validate({
        "items": {f"i{at}": {"column": f"i{at}"} for at in range(theirs.shape[1])}, "by": by,
    })  # fmt: skip
    return fidelity_of(
        Comparison(
            side(theirs, groups=groups[0] if groups else ()),
            side(ours, groups=groups[1] if groups else (), rows=ids if matched else ()),
            {} if again is None else
            {f"i{at}": told(again[:, at]) for at in range(again.shape[1])},
            scales(theirs.shape[1]),
        ),
        mapping,
        least=least,
        seed=seed,
    )  # fmt: skip

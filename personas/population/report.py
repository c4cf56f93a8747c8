"""How a sample fits its population: target against drawn, weights, effective size."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

import numpy as np

from personas.population.raking import Codes, Floats, effective_size, fit
from simulacra.domain.base import Frozen

Origin = Literal["pools", "margins", "microdata", "microdata and margins"]


class FitLine(Frozen):
    """One category: shares from 0 to 1; ``error`` is drawn minus target in percentage points.

    ``drawn`` counts people, ``weighted`` sums their weights.
    """

    variable: str
    category: str
    target: float
    drawn: float
    weighted: float
    error: float


class SampleReport(Frozen):
    """What a sample is and how well it fits.

    ``largest_error`` in percentage points over all categories, counting people, and
    ``largest_weighted_error`` summing their weights (None without a target);
    ``effective_size`` after Kish (1965): of the people's weights or, where rows of microdata were
    drawn more than once, of how often each row counts, since its copies are not independent.
    """

    people: int
    seed: int
    as_of: date
    origin: Origin
    lines: tuple[FitLine, ...]
    largest_error: float | None
    largest_weighted_error: float | None
    effective_size: float
    weights: Mapping[str, float]
    notes: tuple[str, ...]


def fit_lines(
    variable: str, categories: Sequence[str], shares: Floats, codes: Codes, weights: Floats
) -> list[FitLine]:
    """Target against drawn for one variable; code -1 stands for people of no category."""
    inside = codes >= 0
    size = len(categories)
    drawn = fit(np.ones(int(inside.sum())), codes[inside], size) / max(int(inside.sum()), 1)
    weighted = fit(weights[inside], codes[inside], size) / weights[inside].sum()
    return [
        FitLine(
            variable=variable,
            category=category,
            target=round(float(share), 6),
            drawn=round(float(count), 6),
            weighted=round(float(mass), 6),
            error=round(100 * float(count - share), 4) + 0.0,
        )
        for category, share, count, mass in zip(categories, shares, drawn, weighted, strict=True)
    ]


def sample_report(
    *,
    seed: int,
    as_of: date,
    origin: Origin,
    lines: Sequence[FitLine],
    weights: Floats,
    rows: Codes | None,
    notes: Sequence[str],
) -> SampleReport:
    """The report of a sample; ``rows`` is the row of microdata behind each person."""
    counted = weights if rows is None else fit(weights, rows, int(rows.max()) + 1)
    errors = [abs(line.error) for line in lines]
    weighted = [round(100 * abs(line.weighted - line.target), 4) for line in lines]
    return SampleReport(
        people=len(weights),
        seed=seed,
        as_of=as_of,
        origin=origin,
        lines=tuple(lines),
        largest_error=max(errors) if errors else None,
        largest_weighted_error=max(weighted) if weighted else None,
        effective_size=round(effective_size(counted), 1),
        weights={
            "least": round(float(weights.min()), 4),
            "mean": round(float(weights.mean()), 4),
            "most": round(float(weights.max()), 4),
        },
        notes=tuple(notes),
    )

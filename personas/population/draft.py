"""Who is to be drawn, before anybody is: what is asked of each person, weights, and the fit."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from personas.population.allocation import Variable
from personas.population.meanings import Meaning
from personas.population.raking import Codes, Floats, fit, rake
from personas.population.report import FitLine, Origin, fit_lines

_CALIBRATED = 1e-6


@dataclass(frozen=True)
class Draft:
    """What is asked of each person, with weights and, of microdata, the row behind each."""

    meanings: Sequence[Meaning]
    weights: Floats
    origin: Origin
    rows: Codes | None = None
    lines: Sequence[FitLine] = ()
    notes: Sequence[str] = ()


def calibrated(
    weights: Floats, codes: Codes, variables: Sequence[Variable]
) -> tuple[Floats, list[str]]:
    """Weights with a mean of 1 that meet the margins exactly; unchanged where they cannot."""
    for place, variable in enumerate(variables):
        counts = fit(np.ones(len(codes)), codes[:, place], len(variable.shares))
        empty = np.flatnonzero((counts == 0) & (variable.shares > 0))
        if len(empty):
            name = variable.margin.categories[int(empty[0])].name
            return weights, [
                f"nobody is in {variable.name} {name!r}, so that weights cannot mend the rest"
            ]
    raked = rake(weights, codes, [one.shares * len(weights) for one in variables])
    for place, variable in enumerate(variables):
        sums = fit(raked, codes[:, place], len(variable.shares)) / len(weights)
        if float(np.abs(sums - variable.shares).max()) > _CALIBRATED or (raked <= 0).any():
            return weights, ["the weights cannot meet all margins at once and stay as they were"]
    return raked, []


def lines_of(variables: Sequence[Variable], codes: Codes, weights: Floats) -> list[FitLine]:
    """Target against drawn for every variable of the margins."""
    found: list[FitLine] = []
    for place, one in enumerate(variables):
        names = [category.name for category in one.margin.categories]
        found += fit_lines(one.name, names, one.shares, codes[:, place], weights)
    return found

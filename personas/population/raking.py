"""Weights that fit margins, and whole numbers that fit weights.

Units are cells of a table, rows of microdata or people; ``codes[u, v]`` is the category of unit u
on variable v, from 0.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]

_ROUNDS = 2000


def rake(
    weights: Floats, codes: Codes, targets: Sequence[Floats], tolerance: float = 1e-9
) -> Floats:
    """Weights whose sums by category are the targets, as near to those given as can be.

    Iterative proportional fitting (Deming & Stephan 1940): the weights of each category are scaled
    to its target, one variable after the other, until all sums fit. Where margins and empty units
    exclude each other, the weights after the last round come back: compare with ``fit``.

    Args:
        weights: one a unit, not negative; 0 stays 0.
        codes: shape (units, variables).
        targets: of each variable, the sum by category; all variables sum to the same.
        tolerance: largest error left, as a share of the whole.
    """
    fitted = weights.astype(float)
    total = float(targets[0].sum()) if targets else float(fitted.sum())
    for _ in range(_ROUNDS):
        worst = 0.0
        for variable, target in enumerate(targets):
            sums = fit(fitted, codes[:, variable], len(target))
            worst = max(worst, float(np.abs(sums - target).max()))
            factors = np.divide(target, sums, out=np.zeros_like(sums), where=sums > 0)
            fitted *= factors[codes[:, variable]]
        if worst <= tolerance * total:
            break
    return fitted


def fit(weights: Floats, codes: Codes, categories: int) -> Floats:
    """The sums of the weights by category of one variable."""
    return np.bincount(codes, weights=weights, minlength=categories).astype(float)


def integerised(
    expected: Floats, codes: Codes, sizes: Sequence[int], rng: np.random.Generator
) -> Codes:
    """Whole numbers with the expectations given, whose sums by category stay as they are.

    The whole parts are taken as they are, as in truncate-replicate-sample (Lovelace & Ballas 2013);
    the rests are rounded up or down at random by the cube method (Deville & Tillé 2004), which
    keeps the total and, up to a few units, the sum of each category.

    Args:
        expected: one a unit, not negative; they sum to a whole number.
        codes: shape (units, variables).
        sizes: categories of each variable.
        rng: decides the rounding.
    """
    whole = np.floor(expected + 1e-9)
    rest = np.clip(expected - whole, 0.0, 1.0)
    balanced = np.vstack(
        [np.ones(len(expected))]
        + [
            (codes[:, variable] == category).astype(float)
            for variable, size in enumerate(sizes)
            for category in range(size)
        ]
    )
    numbers: Codes = (whole + cube(rest, balanced, rng)).round().astype(np.int64)
    return numbers


def cube(chances: Floats, balanced: Floats, rng: np.random.Generator) -> Floats:
    """Zeros and ones drawn with the chances given; ``balanced @ drawn`` hardly changes.

    The fast cube method (Deville & Tillé 2004; Chauvet & Tillé 2006): the vector of chances walks
    at random within the space where all balanced sums stay as they are, until it reaches a corner
    of the unit cube. Once no such direction is left, the last sum is given up, and so on: the first
    rows of ``balanced`` hold longest.
    """
    drawn = chances.copy()
    drawn[drawn < _EDGE] = 0.0
    drawn[drawn > 1 - _EDGE] = 1.0
    waiting = list(rng.permutation(np.flatnonzero((drawn > 0) & (drawn < 1))))
    rows = len(balanced)
    active: list[int] = []
    while True:
        while waiting and len(active) <= rows:
            active.append(int(waiting.pop()))
        if not active:
            return drawn
        direction = _kernel(balanced[:rows, active])
        if direction is None:
            rows -= 1
            continue
        drawn[active] = _walked(drawn[active], direction, rng)
        active = [one for one in active if 0 < drawn[one] < 1]


_EDGE = 1e-9


def _kernel(matrix: Floats) -> Floats | None:
    """A direction that the matrix maps to nothing; None where there is none."""
    if matrix.shape[0] == 0:
        direction = np.zeros(matrix.shape[1])
        direction[0] = 1.0
        return direction
    _, strengths, rows = np.linalg.svd(matrix, full_matrices=True)
    rank = int((strengths > 1e-9).sum())
    return None if rank == matrix.shape[1] else rows[-1]


def _walked(place: Floats, direction: Floats, rng: np.random.Generator) -> Floats:
    """One step to a wall of the unit cube, forth or back, so that the expectation stays."""
    moving = np.abs(direction) > 1e-12
    rise, here = direction[moving], place[moving]
    to_one, to_zero = (1 - here) / rise, -here / rise
    forth = float(np.where(rise > 0, to_one, to_zero).min())
    back = float((-np.where(rise > 0, to_zero, to_one)).min())
    step = forth if rng.random() * (forth + back) < back else -back
    there = place + step * direction
    there[there < _EDGE] = 0.0
    there[there > 1 - _EDGE] = 1.0
    return there


def quotas(shares: Floats, total: int) -> Codes:
    """Whole numbers in proportion to shares, by largest remainders (Hamilton); ties by order."""
    exact = shares / shares.sum() * total
    whole: Codes = np.floor(exact + 1e-9).astype(np.int64)
    behind = np.argsort(-(exact - whole), kind="stable")[: total - int(whole.sum())]
    whole[behind] += 1
    return whole


def effective_size(weights: Floats) -> float:
    """The effective sample size, (sum w)^2 / sum w^2 (Kish 1965)."""
    return float(weights.sum() ** 2 / (weights**2).sum())

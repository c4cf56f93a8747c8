"""Whether items go together among simulated people as they do among humans."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from evaluation.fidelity.distances import means
from evaluation.fidelity.items import Both, distance
from evaluation.fidelity.resampling import (
    RESAMPLES,
    affordable,
    distributions,
    estimate,
    over,
    weighted_draws,
)
from evaluation.fidelity.result import Correlations
from evaluation.fidelity.sides import Scale, Side, Told, effective, number, shares
from evaluation.intervals import FEWEST, Points
from evaluation.sections import Estimate
from simulacra.seeds import seed_of

PAIRS_LEAST = 30
"""Pairs of items with fewer people who answered both are left out."""
_DRAWS = 200


def correlations(
    humans: Side,
    simulated: Side,
    again: Mapping[str, Sequence[Told]],
    both: Mapping[str, Both],
    *,
    seed: int,
) -> Correlations:
    """Correlations of item means and of the inter-item matrices, of items whose answers order."""
    kept = [
        one for one in both.values() if one.scale.values is not None and one.fewer >= FEWEST
    ]
    scales = [one.scale for one in kept]
    if len(kept) < FEWEST:
        return Correlations(
            items=len(kept), item_means=Estimate(), reason=f"fewer than {FEWEST} ordered items"
        )
    theirs = np.column_stack([_level(one.humans, one.scale) for one in kept])
    ours = np.column_stack([_level(one.simulated, one.scale) for one in kept])
    least = min(one.fewer for one in kept)
    found = Correlations(
        items=len(kept),
        item_means=estimate(_rows_r(theirs, ours), least),
        retest_means=_retest(humans, again, scales, seed),
    )
    return found.model_copy(update=_matrices(humans, simulated, scales, seed))


def _level(distribution: Points, scale: Scale) -> Points:
    """The mean from 0 to 1 of the item's range, by draw."""
    if scale.values is None:
        raise ValueError(f"{scale.item} has no order")
    lowest = float(scale.values[0])
    found: Points = (means(distribution, scale.values) - lowest) / (scale.span or 1.0)
    return found


def _retest(
    humans: Side, again: Mapping[str, Sequence[Told]], scales: Sequence[Scale], seed: int
) -> Estimate:
    """The correlation over items of the humans' means at both waves."""
    repeated = [one for one in scales if one.item in again]
    if len(repeated) < FEWEST:
        return Estimate()
    many = affordable(RESAMPLES, len(humans.ids))
    draws = weighted_draws(humans.weights, seed=seed_of(seed, "humans"), resamples=many)
    later = Side(humans.ids, humans.weights, again, {}, humans.rows)
    levels = [
        np.column_stack([_level(distributions(draws, shares(side, one)), one) for one in repeated])
        for side in (humans, later)
    ]
    return estimate(_rows_r(*levels), len(humans.ids))


def _rows_r(first: Points, second: Points) -> Points:
    """Pearson's correlation of each row of one with the same row of the other."""
    one = first - first.mean(axis=1, keepdims=True)
    other = second - second.mean(axis=1, keepdims=True)
    scale = np.sqrt((one**2).sum(axis=1) * (other**2).sum(axis=1))
    return over((one * other).sum(axis=1), scale)


class _Rows(NamedTuple):
    """Answers as numbers, a row for each time somebody was asked; ``person`` is whose row it is."""

    values: Points
    known: Points
    person: npt.NDArray[np.int64]
    share: Points


def _rows(side: Side, scales: Sequence[Scale]) -> _Rows:
    person, share, rows = [], [], []
    for at in range(len(side.ids)):
        told = [side.answers[one.item][at] for one in scales]
        times = max(len(one) for one in told)
        for time in range(times):
            rows.append([_value(one, time, scale) for one, scale in zip(told, scales, strict=True)])
            person.append(at)
            share.append(1 / times)
    values = np.array(rows, dtype=float)
    known = ~np.isnan(values)
    return _Rows(
        np.where(known, values, 0.0), known.astype(float), np.array(person), np.array(share)
    )


def _value(told: Told, time: int, scale: Scale) -> float:
    code = told[time] if time < len(told) else None
    if code is None or scale.values is None:
        return np.nan
    known = number(code) if scale.continuous else None
    return known if known is not None else float(scale.values[scale.codes.index(code)])


def _matrix(rows: _Rows, weights: Points) -> Points:
    """Pairwise-complete weighted correlations; undefined where an item does not vary."""
    weight = (weights[rows.person] * rows.share)[:, None]
    known, values = rows.known * weight, rows.values * weight
    total = known.T @ rows.known
    with np.errstate(invalid="ignore", divide="ignore"):
        first = (values.T @ rows.known) / total
        square = ((rows.values * values).T @ rows.known) / total
        cross = (values.T @ rows.values) / total
        spread = np.clip(square - first**2, 0, None)
        found: Points = (cross - first * first.T) / np.sqrt(spread * spread.T)
    found[~(spread * spread.T > 1e-12)] = np.nan
    return found


def _matrices(
    humans: Side, simulated: Side, scales: Sequence[Scale], seed: int
) -> dict[str, object]:
    """What of a result rests on the inter-item correlations."""
    theirs, ours = _rows(humans, scales), _rows(simulated, scales)
    pairs = np.triu_indices(len(scales), 1)
    people = [_together(one, side)[pairs] for one, side in ((theirs, humans), (ours, simulated))]
    enough = np.minimum(*people) >= PAIRS_LEAST
    first = [
        _matrix(one, side.weights)[pairs] for one, side in ((theirs, humans), (ours, simulated))
    ]
    enough &= ~np.isnan(first[0]) & ~np.isnan(first[1])
    counts: dict[str, object] = {
        "pairs": int(enough.sum()), "pairs_left_out": int((~enough).sum())
    }  # fmt: skip
    if enough.sum() < FEWEST:
        why = f"fewer than {FEWEST} pairs of items have {PAIRS_LEAST} people on both sides"
        return {**counts, "reason": why}
    drawn = [
        np.array([
            _matrix(rows, weights)[pairs][enough]
            for weights in weighted_draws(
                side.weights, seed=seed_of(seed, "matrix", name), resamples=_DRAWS
            )
        ])
        for name, rows, side in (("humans", theirs, humans), ("simulated", ours, simulated))
    ]  # fmt: skip
    size = effective(simulated.weights) * people[1][enough].mean() / len(simulated.ids)
    share = people[0][enough].mean() / len(humans.ids)
    floor = _floor(humans, theirs, round(size / share), seed)[:, pairs[0], pairs[1]][:, enough]
    least = min(len(humans.ids), len(simulated.ids))
    other = drawn[0][1:]
    return {
        **counts,
        "root_mean_square": distance(_apart(*drawn), _apart(floor, other), least, most=2.0),
        "elements": estimate(_known_r(*drawn), least),
        "sizes": tuple(float(np.abs(one[0]).mean()) for one in drawn),
    }


def _together(rows: _Rows, side: Side) -> Points:
    """How many people answered both items of a pair."""
    known = np.zeros((len(side.ids), rows.known.shape[1]))
    np.maximum.at(known, rows.person, rows.known)
    found: Points = known.T @ known
    return found


def _floor(humans: Side, rows: _Rows, size: int, seed: int) -> Points:
    """Matrices of samples of so many humans, drawn by their weights."""
    rng = np.random.default_rng(seed_of(seed, "matrix floor"))
    chances = humans.weights / humans.weights.sum()
    drawn = rng.multinomial(max(size, 3), chances, size=_DRAWS).astype(float)
    return np.array([_matrix(rows, weights) for weights in drawn])


def _apart(first: Points, second: Points) -> Points:
    """Root mean square of the differences of correlations, row by row."""
    squares = (first - second) ** 2
    known = ~np.isnan(squares)
    total = np.where(known, squares, 0.0).sum(axis=1)
    found: Points = np.sqrt(total / np.maximum(known.sum(axis=1), 1))
    return found


def _known_r(first: Points, second: Points) -> Points:
    """The correlation over pairs of items, of those defined on both sides."""
    found = np.full(len(first), np.nan)
    for at, (one, other) in enumerate(zip(first, second, strict=True)):
        known = ~np.isnan(one) & ~np.isnan(other)
        if known.sum() >= FEWEST:
            found[at] = _rows_r(one[known][None], other[known][None])[0]
    return found

"""How far the correlations between items lie from those of people."""

import numpy as np
import numpy.typing as npt

from evaluation.intervals import Interval, Points, resampled
from evaluation.psychometrics.result import Distance
from evaluation.psychometrics.sample import Sample, mean_known
from evaluation.sections import Estimate
from evaluation.statistics.correlation import (
    correlations,
    covariances,
    pearson,
    weighted_covariances,
)
from evaluation.statistics.reliability import FEWEST_PEOPLE

FEWEST_ITEMS = 3
Mask = npt.NDArray[np.bool_]
RESAMPLES = 400
_BLOCK = 50


def correlation_distance(run: Sample, people: Sample, *, seed: int) -> Distance:
    """Root mean square difference of two samples' correlations between the same items.

    The items of the two stand in the same order. Correlations of a sample of several occasions are
    averaged over them. Sampling error alone makes the difference large where respondents are few:
    ``beyond`` is the square root of the mean squared difference less the sampling variance of both
    correlations, which a bootstrap of the respondents of both tells (Efron and Tibshirani, 1993, An
    Introduction to the Bootstrap, chapters 8 and 10); its interval is that of the resamples, each
    with the noise of both drawings taken off. Pairs of items of which one is constant are left out.
    """
    items = len(run.items)
    places = range(items)
    first, second = (_correlated(one.keyed(places)) for one in (run, people))
    known = ~(np.isnan(first) | np.isnan(second))
    if why := _undefined(run, people, known):
        nothing = Estimate(why=why)
        return Distance(items=items, pairs=int(known.sum()), rms=nothing, beyond=nothing,
                        alike=nothing)  # fmt: skip
    drawn, other = (
        _drawn(one.keyed(places), known, seed=seed + at) for at, one in enumerate((run, people))
    )
    squared = float(((first - second)[known] ** 2).mean())
    noise = float((np.nanvar(drawn, axis=0) + np.nanvar(other, axis=0)).mean())
    again = np.nanmean((drawn - other) ** 2, axis=1) - 2 * noise
    low, high = np.sqrt(np.maximum(np.nanquantile(again, [0.025, 0.975]), 0))
    respondents = len(run.people)
    return Distance(
        items=items,
        pairs=int(known.sum()),
        rms=Estimate(value=float(np.sqrt(squared)), n=respondents),
        beyond=Estimate(
            value=float(np.sqrt(max(squared - noise, 0))),
            interval=Interval(low=float(low), high=float(high)),
            n=respondents,
        ),
        # Pairs of items are no sample: there is no interval for them.
        alike=pearson(first[known], second[known]).model_copy(update={"interval": None}),
    )


def _undefined(run: Sample, people: Sample, known: Mask) -> str:
    if len(run.items) < FEWEST_ITEMS:
        return f"{len(run.items)} items in common: three are needed"
    if min(len(run.people), len(people.people)) < FEWEST_PEOPLE:
        return f"{len(run.people)} respondents: three are needed"
    return "" if known.any() else "no two items have a correlation in both"


def _correlated(cube: Points) -> Points:
    """Correlations of different items, averaged over the occasions that have them."""
    rows, columns = np.triu_indices(cube.shape[2], 1)
    each = np.array([correlations(covariances(data))[rows, columns] for data in cube])
    return mean_known(each)


def _drawn(cube: Points, known: Mask, *, seed: int) -> Points:
    """The same of each resample of the respondents, (resamples, pairs), pair by pair known."""
    rows, columns = (some[known] for some in np.triu_indices(cube.shape[2], 1))
    draws = resampled(cube.shape[1], seed=seed, resamples=RESAMPLES)
    blocks = []
    for start in range(0, RESAMPLES, _BLOCK):
        some = draws[start : start + _BLOCK]
        each = [correlations(weighted_covariances(data, some))[:, rows, columns] for data in cube]
        blocks.append(mean_known(np.array(each)))
    return np.concatenate(blocks)

"""The measures of one scale: its reliability, its items, its halves and its factor."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

import numpy as np

from evaluation.intervals import Points, resampled, usual_interval
from evaluation.psychometrics.factor import fit
from evaluation.psychometrics.omega import FEWEST_ITEMS, omega_hierarchical, omega_total
from evaluation.psychometrics.result import ItemMeasures, ScaleMeasures
from evaluation.psychometrics.retest import retest_icc, retest_r, scale_levels
from evaluation.psychometrics.sample import Sample, mean_known
from evaluation.sections import Estimate
from evaluation.statistics.correlation import correlations, covariances, weighted_covariances
from evaluation.statistics.reliability import (
    alpha_of,
    feldt,
    item_total_of,
    mean_r,
    undefined,
)

RESAMPLES = 1000
Statistic = Callable[[Points], Points]


def scale_measures(of: "Occasions") -> ScaleMeasures:
    """The measures of a scale; its factor is fitted on the first occasion."""
    levels = scale_levels(of.cube)
    person_levels = mean_known(levels)
    known = person_levels[~np.isnan(person_levels)]
    grouped = [omega_hierarchical(correlations(covariances(data))) for data in of.usable]
    return ScaleMeasures(
        scale=of.scale,
        items=len(of.reverse),
        reversed=sum(of.reverse),
        people=of.people,
        mean=of.mean_level(person_levels),
        sd=float(known.std(ddof=1)) if len(known) > 1 else None,
        alpha=of.alpha(),
        omega=of.of_correlations(omega_total, needs=FEWEST_ITEMS),
        omega_grouped=of.averaged([found[1] for found in grouped]),
        omega_hierarchical=of.averaged([found[0] for found in grouped]),
        mean_r=of.of_correlations(mean_r),
        consistency=of.halves(),
        retest=retest_r(levels, seed=of.seed),
        icc=retest_icc(levels),
        fit=fit(of.cube[0], {of.scale: range(len(of.reverse))}),
    )


def item_measures(
    sample: Sample, scales: Iterable["Occasions"], *, seed: int
) -> tuple[ItemMeasures, ...]:
    """The measures of every item of a sample, each within its scale."""
    totals: dict[int, Estimate] = {}
    for one in scales:
        totals.update(zip(one.places, one.item_totals(), strict=True))
    return tuple(
        _item(sample, place, totals.get(place, Estimate(why="it is on no scale")), seed)
        for place in range(len(sample.items))
    )


class Occasions:
    """The answers to a scale as keyed, (occasions, people, items): each occasion, then their mean.

    A statistic is taken of each occasion on which it is defined, and averaged over them. Intervals
    resample people, who keep all their occasions.
    """

    def __init__(self, sample: Sample, scale: str, places: Sequence[int], *, seed: int) -> None:
        self.scale, self.places, self.seed = scale, places, seed
        self.cube = sample.keyed(places)
        self.reverse = [sample.items[at].reverse for at in places]
        self.people = int((~np.isnan(self.cube)).any(axis=(0, 2)).sum())
        self.usable = [data for data in self.cube if not undefined(data)]
        self.why = "" if self.usable else undefined(self.cube[0])

    def alpha(self) -> Estimate:
        """Cronbach's alpha; the interval of Feldt (1965) on the number of people."""
        if not self.usable:
            return Estimate(n=self.people, why=self.why)
        value = float(np.mean([alpha_of(covariances(data)) for data in self.usable]))
        interval = feldt(value, self.people, self.cube.shape[2])
        return Estimate(value=value, interval=interval, n=self.people)

    def of_correlations(self, statistic: Statistic, *, needs: int = 2) -> Estimate:
        """A statistic of the correlations of at least so many items, with its interval."""
        return self.of_covariances(lambda found: statistic(correlations(found)), needs=needs)

    def of_covariances(self, statistic: Statistic, *, needs: int = 2) -> Estimate:
        """A statistic of the covariances of at least so many items, with its interval."""
        items = self.cube.shape[2]
        if self.usable and items < needs:
            return Estimate(n=self.people, why=f"{items} items: it takes {needs}")
        if not self.usable:
            return Estimate(n=self.people, why=self.why)
        value = np.mean([statistic(covariances(data)) for data in self.usable])
        drawn = mean_known(np.array([statistic(found) for found in self._resampled]))
        return Estimate(value=float(value), interval=usual_interval(drawn), n=self.people)

    def halves(self) -> Estimate:
        """Correlation of the mean of keyed items and that of reverse-keyed ones, turned round."""
        turned = np.array(self.reverse)
        if turned.all() or not turned.any():
            return Estimate(why="no items keyed the other way")

        ones, others = (~turned).astype(float), turned.astype(float)

        def between(found: Points) -> Points:
            spread = _form(found, ones, ones) * _form(found, others, others)
            with np.errstate(divide="ignore", invalid="ignore"):
                return np.asarray(_form(found, ones, others) / np.sqrt(spread))

        return self.of_covariances(between)

    def item_totals(self) -> tuple[Estimate, ...]:
        """Corrected item-total correlations, in the order of ``places``, with their intervals."""
        items = self.cube.shape[2]
        if not self.usable:
            return tuple(Estimate(n=self.people, why=self.why) for _ in range(items))
        each = np.array([item_total_of(covariances(data)) for data in self.usable])
        values = each.mean(axis=0)
        drawn = np.array([item_total_of(found) for found in self._resampled])
        return tuple(
            Estimate(
                value=float(values[at]),
                interval=usual_interval(mean_known(drawn[:, :, at])),
                n=self.people,
            )
            for at in range(items)
        )

    def averaged(self, found: Sequence[Estimate]) -> Estimate:
        """The mean of one estimate an occasion, without an interval."""
        values = [one.value for one in found if one.value is not None]
        if not values:
            return Estimate(n=self.people, why=found[0].why if found else self.why)
        return Estimate(value=float(np.mean(values)), n=self.people)

    def mean_level(self, levels: Points) -> Estimate:
        """The mean of people's levels, with its interval."""
        known = levels[~np.isnan(levels)]
        if not len(known):
            return Estimate(n=0, why="nobody answered three quarters of its items")
        draws = resampled(len(known), seed=self.seed, resamples=RESAMPLES)
        drawn = draws @ known / len(known)
        interval = usual_interval(drawn) if len(known) > 2 else None
        return Estimate(value=float(known.mean()), interval=interval, n=len(known))

    @cached_property
    def _resampled(self) -> list[Points]:
        """The covariances of each resample, for each occasion; everybody's occasions together."""
        draws = resampled(self.cube.shape[1], seed=self.seed, resamples=RESAMPLES)
        return [weighted_covariances(data, draws) for data in self.usable]


def _form(found: Points, one: Points, other: Points) -> Points:
    """The covariance of two weighted sums."""
    return np.asarray((found @ one) @ other)


def _item(sample: Sample, place: int, total: Estimate, seed: int) -> ItemMeasures:
    item = sample.items[place]
    answers = sample.keyed([place])[:, :, 0]
    given = answers[~np.isnan(answers)]
    return ItemMeasures(
        id=item.id,
        text=item.text,
        scale=item.scale,
        reverse=item.reverse,
        lowest=item.codes[0],
        highest=item.codes[-1],
        answers=len(given),
        asked=answers.size,
        mean=float(given.mean()) if len(given) else None,
        sd=float(given.std(ddof=1)) if len(given) > 1 else None,
        item_total=total,
        retest=retest_r(answers, seed=seed),
    )

"""Measures of robustness: answers to a perturbed item beside those to the original and a retest.

All intervals are percentile intervals of a bootstrap over people (Efron and Tibshirani, 1993, An
Introduction to the Bootstrap, chapter 13); a person's replicates are averaged first.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np

from evaluation.answers import amount, is_amount, level, told
from evaluation.intervals import FEWEST, Points, percentile_interval, resampled
from evaluation.joint_runs import Answered
from evaluation.robustness.result import Effect, Measure
from simulacra.domain.answer import Answer, Response
from simulacra.domain.survey import Item


class Three(NamedTuple):
    """The answers that belong together: to the perturbed items, the original ones, the retest.

    ``back`` leads from the codes of a perturbed item to those of before, where these are others.
    """

    perturbed: Answered
    original: Answered
    retest: Answered
    back: Mapping[str, Mapping[str, str]]


class Effects:
    """The effects of one perturbation on items and on groups of them.

    ``seed`` decides what the bootstrap draws; effects of the same people share it.
    """

    def __init__(self, three: Three, *, seed: int) -> None:
        self._three, self._seed = three, seed
        self._cells = sorted(set(three.perturbed) & set(three.original) & set(three.retest))
        self._people = sorted({person for person, _ in self._cells})
        self._row = {person: at for at, person in enumerate(self._people)}

    @cached_property
    def _draws(self) -> Points:
        return resampled(max(1, len(self._people)), seed=self._seed)

    def of(self, items: Sequence[Item], *, id_: str, text: str = "", shift: bool = True) -> Effect:
        """The effect on items taken together, or on a single one; ``shift`` where it has sense."""
        tables = [self._table(item) for item in items]
        together = np.sum([table.pairs for table in tables], axis=0)
        answered = together[:, 3]
        moved = shift and all(is_amount(item) for item in items)
        levels = self._levels(items) if moved else None
        return Effect(
            id=id_,
            text=text,
            items=len(items),
            people=int(np.count_nonzero(answered)),
            changed=self._ratio(together[:, 0], answered),
            retest=self._ratio(together[:, 1], answered),
            beyond=self._ratio(together[:, 2], answered),
            shift=self._ratio(levels[:, 0], levels[:, 2]) if levels is not None else None,
            retest_shift=self._ratio(levels[:, 1], levels[:, 2]) if levels is not None else None,
            distance=self._distance(tables, 0, answered),
            retest_distance=self._distance(tables, 2, answered),
        )

    def _table(self, item: Item) -> "_Table":
        """What each person answered to an item in all three, summed over replicates."""
        triples: list[tuple[int, tuple[str, str, str]]] = []
        for cell in self._cells:
            said = [told(item, response) for response in self._responses(cell, item)]
            first, second, third = said
            if first is not None and second is not None and third is not None:
                triples.append((self._row[cell[0]], (first, second, third)))
        places = {one: at for at, one in enumerate(sorted({t for _, ts in triples for t in ts}))}
        counts = np.zeros((len(self._people), 3, max(1, len(places))))
        pairs = np.zeros((len(self._people), 4))
        for row, (new, old, again) in triples:
            for at, one in enumerate((new, old, again)):
                counts[row, at, places[one]] += 1
            pairs[row] += (new != old, again != old, (new != again) - (old != again), 1)
        # Every person weighs alike, however many of their replicates could be used.
        weight = np.maximum(pairs[:, 3:], 1)
        return _Table(pairs / weight, counts / weight[:, :, None])

    def _levels(self, items: Sequence[Item]) -> Points:
        """For each person: shift, shift of the retest, and 1 where there are both."""
        moved: dict[int, list[tuple[float, float]]] = {}
        for cell in self._cells:
            answers = [self._responses(cell, item) for item in items]
            levels = [
                level([amount(item, one[at]) for item, one in zip(items, answers, strict=True)])
                for at in range(3)
            ]
            new, old, again = levels
            if new is not None and old is not None and again is not None:
                moved.setdefault(self._row[cell[0]], []).append((new - old, again - old))
        found = np.zeros((len(self._people), 3))
        for row, pairs in moved.items():
            found[row] = (*np.mean(pairs, axis=0), 1)
        return found

    def _responses(self, cell: tuple[str, int], item: Item) -> list[Response | None]:
        three, back = self._three, self._three.back.get(item.id, {})
        new = three.perturbed[cell].get(item.id)
        if isinstance(new, Answer) and back:
            new = new.model_copy(update={"codes": tuple(back.get(c, c) for c in new.codes)})
        return [new, three.original[cell].get(item.id), three.retest[cell].get(item.id)]

    def _ratio(self, sums: Points, weights: Points) -> Measure:
        """Sum over sum, over people."""
        return self._measure(lambda draws: _over(draws @ sums, draws @ weights), weights)

    def _distance(self, tables: Sequence["_Table"], at: int, answered: Points) -> Measure:
        """Total variation between the original answers and those in place ``at``."""

        def distance(draws: Points) -> Points:
            each = [
                _over(
                    np.abs(draws @ (one.counts[:, at] - one.counts[:, 1])).sum(axis=1),
                    2 * (draws @ one.pairs[:, 3]),
                )
                for one in tables
            ]
            known = ~np.isnan(each)
            return _over(np.where(known, each, 0).sum(axis=0), known.sum(axis=0).astype(float))

        return self._measure(distance, answered)

    def _measure(self, statistic: Callable[[Points], Points], weights: Points) -> Measure:
        people = np.count_nonzero(weights)
        if not people:
            return Measure()
        value = float(statistic(np.ones((1, len(self._people))))[0])
        if people < FEWEST:
            return Measure(value=value)
        return Measure(value=value, interval=percentile_interval(statistic(self._draws)))


class _Table(NamedTuple):
    """One item by person: (changed, changed in the retest, beyond, answered), and distributions.

    ``counts`` has shape (people, 3, answers): perturbed, original, retest.
    """

    pairs: Points
    counts: Points


def _over(sums: Points, weights: Points) -> Points:
    """Sums over weights; undefined without weight."""
    return np.divide(sums, weights, out=np.full_like(sums, np.nan), where=weights > 0)

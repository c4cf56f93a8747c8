"""Effects of order: does an answer depend on when its item came, and on where options stood?

Orders are drawn at random for each interview, so the test needs no model: were there no effect,
each interview would have given the same answers with the orders of any other. What is observed is
held against what comes out when the orders are dealt out anew among the interviews (randomisation
test: Fisher, 1935, The Design of Experiments; Edgington and Onghena, 2007, Randomization Tests),
with the probability of Phipson and Smyth (2010), which is never zero.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from evaluation.answers import amount, is_amount
from evaluation.experiments.experiment import OrderEffects
from evaluation.experiments.observations import Observation
from evaluation.experiments.parts import in_words, named
from evaluation.experiments.resampling import RESAMPLES, over, spread_of
from evaluation.experiments.result import Analysed, Named, OfItem
from evaluation.experiments.stimuli import Built
from evaluation.intervals import FEWEST, Points, resampled
from evaluation.sections import Estimate
from simulacra.domain.survey import Item, Kind

_SOURCES = (
    "Edgington, E. S., & Onghena, P. (2007). Randomization Tests (4th ed.). Chapman & Hall/CRC.",
    "Phipson, B., & Smyth, G. K. (2010). Permutation p-values should never be zero. Statistical "
    "Applications in Genetics and Molecular Biology 9(1), 39.",
    "Williams, E. J. (1949). Experimental designs balanced for the estimation of residual effects "
    "of treatments. Australian Journal of Scientific Research A 2, 149-168.",
)


_SAME = "all interviews had the same order, or no answer could show an effect"


class Dealt(NamedTuple):
    """What the answers of interview i would score with the orders of interview j.

    ``pairs`` has shape (interviews, interviews); what was observed is its diagonal. ``weights`` of
    shape (interviews,) are what the scores are divided by; ``scale`` turns that into the effect.
    ``people`` says whose interview it is.
    """

    pairs: Points
    weights: Points
    scale: float
    people: tuple[str, ...]

    def effect(self, *, permutations: int, seed: int) -> tuple[Estimate, float | None]:
        """The effect with its interval over people, and the two-sided probability of no effect."""
        many = len(set(self.people))
        if not len(self.pairs) or self.weights.sum() <= 0:
            return Estimate(n=many), None
        excess = np.diag(self.pairs) - self.pairs.mean(axis=1)
        value = self.scale * excess.sum() / self.weights.sum()
        interval = None
        if many >= FEWEST:
            of = {one: at for at, one in enumerate(sorted(set(self.people)))}
            row = np.array([of[one] for one in self.people])
            sums, weights = np.zeros(many), np.zeros(many)
            np.add.at(sums, row, excess)
            np.add.at(weights, row, self.weights)
            draws = resampled(many, seed=seed, resamples=RESAMPLES)
            interval = spread_of(self.scale * over(draws @ sums, draws @ weights), many)
        found = Estimate(value=float(value), interval=interval, n=many)
        return found, self._probability(permutations, seed)

    def _probability(self, permutations: int, seed: int) -> float | None:
        """Two-sided; None where no deal of the orders would have made a difference."""
        interviews = len(self.pairs)
        rng = np.random.default_rng(seed)
        expected = self.pairs.mean(axis=1).sum()
        rows = np.arange(interviews)
        dealt = np.array(
            [self.pairs[rows, rng.permutation(interviews)].sum() for _ in range(permutations)]
        )
        if np.ptp(dealt) < 1e-9:
            return None
        observed = abs(np.trace(self.pairs) - expected)
        as_large = np.count_nonzero(np.abs(dealt - expected) >= observed - 1e-9)
        return float((1 + as_large) / (1 + permutations))


def order_effects(
    analysis: OrderEffects,
    made: Built,
    observations: Sequence[Observation],
    seed: int,
) -> Analysed:
    """The effect of the place of options, and of the place of items.

    Of options: how much further to the front the chosen one stands than chance would have it, as a
    share of the way from last to first (above 0: primacy). Of items: by how much of its scale an
    answer moves from the first place to the last, a straight line over places, with each item's
    own mean taken away.
    """
    items = list(made.measured)
    options = options_dealt(items, observations)
    places = places_dealt(items, observations)
    given = {"permutations": analysis.permutations}
    of_options, by_options = options.effect(seed=seed, **given)
    of_items, by_items = places.effect(seed=seed + 1, **given)
    estimates = (
        named("option_order", "options shown first (above 0) or last (below)", "difference",
              of_options, _SAME, by_options),
        named("item_order", "drift from the first item to the last", "difference",
              of_items, _SAME, by_items),
    )  # fmt: skip
    return Analysed(
        method=(
            "Orders are drawn for each interview, balanced over them. Tested by dealing the orders "
            f"out anew among the interviews, {analysis.permutations:,} times."
        ),
        estimates=estimates,
        columns=("first option chosen", "last option chosen", "towards the first"),
        items=tuple(
            _of_item(item, observations, seed) for item in items if _ordered(item) and item.shuffle
        ),
        findings=tuple(_told(one) for one in estimates),
        sources=_SOURCES,
    )


def options_dealt(items: Sequence[Item], observations: Sequence[Observation]) -> Dealt:
    """Places of the options chosen, 1 for the first and 0 for the last shown, over all deals."""
    interviews, people = _interviews(observations)
    pairs, weights = np.zeros((len(people), len(people))), np.zeros(len(people))
    for item in items:
        asked = [one for one in observations if one.item == item.id and len(one.order) > 1]
        if not _ordered(item) or len({frozenset(one.order) for one in asked}) != 1:
            continue  # options that come and go cannot be dealt out anew
        ahead = {
            order: {code: 1 - at / (len(order) - 1) for at, code in enumerate(order)}
            for order in {one.order for one in asked}
        }
        shown = {interviews[one.interview]: ahead[one.order] for one in asked}
        for one in asked:
            if one.code is None or one.code not in one.order:
                continue
            row = interviews[one.interview]
            weights[row] += 1
            # Where an interview was not shown the item, nothing could be dealt: half the way.
            pairs[row] += [shown.get(at, {}).get(one.code, 0.5) for at in range(len(people))]
    return Dealt(pairs, weights, 1.0, people)


def places_dealt(items: Sequence[Item], observations: Sequence[Observation]) -> Dealt:
    """Products of answers (0 to 1 of their scale) and places, both about the item's mean."""
    interviews, people = _interviews(observations)
    amounts = np.full((len(people), len(items)), np.nan)
    places = np.full_like(amounts, np.nan)
    column = {item.id: at for at, item in enumerate(items) if item.kind is Kind.RATING}
    known = {item.id: item for item in items}
    for one in observations:
        if one.item not in column or one.place is None or not is_amount(known[one.item]):
            continue
        value = amount(known[one.item], one.response)
        if value is not None:
            row, at = interviews[one.interview], column[one.item]
            amounts[row, at] = _of_scale(known[one.item], value)
        places[interviews[one.interview], column[one.item]] = one.place
    answers, came = _centred(amounts), _centred(places)
    weights = np.where(np.isnan(amounts), 0.0, came**2).sum(axis=1)
    reach = max((one.place for one in observations if one.place is not None), default=1) - 1
    return Dealt(answers @ came.T, weights, float(reach), people)


def _interviews(
    observations: Sequence[Observation],
) -> tuple[dict[tuple[str, str, int], int], tuple[str, ...]]:
    names = sorted({one.interview for one in observations})
    return {name: at for at, name in enumerate(names)}, tuple(name[0] for name in names)


def _ordered(item: Item) -> bool:
    return item.kind in (Kind.SINGLE, Kind.RATING)


def _of_scale(item: Item, value: float) -> float:
    codes = [float(one.code) for one in item.options if one.missing is None]
    low, high = min(codes), max(codes)
    return (value - low) / (high - low) if high > low else 0.5


def _centred(points: Points) -> Points:
    """Points less the mean of their column; 0 where there is none."""
    known = ~np.isnan(points)
    filled = np.where(known, points, 0.0)
    return np.where(known, points - filled.sum(axis=0) / np.maximum(known.sum(axis=0), 1), 0.0)


def _of_item(item: Item, observations: Sequence[Observation], seed: int) -> OfItem:
    mine = [one for one in observations if one.item == item.id and one.code in one.order]
    people = len({one.person for one in mine})
    first = [one.code == one.order[0] for one in mine]
    last = [one.code == one.order[-1] for one in mine]
    effect, _ = options_dealt([item], mine).effect(permutations=1, seed=seed)
    return OfItem(
        id=item.id,
        wording=item.text,
        first=Estimate(value=float(np.mean(first)) if first else None, n=people),
        second=Estimate(value=float(np.mean(last)) if last else None, n=people),
        effect=effect,
    )


def _told(one: Named) -> str:
    what = {"option_order": "The place of an option", "item_order": "The place of an item"}
    if one.p is None:
        return f"{what[one.name]} cannot be tested: {_SAME}."
    moves = "moves the answers" if one.p < 0.05 else "shows no effect on the answers"
    chance = f"p = {one.p:.3f}" if one.p >= 0.001 else "p < .001"
    return f"{what[one.name]} {moves}: {in_words(one.estimate, one.unit, signed=True)}, {chance}."

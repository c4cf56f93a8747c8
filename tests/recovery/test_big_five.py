"""400 people with known Big Five levels answer the IPIP-NEO-120: do the levels come back?

The answers are drawn from the graded response model by the behavioural respondents, whose code
knows nothing of scoring. Discriminations are those that give the published alphas of the facets.
What r of level and score is to be expected is computed here from the model, without either.
"""

import asyncio
import math
from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from evaluation.instruments import find_instrument
from evaluation.joint_runs import Answered
from evaluation.personality.levels import by_person, own_levels
from evaluation.statistics.reliability import alpha
from simulacra.domain.behaviour import Behaviour, Curve
from simulacra.domain.persona import DOMAINS, FACETS, Persona
from simulacra.domain.survey import Instrument
from simulacra.survey.formats import read_instrument
from tests.support.personality import population
from tests.support.robustness import answers

pytestmark = pytest.mark.slow

PUBLISHED = {
    "anxiety": 0.71, "anger": 0.77, "depression": 0.80, "self_consciousness": 0.63,
    "immoderation": 0.69, "vulnerability": 0.70, "friendliness": 0.77, "gregariousness": 0.60,
    "assertiveness": 0.75, "activity_level": 0.68, "excitement_seeking": 0.67,
    "cheerfulness": 0.71, "imagination": 0.70, "artistic_interests": 0.72, "emotionality": 0.67,
}  # fmt: skip
"""Alphas of the IPIP-NEO-120 in the Eugene-Springfield sample (ipip.ori.org, Johnson 2011)."""
MEAN = 0.68
"""The mean alpha of the thirty facets (Johnson, 2014), for those not listed here."""
THRESHOLDS = (-1.5, -0.5, 0.5, 1.5)
LEVELS = np.arange(1, 6)
SHARES = np.array([0.0668, 0.2417, 0.3830, 0.2417, 0.0668])
ITEMS, MANY = 4, 400


def moments(discrimination: float, level: float) -> tuple[float, float]:
    """Mean and variance of an answer from 1 to 5 at a level, by Samejima's model."""
    above = [1 / (1 + math.exp(-discrimination * (level - 3 - cut))) for cut in THRESHOLDS]
    edges = [1.0, *above, 0.0]
    chances = [edges[at] - edges[at + 1] for at in range(5)]
    mean = sum(code * chance for code, chance in zip(LEVELS, chances, strict=True))
    square = sum(code**2 * chance for code, chance in zip(LEVELS, chances, strict=True))
    return float(mean), float(square - mean**2)


def expected_alpha(discrimination: float) -> float:
    """Alpha of four such items in the population: true over whole variance of their sum."""
    at = np.array([moments(discrimination, level) for level in LEVELS])
    centre = SHARES @ at[:, 0]
    true, chance = SHARES @ (at[:, 0] - centre) ** 2, SHARES @ at[:, 1]
    return float(ITEMS * true / (ITEMS * true + chance))


def discrimination_for(wanted: float) -> float:
    """The discrimination that gives an alpha, by halving."""
    low, high = 0.1, 6.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if expected_alpha(middle) < wanted else (low, middle)
    return (low + high) / 2


DISCRIMINATIONS = {facet: discrimination_for(PUBLISHED.get(facet, MEAN)) for facet in FACETS}
PEOPLE = population(MANY, seed=20)


def expected_r(facets: Sequence[str]) -> float:
    """r of the mean level of facets with the mean score of their items, over these people."""
    levels = np.array([[one.personality.facets[f] for f in facets] for one in PEOPLE])
    parts = np.array([
        [moments(DISCRIMINATIONS[facet], level) for facet, level in zip(facets, row, strict=True)]
        for row in levels
    ])  # fmt: skip
    known, mean = levels.mean(axis=1), parts[:, :, 0].mean(axis=1)
    chance = parts[:, :, 1].sum(axis=1).mean() / (ITEMS * len(facets) ** 2)
    shared = np.cov(known, mean, bias=True)
    return float(shared[0, 1] / math.sqrt(shared[0, 0] * (shared[1, 1] + chance)))


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return read_instrument(find_instrument("ipip_neo_120"))[0]


@pytest.fixture(scope="module")
def told(instrument: Instrument) -> Answered:
    curves = {
        item.id: Curve(discrimination=DISCRIMINATIONS[item.scale or ""])
        for item in instrument.items
    }
    how = Behaviour(levels="personality", curves=curves)
    return asyncio.run(answers(PEOPLE, instrument, how, 7))


def r_by_trait(instrument: Instrument, told: Answered) -> dict[str, float]:
    """r of true level and score over people, by domain and facet."""
    scores = {person: own_levels(instrument, one) for person, one in by_person(told).items()}
    true = {one.id: known(one) for one in PEOPLE}
    return {
        trait: float(
            np.corrcoef(
                [true[one.id][trait] for one in PEOPLE], [scores[one.id][trait] for one in PEOPLE]
            )[0, 1]
        )
        for trait in (*DOMAINS, *FACETS)
    }


def known(person: Persona) -> Mapping[str, float]:
    return {**person.personality.facets, **person.personality.domain_levels()}


def test_domains_come_back_at_nine_tenths_and_as_expected(
    instrument: Instrument, told: Answered
) -> None:
    found = r_by_trait(instrument, told)
    for domain, facets in DOMAINS.items():
        expected = expected_r(facets)
        assert found[domain] >= 0.9, f"{domain}: {found[domain]:.3f}"
        assert found[domain] == pytest.approx(expected, abs=tolerance(expected))


def test_facets_come_back_as_expected(instrument: Instrument, told: Answered) -> None:
    found = r_by_trait(instrument, told)
    off = []
    for facet in FACETS:
        expected = expected_r([facet])
        assert found[facet] == pytest.approx(expected, abs=tolerance(expected)), facet
        off.append(found[facet] - expected)
    assert abs(float(np.mean(off))) < 0.01


def test_the_answers_have_the_published_alphas(instrument: Instrument, told: Answered) -> None:
    off = []
    for facet in FACETS:
        items = [item for item in instrument.items if item.scale == facet]
        data = np.array([
            [6 - int(one[item.id].codes[0]) if item.reverse else int(one[item.id].codes[0])
             for item in items]
            for one in told.values()
        ], dtype=float)  # fmt: skip
        value = alpha(data).value
        assert value is not None
        off.append(value - PUBLISHED.get(facet, MEAN))
    assert abs(float(np.mean(off))) < 0.01 and max(map(abs, off)) < 0.08


def test_unreversed_items_and_swapped_people_are_seen(
    instrument: Instrument, told: Answered
) -> None:
    plain = instrument.model_copy(
        update={
            "items": tuple(one.model_copy(update={"reverse": False}) for one in instrument.items)
        }
    )
    assert min(r_by_trait(plain, told)[domain] for domain in DOMAINS) < 0.5
    cells = list(told)
    swapped = {cells[at]: told[cells[at - 1]] for at in range(len(cells))}
    assert max(abs(r) for r in r_by_trait(instrument, swapped).values()) < 0.25


def tolerance(r: float) -> float:
    """Four standard errors of a correlation of so many people."""
    return 4 * (1 - r**2) / math.sqrt(MANY)

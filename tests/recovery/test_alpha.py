"""Respondents with known discriminations give the alpha that their model expects.

The expectation is computed here, from the graded response model alone: no code is shared with what
draws the answers or with what scores them.
"""

import asyncio
import math

import numpy as np
import pytest

from evaluation.psychometrics.reliability import Occasions
from evaluation.psychometrics.runs import sample_of, scored_items
from evaluation.statistics.reliability import feldt
from simulacra.behaviour.respondent import SimulatedRespondent
from simulacra.domain.behaviour import Acquiescence, Behaviour, Curve
from simulacra.domain.run import Cell, Interview, PersonaRef
from simulacra.domain.survey import Instrument, Item, Kind, Option
from simulacra.survey.orders import Draw
from simulacra.survey.parse import read_reply
from simulacra.survey.present import present
from tests.support.studies import person

PEOPLE = 400
OPTIONS = tuple(Option(code=str(code), label=f"Degree {code}") for code in range(1, 6))
THRESHOLDS = (-1.5, -0.4, 0.5, 1.6)
SCALES = {
    # Discriminations of a weak scale, of one such as people answer, and of a strong one.
    "weak": (0.5, 0.6, 0.7, 0.5),
    "usual": (1.1, 1.4, 0.9, 1.6, 1.2, 1.0),
    "strong": (2.0, 2.4, 1.8, 2.2, 2.6, 2.0, 1.9, 2.1),
}


def instrument() -> Instrument:
    items = [
        Item(id=f"{scale}{at}", kind=Kind.RATING, text=f"{scale} statement {at}.", options=OPTIONS,
             scale=scale, reverse=at % 2 == 1)
        for scale, slopes in SCALES.items()
        for at in range(len(slopes))
    ]  # fmt: skip
    return Instrument(id="known", items=tuple(items))


def behaviour(seed: int, **more: object) -> Behaviour:
    curves = {
        f"{scale}{at}": Curve(discrimination=slope, thresholds=THRESHOLDS)
        for scale, slopes in SCALES.items()
        for at, slope in enumerate(slopes)
    }
    return Behaviour.model_validate({"seed": seed, "curves": curves, **more})


def expected_alpha(slopes: tuple[float, ...]) -> float:
    """Alpha of endless respondents: means and variances integrated over a normal trait.

    An item that is turned round and answered with the trait turned round has the same moments as
    the item with its thresholds mirrored; so the mirrored ones stand for the odd items.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(101)
    weights = weights / math.sqrt(2 * math.pi)
    means, squares = [], []
    for at, slope in enumerate(slopes):
        cuts = [-one for one in reversed(THRESHOLDS)] if at % 2 else list(THRESHOLDS)
        above = [1 / (1 + np.exp(-slope * (nodes - cut))) for cut in cuts]
        means.append(1 + sum(above))
        # E x^2 of 1 + sum of steps: 1 + sum over k of (2 k + 1) P(at least k steps).
        squares.append(1 + sum((2 * k + 1) * one for k, one in enumerate(above, start=1)))
    overall = [float(weights @ one) for one in means]
    variances = [
        float(weights @ one) - mean**2 for one, mean in zip(squares, overall, strict=True)
    ]
    total = sum(variances)
    for a, first in enumerate(means):
        for b, second in enumerate(means):
            if a != b:
                total += float(weights @ (first * second)) - overall[a] * overall[b]
    items = len(slopes)
    return items / (items - 1) * (1 - sum(variances) / total)


async def answered(asked: Instrument, how: Behaviour) -> list[tuple[Interview, Cell]]:
    records = []
    for number in range(PEOPLE):
        someone = person(f"Person {number}")
        respondent = SimulatedRespondent(someone, asked, how)
        state = respondent.opening()
        interview = Interview(id=str(number), persona=PersonaRef(id=someone.id, version=1),
                              seed=number, position=number)  # fmt: skip
        for place, item in enumerate(asked.items):
            question = present(item, asked, Draw(0, number, number), {})
            seed = 1000 * number + place
            reply = await respondent.ask(question, state, seed=seed, temperature=0.0)
            response = read_reply(question, reply)
            cell = Cell(interview_id=interview.id, item_id=item.id, position=place, seed=seed,
                        question=question, replies=(reply,), response=response)  # fmt: skip
            records.append((interview, cell))
    return records


def alphas(how: Behaviour, *, keyed: bool = True) -> dict[str, float]:
    asked = instrument()
    items, _ = scored_items(asked.items)
    if not keyed:
        items = [one._replace(reverse=False) for one in items]
    sample = sample_of(items, asyncio.run(answered(asked, how)), replicates=1)
    return {
        scale: Occasions(sample, scale, places, seed=1).alpha().value or 0.0
        for scale, places in sample.scales().items()
    }


@pytest.mark.slow
def test_alpha_is_that_of_the_model() -> None:
    """Of 400 people within .03 of the model's expectation, on the mean of three populations.

    A single one strays by chance: its interval holds the expectation.
    """
    found = [alphas(behaviour(seed)) for seed in range(3)]
    for scale, slopes in SCALES.items():
        right = expected_alpha(slopes)
        values = [one[scale] for one in found]
        assert float(np.mean(values)) == pytest.approx(right, abs=0.03), scale
        for value in values:
            interval = feldt(value, PEOPLE, len(slopes), level=0.999)
            assert interval.low < right < interval.high, scale


def test_the_expectation_of_the_model() -> None:
    """Items that do not tell people apart have no alpha; sharp ones have nearly all of it."""
    assert expected_alpha((0.001,) * 6) == pytest.approx(0, abs=0.001)
    assert 0.9 < expected_alpha((4.0,) * 6) < 1
    assert expected_alpha(SCALES["weak"]) < 0.5 < 0.8 > expected_alpha(SCALES["usual"]) - 0.05


@pytest.mark.slow
def test_unkeyed_items_do_not_have_it() -> None:
    found = alphas(behaviour(0), keyed=False)
    assert all(found[scale] < expected_alpha(slopes) - 0.3 for scale, slopes in SCALES.items())


@pytest.mark.slow
def test_a_pull_to_yes_lowers_it_where_items_are_keyed_both_ways() -> None:
    swayed = behaviour(0, effects=(Acquiescence(by=6.0),))
    assert alphas(swayed)["usual"] < expected_alpha(SCALES["usual"]) - 0.02

"""The test of effects of order: it finds what is planted, and nothing else more than it may."""

import numpy as np
import pytest

from evaluation.experiments.experiment import OrderEffects
from evaluation.experiments.files import find
from evaluation.experiments.observations import Observation
from evaluation.experiments.orders import options_dealt
from evaluation.experiments.stimuli import built
from simulacra.domain.answer import Answer
from tests.benchmarks.order_effects import false_alarms, tried
from tests.support.experiments import behaviour, found, observations, value

QUICK = find("orders").model_copy(update={"analysis": OrderEffects(permutations=199)})


async def test_an_effect_of_options_and_one_of_items_are_told_apart() -> None:
    options = await found(QUICK, behaviour({"effect": "option_order", "first": 2.0}), people=16)
    assert value(options, "option_order").p == 1 / 200
    assert (value(options, "option_order").estimate.value or 0) > 0.1
    assert (value(options, "item_order").p or 0) > 0.05
    items = await found(QUICK, behaviour({"effect": "item_order", "by": 0.2}), people=16)
    assert value(items, "item_order").p == 1 / 200
    assert (value(items, "item_order").estimate.value or 0) > 0.2
    assert (value(items, "option_order").p or 0) > 0.05
    assert "moves the answers" in items.findings[1] and "shows no effect" in items.findings[0]


async def test_the_last_option_is_told_from_the_first() -> None:
    last = await found(QUICK, behaviour({"effect": "option_order", "first": -2.0}), people=16)
    assert (value(last, "option_order").estimate.value or 0) < -0.1
    assert all((one.effect.value or 0) < 0.2 for one in last.items)


async def test_answers_dealt_to_other_orders_show_no_effect() -> None:
    """The known-wrong input: orders that were not those of the interview."""
    how = behaviour({"effect": "option_order", "first": 2.0})
    told = await observations(QUICK, how, people=16)
    shown = {(one.person, one.item): one.order for one in told}
    people = sorted({one.person for one in told})
    other = dict(zip(people, [*people[5:], *people[:5]], strict=True))
    mixed = [
        one.model_copy(update={"order": shown[other[one.person], one.item]}) for one in told
    ]
    items = built(QUICK).measured
    right, wrong = (options_dealt(items, some) for some in (told, mixed))
    assert (right.effect(permutations=199, seed=1)[1] or 1) < 0.01
    assert (wrong.effect(permutations=199, seed=1)[1] or 0) > 0.05


async def test_one_order_for_all_cannot_be_tested() -> None:
    fixed = QUICK.model_copy(
        update={"shuffle": False, "item": {**QUICK.item, "shuffle": "false"}}
    )
    analysis = await found(fixed, behaviour(), people=6)
    assert [one.p for one in analysis.estimates] == [None, None]
    assert all("cannot be tested" in one for one in analysis.findings)


def test_the_effect_by_hand() -> None:
    item = built(QUICK).measured[10]
    codes = [one.code for one in item.options]
    rows = [(codes, codes[0]), (codes[::-1], codes[3]), (codes, codes[1])]
    told = [
        Observation(
            person=f"p{at}",
            item=item.id,
            place=1,
            order=tuple(order),
            response=Answer(codes=(code,)),
        )
        for at, (order, code) in enumerate(rows)
    ]
    dealt = options_dealt([item], told)
    assert np.diag(dealt.pairs) == pytest.approx([1, 1, 2 / 3])
    # p0 chose the first of its order: under the three orders that were dealt 1, 0 and 1, and so on.
    expected = [2 / 3, 1 / 3, (2 / 3 + 1 / 3 + 2 / 3) / 3]
    value_ = dealt.effect(permutations=99, seed=1)[0].value
    assert value_ == pytest.approx(np.mean(np.array([1, 1, 2 / 3]) - expected))


@pytest.mark.slow
async def test_false_alarms_come_at_the_nominal_rate_and_effects_are_found() -> None:
    rows = [
        await tried("option_order", 0.0, people=30, seeds=range(1, 31)),
        await tried("option_order", 1.0, people=30, seeds=range(1, 11)),
        await tried("item_order", 0.1, people=30, seeds=range(1, 11)),
    ]
    alarms = false_alarms(rows)
    assert alarms["tests"] == 80 and alarms["low"] <= 0.05
    assert rows[1]["option_order_found"] >= 9 and rows[2]["item_order_found"] >= 9

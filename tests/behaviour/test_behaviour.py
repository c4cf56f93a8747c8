"""Simulated respondents: what is planted comes out, what is not does not."""

import math
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulacra.behaviour.graded import category_probabilities, curve_of, drawn, tilted
from simulacra.behaviour.respondent import Seen, SimulatedRespondent
from simulacra.domain.answer import Answer, Missing, MissingCode
from simulacra.domain.behaviour import Behaviour, Curve
from simulacra.domain.survey import Instrument, Item, Kind, Option, Question
from simulacra.errors import FatalModelError, InputError
from simulacra.llm.behavioural import behaviour_of
from simulacra.llm.registry import open_model
from simulacra.seeds import seed_of
from simulacra.settings import ModelSettings
from simulacra.survey.orders import Draw
from simulacra.survey.parse import read_reply
from simulacra.survey.present import present
from tests.support.minds import question
from tests.support.people import ilka
from tests.support.requests import request_of
from tests.support.studies import person

OPTIONS = tuple(Option(code=str(n), label=f"Point {n}") for n in range(1, 6))
SCALE = tuple(
    Item(
        id=f"e{n}", kind=Kind.RATING, text=f"Item {n}", options=OPTIONS, scale="energy",
        reverse=n % 2 == 0,
    )
    for n in range(1, 11)
)  # fmt: skip
PEOPLE = 150


def behaviour(*effects: dict[str, Any], **more: Any) -> Behaviour:
    return Behaviour.model_validate({"effects": effects, **more})


def respondent(at: int, instrument: Instrument, how: Behaviour) -> SimulatedRespondent:
    return SimulatedRespondent(person(f"Person {at}"), instrument, how)


async def answers(
    how: Behaviour,
    items: tuple[Item, ...] = SCALE,
    *,
    lead: tuple[str, ...] = (),
    condition: str = "",
) -> list[dict[str, Any]]:
    """One dict a person: responses by item, and their level of energy."""
    instrument = Instrument(id="x", items=items)
    rows = []
    for at in range(PEOPLE):
        one = respondent(at, instrument, how)
        state, row = one.opening(condition), {"level": one.level("energy")}
        for item in items:
            shown = present(item, instrument, Draw(1, at, at), {}, lead=lead)
            reply = await one.ask(shown, state, seed=seed_of(at, item.id), temperature=0)
            row[item.id] = read_reply(shown, reply)
            state = state.after(shown, reply, row[item.id])
        rows.append(row)
    return rows


def scores(rows: list[dict[str, Any]]) -> np.ndarray:
    """Items by person, reversed where they are keyed so."""
    return np.array(
        [
            [(6 - int(row[i.id].codes[0])) if i.reverse else int(row[i.id].codes[0]) for i in SCALE]
            for row in rows
        ]
    )


async def test_known_levels_are_recovered_by_a_plain_sum() -> None:
    rows = await answers(behaviour())
    levels = [row["level"] for row in rows]
    assert np.corrcoef(scores(rows).mean(axis=1), levels)[0, 1] > 0.9
    assert abs(np.mean(levels)) < 0.15 and 0.85 < np.std(levels) < 1.15


async def test_a_treatment_moves_the_answers_of_those_who_saw_it_by_what_was_planted() -> None:
    shift = {"effect": "shift", "scale": "energy", "seen": "STRONG coffee", "by": 0.8}
    told = ("You had a cup of strong coffee.",)
    control, treated = await answers(behaviour(shift)), await answers(behaviour(shift), lead=told)
    gain = scores(treated).mean() - scores(control).mean()
    grid = np.linspace(-4, 4, 161)
    weights = np.exp(-(grid**2) / 2) / np.exp(-(grid**2) / 2).sum()
    expected = np.mean([
        sum(
            weight * (_mean(item, level + 0.8) - _mean(item, level))
            for level, weight in zip(grid, weights, strict=True)
        )
        for item in SCALE
    ])  # fmt: skip
    assert gain == pytest.approx(expected, abs=0.1)
    assert expected > 0.4


def _mean(item: Item, level: float) -> float:
    chances = category_probabilities(curve_of(behaviour(), item.id, 5), level)
    return sum(point * chance for point, chance in enumerate(chances, start=1))


async def test_a_scale_listed_from_its_highest_code_down_is_answered_alike() -> None:
    turned = tuple(one.model_copy(update={"options": one.options[::-1]}) for one in SCALE)
    agreeing = {"effect": "acquiescence", "by": 1.0}
    for how in (behaviour(), behaviour(agreeing)):
        assert (scores(await answers(how, turned)) == scores(await answers(how))).all()


async def test_an_effect_of_a_condition_works_in_it_alone() -> None:
    shift = {"effect": "shift", "condition": "warm", "by": 1.0}
    plain = scores(await answers(behaviour()))
    assert (scores(await answers(behaviour(shift), condition="cold")) == plain).all()
    assert scores(await answers(behaviour(shift), condition="warm")).mean() > plain.mean() + 0.4


@pytest.mark.parametrize("rate", [0.0, 0.37, 1.0])
async def test_conformity_and_non_response_come_at_their_rates(rate: float) -> None:
    follow = {"effect": "follow", "items": ["e1"], "code": "5", "rate": rate}
    refuse = {"effect": "non_response", "items": ["e2"], "rate": rate}
    rows = await answers(behaviour(follow, refuse, seed=3))
    plain = await answers(behaviour(seed=3))
    fives = sum(row["e1"] == Answer(codes=("5",)) for row in rows)
    base = sum(row["e1"] == Answer(codes=("5",)) for row in plain)
    assert fives == pytest.approx(base + rate * (PEOPLE - base), abs=14)
    refused = [row["e2"] for row in rows if isinstance(row["e2"], Missing)]
    assert len(refused) == pytest.approx(rate * PEOPLE, abs=18)
    assert all(one.code == MissingCode.REFUSED for one in refused)
    assert [row["e3"] for row in rows] == [row["e3"] for row in plain]


@pytest.mark.parametrize("first", [0.0, 1.2])
async def test_the_order_of_options_works_only_where_it_is_planted(first: float) -> None:
    order = {"effect": "option_order", "first": first}
    items = tuple(item.model_copy(update={"shuffle": True, "reverse": False}) for item in SCALE)
    instrument = Instrument(id="x", items=items)
    means: dict[bool, list[float]] = {True: [], False: []}
    for at in range(PEOPLE):
        one = respondent(at, instrument, behaviour(order))
        for item in items:
            shown = present(item, instrument, Draw(1, at, at), {})
            reply = await one.ask(shown, one.opening(), seed=seed_of(at, item.id), temperature=0)
            means[shown.order[0] == "1"].append(int(reply.selection[0]))
    gap = float(np.mean(means[False]) - np.mean(means[True]))
    assert gap > 0.3 if first else abs(gap) < 0.12


async def test_acquiescence_raises_all_items_whichever_way_they_are_keyed() -> None:
    rows = await answers(behaviour({"effect": "acquiescence", "by": 2.0}))
    plain = await answers(behaviour())
    for item in SCALE:
        agreed, before = (
            np.mean([int(row[item.id].codes[0]) for row in some]) for some in (rows, plain)
        )
        assert agreed > before + 0.2


async def test_later_items_drift_where_that_is_planted() -> None:
    gains = (
        scores(await answers(behaviour({"effect": "item_order", "by": 0.1})))
        - scores(await answers(behaviour()))
    ).mean(axis=0)
    assert gains[0] == 0 and gains[9] > 0.4


async def test_an_answer_is_the_same_for_its_seed_and_an_unreadable_one_can_be_put_again() -> None:
    mumbles = behaviour({"effect": "non_response", "rate": 1.0, "why": "unreadable"})
    instrument = Instrument(id="x", items=SCALE)
    one = respondent(1, instrument, mumbles)
    shown = present(SCALE[0], instrument, Draw(1, 1, 1), {})
    first = await one.ask(shown, Seen(), seed=4, temperature=0)
    assert first == await one.ask(shown, Seen(), seed=4, temperature=0)
    response = read_reply(shown, first)
    assert isinstance(response, Missing) and response.code == MissingCode.UNREADABLE
    assert first.calls == ()


def test_levels_of_the_personality() -> None:
    how = behaviour(levels="personality")
    instrument = Instrument(id="x", items=SCALE)
    one = SimulatedRespondent(ilka(), instrument, how)
    known = ilka().personality.domain_levels()
    for domain, mean in known.items():
        assert one.level(domain) == pytest.approx((mean - 3) / 0.7)
    for facet, level in ilka().personality.facets.items():
        assert one.level(facet) == level - 3
    order = ilka().personality.functions
    assert sorted(order, key=one.level, reverse=True) == list(order)
    assert one.level("energy") == SimulatedRespondent(ilka(), instrument, how).level("energy")


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind.askable])
async def test_each_kind_is_answered_in_words_that_are_read(kind: Kind) -> None:
    asked = question(kind)
    item = Item(id=asked.item_id, kind=kind, text=asked.text, options=asked.options)
    instrument = Instrument(id="x", items=(item,))
    for seed in range(30):
        shown: Question = present(item, instrument, Draw(1, seed, seed), {})
        reply = await respondent(seed, instrument, behaviour()).ask(
            shown, Seen(), seed=seed, temperature=0
        )
        assert isinstance(read_reply(shown, reply), Answer), reply.text


@given(st.floats(-4, 4), st.floats(0.2, 4), st.integers(2, 9))
def test_probabilities_are_those_of_a_graded_model(level: float, a: float, many: int) -> None:
    how = Behaviour(discrimination=a, spread=0)
    chances = category_probabilities(curve_of(how, "q", many), level)
    assert len(chances) == many and min(chances) >= 0
    assert math.fsum(chances) == pytest.approx(1)
    middle = curve_of(how, "q", many).thresholds[(many - 1) // 2]
    above = math.fsum(chances[(many - 1) // 2 + 1 :])
    assert above == pytest.approx(1 / (1 + math.exp(-a * (level - middle))))


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind.optioned])
async def test_options_that_all_mean_no_answer_are_answered_too(kind: Kind) -> None:
    none = (Option(code="8", label="Cannot say", missing=-96, exclusive=True),)
    instrument = Instrument(id="x", items=(Item(id="q", kind=kind, text="?", options=none),))
    shown = present(instrument.items[0], instrument, Draw(1, 1, 1), {})
    reply = await respondent(1, instrument, behaviour()).ask(shown, Seen(), seed=5, temperature=0)
    assert reply.text


@pytest.mark.parametrize(("least", "most"), [(None, None), (-1e300, 1e300), (0.0, 0.0)])
async def test_days_lie_in_the_calendar(least: float | None, most: float | None) -> None:
    item = Item(id="d", kind=Kind.DATE, text="When?", minimum=least, maximum=most)
    instrument = Instrument(id="x", items=(item,))
    shown = present(item, instrument, Draw(1, 1, 1), {})
    reply = await respondent(1, instrument, behaviour()).ask(shown, Seen(), seed=5, temperature=0)
    assert isinstance(read_reply(shown, reply), Answer)


def test_draws_follow_their_chances() -> None:
    chances = tilted([0.5, 0.5], [math.log(3), 0])
    assert chances == pytest.approx([0.75, 0.25])
    many = Counter(drawn(chances, at / 1000) for at in range(1000))
    assert many[0] == pytest.approx(750, abs=1)


def test_a_file_names_a_population(tmp_path: Path) -> None:
    path = tmp_path / "people.yaml"
    path.write_text("effects:\n- {effect: shift, by: 0.5}\ncurves:\n  a: {discrimination: 2}\n")
    how = behaviour_of(f"behavioural:{path}")
    assert how is not None and how.curves["a"] == Curve(discrimination=2)
    assert behaviour_of("behavioural") == Behaviour()
    assert behaviour_of("openai:x") is None
    path.write_text("effects:\n- {effect: magic}\n")
    with pytest.raises(InputError, match=r"effects\.0"):
        behaviour_of(f"behavioural:{path}")
    with pytest.raises(InputError, match="cannot be read"):
        behaviour_of("behavioural:nowhere.yaml")


async def test_there_is_no_language_in_it() -> None:
    model = open_model("behavioural", ModelSettings())
    assert (model.info.reproducible, model.info.default_temperature) == (True, 0.0)
    with pytest.raises(FatalModelError, match="answer surveys only"):
        await model.complete(request_of("Hello?"))
    with pytest.raises(FatalModelError, match="answer surveys only"):
        await model.score(request_of("Hello?"), ["a"])

"""What a perturbation did: by hand, and with simulated respondents whose effects are known."""

import pytest

from evaluation.answers import is_compared
from evaluation.joint_runs import Answered
from evaluation.robustness.measures import Effects, Three
from evaluation.robustness.result import Measure
from simulacra.domain.answer import Answer, Missing, MissingCode, Response
from simulacra.domain.survey import Item, Kind, Option
from tests.support.robustness import (
    asked_three_times,
    behaviour,
    choice,
    instrument,
    rating,
)

GONE = Missing(code=MissingCode.DONT_KNOW)
FAILED = Missing(code=MissingCode.TECHNICAL)


def told(item: Item, *people: str) -> Answered:
    """A person for each text: the codes in each replicate; ? is don't know, ! a failure."""
    missing: dict[str, Response] = {"?": GONE, "!": FAILED}
    return {
        (f"p{at}", number): {item.id: missing.get(code) or Answer(codes=(code,))}
        for at, codes in enumerate(people)
        for number, code in enumerate(codes, start=1)
    }


def effects(item: Item, new: tuple[str, ...], old: tuple[str, ...], again: tuple[str, ...]):
    three = Three(told(item, *new), told(item, *old), told(item, *again), {})
    return Effects(three, seed=1).of([item], id_=item.id)


def test_measures_by_hand() -> None:
    found = effects(rating(1), ("2", "2", "3", "1"), ("1", "2", "3", "1"), ("1", "3", "3", "1"))
    assert (found.people, found.items) == (4, 1)
    assert found.changed.value == 0.25 and found.retest.value == 0.25
    assert found.beyond.value == 0.25  # the first person left the retest, nobody came nearer
    assert found.shift and found.shift.value == 0.25
    assert found.retest_shift and found.retest_shift.value == 0.25
    # 1, 1, 2, 3 became 1, 2, 2, 3, and in the retest 1, 1, 3, 3
    assert found.distance.value == 0.25 and found.retest_distance.value == 0.25
    for one in (found.changed, found.beyond, found.shift, found.distance):
        assert one.interval and one.interval.low <= 0.25 <= one.interval.high


def test_reversed_items_are_turned_round_and_codes_brought_back() -> None:
    item = rating(1, reverse=True)
    up = ("2", "2", "2")
    assert effects(item, ("3", "3", "3"), up, up).shift == Measure.model_validate(
        {"value": -1.0, "interval": {"low": -1.0, "high": -1.0}}
    )
    back = {"r1": {"1": "5", "2": "4", "3": "3", "4": "2", "5": "1"}}
    three = Three(told(item, "4", "4", "4"), told(item, *up), told(item, *up), back)
    found = Effects(three, seed=1).of([item], id_="r1")
    assert found.changed.value == 0 and found.shift and found.shift.value == 0


def test_people_weigh_alike_however_many_replicates_can_be_used() -> None:
    found = effects(rating(1), ("22!", "111", "111"), ("111", "111", "111"), ("111", "111", "111"))
    assert found.changed.value == pytest.approx(1 / 3)
    assert found.shift and found.shift.value == pytest.approx(1 / 3)


def test_not_to_know_is_an_answer_that_changed_and_a_failure_is_none() -> None:
    found = effects(rating(1), ("?", "!", "1"), ("1", "1", "1"), ("1", "1", "1"))
    assert found.people == 2 and found.changed.value == 0.5 and found.distance.value == 0.5
    assert found.shift and found.shift.value == 0  # of the one whose answers are both amounts
    assert found.changed.interval is None  # of two people


def test_without_answers_there_are_no_numbers() -> None:
    found = effects(rating(1), ("!", "!"), ("1", "1"), ("1", "1"))
    assert found.people == 0
    assert found.changed == found.beyond == found.distance == found.shift == Measure()


def test_several_items_are_averaged_and_a_scale_moves_by_its_mean() -> None:
    first, second = rating(1, scale="s"), rating(2, scale="s", reverse=True)
    rows = {"new": ("2", "2"), "old": ("1", "1"), "again": ("1", "1")}
    answered = {
        name: {
            (f"p{at}", 1): {
                "r1": Answer(codes=(codes[0],)), "r2": Answer(codes=(codes[1],)),
            }
            for at in range(3)
        }
        for name, codes in rows.items()
    }  # fmt: skip
    three = Three(answered["new"], answered["old"], answered["again"], {})
    both = Effects(three, seed=1)
    scale = both.of([first, second], id_="s")
    assert scale.items == 2 and scale.changed.value == 1 and scale.distance.value == 1
    assert scale.shift and scale.shift.value == 0  # one item up, the reversed one down
    assert both.of([first, second], id_="all", shift=False).shift is None


def test_the_order_of_many_choices_is_no_change_and_that_of_ranks_is_one() -> None:
    options = (Option(code="a", label="A"), Option(code="b", label="B"))
    many = Item(id="m", kind=Kind.MULTI, text="Which?", options=options)
    ranks = Item(id="m", kind=Kind.RANKING, text="Which first?", options=options)
    cells = [(f"p{at}", 1) for at in range(3)]
    new: Answered = {cell: {"m": Answer(codes=("b", "a"))} for cell in cells}
    old: Answered = {cell: {"m": Answer(codes=("a", "b"))} for cell in cells}
    three = Effects(Three(new, old, old, {}), seed=1)
    assert three.of([many], id_="m").changed.value == 0
    assert three.of([ranks], id_="m").changed.value == 1
    assert three.of([ranks], id_="m").shift is None
    assert not is_compared(Item(id="t", kind=Kind.LONG_TEXT, text="Why?"))


# ---- known truths -------------------------------------------------------------------------------

FIRST = {"effect": "option_order", "first": 1.2}


async def test_what_does_not_heed_the_order_is_not_moved_by_it() -> None:
    asked = instrument(*(rating(at) for at in range(5)))
    three = await asked_three_times("scale_reversed", asked, behaviour(), people=20)
    assert three.perturbed == three.original != three.retest
    found = Effects(three, seed=1).of(asked.items, id_="all")
    assert found.changed.value == found.beyond.value == 0
    assert found.retest.value and found.retest.value > 0.3


@pytest.mark.parametrize("name", ["scale_reversed", "options_reversed"])
async def test_false_alarms_come_at_their_rate_where_seeds_do_not_tie_answers(name: str) -> None:
    make = rating if name == "scale_reversed" else choice
    asked = instrument(*(make(at) for at in range(80)))
    three = await asked_three_times(name, asked, behaviour(), people=30, again=77)
    made = Effects(three, seed=1)
    found = [made.of([item], id_=item.id) for item in asked.items]
    for measures in ([one.beyond for one in found], [one.shift for one in found if one.shift]):
        assert sum(one.clear for one in measures) <= 0.125 * len(asked.items)
    assert not made.of(asked.items, id_="all", shift=False).beyond.clear


async def test_an_effect_of_order_is_found_on_choices() -> None:
    asked = instrument(*(choice(at) for at in range(4)))
    for tied in (1, 77):
        three = await asked_three_times(
            "options_reversed", asked, behaviour(FIRST), people=80, again=tied
        )
        found = Effects(three, seed=1).of(asked.items, id_="all", shift=False)
        assert found.beyond.clear and found.beyond.value and found.beyond.value > 0
        distance, retest = found.distance.value, found.retest_distance.value
        assert distance and retest and distance > retest


async def test_an_effect_of_order_is_found_on_ratings() -> None:
    asked = instrument(*(rating(at, scale="s") for at in range(4)))
    three = await asked_three_times("scale_reversed", asked, behaviour(FIRST), people=60)
    found = Effects(three, seed=1).of(asked.items, id_="s")
    assert found.shift and found.shift.clear
    assert found.shift.value and found.shift.value > 0.1  # the highest code now comes first
    assert found.retest_shift and not found.retest_shift.clear


@pytest.mark.parametrize("by", [0.0, 1.5])
async def test_acquiescence_is_found_by_polarity_and_by_nothing_else(by: float) -> None:
    asked = instrument(*(rating(at, scale="s") for at in range(6)))
    how = behaviour({"effect": "acquiescence", "by": by})
    for name in ("polarity", "scale_reversed"):
        three = await asked_three_times(name, asked, how, people=60, again=77)
        found = Effects(three, seed=1).of(asked.items, id_="s")
        assert found.shift and found.shift.value is not None
        assert found.shift.clear == (name == "polarity" and by > 0)
        if found.shift.clear:  # who agrees with the opposite too disagrees with the statement
            assert found.shift.value < -0.3

"""Runs side by side: pairs, intervals over people, and what is left out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.comparison.measures import Pairs, steady
from simulacra.domain.answer import Answer, Missing, MissingCode, Response
from simulacra.domain.survey import Item, Kind, Option

CODES = tuple(Option(code=str(n), label=f"Level {n}") for n in range(1, 6))
FIRST = Item(id="a", kind=Kind.RATING, text="A?", options=CODES, scale="s")
TURNED = Item(id="b", kind=Kind.RATING, text="B?", options=CODES, scale="s", reverse=True)


def answer(code: int) -> Answer:
    return Answer(codes=(str(code),))


def told(**codes: int) -> dict[str, Response]:
    return {name: answer(code) for name, code in codes.items()}


def pairs(*some: tuple[dict[str, Response], dict[str, Response]]) -> Pairs:
    return Pairs({f"p{at}": [pair] for at, pair in enumerate(some)}, seed=1)


def test_equal_runs_differ_in_nothing() -> None:
    found = pairs(*[(told(a=n, b=6 - n), told(a=n, b=6 - n)) for n in (1, 2, 4, 5)])
    item, scale = found.item(FIRST), found.scale("s", [FIRST, TURNED])
    assert item.difference and item.same and item.distance
    assert (item.difference.value, item.same.value, item.distance.value) == (0, 1, 0)
    assert scale.difference and scale.difference.value == 0
    assert scale.correlation and scale.correlation.value == pytest.approx(1)


def test_a_reversed_item_is_turned_round() -> None:
    found = pairs(*[(told(a=3, b=4), told(a=3, b=2))] * 3)
    moved = found.item(TURNED)
    assert moved.difference and moved.difference.value == pytest.approx(2)
    assert (moved.first, moved.other) == (2, 4)
    assert found.scale("s", [FIRST, TURNED]).difference == moved.difference.model_copy(
        update={"value": 1.0, "interval": moved.difference.interval.model_copy(
            update={"low": 1.0, "high": 1.0})}
    )  # fmt: skip


def test_the_same_distribution_from_other_people_has_no_distance_but_is_not_the_same() -> None:
    found = pairs(*[(told(a=n), told(a=6 - n)) for n in (1, 2, 4, 5)]).item(FIRST)
    assert found.same and found.distance
    assert (found.same.value, found.distance.value) == (0, 0)


def test_a_person_with_many_replicates_weighs_as_one() -> None:
    units = {
        "many": [(told(a=1), told(a=5))] * 30,
        "one": [(told(a=3), told(a=3))],
        "two": [(told(a=3), told(a=3))],
    }
    found = Pairs(units, seed=1).item(FIRST)
    assert found.difference and found.difference.value == pytest.approx(4 / 3)
    assert (found.pairs, found.units) == (32, 3)


def test_missing_answers_leave_a_pair_out_and_too_few_have_no_interval() -> None:
    gone: dict[str, Response] = {"a": Missing(code=MissingCode.TECHNICAL)}
    refused: dict[str, Response] = {"a": Missing(code=MissingCode.REFUSED)}
    found = pairs((told(a=1), gone), (told(a=1), refused), (told(a=1), told(a=2))).item(FIRST)
    assert found.pairs == 2  # a refusal is told, a technical failure is nothing
    assert found.difference and found.difference.n == 1
    assert found.difference.value == 1 and found.difference.interval is None


def test_a_level_that_does_not_vary_has_no_correlation() -> None:
    found = pairs(*[(told(a=n, b=3), told(a=2, b=2)) for n in (1, 2, 4, 5)])
    scale = found.scale("s", [FIRST, TURNED])
    assert scale.correlation and scale.correlation.value is None


def test_steadiness_is_the_share_of_pairs_of_replicates_that_agree() -> None:
    units = {"p": [told(a=1), told(a=1), told(a=2)], "q": [told(a=1)]}
    assert steady(units, [FIRST], 1).value == pytest.approx(1 / 3)
    assert steady({"q": [told(a=1)]}, [FIRST], 1).value is None


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=3, max_size=12))
def test_changing_sides_turns_the_difference_and_keeps_the_rest(
    codes: list[tuple[int, int]],
) -> None:
    there = pairs(*[(told(a=a), told(a=b)) for a, b in codes]).item(FIRST)
    back = pairs(*[(told(a=b), told(a=a)) for a, b in codes]).item(FIRST)
    assert there.difference and back.difference and there.difference.value is not None
    assert there.difference.value == pytest.approx(-(back.difference.value or 0))
    assert there.same == back.same
    assert there.distance == back.distance
    gaps = np.array([b - a for a, b in codes])
    assert there.difference.value == pytest.approx(gaps.mean())

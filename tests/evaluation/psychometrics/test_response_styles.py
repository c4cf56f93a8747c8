"""Respondents with a planted style are found by it, and by it alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.psychometrics.response_styles import option_counts, response_styles
from evaluation.psychometrics.result import RespondentStyle
from tests.support.answers import rated, sample, scored

REVERSE = (1, 3, 5, 7)
ITEMS = scored(8, reverse=REVERSE)


def style(answers: list[float], **more: object) -> RespondentStyle:
    found = response_styles(
        sample(np.array([answers], dtype=float), items=ITEMS, in_order=True), seed=1
    )
    return found.respondents[0]


def test_who_always_agrees() -> None:
    found = style([5] * 8)
    assert (found.acquiescence, found.extreme, found.midpoint) == (0.5, 1, 0)
    assert (found.inconsistency, found.longest, found.same, found.entropy) == (1, 1, 1, 0)


def test_who_answers_by_content_has_no_acquiescence() -> None:
    found = style([5, 1] * 4)
    assert (found.acquiescence, found.inconsistency, found.extreme) == (0, 0, 1)
    assert (found.longest, found.same) == (1 / 8, 0)


def test_who_stays_in_the_middle() -> None:
    found = style([3] * 8)
    assert (found.acquiescence, found.extreme, found.midpoint) == (0, 0, 1)
    assert found.inconsistency == 0 and found.same == 1


def test_entropy_of_even_answers_is_one() -> None:
    answers = np.array([[1, 2, 3, 4, 5] * 2], dtype=float)
    found = response_styles(sample(answers, items=scored(10)), seed=1).respondents[0]
    assert found.entropy == pytest.approx(1)
    assert found.acquiescence is None, "no item is keyed the other way"


def test_the_longest_run_follows_the_order_asked_and_missing_answers_break_none() -> None:
    answers = np.array([[[2, 4, 2, 4, 2, 4, 2, 4]]], dtype=float)
    as_asked = sample(answers[0], items=ITEMS, in_order=True)
    apart = as_asked._replace(sequence=np.array([[[1, 5, 2, 6, 3, 7, 4, 8]]], dtype=float))
    assert response_styles(as_asked, seed=1).respondents[0].longest == 1 / 8
    assert response_styles(apart, seed=1).respondents[0].longest == 4 / 8
    unknown = response_styles(as_asked._replace(sequence=None), seed=1)
    assert unknown.longest.value is None and "order" in unknown.longest.why
    holed = as_asked.answers.copy()
    holed[0, 0, 2] = np.nan
    assert response_styles(as_asked._replace(answers=holed), seed=1).respondents[0].answers == 7


def test_items_that_were_not_asked_count_for_nothing() -> None:
    answers = np.array([[5, 5, 5, 5, np.nan, np.nan, np.nan, np.nan]])
    found = response_styles(sample(answers, items=ITEMS), seed=1)
    assert found.respondents[0].extreme == 1 and found.extreme.n == 1
    nobody = response_styles(sample(np.full((2, 8), np.nan), items=ITEMS), seed=1)
    assert nobody.extreme.value is None and nobody.respondents == ()


def test_a_planted_pull_to_yes_is_found_with_its_interval() -> None:
    data = rated(200, 8, reverse=REVERSE)
    rng = np.random.default_rng(2)
    pulled = np.where(rng.random(data.shape) < 0.3, 5, data)
    plain = response_styles(sample(data, items=ITEMS), seed=1)
    swayed = response_styles(sample(pulled, items=ITEMS), seed=1)
    assert plain.acquiescence.covers(0)
    assert swayed.acquiescence.interval and swayed.acquiescence.interval.low > 0.1
    # Reverse-keyed items that are turned round before would hide it.
    keyed = np.where(np.isin(np.arange(8), REVERSE), 6 - pulled, pulled)
    hidden = response_styles(sample(keyed, items=scored(8)), seed=1)
    assert hidden.acquiescence.value is None


def test_replicates_are_averaged_within_a_respondent() -> None:
    one, other = np.full((4, 8), 5.0), np.full((4, 8), 3.0)
    found = response_styles(sample(one, other, items=ITEMS), seed=1)
    assert found.extreme.value == 0.5 and found.extreme.n == 4
    assert found.respondents[0].acquiescence == pytest.approx(0.25)


def test_items_with_other_options_are_left_out() -> None:
    odd = ITEMS[0]._replace(codes=(1.0, 2.0))
    found = response_styles(sample(rated(5, 8), items=(odd, *ITEMS[1:])), seed=1)
    assert (found.items, found.options) == (7, 5)
    few = response_styles(sample(rated(5, 2), items=scored(2)), seed=1)
    assert few.extreme.value is None and "three items" in few.extreme.why
    even = tuple(one._replace(codes=(1.0, 2.0, 4.0, 5.0)) for one in ITEMS)
    assert "even" in response_styles(sample(rated(5, 8), items=even), seed=1).midpoint.why


@given(st.integers(0, 999))
def test_the_order_of_people_and_turning_the_scale_round(seed: int) -> None:
    data = rated(12, 8, seed=seed, reverse=REVERSE)
    there = response_styles(sample(data, items=ITEMS), seed=1)
    back = response_styles(sample(6 - data[::-1], items=ITEMS), seed=1)
    assert back.acquiescence.value == pytest.approx(-(there.acquiescence.value or 0))
    for name in ("extreme", "midpoint", "inconsistency", "same", "entropy"):
        assert getattr(back, name).value == pytest.approx(getattr(there, name).value)


def test_options_are_counted_as_given_and_only_where_items_share_their_codes() -> None:
    answers = np.array([[1, 2, 2, np.nan], [1, 5, 2, 4]], dtype=float)
    items = scored(4, reverse=(1,))
    [found] = option_counts(sample(answers, items=items))
    assert found.codes == (1, 2, 3, 4, 5)
    assert found.counts == (2, 3, 0, 1, 1)
    other = items[0]._replace(codes=(1.0, 2.0))
    assert option_counts(sample(answers, items=(other, *items[1:]))) == ()

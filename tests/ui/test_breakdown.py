"""Answers by group: shares with Wilson's interval, weighted, people and not replicates counted."""

import math

import pytest
from hypothesis import given as forall
from hypothesis import strategies as st
from scipy.stats import binomtest

from simulacra.domain.answer import Answer, Missing, MissingCode, Response
from simulacra.domain.run import PersonaRef
from simulacra.domain.survey import Item, Kind, Option
from simulacra.storage.results import Given, Respondent
from ui.breakdown import EVERYBODY, bases, grouped, shares, wilson

OPTIONS = tuple(Option(code=str(n), label=f"Level {n}") for n in (1, 2, 3))
ITEM = Item(id="q", kind=Kind.RATING, text="?", options=OPTIONS)


def who(at: int) -> PersonaRef:
    return PersonaRef(id=f"p{at}", version=1)


def given(at: int, response: Response, replicate: int = 1, condition: str = "") -> Given:
    return Given(who(at), condition, replicate, f"i{at}-{replicate}", response)


def answer(code: int) -> Answer:
    return Answer(codes=(str(code),))


def people(*weights: float) -> dict[PersonaRef, Respondent]:
    return {
        who(at): Respondent(f"P{at}", "female" if at % 2 else "male", 20 + 10 * at, weight)
        for at, weight in enumerate(weights)
    }


def test_shares_have_wilsons_interval() -> None:
    answers = [given(at, answer(1 if at < 3 else 2)) for at in range(10)]
    found = shares(grouped(answers, people(*[1] * 10), "", weighted=False), OPTIONS)
    assert [(one.group, one.share, one.answers) for one in found] == [
        (EVERYBODY, 0.3, 3), (EVERYBODY, 0.7, 7), (EVERYBODY, 0.0, 0)
    ]  # fmt: skip
    for one in found:
        expected = binomtest(one.answers, 10).proportion_ci(method="wilson")
        assert (one.low, one.high) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_replicates_are_no_new_people() -> None:
    once = [given(at, answer(1 + at % 2)) for at in range(4)]
    twice = once + [given(at, answer(1 + at % 2), replicate=2) for at in range(4)]
    crowd = people(1, 1, 1, 1)
    [first, *_] = shares(grouped(once, crowd, "", weighted=False), OPTIONS)
    [again, *_] = shares(grouped(twice, crowd, "", weighted=False), OPTIONS)
    assert (again.share, again.low, again.high) == (first.share, first.low, first.high)
    assert again.answers == 2 * first.answers
    [base] = bases(grouped(twice, crowd, "", weighted=False), ITEM)
    assert (base.people, base.answers) == (4, 8)


def test_weights_count_people_of_a_population_and_widen_the_interval() -> None:
    answers = [given(0, answer(1)), given(1, answer(2)), given(2, answer(2))]
    crowd = people(4, 1, 1)
    plain = shares(grouped(answers, crowd, "", weighted=False), OPTIONS)[0]
    weighted = shares(grouped(answers, crowd, "", weighted=True), OPTIONS)[0]
    assert plain.share == pytest.approx(1 / 3)
    assert weighted.share == pytest.approx(4 / 6)
    assert (weighted.low, weighted.high) == wilson(4 / 6, 36 / 18)


def test_groups_leave_out_who_was_not_asked_and_name_what_is_missing() -> None:
    answers = [
        given(0, answer(1)),
        given(1, Missing(code=MissingCode.REFUSED)),
        given(2, Missing(code=MissingCode.NOT_ASKED)),
        given(3, answer(3)),
    ]
    by_gender = bases(grouped(answers, people(1, 1, 1, 1), "gender", weighted=False), ITEM)
    assert [(one.group, one.people, one.answers, one.missing) for one in by_gender] == [
        ("female", 2, 1, {"Refused": 1}), ("male", 1, 1, {})
    ]  # fmt: skip
    ages = bases(grouped(answers, people(1, 1, 1, 1), "age", weighted=False), ITEM)
    assert [one.group for one in ages] == ["18 to 29", "30 to 44", "45 to 59"]


def test_means_have_students_interval() -> None:
    answers = [given(at, answer(code)) for at, code in enumerate((1, 2, 3, 3))]
    [base] = bases(grouped(answers, people(1, 1, 1, 1), "", weighted=False), ITEM)
    deviation = math.sqrt(sum((v - 2.25) ** 2 for v in (1, 2, 3, 3)) / 3)
    assert base.mean == 2.25
    assert base.high == pytest.approx(2.25 + 3.182446 * deviation / 2, abs=1e-5)


@forall(st.floats(0, 1), st.integers(1, 10_000))
def test_an_interval_holds_its_share_and_stays_within_bounds(share: float, n: int) -> None:
    low, high = wilson(share, n)
    assert 0 <= low <= share + 1e-12 and share - 1e-12 <= high <= 1

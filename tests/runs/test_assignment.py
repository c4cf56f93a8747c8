"""Who is asked under which condition."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from simulacra.domain.design import Condition, Design, Quota, crossed
from simulacra.domain.run import PersonaRef
from simulacra.runs.assignment import assigned, within_quotas
from simulacra.runs.plan import estimate, plan
from tests.support.studies import spec

PEOPLE = [PersonaRef(id=f"p{number:03}", version=1) for number in range(60)]
TWO = Design(conditions=(Condition(name="treated", share=2), Condition(name="control")))


@given(st.integers(0, 10_000))
def test_conditions_hold_their_shares_and_follow_the_seed(seed: int) -> None:
    given_ = assigned(PEOPLE, TWO, seed)
    assert [one for one, _ in given_] == PEOPLE
    assert Counter(name for _, name in given_) == {"treated": 40, "control": 20}
    assert assigned(PEOPLE, TWO, seed) == given_


def test_other_seeds_assign_otherwise_and_nobody_always_alike() -> None:
    treated = Counter(
        one.id for seed in range(300) for one, name in assigned(PEOPLE, TWO, seed) if name[0] == "t"
    )
    assert all(150 <= treated[one.id] <= 250 for one in PEOPLE)


def test_within_people_everybody_is_asked_under_each_condition() -> None:
    conditions = crossed({"tone": ("warm", "cold"), "price": ("1", "2")})
    design = Design(conditions=conditions, within=True)
    planned = spec(2, 3, design=design, replicates=2)
    interviews = plan(planned)
    assert len(interviews) == 16 == estimate(planned).interviews
    assert len({one.id for one in interviews}) == 16
    assert {one.condition for one in interviews} == {one.name for one in conditions}
    assert conditions[0].fields == {"tone": "warm", "price": "1"}
    assert design.named("tone=cold, price=2").fields == {"tone": "cold", "price": "2"}


def test_a_study_without_conditions_asks_everybody_once() -> None:
    assert assigned(PEOPLE[:2], Design(), 1) == [(PEOPLE[0], ""), (PEOPLE[1], "")]


def test_quotas_leave_out_who_comes_too_late() -> None:
    attributes = {one.id: {"sex": "f" if at % 3 else "m"} for at, one in enumerate(PEOPLE)}
    kept = within_quotas(PEOPLE, attributes, [Quota(attribute="sex", value="f", most=5)])
    assert Counter(attributes[one.id]["sex"] for one in kept) == {"f": 5, "m": 20}
    assert kept == [one for one in PEOPLE if one in kept]


def test_condition_names_are_unique() -> None:
    with pytest.raises(ValidationError, match="unique: a"):
        Design(conditions=(Condition(name="a"), Condition(name="a")))

"""The balance table against counts taken another way, and where nothing can be standardised."""

import json
import random
from statistics import fmean, pvariance

import pytest

from evaluation.balance import balance
from simulacra.domain.design import Condition, Design
from simulacra.domain.run import PersonaRef
from simulacra.runs.assignment import assigned


def test_the_table_is_that_of_an_independent_count() -> None:
    chance = random.Random(4)
    who = {
        PersonaRef(id=f"p{at}", version=1): {
            "gender": chance.choice(["female", "male"]),
            "age": float(chance.randrange(18, 90)),
        }
        for at in range(101)
    }
    shares = {"a": 1, "b": 2, "c": 4}
    design = Design(conditions=tuple(Condition(name=n, share=s) for n, s in shares.items()))
    pairs = assigned(list(who), design, seed=9)
    people = {name: [who[ref] for ref, one in pairs if one == name] for name in shares}
    sizes = {name: len(some) for name, some in people.items()}
    assert sum(sizes.values()) == 101
    assert all(abs(sizes[one] - 101 * shares[one] / 7) <= shares[one] for one in shares)
    rows = {row.name: row for row in balance(people)}  # type: ignore[arg-type]
    ages = {name: [float(one["age"]) for one in some] for name, some in people.items()}
    women = {
        name: fmean(one["gender"] == "female" for one in some) for name, some in people.items()
    }
    assert rows["age"].values == pytest.approx({name: fmean(ages[name]) for name in ages})
    assert rows["gender: female"].values == pytest.approx(women)
    apart = [
        abs(fmean(ages[one]) - fmean(ages[two]))
        / ((pvariance(ages[one]) + pvariance(ages[two])) / 2) ** 0.5
        for one, two in (("a", "b"), ("a", "c"), ("b", "c"))
    ]
    assert rows["age"].difference == pytest.approx(max(apart))


def test_what_cannot_be_standardised_is_none_and_never_infinite() -> None:
    rows = balance(
        {"a": [{"gender": "male", "age": 27.0}], "b": [{"gender": "female", "age": 61.0}]}
    )
    assert {row.difference for row in rows} == {None}
    alone = balance({"a": [{"age": 27.0}]})
    assert alone[0].difference is None
    alike = balance({"a": [{"age": 27.0}], "b": [{"age": 27.0}]})
    assert alike[0].difference == 0.0
    json.dumps([row.model_dump() for row in (*rows, *alone)], allow_nan=False)

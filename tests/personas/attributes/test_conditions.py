from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personas.attributes.conditions import Rule, RuleBook, compiled, fields_of
from simulacra.errors import InputError

FIELDS = ("age", "least", "isced", "work", "hobbies", "born", "today")
FACTS = {
    "age": 30,
    "least": 25,
    "isced": None,
    "work": "baker",
    "hobbies": ("chess", "yoga"),
    "born": date(1996, 1, 2),
    "today": date(2026, 11, 1),
}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"age": 30}, True),
        ({"age": {"min": 30, "max": 30}}, True),
        ({"age": {"min": 31}}, False),
        ({"age": {"min": "$least"}}, True),
        ({"least": {"min": "$age"}}, False),
        ({"work": {"in": ["baker", "cook"]}}, True),
        ({"work": {"not_in": ["baker"]}}, False),
        ({"hobbies": {"excludes": "chess"}}, False),
        ({"hobbies": {"excludes": ["knitting", "rowing"]}}, True),
        ({"born": {"max": "$today"}}, True),
        ({"age": 30, "work": "cook"}, False),
        ({"isced": 3}, False),
        ({"isced": {"min": 0}}, False),
        ({"isced": {"not_in": [8]}}, True),
        ({}, True),
    ],
)
def test_a_condition_holds_or_not(condition, holds):
    assert compiled(condition, FIELDS)(FACTS) is holds


def test_unknown_fields_and_tests_are_refused():
    with pytest.raises(InputError, match="unknown fields: heigth"):
        compiled({"age": {"min": "$heigth"}}, FIELDS)
    with pytest.raises(InputError, match="no test 'least'"):
        compiled({"age": {"least": 3}}, FIELDS)


def test_a_condition_names_its_fields():
    assert fields_of({"age": {"min": "$least"}, "work": "baker"}) == {"age", "least", "work"}


def test_a_rule_speaks_where_its_condition_holds_and_says_nothing_of_the_unknown():
    rules = [
        Rule(id="bakers", says="", when={"work": "baker"}, require={"age": {"min": 40}}),
        Rule(id="cooks", says="", when={"work": "cook"}, require={"age": {"min": 40}}),
        Rule(id="school", says="", require={"isced": {"min": 3}}),
    ]
    book = RuleBook(rules, FIELDS)
    assert [one.id for one in book.broken(FACTS)] == ["bakers"]
    assert [one.id for one in book.broken({"isced": 1})] == ["school"]


def test_a_rule_can_be_asked_as_soon_as_all_its_fields_are_known():
    rules = [
        Rule(id="a", says="", require={"age": {"min": 1}}),
        Rule(id="b", says="", when={"work": "x"}, require={"age": {"min": "$least"}}),
    ]
    book = RuleBook(rules, FIELDS)
    assert [one.rule.id for one in book.ready([], ["age", "work"])] == ["a"]
    assert [one.rule.id for one in book.ready(["age", "work"], ["least"])] == ["b"]


@given(st.integers(), st.integers(), st.integers())
def test_bounds_hold_together_as_they_do_alone(age, low, high):
    facts = {"age": age}
    both = compiled({"age": {"min": low, "max": high}}, ["age"])(facts)
    assert both is (low <= age <= high)

"""Conditions as text and as a tree: each reads the other back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulacra.domain.answer import Answer, Missing, MissingCode
from simulacra.domain.survey import Item, Kind, Option
from simulacra.errors import InputError
from simulacra.survey.condition import parse_condition
from simulacra.survey.expression import (
    Answered,
    Arithmetic,
    Call,
    Comparison,
    Constant,
    Contains,
    Count,
    Expression,
    Joined,
    Logic,
    Not,
    Part,
    Reference,
    Selected,
    Shown,
    Within,
)
from simulacra.survey.piping import Pipe, escaped, fill, pipes_of
from simulacra.survey.writing import condition_text

NAMES = st.sampled_from(["age", "q1", "pets", "Q2.3"])
CODES = st.sampled_from(["1", "a", "it's", ""])
LEAVES = st.one_of(
    st.builds(Constant, constant=st.booleans()),
    st.builds(Constant, constant=st.integers(-50, 50).map(float) | st.just(0.25)),
    st.builds(Constant, constant=st.text(max_size=5)),
    st.builds(Reference, item=NAMES),
    st.builds(Selected, item=NAMES, code=CODES),
    st.builds(Part, item=NAMES, code=CODES),
    st.builds(Answered, item=NAMES),
    st.builds(Shown, item=NAMES),
    st.builds(Count, items=st.lists(NAMES, min_size=1, max_size=2).map(tuple)),
)


def _over(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(Logic, operator=st.sampled_from(["and", "or"]), terms=several),
        st.builds(Not, term=inner),
        st.builds(
            Comparison,
            operator=st.sampled_from(["=", "!=", "<", ">="]),
            left=inner,
            right=inner,
        ),
        st.builds(Within, needle=inner, choices=several),
        st.builds(Contains, whole=inner, part=inner),
        st.builds(
            Arithmetic, operator=st.sampled_from(["+", "-", "*", "/"]), left=inner, right=inner
        ),
        st.builds(Joined, parts=several),
        st.builds(Call, function=st.just("if"), arguments=st.tuples(inner, inner, inner)),
    )


EXPRESSIONS = st.recursive(LEAVES, _over, max_leaves=8)


@given(EXPRESSIONS)
def test_a_tree_comes_back_from_its_text(tree: Expression) -> None:
    assert parse_condition(condition_text(tree)) == tree


ANSWERS = {
    "colour": Answer(codes=("r",)),
    "order": Answer(codes=("b", "a")),
    "shares": Answer(amounts={"x": 30.0, "y": 70.0}),
    "pet": Answer(codes=("9",), texts={"9": "a newt"}),
    "age": Answer(number=41.0),
    "late": Missing(code=MissingCode.NOT_ASKED),
    "rude": Missing(code=MissingCode.REFUSED),
    "name": Answer(text="Ada Lovelace"),
}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("shown(rude) and not shown(late) and not shown(nowhere)", True),
        ("answered(rude)", False),
        ("part(order, 'a') = 2", True),
        ("part(shares, 'y') > 50", True),
        ("part(pet, 9) contains 'NEWT'", True),
        ("part(rude, 'x') = 1", False),
        ("if(age >= 18, 'grown', 'small') = 'grown'", True),
        ("coalesce(rude, age) = 41", True),
        ("matches(name, '^A.a\\b')", True),
        ("matches(name, '(')", False),
        ("length(name) = 12 and lower(name) = 'ada lovelace'", True),
        ("round(2.5) = 3 and round(age / 2, 1) = 20.5", True),
        ("sum(age, 1, rude) = 42 and min(age, 3) = 3", True),
        ("modulo(age, 2) = 1", True),
        ("age = -41", False),
    ],
)
def test_what_holds(text: str, holds: bool) -> None:
    assert bool(parse_condition(text).value(ANSWERS)) is holds


@pytest.mark.parametrize("text", ["nosuch(1)", "if(1, 2)", "substring('a')"])
def test_unknown_functions_are_refused(text: str) -> None:
    with pytest.raises(InputError, match="condition cannot be read"):
        parse_condition(text)


def test_a_pattern_that_runs_for_ever_does_not_match() -> None:
    slow = parse_condition(f"matches('{'a' * 40}b', '^(a|aa|a?)+$')")
    assert slow.value({}) is False


OPTIONS = (Option(code="r", label="Red"), Option(code="g", label="Green"))
ITEMS = {
    "colour": Item(id="colour", kind=Kind.SINGLE, text="Which colour?", options=OPTIONS),
    "pet": Item(
        id="pet", kind=Kind.SINGLE, text="Pet?", options=(Option(code="9", label="Other"),)
    ),
}


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("You said ${colour}.", "You said Red."),
        ("${colour|code} not ${colour|unchosen}", "r not Green"),
        ("${colour|text}", "Which colour?"),
        ("${pet}, ${pet|words}", "a newt, a newt"),
        ("${shares|part:x} at ${age}", "30 at 41"),
        ("${rude}${nowhere}", ""),
        ("a $${colour} for ${name}", "a ${colour} for Ada Lovelace"),
        ("${not a pipe} ${}", "${not a pipe} ${}"),
    ],
)
def test_pipes(template: str, shown: str) -> None:
    assert fill(template, ITEMS, ANSWERS) == shown


def test_a_drawn_number_is_the_same_for_the_same_respondent() -> None:
    drawn = [fill("${random|1|6}", {}, {}, seed=seed) for seed in range(50)]
    assert drawn == [fill("${random|1|6}", {}, {}, seed=seed) for seed in range(50)]
    assert set(drawn) == set("123456")


@given(st.text())
def test_escaped_text_is_shown_as_it_is(text: str) -> None:
    assert not pipes_of(escaped(text))
    assert fill(escaped(text), {}, {}) == text


def test_pipes_are_found() -> None:
    assert pipes_of("${a} $${b} ${c|part:1}") == [Pipe("a"), Pipe("c", ("part:1",))]

"""Instruments written out, and the way of a respondent through them."""

from collections import Counter
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings

from simulacra.domain.answer import Answer, Response
from simulacra.domain.flow import Block, Branch, End, Loop, Randomise, Round, SetField, Show, Step
from simulacra.domain.survey import Instrument, Item, Kind, Option, Row, Skip
from simulacra.errors import InputError
from simulacra.survey.orders import Draw, balanced
from simulacra.survey.unroll import unrolled
from simulacra.survey.walk import Walk
from tests.support.instruments import INSTRUMENTS

YES_NO = (Option(code="1", label="Yes"), Option(code="2", label="No"))


def yes_no(name: str, **changes: Any) -> Item:
    return Item(id=name, kind=Kind.SINGLE, text=f"{name}?", options=YES_NO, **changes)


def field(name: str) -> Item:
    return Item(id=name, kind=Kind.FIELD)


def block(name: str, *items: str, **changes: Any) -> Block:
    return Block(id=name, pages=tuple((item,) for item in items), **changes)


def walked(
    instrument: Instrument, answers: Mapping[str, str] | None = None, place: int = 0
) -> tuple[list[str], dict[str, Response], Walk]:
    """Ids of the items asked in order, where everybody says "2" unless told otherwise."""
    responses: dict[str, Response] = {}
    walk = Walk(unrolled(instrument), responses, Draw(5, place, place))
    asked = []
    for item, put in walk:
        if put:
            asked.append(item.id)
            if item.kind != Kind.INFO:
                responses[item.id] = Answer(codes=((answers or {}).get(item.id, "2"),))
    return asked, responses, walk


def test_items_without_blocks_come_in_order() -> None:
    plain = Instrument(id="x", items=(yes_no("a"), yes_no("b", condition="a = 1"), field("f")))
    assert unrolled(plain) is plain
    assert walked(plain)[0] == ["a"]
    assert walked(plain, {"a": "1"})[0] == ["a", "b"]


def test_a_branch_takes_one_way_and_the_survey_may_end() -> None:
    flow: tuple[Step, ...] = (
        Show(block="one"),
        Branch(condition="a = 1", then=(Show(block="two"),), otherwise=(End(screened=True),)),
        Show(block="three"),
    )
    blocks = (block("one", "a"), block("two", "b"), block("three", "c"))
    survey = Instrument(
        id="x", items=(yes_no("a"), yes_no("b"), yes_no("c")), blocks=blocks, flow=flow
    )
    assert walked(survey, {"a": "1"})[0] == ["a", "b", "c"]
    asked, _, walk = walked(survey)
    assert asked == ["a"]
    assert walk.ended == End(screened=True)


@pytest.mark.parametrize(
    ("to", "asked"),
    [("c", ["a", "c", "d"]), ("end_of_block", ["a", "d"]), ("end_of_survey", ["a"])],
)
def test_a_skip_goes_on_at_its_target(to: str, asked: list[str]) -> None:
    items = (yes_no("a", skips=(Skip(condition="a = 1", to=to),)), *map(yes_no, "bcd"))
    survey = Instrument(id="x", items=items, blocks=(block("one", *"abc"), block("two", "d")))
    assert walked(survey, {"a": "1"})[0] == asked
    assert walked(survey)[0] == ["a", "b", "c", "d"]


def test_fields_hold_texts_expressions_and_what_was_drawn() -> None:
    flow: tuple[Step, ...] = (
        Show(block="one"),
        SetField(field="said", text="They said ${a}."),
        SetField(field="sum", expression="a + 40"),
        Randomise(id="r", steps=(Show(block="two"), Show(block="three")), show=1, record="arm"),
        Branch(condition="said contains 'yes' and sum = 41", then=(Show(block="four"),)),
    )
    names = {"one": "a", "two": "b", "three": "c", "four": "d"}
    survey = Instrument(
        id="x",
        items=(*map(yes_no, "abcd"), field("said"), field("sum"), field("arm")),
        blocks=tuple(block(name, item) for name, item in names.items()),
        flow=flow,
    )
    ways = Counter[tuple[str, ...]]()
    for place in range(40):
        asked, responses, _ = walked(survey, {"a": "1"}, place)
        assert responses["said"] == Answer(text="They said Yes.")
        assert responses["sum"] == Answer(text="41")
        drawn = {"b": "1", "c": "2"}[asked[1]]
        assert responses["arm"] == Answer(text=drawn)
        ways[tuple(asked)] += 1
    assert ways == {("a", "b", "d"): 20, ("a", "c", "d"): 20}


def test_a_matrix_becomes_its_rows_and_logic_follows() -> None:
    rows = (Row(code="1", label="Tea"), Row(code="2", label="Milk", condition="a = 1"))
    matrix = Item(
        id="m", kind=Kind.MATRIX, cells=Kind.RATING, text="Do you like", rows=rows, options=YES_NO,
        condition="answered(a)",
    )  # fmt: skip
    form = Item(id="f", kind=Kind.FORM, text="", rows=(Row(code="name", label="Name"),))
    later = yes_no("z", condition="selected(m, '1') and count(m) = 2", help="${m|code}")
    survey = Instrument(id="x", items=(yes_no("a"), matrix, form, later))
    whole = unrolled(survey)
    assert [item.id for item in whole.items] == ["a", "m_1", "m_2", "f_name", "z"]
    first, second = whole.items[1:3]
    assert (first.text, first.kind, first.group) == ("Do you like\nTea", Kind.RATING, "m")
    assert second.condition == "answered(a) and a = 1"
    assert whole.items[3].kind == Kind.SHORT_TEXT
    assert whole.items[4].condition == (
        "(selected(m_1, '1') or selected(m_2, '1')) and count(m_1, m_2) = 2"
    )
    assert whole.items[4].help == "${m_1|code}, ${m_2|code}"
    assert survey.questions == whole.questions == 4
    assert walked(survey, {"a": "1", "m_2": "1"})[0] == ["a", "m_1", "m_2", "f_name", "z"]
    assert walked(survey)[0] == ["a", "m_1", "f_name"]


def test_a_loop_is_written_out_once_a_round() -> None:
    rounds = (
        Round(key="r", condition="selected(pets, '1')", fields={"pet": "dog"}),
        Round(key="s", condition="selected(pets, '2')", fields={"pet": "cat's"}),
    )
    survey = Instrument(
        id="x",
        items=(
            Item(id="pets", kind=Kind.MULTI, text="Pets?", options=YES_NO),
            yes_no("likes").model_copy(update={"text": "Your ${loop|pet}?"}),
            yes_no("why", condition="likes = 1 and '${loop|pet}' != 'dog'"),
            yes_no("end", condition="answered(why)"),
        ),
        blocks=(
            block("one", "pets"), block("each", "likes", "why", loop=Loop(rounds=rounds)),
            block("last", "end"),
        ),
    )  # fmt: skip
    whole = unrolled(survey)
    assert [item.id for item in whole.items] == [
        "pets", "likes.r", "likes.s", "why.r", "why.s", "end",
    ]  # fmt: skip
    assert whole.items[1].text == "Your dog?"
    assert whole.items[4].condition == "likes.s = 1 and 'cat''s' != 'dog'"
    assert walked(survey, {"pets": "2", "likes.s": "1"})[0] == ["pets", "likes.s", "why.s", "end"]
    assert walked(survey, {"pets": "1", "likes.r": "1"})[0] == ["pets", "likes.r"]


def test_rows_within_a_loop_follow_their_round() -> None:
    rows = (Row(code="1", label="Tea"), Row(code="2", label="Milk"))
    matrix = Item(
        id="m", kind=Kind.MATRIX, cells=Kind.SINGLE, text="${loop|at}", rows=rows, options=YES_NO,
        constraint="m_1 != 9",
    )  # fmt: skip
    survey = Instrument(
        id="x",
        items=(
            matrix,
            yes_no("why", condition="m_2 = 1"),
            yes_no("z", condition="selected(m_2, 1)"),
        ),
        blocks=(
            block("each", "m", "why", loop=Loop(rounds=(Round(key="a"), Round(key="b")))),
            block("last", "z"),
        ),
    )
    whole = {item.id: item for item in unrolled(survey).items}
    assert whole["why.a"].condition == "m.a_2 = 1"
    assert whole["m.b_1"].constraint == "m.b_1 != 9"
    assert whole["z"].condition == "selected(m.a_2, '1') or selected(m.b_2, '1')"
    assert walked(survey, {"m.b_2": "1"})[0] == [
        "m.a_1", "m.a_2", "m.b_1", "m.b_2", "why.b", "z",
    ]  # fmt: skip


def test_names_that_would_be_there_twice_are_refused() -> None:
    rows = (Row(code="1", label="Tea"),)
    matrix = Item(id="m", kind=Kind.FORM, text="", rows=rows)
    with pytest.raises(InputError, match="m_1"):
        unrolled(Instrument(id="x", items=(matrix, yes_no("m_1"))))


def test_rows_and_items_are_shuffled_among_themselves() -> None:
    rows = tuple(Row(code=code, label=code) for code in "123")
    matrix = Item(
        id="m", kind=Kind.MATRIX, cells=Kind.SINGLE, text="m", rows=rows, options=YES_NO,
        shuffle_rows=True,
    )  # fmt: skip
    survey = Instrument(
        id="x",
        items=(matrix, *map(yes_no, "abc")),
        blocks=(block("one", "m"), block("two", *"abc", shuffle=True, fixed=("b",))),
    )
    orders = {tuple(walked(survey, place=place)[0]) for place in range(60)}
    assert {order[:3] for order in orders} > {("m_1", "m_2", "m_3"), ("m_3", "m_2", "m_1")}
    assert {order[3:] for order in orders} == {("a", "b", "c"), ("c", "b", "a")}


def test_a_block_may_show_some_of_its_items() -> None:
    survey = Instrument(
        id="x", items=tuple(map(yes_no, "abcd")), blocks=(block("one", *"abcd", show=2),)
    )
    shown = Counter(item for place in range(40) for item in walked(survey, place=place)[0])
    assert shown == {"a": 20, "b": 20, "c": 20, "d": 20}


@pytest.mark.parametrize("many", [2, 3, 4, 5, 8])
def test_orders_are_balanced_for_place_and_for_what_comes_before(many: int) -> None:
    rows = many if many % 2 == 0 else 2 * many
    orders = [balanced(range(many), Draw(3, place, place), "q") for place in range(rows)]
    for position in range(many):
        assert Counter(order[position] for order in orders) == dict.fromkeys(
            range(many), rows // many
        )
    pairs = Counter(pair for order in orders for pair in pairwise(order))
    assert len(pairs) == many * (many - 1)
    assert len(set(pairs.values())) == 1


def test_two_designs_of_a_study_are_independent() -> None:
    draws = [Draw(3, place, place) for place in range(400)]
    both = Counter((balanced("ab", one, "x")[0], balanced("ab", one, "y")[0]) for one in draws)
    assert all(70 <= count <= 130 for count in both.values()) and len(both) == 4


@settings(deadline=None, max_examples=60)
@given(INSTRUMENTS)
def test_any_instrument_is_written_out_and_walked(instrument: Instrument) -> None:
    try:
        whole = unrolled(instrument)
    except InputError as refused:
        assert "two items the name" in str(refused)
        return
    assert not any(item.rows for item in whole.items)
    assert not any(one.loop for one in whole.blocks)
    assert whole.questions == instrument.questions
    asked = walked(whole)[0]
    assert len(set(asked)) == len(asked)
    assert set(asked) <= {item.id for item in whole.items if item.kind != Kind.FIELD}

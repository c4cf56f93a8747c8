"""Conditions decide who is asked, and are checked before a run."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulacra.domain.answer import Answer, Missing, MissingCode, Response
from simulacra.domain.flow import Block, Branch, Show
from simulacra.domain.survey import Instrument, Item, Kind, Option, Row, Skip
from simulacra.errors import InputError
from simulacra.survey.checking import check_instrument
from simulacra.survey.condition import parse_condition
from simulacra.survey.expression import items_of
from simulacra.survey.orders import Draw
from simulacra.survey.present import present
from simulacra.survey.walk import Walk

RESPONSES: dict[str, Response] = {
    "age": Answer(number=42.0),
    "colour": Answer(codes=("red",)),
    "level": Answer(codes=("3",)),
    "pets": Answer(codes=("dog", "cat")),
    "none": Answer(codes=()),
    "town": Answer(text="Old Cusco"),
    "zero": Answer(number=0.0),
    "refused": Missing(code=MissingCode.REFUSED),
}


def item(condition: str | None, name: str = "q") -> Item:
    return Item(id=name, kind=Kind.SHORT_TEXT, text="?", condition=condition)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (None, True),
        ("  ", True),
        ("age >= 18", True),
        ("age < 42", False),
        ("age <= 42 and age >= 42", True),
        ("AGE = 42", False),
        ("age = 42 AND Not colour = 'blue'", True),
        ("age >= 18 and (colour = 'blue' or selected(pets, 'dog')) and not answered(q7)", True),
        ("colour = 'red'", True),
        ('colour == "red"', True),
        ("colour <> 'red'", False),
        ("level > 2", True),
        ("level = '3'", True),
        ("level = 3.0", True),
        ("level in (1, 2)", False),
        ("colour in ('blue', 'red')", True),
        ("colour not in ('blue', 'red')", False),
        ("pets contains 'cat'", True),
        ("pets contains 'ca'", False),
        ("town contains 'cusco'", True),
        ("selected(pets, 'cat')", True),
        ("selected(level, 3)", True),
        ("selected(pets, 'fish')", False),
        ("count(pets) = 2", True),
        ("count(pets, colour, refused, none, age) = 4", True),
        ("answered(pets) and answered(none)", True),
        ("answered(refused) or answered(unknown)", False),
        ("age + 1 = 43", True),
        ("age - 2 - 2 = 38", True),
        ("2 + 2 * 2 = 6", True),
        ("(2 + 2) * 2 = 8", True),
        ("-age = -42", True),
        ("age / 0 > 1", False),
        ("town & '!' = 'Old Cusco!'", True),
        ("refused & 'x' = 'x'", True),
        ("'it''s' = \"it's\"", True),
        ("true and not false", True),
        ("zero", False),
        ("age", True),
        ("refused = 1", False),
        ("refused != 1", False),
        ("refused < 1", False),
        ("refused in (1)", False),
        ("refused contains 'a'", False),
        ("refused + 1 > 0", False),
        ("not (refused = 1)", True),
        ("'b' > 'a'", True),
        ("age = 1 or age = 42 and colour = 'red'", True),
    ],
)
def test_conditions(condition: str | None, expected: bool) -> None:
    instrument = Instrument(id="x", items=(item(condition),))
    ((_, asked),) = Walk(instrument, dict(RESPONSES), Draw(0, 0, 0))
    assert asked is expected


@pytest.mark.parametrize("text", ["a =", "(a", "a b", "'open", "a and", "selected(a)", "count()",
                                  "= 1", "a in ()", "1x", "a ; b", "not"])  # fmt: skip
def test_what_cannot_be_read_is_an_error_that_points(text: str) -> None:
    with pytest.raises(InputError, match="condition cannot be read at"):
        parse_condition(text)


def test_names_that_begin_like_words() -> None:
    assert items_of(parse_condition("order = 1 and notes = 2 or inner = android")) == [
        "order", "notes", "inner", "android",
    ]  # fmt: skip


@settings(deadline=None)
@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        expression = parse_condition(text)
    except InputError as refused:
        assert str(refused).startswith("the condition ")
        return
    value = expression.value(RESPONSES)
    assert value is None or isinstance(value, bool | int | float | str | tuple)


def test_deep_nesting_is_refused_or_read() -> None:
    try:
        parse_condition("(" * 5000 + "a" + ")" * 5000)
    except InputError as error:
        assert "nested" in str(error)


def test_findings() -> None:
    colours = (Option(code="r", label="Red"), Option(code="b", label="Blue"))
    instrument = Instrument(
        id="x",
        items=(
            item("later = 'x' or itself_unknown = 1", "first"),
            item("later = 1", "later"),
            Item(id="colour", kind=Kind.SINGLE, text="?", options=colours),
            item("colour = 'Red' or selected(colour, 'b')", "fourth"),
            item("first = 'x'", "fifth"),
            Item(id="cold", kind=Kind.NUMERIC, text="?", minimum=-273, maximum=50),
        ),
    )
    findings = [(entry.question, entry.what) for entry in check_instrument(instrument)]
    assert findings == [
        ("first", "the condition looks at later"),
        ("first", "the condition names the item itself_unknown"),
        ("later", "the condition looks at later"),
        ("fourth", "the condition compares colour with 'Red'"),
        ("cold", "answers may lie between -99 and -94"),
    ]


def test_findings_of_ways_skips_and_pipes() -> None:
    colours = (Option(code="r", label="Red"), Option(code="b", label="Blue, ${nowhere}"))
    matrix = Item(
        id="m", kind=Kind.MATRIX, cells=Kind.SINGLE, text="${last}", options=colours,
        rows=(Row(code="1", label="a"), Row(code="2", label="b", condition="lost = 1")),
    )  # fmt: skip
    skips = (Skip(condition="last = 1", to="first"), Skip(condition="last = 2", to="end_of_block"))
    instrument = Instrument(
        id="x",
        items=(
            item(None, "first"),
            matrix,
            item(None, "last").model_copy(update={"skips": skips, "constraint": "last != first"}),
            item(None, "lonely"),
            Item(id="field", kind=Kind.FIELD),
            item("field = 'x' and m_1 = 'r'", "fine").model_copy(
                update={"text": "${field} ${m_1}"}
            ),
        ),
        blocks=(
            Block(id="one", pages=(("first", "m", "last", "fine"),)),
            Block(id="two", pages=(("lonely",),)),
        ),
        flow=(Branch(condition="ghost = 1", then=(Show(block="one"),)),),
    )
    assert [(entry.question, entry.what) for entry in check_instrument(instrument)] == [
        ("m", "the text fills in last"),
        ("m", "the text fills in nowhere"),
        ("m", "the condition names the item lost"),
        ("last", "the skip leads to first"),
        ("lonely", "nothing leads to the item"),
        ("", "the condition names the item ghost"),
    ]


OPTIONS = tuple(Option(code=str(n), label=f"Label {n}") for n in range(1, 7))


def shown(item: Item, place: int) -> tuple[str, ...]:
    instrument = Instrument(id="x", items=(item,))
    return present(item, instrument, Draw(7, place, place), {}).order


def test_options_keep_their_order_unless_shuffled() -> None:
    plain = Item(id="q", kind=Kind.SINGLE, text="?", options=OPTIONS)
    assert {shown(plain, seed) for seed in range(20)} == {("1", "2", "3", "4", "5", "6")}


def test_shuffling_follows_the_seed_and_leaves_fixed_options() -> None:
    options = (
        *OPTIONS[:3],
        OPTIONS[3].model_copy(update={"fixed": True}),
        OPTIONS[4].model_copy(update={"exclusive": True}),
        OPTIONS[5].model_copy(update={"missing": -96}),
    )
    mixed = Item(id="q", kind=Kind.MULTI, text="?", options=options, shuffle=True)
    orders = [shown(mixed, seed) for seed in range(300)]
    assert orders == [shown(mixed, seed) for seed in range(300)]
    assert {order[3:] for order in orders} == {("4", "5", "6")}
    first = [order[0] for order in orders]
    assert len(set(orders)) == 6
    assert all(first.count(code) == 100 for code in "123")


def test_a_rating_is_turned_as_a_whole() -> None:
    rating = Item(id="q", kind=Kind.RATING, text="?", options=OPTIONS, shuffle=True)
    orders = [shown(rating, seed) for seed in range(100)]
    assert set(orders) == {("1", "2", "3", "4", "5", "6"), ("6", "5", "4", "3", "2", "1")}
    assert orders.count(("1", "2", "3", "4", "5", "6")) == 50


def test_the_question_carries_what_the_person_sees() -> None:
    one = Item(id="q", kind=Kind.NUMERIC, text="How many?", help="In years.", minimum=1, maximum=9)
    instrument = Instrument(id="x", items=(one,), language="de", instructions="Be quick.")
    question = present(one, instrument, Draw(0, 1, 1), {})
    assert question.text == "How many?"
    assert (question.minimum, question.maximum, question.language) == (1, 9, "de")
    assert question.instructions == "Be quick. In years."

"""The question that one respondent sees: which options, in which order."""

from collections import Counter

from simulacra.domain.answer import Answer, Response
from simulacra.domain.survey import Instrument, Item, Kind, Option, Row
from simulacra.survey.orders import Draw
from simulacra.survey.present import present
from simulacra.survey.unroll import unrolled
from simulacra.survey.walk import Walk

OPTIONS = (
    *(Option(code=code, label=code.upper()) for code in "abcd"),
    Option(code="o", label="Other", fixed=True),
    Option(code="9", label="Don't know", missing=-96),
)


def shown(item: Item, place: int) -> tuple[str, ...]:
    instrument = Instrument(id="x", items=(item,))
    return present(item, instrument, Draw(1, place, place), {}).order


def test_some_of_the_options_each_equally_often() -> None:
    item = Item(id="q", kind=Kind.MULTI, text="Q?", options=OPTIONS, show=2, shuffle=True)
    orders = [shown(item, place) for place in range(40)]
    assert all(len(order) == 4 and order[2:] == ("o", "9") for order in orders)
    assert set(Counter(code for order in orders for code in order[:2]).values()) == {20}
    assert len({order[:2] for order in orders}) == 4


def test_some_of_the_options_in_the_order_written() -> None:
    item = Item(id="q", kind=Kind.SINGLE, text="Q?", options=OPTIONS, show=3)
    orders = [shown(item, place) for place in range(8)]
    assert all(list(order[:3]) == sorted(order[:3]) for order in orders)
    assert len(set(orders)) > 1


def test_nobody_has_to_choose_more_than_is_shown() -> None:
    item = Item(id="q", kind=Kind.MULTI, text="Q?", options=OPTIONS[:4], show=2, choose=(3, 4))
    instrument = Instrument(id="x", items=(item,))
    assert present(item, instrument, Draw(1, 0, 0), {}).choose == (2, 2)


def test_some_of_the_rows_each_equally_often() -> None:
    rows = tuple(Row(code=code, label=code) for code in "abcd")
    item = Item(
        id="m", kind=Kind.MATRIX, cells=Kind.SINGLE, options=OPTIONS[:2], rows=rows,
        shuffle_rows=True, show_rows=2,
    )  # fmt: skip
    instrument = unrolled(Instrument(id="x", items=(item,)))
    asked = []
    for place in range(20):
        responses: dict[str, Response] = {}
        for one, put in Walk(instrument, responses, Draw(1, place, place)):
            assert put
            responses[one.id] = Answer(codes=("a",))
        assert len(responses) == 2
        asked += list(responses)
    assert set(Counter(asked).values()) == {10}

"""The ways to elicit: their names, and the items that they have a meaning for."""

import pytest
from pydantic import ValidationError

from simulacra.domain.elicitation import Elicitation
from simulacra.domain.run import RunSpec
from simulacra.domain.survey import Instrument, Item, Kind, Option, Row
from simulacra.errors import InputError, UnknownName
from simulacra.survey.unroll import unrolled
from tests.support.studies import spec


@pytest.mark.parametrize("label", ["choice", "logprobs", "stated", "draws:2", "draws:200"])
def test_a_label_is_read_back(label: str) -> None:
    assert Elicitation.named(label).label == label
    stored = Elicitation.named(label).model_dump(mode="json")
    assert Elicitation.model_validate(stored) == Elicitation.named(label)


@pytest.mark.parametrize(
    "label", ["", "guess", "draws", "draws:", "draws:1", "draws:201", "draws:-3", "stated:4", "²"]
)
def test_what_names_no_way_is_refused(label: str) -> None:
    with pytest.raises(UnknownName):
        Elicitation.named(label)


@pytest.mark.parametrize(
    ("label", "single", "multi", "ranking", "long"),
    [
        ("choice", "choice", "choice", "choice", "choice"),
        ("logprobs", "logprobs", "choice", "choice", "choice"),
        ("stated", "stated", "choice", "choice", "stated"),
        ("draws:5", "draws", "draws", "choice", "draws"),
    ],
)
def test_where_a_way_has_no_meaning_the_model_chooses(
    label: str, single: str, multi: str, ranking: str, long: str
) -> None:
    elicit = Elicitation.named(label)
    assert elicit.way_for(Kind.SINGLE, 3) == single == elicit.way_for(Kind.RATING, 5)
    assert elicit.way_for(Kind.MULTI, 3) == multi
    assert elicit.way_for(Kind.RANKING, 3) == ranking == elicit.way_for(Kind.CONSTANT_SUM, 3)
    assert elicit.way_for(Kind.SINGLE, 21) == long
    assert elicit.way_for(Kind.NUMERIC, 0) == "choice"


def changed(**changes: object) -> RunSpec:
    return RunSpec.model_validate({**spec().model_dump(), **changes})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"method": "cognitive", "mode": "fused", "elicit": "stated"}, "goes with --mode full"),
        ({"temperature": 0.0, "elicit": "draws:3"}, "all alike"),
        ({"settings": {"behaviour": {}}, "elicit": "logprobs"}, "known probabilities"),
    ],
)
def test_a_plan_refuses_what_cannot_be(changes: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        changed(**changes)


def test_a_plan_of_before_answers_by_choice() -> None:
    stored = spec().model_dump(mode="json")
    del stored["elicit"]
    assert RunSpec.model_validate(stored).elicit == Elicitation()


def test_a_number_of_draws_is_kept_in_bounds() -> None:
    with pytest.raises(ValidationError):
        Elicitation.model_validate({"way": "draws", "draws": 10_000})


def test_rows_of_a_matrix_are_weighed_like_items_and_others_are_named() -> None:
    options = tuple(Option(code=str(code), label=f"Label {code}") for code in (1, 2, 3))
    rows = (Row(code="a", label="A"), Row(code="b", label="B"))
    items = [
        Item(id=f"{kind}_grid", kind=Kind.MATRIX, text="?", rows=rows, cells=kind, options=options)
        for kind in (Kind.SINGLE, Kind.RATING, Kind.MULTI)
    ]
    order = Item(id="order", kind=Kind.RANKING, text="?", options=options)
    asked = unrolled(Instrument(id="x", items=(*items, order)))
    ways = {
        item.id: Elicitation.named("stated").way_for(item.kind, len(item.options))
        for item in asked.items
    }
    assert ways == {
        **dict.fromkeys(("single_grid_a", "single_grid_b"), "stated"),
        **dict.fromkeys(("rating_grid_a", "rating_grid_b"), "stated"),
        **dict.fromkeys(("multi_grid_a", "multi_grid_b", "order"), "choice"),
    }
    planned = changed(instrument=asked, elicit="stated")
    assert planned.chosen_only == ("multi_grid_a", "multi_grid_b", "order")
    assert changed(instrument=asked).chosen_only == ()

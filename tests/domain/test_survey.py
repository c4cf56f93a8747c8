"""Instruments and questions."""

from typing import Any

import pytest
from pydantic import ValidationError

from simulacra.domain.survey import Instrument, Item, Kind, Option, Question, Row

TWO = (Option(code="1", label="Yes"), Option(code="2", label="No"))


def item(kind: Kind = Kind.SINGLE, **changes: Any) -> Item:
    parts: dict[str, Any] = {"options": TWO} if kind.optioned else {}
    if kind.rowed:
        parts["rows"] = (Row(code="1", label="This"),)
    if kind == Kind.MATRIX:
        parts |= {"cells": Kind.RATING, "options": TWO}
    return Item.model_validate({"id": "q1", "kind": kind, "text": "Well?", **parts, **changes})


def test_which_kinds_are_closed() -> None:
    assert [kind.value for kind in Kind if kind.closed] == ["single", "multi", "rating"]


@pytest.mark.parametrize("kind", list(Kind))
def test_options_go_with_closed_kinds(kind: Kind) -> None:
    assert item(kind).kind is kind
    if kind.optioned or kind == Kind.MATRIX:
        with pytest.raises(ValidationError, match=r"q1: a .* item needs options"):
            item(kind, options=())
    else:
        with pytest.raises(ValidationError, match=r"q1: a .* item has no options"):
            item(kind, options=TWO)


def test_codes_are_unique_and_not_empty() -> None:
    with pytest.raises(ValidationError, match="q1: option code used twice: 1"):
        item(options=(*TWO, TWO[0]))
    with pytest.raises(ValidationError, match="code"):
        Option(code="", label="Yes")


@pytest.mark.parametrize("name", ["", "1q", "q 1", "q-1", "é"])
def test_item_ids_can_be_names_of_variables(name: str) -> None:
    with pytest.raises(ValidationError, match="id"):
        item(id=name)


@pytest.mark.parametrize("wrong", [{"text": ""}, {"colour": "red"}])
def test_an_item_that_is_none_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        item(**wrong)


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValidationError, match="kind"):
        Item.model_validate({"id": "q1", "kind": "essay", "text": "Well?"})


def test_an_instrument_has_items_with_ids_of_their_own() -> None:
    with pytest.raises(ValidationError, match="item ids must be unique: q1"):
        Instrument(id="i", items=(item(), item()))
    with pytest.raises(ValidationError, match="items"):
        Instrument(id="i", items=())


def test_the_hash_is_that_of_the_content() -> None:
    one = Instrument(id="i", items=(item(),))
    assert one.hash() == Instrument(id="i", items=(item(),)).hash()
    assert one.hash() != Instrument(id="i", items=(item(reverse=True),)).hash()


def test_a_question_knows_the_order_shown() -> None:
    shown = Question(item_id="q1", kind=Kind.SINGLE, text="Well?", options=TWO[::-1])
    assert shown.order == ("2", "1")
    assert Question(item_id="q2", kind=Kind.NUMERIC, text="How many?").order == ()


@pytest.mark.parametrize("choose", [(2, 1), (0, 0), (-1, 2)])
def test_a_number_of_options_that_nobody_can_choose_is_refused(choose: tuple[int, int]) -> None:
    with pytest.raises(ValidationError, match="q1: choose"):
        item(Kind.MULTI, choose=choose)


@pytest.mark.parametrize("choose", [(0, 1), (1, 2), (2, 2), (1, 9)])
def test_a_number_of_options_that_can_be_chosen(choose: tuple[int, int]) -> None:
    assert item(Kind.MULTI, choose=choose).choose == choose

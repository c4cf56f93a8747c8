"""Answers of a study and of its repetition are compared."""

import pytest

from evaluation.replication import compare
from simulacra.domain.survey import Item, Kind, Option
from simulacra.export.manifest import Key

CODES = (Option(code="1", label="A"), Option(code="2", label="B"))
COLOUR = Item(id="colour", kind=Kind.SINGLE, text="?", options=CODES)
AGE = Item(id="age", kind=Kind.NUMERIC, text="?")
WHY = Item(id="why", kind=Kind.LONG_TEXT, text="?")


def answers(item: Item, *values: str) -> dict[Key, str]:
    return {Key(f"p{at}", "", 1, item.id): value for at, value in enumerate(values)}


def test_equal_answers_differ_in_nothing() -> None:
    same = answers(COLOUR, "1", "2", "-97")
    told = compare([COLOUR], same, dict(same))
    assert (told.compared, told.equal, told.share_equal) == (3, 3, 1.0)
    assert told.items[0].distance == 0


def test_shares_and_distributions_are_told_apart() -> None:
    # Everybody answers otherwise, and the distribution stays the same.
    [one] = compare([COLOUR], answers(COLOUR, "1", "2"), answers(COLOUR, "2", "1")).items
    assert (one.share_equal, one.distance) == (0.0, 0.0)
    # Of four shares one moves from 1 to a missing code.
    then, now = answers(COLOUR, "1", "1", "2", "2"), answers(COLOUR, "1", "-97", "2", "2")
    [one] = compare([COLOUR], then, now).items
    assert (one.share_equal, one.distance) == (0.75, 0.25)
    [one] = compare([COLOUR], answers(COLOUR, "1"), answers(COLOUR, "2")).items
    assert one.distance == 1


def test_numbers_have_means_without_missing_codes_and_texts_no_distance() -> None:
    then = answers(AGE, "20", "-99", "40") | answers(WHY, "so")
    now = answers(AGE, "20", "50", "-95") | answers(WHY, "thus")
    age, why = compare([AGE, WHY], then, now).items
    assert (age.mean_then, age.mean_now) == (30, 35)
    assert (why.distance, why.share_equal, why.mean_then) == (None, 0.0, None)


def test_answers_without_a_counterpart_are_counted_apart() -> None:
    told = compare([COLOUR, AGE], answers(COLOUR, "1", "2"), answers(COLOUR, "1"))
    assert (told.compared, told.only_then, told.only_now) == (1, 1, 0)
    assert told.items[1].share_equal is None
    nothing = compare([COLOUR], {}, answers(COLOUR, "1"))
    assert (nothing.share_equal, nothing.only_now) == (None, 1)


def test_conditions_and_replicates_are_respondents_of_their_own() -> None:
    then = {Key("p", "a", 1, "colour"): "1", Key("p", "b", 1, "colour"): "2"}
    now = {Key("p", "a", 1, "colour"): "1", Key("p", "b", 2, "colour"): "2"}
    told = compare([COLOUR], then, now)
    assert (told.compared, told.equal, told.only_then, told.only_now) == (1, 1, 1, 1)
    assert told.share_equal == pytest.approx(1)

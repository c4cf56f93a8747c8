from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.instruments import find_instrument
from evaluation.personality.scoring import (
    DOMAIN_OF,
    assigned_levels,
    score_big_five,
    score_facets,
)
from simulacra.domain.answer import Answer, Missing, MissingCode, Response
from simulacra.domain.persona import DOMAINS, FACETS, Persona, Personality, Profile
from simulacra.domain.survey import Item, Kind, Option
from simulacra.errors import InputError
from simulacra.survey.formats import read_instrument

OPTIONS = tuple(Option(code=str(code), label=f"Label {code}") for code in range(1, 6))
GONE = Missing(code=MissingCode.REFUSED)


def item(name: str, scale: str | None, *, reverse: bool = False, options: int = 5) -> Item:
    kept = OPTIONS[:options]
    return Item(id=name, kind=Kind.RATING, text="So?", options=kept, scale=scale, reverse=reverse)


def four(scale: str) -> list[Item]:
    return [item(f"{scale}{n}", scale, reverse=n > 2) for n in (1, 2, 3, 4)]


def answers(items: list[Item], *codes: int | None) -> dict[str, Response]:
    return {
        one.id: GONE if code is None else Answer(codes=(str(code),))
        for one, code in zip(items, codes, strict=True)
    }


def test_a_level_is_the_mean_with_reversed_items_turned_round() -> None:
    items = four("neuroticism")
    (score,) = score_big_five(items, answers(items, 5, 4, 2, 3))  # 5, 4, 6-2, 6-3
    assert (score.scale, score.mean, score.answered, score.items) == ("neuroticism", 4.0, 4, 4)


@pytest.mark.parametrize(
    ("codes", "mean", "answered"),
    [
        ((5, None, 1, 2), (5 + 5 + 4) / 3, 3),
        ((5, None, None, 2), None, 2),
        ((None, None, None, None), None, 0),
    ],
)
def test_three_of_four_are_enough_and_two_are_not(
    codes: tuple[int | None, ...], mean: float | None, answered: int
) -> None:
    items = four("extraversion")
    (score,) = score_big_five(items, answers(items, *codes))
    assert score.answered == answered
    assert score.mean == (None if mean is None else pytest.approx(mean))


def test_an_item_without_any_response_counts_as_missing() -> None:
    items = four("extraversion")
    (score,) = score_big_five(items, answers(items[:3], 1, 1, 5))
    assert (score.mean, score.answered) == (1.0, 3)


def test_scales_come_in_the_order_of_the_source_and_others_are_passed_over() -> None:
    items = [item("w", "wisdom"), item("n", None), *four("intellect"), *four("extraversion")]
    assert [one.scale for one in score_big_five(items, {})] == ["extraversion", "intellect"]


def test_other_codes_than_one_to_five_are_refused() -> None:
    with pytest.raises(InputError, match=r"item a of the scale intellect needs the codes 1 to 5"):
        score_big_five([item("a", "intellect", options=4)], {})


@cache
def shipped(name: str) -> tuple[Item, ...]:
    return read_instrument(find_instrument(name))[0].items


@pytest.mark.parametrize("name", ["demo", "mini_ipip"])
@given(levels=st.lists(st.integers(1, 5), min_size=5, max_size=5))
def test_known_levels_come_back_from_the_shipped_instruments(name: str, levels: list[int]) -> None:
    items = shipped(name)
    true = dict(zip(DOMAIN_OF, levels, strict=True))
    given_answers: dict[str, Response] = {
        one.id: Answer(codes=(str(6 - true[one.scale] if one.reverse else true[one.scale]),))
        for one in items
        if one.scale
    }
    scores = score_big_five(items, given_answers)
    assert {one.scale: one.mean for one in scores} == true
    assert all(one.answered == one.items == 4 for one in scores)


def test_assigned_levels_name_openness_intellect() -> None:
    facets = dict.fromkeys(FACETS, 2) | dict.fromkeys(DOMAINS["openness"], 5)
    person = Persona(
        id="a", name="A", source="import", profile=Profile(gender="female", age=1),
        personality=Personality(facets=facets),
    )  # fmt: skip
    levels = assigned_levels(person)
    assert list(levels) == [*DOMAINS, "intellect"]
    assert levels["intellect"] == 5.0
    assert levels["extraversion"] == 2.0
    assert assigned_levels(person.model_copy(update={"personality": Personality()})) == {}


def neo() -> list[Item]:
    return list(shipped("ipip_neo_120"))


@settings(max_examples=20)
@given(levels=st.lists(st.integers(1, 5), min_size=30, max_size=30))
def test_known_facets_and_domains_come_back(levels: list[int]) -> None:
    known = dict(zip(FACETS, levels, strict=True))
    answers = {
        one.id: Answer(codes=(str(6 - known[one.scale] if one.reverse else known[one.scale]),))
        for one in neo()
        if one.scale in known
    }
    facets = score_facets(neo(), answers)
    assert {one.scale: one.mean for one in facets} == known
    domains = score_big_five(neo(), answers)
    expected = Personality(facets=known).domain_levels()
    assert [one.scale for one in domains] == list(DOMAINS)
    assert {one.scale: one.mean for one in domains} == pytest.approx(expected)
    assert {(one.answered, one.items) for one in domains} == {(24, 24)}


def test_unreversed_items_do_not_give_the_levels_back() -> None:
    wrong = [one.model_copy(update={"reverse": False}) for one in neo()]
    told: dict[str, Response] = {
        one.id: Answer(codes=("1" if one.reverse else "5",)) for one in neo()
    }
    assert {one.mean for one in score_facets(neo(), told)} == {5.0}
    assert {one.mean for one in score_facets(wrong, told)} != {5.0}


def test_a_domain_needs_five_of_its_six_facets() -> None:
    told: dict[str, Response] = {one.id: Answer(codes=("3",)) for one in neo()}
    worry = [one.id for one in neo() if one.scale == "anxiety"]
    rage = [one.id for one in neo() if one.scale == "anger"]
    told |= dict.fromkeys(worry[:2], GONE)
    first = score_big_five(neo(), told)[0]
    assert (first.mean, first.answered) == (3.0, 22)
    told |= dict.fromkeys(rage[:2], GONE)
    assert score_big_five(neo(), told)[0].mean is None
    assert score_big_five(neo(), told)[1].mean == 3.0


def test_options_may_leave_out_levels_but_not_the_ends() -> None:
    three = Item(
        id="a", kind=Kind.SINGLE, text="So?", scale="anger",
        options=tuple(OPTIONS[place] for place in (0, 2, 4)),
    )  # fmt: skip
    assert score_facets([three], {"a": Answer(codes=("5",))})[0].mean == 5.0
    with pytest.raises(InputError, match="needs the codes 1 to 5"):
        score_facets([three.model_copy(update={"options": three.options[:2]})], {})

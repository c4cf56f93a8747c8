"""The index of agreeing whatever is said."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.instruments import find_instrument
from evaluation.personality.acquiescence import acquiescence
from simulacra.domain.answer import Answer, Response
from simulacra.domain.persona import DOMAINS
from simulacra.survey.formats import read_instrument

ITEMS = read_instrument(find_instrument("ipip_neo_120"))[0].items
GROUPS = {facet: domain for domain, facets in DOMAINS.items() for facet in facets}


def index(told: dict[str, Response]) -> float:
    found = acquiescence(ITEMS, GROUPS, {"a": [told]})
    assert found.scales == 5
    return found.people["a"]


@settings(max_examples=10)
@given(levels=st.dictionaries(st.sampled_from(list(DOMAINS)), st.integers(1, 5)))
def test_answers_by_content_alone_have_none(levels: dict[str, int]) -> None:
    told: dict[str, Response] = {}
    for item in ITEMS:
        level = levels.get(GROUPS[item.scale or ""], 3)
        told[item.id] = Answer(codes=(str(6 - level if item.reverse else level),))
    assert index(told) == pytest.approx(0)


@pytest.mark.parametrize(("code", "expected"), [("5", 2.0), ("1", -2.0), ("3", 0.0), ("4", 1.0)])
def test_the_same_answer_to_everything(code: str, expected: float) -> None:
    assert index({item.id: Answer(codes=(code,)) for item in ITEMS}) == expected


def test_a_planted_lean_is_found_in_several_people() -> None:
    rng = random.Random(3)
    told = {
        f"p{n}": [{item.id: Answer(codes=(str(min(5, rng.randint(1, 5) + 1)),)) for item in ITEMS}]
        for n in range(20)
    }
    found = acquiescence(ITEMS, GROUPS, told)
    assert found.mean.covers(0.8) and not found.mean.covers(0)  # (2 + 3 + 4 + 5 + 5) / 5 - 3


def test_items_of_one_key_tell_nothing() -> None:
    some = [item for item in ITEMS if item.scale == "anxiety"]
    found = acquiescence(some, GROUPS, {"a": [{one.id: Answer(codes=("5",)) for one in some}]})
    assert (found.scales, found.people, found.mean.value) == (0, {}, None)

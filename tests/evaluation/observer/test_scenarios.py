"""The situations that ship: one for each facet, open, short, answerable by anybody."""

import re
from collections import Counter

import pytest

from evaluation.observer.scenarios import first, instrument_of, shipped
from simulacra.domain.persona import FACETS
from simulacra.errors import InputError
from simulacra.sentences import sentences_of


def test_each_facet_has_a_situation_and_the_domains_come_in_turn() -> None:
    every = shipped()
    assert Counter(one.facet for one in every) == Counter(FACETS)
    assert len({one.id for one in every}) == len(every) >= 30
    for start in range(0, 30, 5):
        assert len({one.domain for one in every[start : start + 5]}) == 5


@pytest.mark.parametrize("one", shipped(), ids=lambda one: one.id)
def test_a_situation_is_short_in_the_second_person_and_ends_in_an_open_question(one) -> None:
    assert 2 <= len(sentences_of(one.text)) <= 4
    assert one.text.endswith("?") and re.search(r"\byou\b", one.text, re.IGNORECASE)
    question = sentences_of(one.text)[-1]
    assert re.search(r"\b(do|answer|decide|choose|vote|spend|fill|say)\b", question)
    assert one.high.endswith(".") and one.low.endswith(".") and one.high != one.low
    # Nobody is told what is aimed at, and nothing presumes an age or a trade.
    assert one.facet.replace("_", " ") not in one.text.lower()
    assert not re.search(r"\b(boss|colleague|school|pension|grandchild|app)\b", one.text.lower())


def test_the_questionnaire_asks_for_texts_and_shows_no_keys() -> None:
    asked = instrument_of(first(3))
    assert [one.kind for one in asked.items] == ["long_text"] * 3
    assert shipped()[0].high not in asked.model_dump_json()
    for wrong in (0, 31):
        with pytest.raises(InputError, match="1 to 30"):
            first(wrong)

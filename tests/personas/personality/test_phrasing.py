"""A personality is said in the first person."""

import json
import re
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest

from personas.formats.packs import read_pack, write_pack
from personas.personality import draw_personalities, draw_personality, phrase
from personas.personality.data import facet_model, function_model
from personas.personality.phrasing import facet_traits, function_traits
from simulacra.domain.persona import DOMAINS, FACETS, FUNCTIONS, Personality, Trait
from tests.support.people import ilka

DRAWN = (4, 3, 2, 1, 1, 2, 3, 4)
RUN = 6


def sentences() -> list[str]:
    """Every sentence of the eight functions."""
    model = function_model()
    return [
        text for ranks in model.sentences.values() for texts in ranks.values() for text in texts
    ]


def test_every_function_has_five_sentences_for_every_rank() -> None:
    model = function_model()
    assert tuple(model.sentences) == FUNCTIONS
    for ranks in model.sentences.values():
        assert list(ranks) == list(range(1, 9))
        assert all(len(texts) >= 5 for texts in ranks.values())
    assert tuple(model.drawn[rank] for rank in range(1, 9)) == DRAWN


def test_no_sentence_stands_twice_or_shares_a_run_of_six_words() -> None:
    texts = sentences()
    assert len(texts) == len(set(texts)) >= 320
    owners = defaultdict(set)
    for text in texts:
        words = re.findall(r"[a-z']+", text.lower())
        for start in range(len(words) - RUN + 1):
            owners[tuple(words[start : start + RUN])].add(text)
    assert not [shared for shared in owners.values() if len(shared) > 1]


@pytest.mark.parametrize("text", sentences())
def test_function_sentences_are_whole_and_in_the_first_person(text: str) -> None:
    assert re.search(r"\b(I|I'm|me|my|myself)\b", text, re.IGNORECASE)
    assert text[0].isupper() and text.endswith(".")
    assert 5 <= len(text.split()) <= 30


def test_a_person_gets_twenty_function_sentences_by_rank() -> None:
    for person in draw_personalities(np.random.default_rng(1), 30):
        mine = [trait for trait in person.traits if trait.function]
        assert len({trait.text for trait in mine}) == 20
        assert Counter(trait.rank for trait in mine) == dict(enumerate(DRAWN, start=1))
        assert [trait.rank for trait in mine] == sorted(trait.rank or 0 for trait in mine)
        for trait in mine:
            assert trait.rank and person.functions[trait.rank - 1] == trait.function
            assert trait in function_traits(trait.function or "Ne", trait.rank)


def test_every_level_but_the_average_is_said_once() -> None:
    for person in draw_personalities(np.random.default_rng(2), 30):
        said = [trait.facet for trait in person.traits if trait.facet]
        assert said == [facet for facet in FACETS if person.facets[facet] != 3]


def test_high_levels_use_items_for_and_low_levels_items_against() -> None:
    model = facet_model()
    for facet in FACETS:
        items = model.items[facet]
        assert facet_traits(facet, 3) == ()
        for level, own, wrong, count in (
            (1, items.low, items.high, 2),
            (2, items.low, items.high, 1),
            (4, items.high, items.low, 1),
            (5, items.high, items.low, 2),
        ):
            traits = facet_traits(facet, level)
            assert traits
            for trait in traits:
                assert sum(_in(item, trait) for item in own) >= count, trait.text
                assert not any(_in(item, trait) for item in wrong), trait.text
                assert trait.text[0].isupper() and trait.text.endswith(".")


def _in(item: str, trait: Trait) -> bool:
    predicate = item[0].lower() + item[1:]
    return any(f"{before} {predicate}" in trait.text for before in ("I", "and"))


def test_the_items_are_those_of_the_ipip_neo_120(shared_data: Path) -> None:
    file = shared_data / "ipip-neo-120" / "en.json"
    items = json.loads(file.read_text(encoding="utf-8"))["items"]
    names = {name[0].upper(): name for name in DOMAINS}
    for item in items:
        facet = DOMAINS[names[item["domain"]]][item["facet"] - 1]
        ours = facet_model().items[facet]
        assert item["text"] in (ours.high if item["keyed"] == "plus" else ours.low)
    assert len(items) == 120


def test_a_personality_without_traits_can_be_phrased() -> None:
    whole = draw_personality(np.random.default_rng(7))
    bare = whole.model_copy(update={"traits": ()})
    assert len(phrase(bare, np.random.default_rng(7))) == len(whole.traits)
    assert phrase(Personality(), np.random.default_rng(7)) == ()
    only = Personality(facets=whole.facets)
    assert all(trait.facet for trait in phrase(only, np.random.default_rng(7)))


def test_a_drawn_personality_survives_a_pack(tmp_path: Path) -> None:
    person = ilka().model_copy(update={"personality": draw_personality(np.random.default_rng(11))})
    write_pack(person, tmp_path / "pack")
    assert read_pack(tmp_path / "pack", person.source).personality == person.personality

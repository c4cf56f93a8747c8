"""The IPIP-NEO-120 as it ships: items, keys, facets, translations."""

import json
from collections import Counter
from pathlib import Path

import pytest

from evaluation.instruments import find_instrument, shipped_instruments
from evaluation.personality.scoring import measures_facets
from simulacra.domain.persona import DOMAINS, FACETS
from simulacra.domain.survey import Instrument
from simulacra.survey.checking import check_instrument
from simulacra.survey.formats import read_instrument

NAMES = sorted(name for name in shipped_instruments() if name.startswith("ipip_neo_120"))


def shipped(name: str) -> Instrument:
    return read_instrument(find_instrument(name))[0]


@pytest.mark.parametrize("name", NAMES)
def test_every_language_has_the_items_keys_and_notice(name: str) -> None:
    instrument, english = shipped(name), shipped("ipip_neo_120")
    assert check_instrument(instrument) == []
    keys = [(item.id, item.scale, item.reverse) for item in instrument.items]
    assert keys == [(item.id, item.scale, item.reverse) for item in english.items]
    assert measures_facets(instrument.items)
    notice = " ".join(instrument.notice.split())
    assert "public domain" in notice and "Johnson" in instrument.source
    assert ("MIT License Copyright (c)" in notice) == (name != "ipip_neo_120")


def test_four_items_a_facet_and_both_keys() -> None:
    items = shipped("ipip_neo_120").items
    assert len(items) == 120
    assert Counter(item.scale for item in items) == dict.fromkeys(FACETS, 4)
    assert sum(item.reverse for item in items) == 55
    reversed_ = Counter(item.scale for item in items if item.reverse)
    # Facets that Johnson (2014) keys all one way.
    assert {one for one in FACETS if reversed_[one] == 0} == {
        "anxiety", "imagination", "excitement_seeking", "cheerfulness", "self_efficacy",
    }  # fmt: skip
    assert {one for one in FACETS if reversed_[one] == 4} == {
        "morality", "cooperation", "modesty", "cautiousness",
    }  # fmt: skip


def test_a_mini_ipip_does_not_measure_facets() -> None:
    assert not measures_facets(shipped("mini_ipip").items)


@pytest.mark.parametrize("name", NAMES)
def test_texts_keys_and_facets_are_those_of_the_source(name: str, shared_data: Path) -> None:
    file = name.removeprefix("ipip_neo_120").strip("_").replace("_", "-") or "en"
    source = json.loads((shared_data / "ipip-neo-120" / f"{file}.json").read_text(encoding="utf-8"))
    order = {domain[0].upper(): facets for domain, facets in DOMAINS.items()}
    for item, known in zip(shipped(name).items, source["items"], strict=True):
        assert item.text.removesuffix(".") == known["text"]
        assert item.reverse == (known["keyed"] == "minus")
        assert item.scale == order[known["domain"]][known["facet"] - 1]
        labels = [option["text"].casefold() for option in source["choices"]["plus"]]
        assert [option.label.casefold() for option in item.options] == labels

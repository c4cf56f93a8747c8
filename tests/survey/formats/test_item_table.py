"""Item tables hold all kinds of items, and what they cannot hold is said."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from simulacra.domain.survey import Instrument
from simulacra.survey.formats import read_instrument, write_instrument
from tests.support.instruments import INSTRUMENTS
from tests.support.workbooks import workbook

OPTIONS = ({"code": "1", "label": "A=B|C"}, {"code": "-96", "label": "Don't know", "missing": -96})
ROWS = ({"code": "a", "label": "=1+1"}, {"code": "b", "label": "B"})
ITEMS = [
    {"id": "a", "kind": "single", "text": "=HYPERLINK(1)", "options": OPTIONS, "shuffle": True},
    {"id": "b", "kind": "matrix", "text": "", "cells": "rating", "options": OPTIONS, "rows": ROWS,
     "shuffle_rows": True},
    {"id": "c", "kind": "form", "text": "'@x", "rows": ROWS},
    {"id": "d", "kind": "slider", "text": "-5", "minimum": -5, "maximum": 5, "step": 0.5,
     "low": "-cold", "high": "hot"},
    {"id": "e", "kind": "constant_sum", "text": "E", "options": OPTIONS, "total": 100},
    {"id": "f", "kind": "ranking", "text": "F", "options": OPTIONS, "choose": (1, 2)},
    {"id": "g", "kind": "date", "text": "G", "condition": "d > 1", "constraint": "g > 3"},
    {"id": "h", "kind": "info", "text": "H"},
    {"id": "i", "kind": "field"},
]  # fmt: skip


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_every_kind_comes_back(tmp_path: Path, ending: str) -> None:
    instrument = Instrument.model_validate({"id": "t", "items": ITEMS})
    path = tmp_path / f"t.{ending}"
    assert write_instrument(instrument, path, "table") == []
    assert read_instrument(path)[0] == instrument


def test_no_cell_of_a_written_table_is_run(tmp_path: Path) -> None:
    instrument = Instrument.model_validate({"id": "t", "items": ITEMS})
    path = tmp_path / "t.csv"
    write_instrument(instrument, path)
    text = path.read_text(encoding="utf-8")
    assert "'=HYPERLINK(1)" in text and "''@x" in text and ",-5," in text
    assert not any(line.startswith(("=", "+", "@")) for line in text.replace(",", "\n").split("\n"))


def test_what_a_table_cannot_hold_is_said(tmp_path: Path) -> None:
    options = [{"code": "1", "label": "A", "exclusive": True}]
    item = {"id": "a", "kind": "multi", "text": "A", "options": options}
    blocks = [{"id": "b", "pages": [["a"]], "shuffle": True}]
    instrument = Instrument.model_validate({"id": "t", "items": [item], "blocks": blocks})
    report = write_instrument(instrument, tmp_path / "t.csv")
    assert [(entry.question, entry.what) for entry in report] == [("a", "options"), ("", "blocks")]


def test_a_text_of_nothing_visible_becomes_the_id(tmp_path: Path) -> None:
    item = {"id": "a", "kind": "info", "text": "\x10 "}
    instrument = Instrument.model_validate({"id": "t", "items": [item]})
    (entry,) = write_instrument(instrument, tmp_path / "t.csv")
    assert (entry.question, entry.what) == ("a", "text")


def test_a_formula_is_its_text_and_reported(tmp_path: Path) -> None:
    path = workbook(tmp_path / "f.xlsx", items=[["id", "kind", "text"], ["a", "text", "=1+1"]])
    instrument, report = read_instrument(path)
    assert instrument.items[0].text == "=1+1"
    assert [(entry.what, entry.kept) for entry in report] == [("cell C2", "=1+1")]


@settings(
    max_examples=40, deadline=None, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(INSTRUMENTS)
def test_any_instrument_is_written_and_read_back(tmp_path: Path, instrument: Instrument) -> None:
    report = write_instrument(instrument, tmp_path / "t.csv")
    assert not {"item", "kind", "required"} & {entry.what for entry in report}

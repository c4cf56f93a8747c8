"""An answer that reads like a missing code is told apart from one in every format."""

import csv
import json
import runpy
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pyreadstat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulacra.domain.answer import Answer, Missing, MissingCode, Response
from simulacra.domain.run import Cell
from simulacra.domain.survey import Instrument, Item, Kind, Option, Question
from simulacra.export import export_run
from tests.support.ddi_rules import complaints
from tests.support.exports import Run, options

PARTS = options("a=Art", "b=Beer")
OTHER = (*options("1=One"), Option(code="2", label="Other", text_entry=True))
ITEMS = (
    Item(id="temp", kind=Kind.NUMERIC, text="Degrees?"),
    Item(id="word", kind=Kind.SHORT_TEXT, text="A word?"),
    Item(id="sum", kind=Kind.CONSTANT_SUM, text="Shares?", options=PARTS),
    Item(id="pick", kind=Kind.SINGLE, text="Which?", options=OTHER),
    Item(id="safe", kind=Kind.NUMERIC, text="Years?"),
)
REFUSED = Missing(code=MissingCode.REFUSED)
SAID: tuple[dict[str, Response], ...] = (
    {
        "temp": Answer(number=-97),
        "word": Answer(text="-99"),
        "sum": Answer(amounts={"a": -96, "b": 196}),
        "pick": Answer(codes=("2",), texts={"2": "-95"}),
        "safe": Answer(number=40),
    },
    dict.fromkeys(("temp", "word", "sum", "pick", "safe"), REFUSED),
    {
        "temp": Answer(number=3.5),
        "word": Answer(text="a"),
        "sum": Answer(amounts={"a": 1, "b": 2}),
        "pick": Answer(codes=("1",)),
        "safe": Missing(code=MissingCode.DONT_KNOW),
    },
)
TOLD = {
    "temp": [-97, None, 3.5],
    "temp_missing": [0, -97, 0],
    "sum_a": [-96, None, 1],
    "sum_a_missing": [0, -97, 0],
    "sum_b_missing": [0, -97, 0],
    "pick_2_text_missing": [0, -97, -99],
    "word_missing": [0, -97, 0],
}


@pytest.fixture
def ambiguous(run: Run) -> Run:
    first = run.cells[0][0]
    cells = []
    for at, answers in enumerate(SAID):
        who = first.model_copy(update={"id": f"p{at}", "position": at})
        for place, asked in enumerate(ITEMS):
            question = Question(
                item_id=asked.id, kind=asked.kind, text=asked.text, options=asked.options
            )
            one = Cell(
                interview_id=who.id, item_id=asked.id, position=place, question=question,
                response=answers[asked.id], seed=0,
            )  # fmt: skip
            cells.append((who, one))
    asked = Instrument(id="odd", items=ITEMS)
    return replace(run, spec=run.spec.model_copy(update={"instrument": asked}), cells=cells)


def plain(values: Any) -> list[Any]:
    return [None if one is None or one != one or one == "" else one for one in values]


def test_what_reads_like_a_code_is_an_answer_in_every_format(
    ambiguous: Run, tmp_path: Path
) -> None:
    export_run(ambiguous, tmp_path, name="odd")
    table = pq.read_table(tmp_path / "odd_wide.parquet")
    for name, expected in TOLD.items():
        assert plain(table[name].to_pylist()) == expected, name
    assert table["word"].to_pylist() == ["-99", None, "a"]
    assert b"missing_values" not in table.schema.field("temp").metadata
    assert b"missing_values" in table.schema.field("safe").metadata
    with (tmp_path / "odd_wide.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [one["temp"] for one in rows] == ["-97", "", "3.5"]
    assert [one["safe"] for one in rows] == ["40", "-97", "-96"]
    for user_missing in (True, False):
        data, meta = pyreadstat.read_sav(tmp_path / "odd_wide.sav", user_missing=user_missing)
        for name, expected in TOLD.items():
            assert plain(data[name]) == expected, name
        assert plain(data["word"]) == ["-99", None, "a"]
        assert "temp" not in meta.missing_ranges
        assert ("safe" in meta.missing_ranges) == user_missing
        data, meta = pyreadstat.read_dta(tmp_path / "odd_wide.dta", user_missing=user_missing)
        for name, expected in TOLD.items():
            assert plain(data[name]) == expected, name
        assert meta.variable_value_labels["temp_missing"][-97] == "Refused"
        assert plain(data["safe"])[0] == 40
    sheet = openpyxl.load_workbook(tmp_path / "odd_wide.xlsx")["labels"]
    heading = [cell.value for cell in sheet[1]]
    assert [sheet.cell(row, heading.index("temp") + 1).value for row in (2, 3, 4)] == [
        -97,
        None,
        3.5,
    ]
    assert sheet.cell(3, heading.index("temp_missing") + 1).value == "Refused"


def test_codebook_scripts_and_metadata_tell_of_it(ambiguous: Run, tmp_path: Path) -> None:
    export_run(ambiguous, tmp_path, name="odd")
    assert (tmp_path / "codebook.html").read_text().count("reads like a missing code") == 5
    assert "`" not in (tmp_path / "METHODS.md").read_text().split("says why answers")[1][:40]
    assert "temp, word, sum_a, sum_b, pick_2_text" in (tmp_path / "METHODS.md").read_text()
    assert complaints((tmp_path / "odd_ddi.xml").read_bytes()) == []
    load = runpy.run_path(str(tmp_path / "odd_load.py"))["load"]
    data, reasons = load(tmp_path)
    assert plain(data["temp"]) == [-97, None, 3.5]
    assert plain(reasons["temp"]) == [None, None, None]
    assert plain(reasons["safe"]) == [None, "Refused", "Don't know"]
    described = json.loads(next(tmp_path.rglob("dataset_description.json")).read_text())
    told = {one["name"]: one for one in described["variableMeasured"]}
    assert "valueReference" not in told["temp"] and "valueReference" in told["safe"]


@given(st.floats(allow_nan=False) | st.sampled_from([float(one) for one in MissingCode]))
def test_a_number_is_like_a_code_exactly_where_it_is_one(number: float) -> None:
    codes = {float(one) for one in MissingCode}
    assert Answer(number=number).like_a_code == (number in codes)
    assert Answer(amounts={"a": number}).like_a_code == (number in codes)
    assert not Answer(codes=("-97",)).like_a_code


def test_without_such_an_answer_nothing_changes(run: Run, tmp_path: Path) -> None:
    assert run.ambiguous() == frozenset()
    export_run(run, tmp_path, ["csv"], name="plain")
    assert "_missing" not in (tmp_path / "plain_wide.csv").read_text().split("\n")[0]

"""Codes that stand for missing answers get other names, and logic means the same as before."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulacra.domain.answer import Answer
from simulacra.domain.flow import Block, Branch, Loop, Round, SetField, Show
from simulacra.domain.survey import Instrument, Item, Kind, Option, Row
from simulacra.survey.condition import parse_condition
from simulacra.survey.formats import read_instrument
from simulacra.survey.formats.recoding import free_code, recoded
from simulacra.survey.values import truth
from tests.support.workbooks import workbook

CONDITIONS = st.sampled_from([
    "x = -99", "x = '-99'", "'-98' = x", "x != -99", "selected(x, '-99')", "x in (1, -98)",
    "x in ('-99', '2')", "x < 0", "x >= -98", "not (x = -99)", "x contains '-99'", "answered(x)",
    "x + 99 = 0", "max(x, 0) = 0", "if(x = -99, 1, x) = 1", "x = 1 or x < -98", "x & 'a' = '-99a'",
    "count(x) = 1", "matches(x, '^-')", "y = -99",
])  # fmt: skip
NEW = {"-99": "m99", "-98": "m98"}


@given(condition=CONDITIONS, code=st.sampled_from(["1", "2", "-98", "-99", None]))
def test_logic_holds_for_the_same_answers(condition: str, code: str | None) -> None:
    items = (
        Item(id="x", kind=Kind.SINGLE, text="X?", options=(Option(code="1", label="1"),)),
        Item(id="z", kind=Kind.INFO, text="Z", condition=condition),
    )
    new = recoded(Instrument(id="i", items=items), {"x": NEW}).items[1].condition
    y = {"y": Answer(number=-99)}
    before = y | ({"x": Answer(codes=(code,))} if code else {})
    after = y | ({"x": Answer(codes=(NEW.get(code, code),))} if code else {})
    assert new is not None
    assert truth(parse_condition(new).value(after)) == truth(
        parse_condition(condition).value(before)
    )


def test_logic_is_changed_wherever_it_stands() -> None:
    options = (Option(code="m99", label="a"), Option(code="2", label="b", condition="x = -99"))
    items = (
        Item(id="x", kind=Kind.MATRIX, cells=Kind.SINGLE, rows=(Row(code="r", label="R"),),
             options=options),
        Item(id="f", kind=Kind.FIELD),
    )  # fmt: skip
    loop = Loop(rounds=(Round(key="1", condition="x_r = -99"),))
    flow = (
        Branch(condition="x_r = -99", then=(SetField(field="f", expression="x_r = -99"),)),
        Show(block="b"),
    )
    block = Block(id="b", pages=(("x",),), loop=loop)
    instrument = Instrument(id="i", items=items, blocks=(block,), flow=flow)
    dumped = json.dumps(recoded(instrument, {"x": {"-99": "m99"}}).model_dump(mode="json"))
    assert "-99" not in dumped
    assert dumped.count("= 'm99'") == 4
    assert free_code("-99", {"m99"}) == "m99_"


@pytest.mark.parametrize("ending", ["json", "lss", "xlsx"])
def test_every_reader_renames_codes_in_its_logic(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"a.{ending}"
    if ending == "json":
        elements = [
            {"type": "radiogroup", "name": "a", "title": "A", "choices": [-99, 1]},
            {"type": "text", "name": "b", "title": "B", "visibleIf": "{a} = -99"},
        ]
        path.write_text(json.dumps({"elements": elements}))
    elif ending == "lss":
        path.write_text(LSS)
    else:
        workbook(
            path,
            survey=[["type", "name", "label", "relevant"], ["select_one l", "a", "A", ""],
                    ["text", "b", "B", "${a} = '-99'"]],
            choices=[["list_name", "name", "label"], ["l", "-99", "No"], ["l", "1", "Yes"]],
        )  # fmt: skip
    instrument, report = read_instrument(path)
    assert {option.code for option in instrument.items[0].options} == {"m99", "1"}
    assert instrument.items[1].condition == "a = 'm99'"
    assert [entry.what for entry in report if entry.question == "a"] == ["option -99"]


LSS = """<?xml version="1.0" encoding="UTF-8"?>
<document><LimeSurveyDocType>Survey</LimeSurveyDocType><DBVersion>400</DBVersion>
<languages><language>en</language></languages>
<groups><rows><row><gid>1</gid><group_order>1</group_order></row></rows></groups>
<answers><rows>
<row><qid>1</qid><code>-99</code><answer>No</answer><sortorder>1</sortorder></row>
<row><qid>1</qid><code>1</code><answer>Yes</answer><sortorder>2</sortorder></row>
</rows></answers>
<questions><rows>
<row><qid>1</qid><parent_qid>0</parent_qid><gid>1</gid><type>L</type><title>a</title>
<question>A</question><relevance>1</relevance></row>
<row><qid>2</qid><parent_qid>0</parent_qid><gid>1</gid><type>S</type><title>b</title>
<question>B</question><relevance>a == "-99"</relevance></row>
</rows></questions></document>
"""

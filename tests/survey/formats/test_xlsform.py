"""XLSForm workbooks come in with their logic, and go out so that pyxform takes them."""

import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pyxform.xls2xform import convert

from simulacra.domain.flow import Block, Branch, Group, SetField, Show
from simulacra.domain.survey import Instrument, Kind
from simulacra.errors import InputError
from simulacra.survey.formats import read_instrument, write_instrument
from simulacra.survey.formats import workbook as workbook_module
from simulacra.survey.formats.trees import Untranslatable
from simulacra.survey.formats.workbook import read_sheets
from simulacra.survey.formats.xlsform.xpath import compile_xpath
from simulacra.survey.formats.xlsform.xpath_text import XPath
from simulacra.survey.report import ReportEntry
from simulacra.survey.writing import condition_text
from tests.support.instruments import INSTRUMENTS
from tests.support.workbooks import workbook
from tests.survey.test_condition import EXPRESSIONS

SHARED = Path(os.environ.get("SIMULACRA_TEST_DATA", "../shared/data")) / "xlsform"
HEAD = ["type", "name", "label"]
CHOICES: list[list[object]] = [
    ["list_name", "name", "label"],
    ["yn", "yes", "Yes"],
    ["yn", "no", "No"],
    ["n", 1, "One"],
    ["n", 2, "Two"],
]


def form(folder: Path, *rows: list[object], head: Any = HEAD, **more: Any) -> Path:
    sheets = {"survey": [list(head), *rows], "choices": CHOICES, **more}
    return workbook(folder / "form.xlsx", **sheets)


def read(folder: Path, *rows: list[object], **more: Any) -> tuple[Instrument, list[ReportEntry]]:
    return read_instrument(form(folder, *rows, **more))


def same(name: str) -> str:
    return name


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("${a} = 1", "a = 1"),
        ("${a} != 'x'", "not a = 'x'"),
        ("${a} = ''", "not answered(a)"),
        ("'' != ${a}", "answered(a)"),
        ("selected(${a}, 'x') or not(true())", "selected(a, 'x') or not true"),
        ("count-selected(${a}) >= 2 and ${b} > -1", "count(a) >= 2 and b > -1"),
        (". mod 2 = 1", "modulo(me, 2) = 1"),
        ("(${a}+${b})*2 div 3 < .5", "((a + b) * 2) / 3 < 0.5"),
        ("if(${a}>1,'x',concat(${b},'y'))='x'", "if(a > 1, 'x', b & 'y') = 'x'"),
        ("regex(., '[0-9]{3}')", "matches(me, '^(?:[0-9]{3})$')"),
        ("regex(., '^[a-z]+$')", "matches(me, '^[a-z]+$')"),
        ("substr(${a}, 1, 3) = 'bc'", "substring(a, 1, 2) = 'bc'"),
        ("starts-with(${a}, 'ab')", "substring(a, 0, 2) = 'ab'"),
        ("string-length(${a}) <= 5", "length(a) <= 5"),
        ("coalesce(${a}, ${b}) = ‘x’", "coalesce(a, b) = 'x'"),
        ("int(${a} div 2) = 3", "if(a / 2 >= 0, floor(a / 2), ceil(a / 2)) = 3"),
        ("true()", "true"),
    ],
)  # fmt: skip
def test_what_xpath_means(theirs: str, ours: str) -> None:
    tree = compile_xpath(theirs, same, own="me")
    assert condition_text(tree) == ours
    assert compile_xpath(XPath(same, "me").text(tree), same, own="me") == tree


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("${d} > today()", "today()"),
        ("pulldata('f', 'a', 'b', ${c}) = 1", "pulldata()"),
        ("${a} = yes", "neither a question nor in quotes"),
        ("${a} =", "cannot be read"),
        ("../a = 1", "cannot be read"),
        ("not(" * 3000 + "1" + ")" * 3000, "too deeply"),
        ("1 = " * 9000, "too long"),
        ("selected(1, 2)", "something else"),
        ("if(1)", "1 values"),
    ],
)
def test_what_has_no_counterpart(text: str, why: str) -> None:
    with pytest.raises(Untranslatable, match=why.replace("(", r"\(").replace(")", r"\)")):
        compile_xpath(text, same)


@given(EXPRESSIONS)
def test_a_tree_that_xpath_can_say_means_the_same_when_read_back(tree: Any) -> None:
    try:
        text = XPath(same).text(tree)
    except Untranslatable:
        return
    back = compile_xpath(text, same)
    assert compile_xpath(XPath(same).text(back), same) == back
    assert bool(back.value({})) == bool(tree.value({}))


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        compile_xpath(text, same, own="me")
    except Untranslatable as error:
        assert str(error)


def test_all_types(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["text", "a", "A", "", ""],
        ["text", "b", "B", "multiline", ""],
        ["integer", "c", "C", "", ""],
        ["decimal", "d", "D", "", ""],
        ["range", "e", "E", "", "start=0 end=5 step=0.5"],
        ["select_one yn", "f", "F", "", "randomize=true"],
        ["select_one yn", "g", "G", "likert", ""],
        ["select all that apply from yn", "h", "H", "minimal", ""],
        ["rank n", "i", "I", "", ""],
        ["date", "j", "J", "", ""],
        ["note", "k", "K", "", ""],
        ["acknowledge", "l", "L", "", ""],
        ["select one from yn or specify other", "m", "M", "", ""],
        ["image", "n", "N", "", ""],
        ["start", "o", "", "", ""],
        ["dateTime", "p", "P", "", ""],
        ["select_one_from_file towns.csv", "q", "Q", "", ""],
        ["nonsense", "r", "R", "", ""],
        ["calculate", "s", "", "", ""],
    ]
    head = [*HEAD, "appearance", "parameters", "calculation"]
    rows[-1].append("${c} + 1")
    instrument, report = read(tmp_path, *rows, head=head)
    assert [item.kind for item in instrument.items] == [
        Kind.SHORT_TEXT, Kind.LONG_TEXT, Kind.NUMERIC, Kind.NUMERIC, Kind.SLIDER, Kind.SINGLE,
        Kind.RATING, Kind.MULTI, Kind.RANKING, Kind.DATE, Kind.INFO, Kind.SINGLE, Kind.SINGLE,
        Kind.FIELD, Kind.SHORT_TEXT, Kind.SHORT_TEXT, Kind.SHORT_TEXT, Kind.FIELD,
    ]  # fmt: skip
    by_id = {item.id: item for item in instrument.items}
    assert (by_id["c"].step, by_id["d"].step) == (1, None)
    assert (by_id["e"].minimum, by_id["e"].maximum, by_id["e"].step) == (0, 5, 0.5)
    assert by_id["f"].shuffle
    assert by_id["m"].options[-1].text_entry
    assert instrument.unasked == ("n",)
    assert instrument.questions == 17
    told = {(entry.question, entry.what) for entry in report}
    assert {
        ("n", "type image"), ("o", "type start"), ("p", "type dateTime"), ("r", "type nonsense"),
        ("q", "type select_one_from_file towns.csv"), ("", "column appearance"),
    } == told  # fmt: skip
    assert instrument.extra["xlsform"]["items"]["h"] == {"appearance": "minimal"}
    assert instrument.flow[-1] == SetField(field="s", expression="c + 1")


def test_bounds_and_conditions(tmp_path: Path) -> None:
    head = [*HEAD, "relevant", "constraint", "required", "hint"]
    instrument, report = read(
        tmp_path,
        ["integer", "age", "Age?", "", ". >= 18 and . < 99 and . <= 120", "yes", "In years"],
        ["select_multiple n", "m", "M", "${age} > 20", "count-selected(.) >= 1", "", ""],
        ["text", "t", "T ${age} ${m} ${x} $5", "today() > 1", "regex(., 'a+')", "${age} > 1", ""],
        head=head,
    )
    age, m, t = instrument.items
    assert (age.minimum, age.maximum, age.constraint) == (18, 120, "age < 99")
    assert (age.required, age.help) == (True, "In years")
    assert (m.condition, m.choose, m.required) == ("age > 20", (1, 2), False)
    assert t.text == "T ${age} ${m|code} $${x} $5"
    assert (t.condition, t.constraint) == (None, "matches(t, '^(?:a+)$')")
    assert [entry.kept for entry in report] == ["today() > 1", {"t": "${age} > 1"}]


def test_groups_and_calculations_make_the_way(tmp_path: Path) -> None:
    instrument, _ = read(
        tmp_path,
        ["text", "a", "A"],
        ["begin group", "g", "Both", "${a} = 'x'", "field-list"],
        ["text", "b", "B"],
        ["text", "c", "C"],
        ["end group"],
        ["begin_group", "h", "Outer", "", ""],
        ["text", "d", "D"],
        ["calculate", "e", "", "", "", "${d} * 2"],
        ["begin group", "i", "", "${d} > 1"],
        ["text", "f", "F"],
        ["end_group"],
        ["end group"],
        head=[*HEAD, "relevant", "appearance", "calculation"],
    )
    assert instrument.blocks == (
        Block(id="part_1", pages=(("a",),)),
        Block(id="g", title="Both", pages=(("b", "c"),)),
        Block(id="part_2", pages=(("d",),)),
        Block(id="i", pages=(("f",),)),
    )
    assert instrument.flow == (
        Show(block="part_1"),
        Branch(condition="a = 'x'", then=(Show(block="g"),)),
        Group(
            title="Outer",
            steps=(
                Show(block="part_2"),
                SetField(field="e", expression="d * 2"),
                Branch(condition="d > 1", then=(Show(block="i"),)),
            ),
        ),
    )


def test_repeats(tmp_path: Path) -> None:
    instrument, report = read(
        tmp_path,
        ["integer", "n", "How many?"],
        ["begin repeat", "three", "Child", "3"],
        ["text", "a", "A"],
        ["end repeat"],
        ["begin repeat", "some", "", "${n}"],
        ["begin group", "inner", "", "", "${n} > 3"],
        ["text", "b", "B", "", "${a} = 'x'"],
        ["end group"],
        ["end repeat"],
        ["begin repeat", "any"],
        ["text", "c", "C"],
        ["end repeat"],
        head=[*HEAD, "repeat_count", "relevant"],
    )
    three, some, any_ = (block.loop for block in instrument.blocks[1:])
    assert three and [one.key for one in three.rounds] == ["1", "2", "3"]
    assert some and some.rounds[1].condition == "n >= 2" and len(some.rounds) == 10
    assert any_ and len(any_.rounds) == 1
    assert instrument.items[2].condition == "n > 3 and a = 'x'"
    assert [entry.what for entry in report] == ["repeat some", "repeat any"]


def test_filters_become_conditions_of_options(tmp_path: Path) -> None:
    choices = [
        ["list_name", "name", "label", "in"],
        ["land", "a", "A", ""],
        ["land", "b", "B", ""],
        ["town", "x", "X", "a"],
        ["town", "y", "Y", "b"],
        ["town", "z", "Z", ""],
        ["town", "x", "X", "b"],
    ]
    instrument, _ = read(
        tmp_path,
        ["select_one land", "l", "L", ""],
        ["select_one town", "t", "T", "in = ${l} or in = ''"],
        head=[*HEAD, "choice_filter"],
        choices=choices,
    )
    assert [(one.code, one.condition) for one in instrument.items[1].options] == [
        ("x", "l = 'a' or l = 'b'"),
        ("y", "l = 'b'"),
        ("z", None),
    ]


def test_languages(tmp_path: Path) -> None:
    head = ["type", "name", "label::English (en)", "label::Français (fr)", "hint::Français (fr)"]
    choices = [
        ["list name", "name", "label::English (en)", "label::Français (fr)"],
        ["yn", "y", "Yes", "Oui"],
    ]
    settings = [["form_title", "default_language"], ["F", "fr"]]
    instrument, _ = read(
        tmp_path, ["select_one yn", "a", "Well?", "Alors ?", "Dites"], head=head,
        choices=choices, settings=settings,
    )  # fmt: skip
    (item,) = instrument.items
    assert (instrument.language, item.text, item.help) == ("fr", "Alors ?", "Dites")
    assert item.options[0].label == "Oui" and item.options[0].translations == ("Yes",)
    assert instrument.extra["xlsform"]["items"]["a"]["label::English (en)"] == "Well?"
    out = tmp_path / "out.xlsx"
    assert write_instrument(instrument, out) == []
    assert convert(xlsform=str(out), validate=False).xform


def test_tables_are_matrices(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["begin group", "food", "How often?", "table-list"],
        ["select_one n", "food_1", "Bread", ""],
        ["select_one n", "food_2", "Rice", ""],
        ["end group"],
    ]
    instrument, _ = read(tmp_path, *rows, head=[*HEAD, "appearance"])
    (item,) = instrument.items
    assert (item.kind, item.cells, item.text) == (Kind.MATRIX, Kind.SINGLE, "How often?")
    assert [(row.code, row.label) for row in item.rows] == [("1", "Bread"), ("2", "Rice")]


def test_formr_code_in_r_is_reported_and_not_run(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "f.xlsx",
        items=[
            ["type", "name", "label", "showif", "optional", "choice1", "choice2", "class"],
            ["mc", "a", "A `r 1`", "", "", "Yes", "No", "big"],
            ["rating_button 1,3,1", "b", "B", "a == 1", "*", "low", "high", ""],
            ["submit", "s", "Go"],
            ["number 0,10,1", "c", "C"],
            ["check", "d", "D"],
            ["range 1,7,1", "e", "E", "", "", "left", "right"],
            ["geopoint", "f", "F"],
            ["ip", "g", "G"],
            ["unheard_of", "h", "H"],
        ],
    )
    instrument, report = read_instrument(path)
    a, b, c, d, e, g, h = instrument.items
    assert [option.code for option in a.options] == ["1", "2"]
    assert [option.label for option in b.options] == ["1 low", "2", "3 high"]
    assert (b.required, b.condition) == (False, None)
    assert (c.minimum, c.maximum, c.step) == (0, 10, 1)
    assert (d.kind, e.low, e.high, g.kind) == (Kind.MULTI, "left", "right", Kind.FIELD)
    assert instrument.blocks[0].pages == (("a", "b"), ("c", "d", "e", "h"))
    kept = {entry.what: entry.kept for entry in report}
    assert kept["showif"] == "a == 1"
    assert kept["R code in the label"] == "A `r 1`"
    assert {"type geopoint", "type ip", "type unheard_of", "column class"} <= set(kept)
    assert h.kind == Kind.SHORT_TEXT


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([["type", "label"], ["text", "A"]], "columns type, name"),
        ([HEAD], "columns type, name"),
        ([HEAD, ["text", "a", "A"], ["text", "a", "B"]], "two questions are called a"),
        ([HEAD, ["image", "a", "A"]], "asks nothing"),
        ([HEAD, ["text", "a", "x" * 1001]], "over 1,000 signs"),
    ],
)
def test_forms_that_cannot_be_used(
    tmp_path: Path, rows: Any, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_module, "MAX_SIGNS", 1000)
    with pytest.raises(InputError, match=told):
        read_instrument(workbook(tmp_path / "f.xlsx", survey=rows))


def test_a_rich_instrument_goes_out_as_pyxform_takes_it(tmp_path: Path) -> None:
    options = ({"code": "1", "label": "One"}, {"code": "2", "label": "Two", "condition": "n > 1"})
    items = [
        {"id": "n", "kind": "numeric", "text": "N", "minimum": 0, "maximum": 9, "step": 1},
        {"id": "m", "kind": "matrix", "text": "M", "cells": "rating", "options": options[:1],
         "rows": [{"code": "1", "label": "R"}, {"code": "2", "label": "S"}]},
        {"id": "c", "kind": "constant_sum", "text": "C", "options": options[:1], "total": 100},
        {"id": "f", "kind": "form", "text": "F", "rows": [{"code": "a", "label": "A"}]},
        {"id": "s", "kind": "single", "text": "a <b> c for ${n}", "options": options},
        {"id": "w", "kind": "field"},
        {"id": "t", "kind": "long_text", "text": "T", "condition": "selected(s, '1') and n != 3"},
    ]  # fmt: skip
    blocks = [
        {"id": "first", "title": "First", "pages": [["n"]]},
        {"id": "second", "pages": [["m", "c", "f", "s"]]},
        {"id": "third", "pages": [["t"]], "loop": {"rounds": [{"key": "1"}, {"key": "2"}]}},
    ]
    flow = [
        {"node": "show", "block": "first"},
        {"node": "branch", "condition": "n > 5", "then": [{"node": "show", "block": "second"}],
         "otherwise": [{"node": "end"}]},
        {"node": "set", "field": "w", "expression": "n * 2"},
        {"node": "randomise", "id": "r", "steps": [{"node": "show", "block": "third"}]},
    ]  # fmt: skip
    instrument = Instrument.model_validate(
        {"id": "rich", "items": items, "blocks": blocks, "flow": flow}
    )
    out = tmp_path / "rich.xlsx"
    told = {(entry.question, entry.what) for entry in write_instrument(instrument, out)}
    assert convert(xlsform=str(out), validate=False).xform
    assert {("", "end"), ("", "random order r"), ("c", "item"), ("f", "item")} <= told
    back = {item.id: item for item in read_instrument(out)[0].items}
    assert back["m"] == instrument.items[1]
    assert back["s"] == instrument.items[4]
    assert back["t"].condition == "selected(s, '1') and (answered(n) and not n = 3)"


@settings(
    max_examples=20, deadline=None, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(INSTRUMENTS)
def test_any_instrument_is_written_and_read_back(tmp_path: Path, instrument: Instrument) -> None:
    write_instrument(instrument, tmp_path / "out.xlsx")


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data are not there")
@pytest.mark.parametrize("path", sorted(SHARED.glob("xlsform_*.xlsx")), ids=lambda path: path.stem)
def test_shared_forms_come_back_the_same(path: Path, tmp_path: Path) -> None:
    instrument, _ = read_instrument(path)
    out = tmp_path / path.name
    assert write_instrument(instrument, out) == []
    assert read_instrument(out)[0] == instrument
    assert convert(xlsform=str(out), validate=False).xform


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data are not there")
@pytest.mark.parametrize("path", sorted(SHARED.glob("formr_*.xlsx")), ids=lambda path: path.stem)
def test_shared_formr_forms_are_read(path: Path) -> None:
    heading, *rows = read_sheets(path)[0].rows
    cells = [dict(zip(heading, row, strict=True)) for row in rows]
    instrument, report = read_instrument(path)
    known = {item.id for item in instrument.items} | set(instrument.unasked)
    known |= {entry.what.removeprefix("submit ") for entry in report}
    assert {one["name"] for one in cells if one["name"]} <= known
    code = {
        one["showif"] for one in cells if one.get("showif") and one["type"] not in ("", "submit")
    }
    assert code <= {str(entry.kept) for entry in report if entry.what == "showif"}

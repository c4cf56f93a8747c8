"""SurveyJS definitions come in with their logic, and go out so that the schema takes them."""

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulacra.domain.flow import Branch, End, SetField, Show
from simulacra.domain.survey import Instrument, Kind, Option, Skip
from simulacra.errors import InputError
from simulacra.survey.formats import read_instrument, write_instrument
from simulacra.survey.formats.surveyjs.expressions import Names, SurveyJs, compile_surveyjs
from simulacra.survey.formats.trees import Untranslatable
from simulacra.survey.report import ReportEntry
from simulacra.survey.writing import condition_text
from tests.support.instruments import INSTRUMENTS
from tests.survey.test_condition import EXPRESSIONS

SHARED = Path(os.environ.get("SIMULACRA_TEST_DATA", "../shared/data")) / "surveyjs"
SCHEMA = SHARED / "surveyjs_definition.schema.json"
KINDS = {"s": Kind.SINGLE, "m": Kind.MULTI, "t": Kind.SHORT_TEXT, "n": Kind.NUMERIC}
NAMES = Names(lambda name: name, KINDS, "me")


def read(
    folder: Path, *elements: dict[str, Any], **more: Any
) -> tuple[Instrument, list[ReportEntry]]:
    survey = {"elements": list(elements), **more} if elements else more
    path = folder / "survey.json"
    path.write_text(json.dumps(survey), encoding="utf-8")
    return read_instrument(path)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("{n} > 1 and {s} = 'a' || {t} empty", "(n > 1 and s = 'a') or not answered(t)"),
        ("{s} <> 'a'", "not s = 'a'"),
        ("{s} notempty and !({n} = 2)", "answered(s) and not n = 2"),
        ("{m} contains 'a'", "selected(m, 'a')"),
        ("{t} contains 'a'", "t contains 'a'"),
        ("{m} anyof ['a', 2]", "selected(m, 'a') or selected(m, '2')"),
        ("{s} anyof ['a', 'b']", "s in ('a', 'b')"),
        ("{m} allof ['a', 'b']", "selected(m, 'a') and selected(m, 'b')"),
        ("{m} notcontains 'a'", "not selected(m, 'a')"),
        ("{m.length} >= 2", "count(m) >= 2"),
        ("iif({n} + 1 > 2, 'x', \"y\") == x", "if(n + 1 > 2, 'x', 'y') = 'x'"),
        ("'it\\'s ' + {t} = 'b'", "'it''s ' & t = 'b'"),
        ("{$self.value} greaterorequal 3 or {n} % 2 = 0", "me >= 3 or modulo(n, 2) = 0"),
        ("{s} = true and -{n} < 2", "s = true and 0 - n < 2"),
    ],
)
def test_what_an_expression_means(theirs: str, ours: str) -> None:
    tree = compile_surveyjs(theirs, NAMES)
    assert condition_text(tree) == ours
    printed = SurveyJs(lambda name: name, KINDS).text(tree)
    assert compile_surveyjs(printed, NAMES) == tree


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{d} > today()", "today"),
        ("{a} = ", "cannot be read"),
        ("[1] = {a}", "compared as a whole"),
        ("!" * 3000 + "{a}", "too deeply"),
        ("sum([1, 2]) = 3", "given a list"),
        ("1 empty", "only a question"),
    ],
)
def test_what_has_no_counterpart(text: str, why: str) -> None:
    with pytest.raises(Untranslatable, match=why):
        compile_surveyjs(text, NAMES)


@given(EXPRESSIONS)
def test_a_tree_that_surveyjs_can_say_means_the_same_when_read_back(tree: Any) -> None:
    printer = SurveyJs(lambda name: name, {})
    try:
        text = printer.text(tree)
    except Untranslatable:
        return
    try:
        back = compile_surveyjs(text, NAMES)
    except Untranslatable as error:
        assert "only a question" in str(error) or "compared" in str(error)
        return
    assert bool(back.value({})) == bool(tree.value({}))


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        compile_surveyjs(text, NAMES)
    except Untranslatable as error:
        assert str(error)


def test_all_types(tmp_path: Path) -> None:
    choices = ["a", {"value": 2, "text": "Two"}]
    instrument, report = read(
        tmp_path,
        {"type": "radiogroup", "name": "q1", "choices": choices, "isRequired": True},
        {"type": "dropdown", "name": "q2", "choices": choices, "choicesOrder": "random"},
        {"type": "checkbox", "name": "q3", "choices": choices, "maxSelectedChoices": 1},
        {"type": "tagbox", "name": "q4", "choices": choices},
        {"type": "ranking", "name": "q5", "choices": choices},
        {"type": "rating", "name": "q6", "rateMax": 10, "rateMin": 0, "minRateDescription": "No"},
        {"type": "boolean", "name": "q7", "labelTrue": "Sure"},
        {"type": "text", "name": "q8", "inputType": "number", "min": 1, "step": 2},
        {"type": "text", "name": "q9", "inputType": "date", "min": "1970-01-02"},
        {"type": "text", "name": "q10", "inputType": "email"},
        {"type": "comment", "name": "q11"},
        {"type": "slider", "name": "q12"},
        {"type": "multipletext", "name": "q13", "items": [{"name": "x"}]},
        {"type": "matrix", "name": "q14", "columns": ["a"], "rows": ["r 1", 2]},
        {"type": "html", "name": "q15", "html": "<p>Hi&nbsp;you</p><script>bad()</script>"},
        {"type": "imagepicker", "name": "q16", "choices": choices, "multiSelect": True},
        {"type": "buttongroup", "name": "q17", "choices": choices},
        {"type": "image", "name": "q18", "altText": "a cat"},
        {"type": "imagemap", "name": "q19", "areas": choices},
        {"type": "file", "name": "q20"},
        {"type": "signaturepad", "name": "q21"},
        {"type": "expression", "name": "q22", "expression": "{q8} * 2"},
        {"type": "dropdown", "name": "q23", "choicesMin": 1, "choicesMax": 3},
        {"type": "dropdown", "name": "q24", "choicesByUrl": {"url": "x"}},
    )
    assert [(item.id, item.kind) for item in instrument.items] == [
        ("q1", Kind.SINGLE), ("q2", Kind.SINGLE), ("q3", Kind.MULTI), ("q4", Kind.MULTI),
        ("q5", Kind.RANKING), ("q6", Kind.RATING), ("q7", Kind.SINGLE), ("q8", Kind.NUMERIC),
        ("q9", Kind.DATE), ("q10", Kind.SHORT_TEXT), ("q11", Kind.LONG_TEXT),
        ("q12", Kind.SLIDER), ("q13", Kind.FORM), ("q14", Kind.MATRIX), ("q15", Kind.INFO),
        ("q16", Kind.MULTI), ("q17", Kind.SINGLE), ("q18", Kind.INFO), ("q19", Kind.MULTI),
        ("q23", Kind.SINGLE), ("q24", Kind.SHORT_TEXT), ("q22", Kind.FIELD),
    ]  # fmt: skip
    by_id = {item.id: item for item in instrument.items}
    assert (by_id["q1"].required, by_id["q2"].required, by_id["q2"].shuffle) == (True, False, True)
    assert by_id["q3"].choose == (0, 1)
    assert [option.label for option in by_id["q6"].options[:2]] == ["0 No", "1"]
    assert (by_id["q8"].minimum, by_id["q8"].step, by_id["q9"].minimum) == (1, 2, 1)
    assert [row.code for row in by_id["q14"].rows] == ["r_1", "2"]
    assert by_id["q15"].text == "Hi you"
    assert instrument.unasked == ("q20", "q21")
    assert instrument.flow == (Show(block="page1"), SetField(field="q22", expression="q8 * 2"))
    told = {entry.question for entry in report}
    assert {"q10", "q15", "q18", "q20", "q21", "q24"} <= told


def test_special_choices_and_languages(tmp_path: Path) -> None:
    title = {"default": "Which?", "fr": "Lequel ?"}
    text = {"default": "Red", "fr": "Rouge"}
    element = {
        "type": "checkbox", "name": "q", "title": title, "showOtherItem": True, "hasNone": True,
        "showDontKnowItem": True, "otherText": "Else", "colCount": 2,
        "choices": [{"value": "r", "text": text, "visibleIf": "{x} = 1"},
                    {"value": "g", "showCommentArea": True, "randomize": False}],
    }  # fmt: skip
    instrument, report = read(tmp_path, element, {"type": "text", "name": "x"}, locale="fr")
    item = instrument.items[0]
    assert (instrument.language, item.text) == ("fr", "Lequel ?")
    assert item.options == (
        Option(code="r", label="Rouge", condition="x = 1", translations=("Red",)),
        Option(code="g", label="g", text_entry=True, fixed=True),
        Option(code="none", label="None", exclusive=True, fixed=True),
        Option(code="dontknow", label="Don't know", missing=-96, fixed=True),
        Option(code="other", label="Else", text_entry=True, fixed=True),
    )
    assert {entry.what for entry in report} == {"property title", "property colCount"}
    assert instrument.extra["surveyjs"]["items"]["q"]["colCount"] == 2


def test_the_way_through(tmp_path: Path) -> None:
    pages = [
        {"name": "one", "title": "One", "elements": [
            {"type": "text", "name": "a", "validators": [{"type": "regex", "regex": "^x"}]},
            {"type": "panel", "name": "p", "visibleIf": "{a} = 'x'", "elements": [
                {"type": "text", "name": "b", "title": "And {a}? {nobody}",
                 "enableIf": "{a} <> 'y'"},
                {"type": "comment", "name": "c"}]},
        ]},
        {"name": "two", "visibleIf": "{b} notempty", "questionOrder": "random", "elements": [
            {"type": "paneldynamic", "name": "kids", "panelCount": 2, "templateElements": [
                {"type": "text", "name": "a"},
                {"type": "text", "name": "age", "visibleIf": "{panel.a} notempty"}]},
            {"type": "matrix", "name": "m", "columns": [1], "rows": ["r"]},
            {"type": "text", "name": "d", "visibleIf": "{m.r} = 1", "requiredIf": "{a} = 1"}]},
    ]  # fmt: skip
    triggers = [
        {"type": "complete", "expression": "{a} = 'stop'"},
        {"type": "setvalue", "expression": "{m.r} = 1", "setToName": "v", "setValue": "yes {a}"},
        {"type": "skip", "expression": "{m} notempty", "gotoName": "d"},
        {"type": "runexpression", "expression": "{a} = 1"},
    ]
    values = [{"name": "sum", "expression": "{a} + 1"}]
    instrument, report = read(tmp_path, pages=pages, triggers=triggers, calculatedValues=values)
    by_id = {item.id: item for item in instrument.items}
    assert by_id["a"].constraint == "matches(a, '^x')"
    assert by_id["b"].text == "And ${a}? {nobody}"
    assert by_id["b"].condition == "a = 'x' and not a = 'y'"
    assert by_id["age"].condition == "answered(kids.a)"
    assert by_id["d"].condition == "m_r = 1"
    assert by_id["m"].skips == (Skip(condition="answered(m)", to="d"),)
    one, kids, two = instrument.blocks
    assert one.pages == (("a", "b", "c"),) and kids.pages == (("kids.a", "age"),)
    assert kids.loop and len(kids.loop.rounds) == 2 and two.shuffle
    assert instrument.flow == (
        Show(block="one"),
        SetField(field="sum", expression="a + 1"),
        Branch(condition="a = 'stop'", then=(End(),)),
        Branch(condition="answered(b)", then=(Show(block="kids"),)),
        Branch(condition="answered(b)", then=(Show(block="two"),)),
        Branch(condition="m_r = 1", then=(SetField(field="v", text="yes ${a}"),)),
    )
    assert {"trigger runexpression", "property requiredIf", "enableIf"} <= {
        entry.what for entry in report
    }
    out = tmp_path / "out" / "survey.json"
    out.parent.mkdir()
    assert write_instrument(instrument, out, "surveyjs") == []
    assert read_instrument(out)[0] == instrument


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"pages": []}', "asks nothing"),
        ('{"elements": [{"type": "text"', "no JSON"),
        ('{"elements": [{"type": "radiogroup", "name": "a", "choices": 5, "title": 7}]}', ""),
        ('{"elements": [{"type": "rating", "name": "a", "rateMin": "x"}], "triggers": 5}', "wrong"),
        ('{"elements": [{"type": "multipletext", "name": "a", "items": 7}]}', "wrong kind"),
        ('{"pages": [{"elements": ' + '[{"type": "panel", "elements": ' * 500 + "[]"
         + "}]" * 500 + "}]}", "too deeply"),
    ],
)  # fmt: skip
def test_documents_that_cannot_be_used(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "s.json"
    path.write_text(text, encoding="utf-8")
    if told:
        with pytest.raises(InputError, match=told):
            read_instrument(path)
    else:
        assert read_instrument(path)[0].items[0].kind == Kind.SHORT_TEXT


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(INSTRUMENTS)
@pytest.mark.skipif(not SCHEMA.is_file(), reason="the shared data are not there")
def test_any_instrument_is_written_as_the_schema_says(
    tmp_path: Path, instrument: Instrument
) -> None:
    out = tmp_path / "out.json"
    write_instrument(instrument, out, "surveyjs")
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert jsonschema.Draft7Validator(schema).is_valid(json.loads(out.read_text(encoding="utf-8")))


def test_a_field_may_be_called_like_a_word_of_the_language(tmp_path: Path) -> None:
    elements = [{"type": "text", "name": "a", "title": "A"}]
    triggers = [
        {"type": "setvalue", "expression": "{a} = 'x'", "setToName": "item", "setValue": "1"},
        {"type": "setvalue", "expression": "{a} = 'y'", "setToName": "row.b[0]", "setValue": "1"},
        {"type": "skip", "expression": "{a} = 'y'", "gotoName": "panel.b"},
    ]
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"elements": elements, "triggers": triggers}))
    instrument, report = read_instrument(path)
    assert "item" in {item.id for item in instrument.items}
    assert any(entry.what.startswith("trigger") for entry in report)

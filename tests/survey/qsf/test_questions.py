"""Every kind of Qualtrics question becomes items that ask the same, or is named in the report."""

from pathlib import Path
from typing import Any

import pytest

from simulacra.domain.answer import Answer
from simulacra.domain.survey import Instrument, Item, Kind, Option
from simulacra.survey.condition import parse_condition
from simulacra.survey.formats import read_instrument
from simulacra.survey.report import ReportEntry
from tests.support.qsf import Json, field, logic, question, selected, survey, write


@pytest.fixture
def read(tmp_path: Path) -> Any:
    def reading(*questions: Json, **more: Any) -> tuple[Instrument, list[ReportEntry]]:
        return read_instrument(write(tmp_path / "trial.qsf", survey(questions, **more)))

    return reading


def displays(*labels: str, first: int = 1) -> Json:
    return {str(at): {"Display": label} for at, label in enumerate(labels, start=first)}


def only(instrument: Instrument) -> Item:
    (item,) = [item for item in instrument.items if item.kind != Kind.FIELD]
    return item


def whats(report: list[ReportEntry]) -> list[str]:
    return [entry.what for entry in report]


def settings(kind: str, **more: Any) -> Json:
    return {"Settings": {"ForceResponse": "OFF", "Type": kind, **more}}


@pytest.mark.parametrize(
    ("selector", "kind"),
    [("SAVR", "single"), ("SAHR", "single"), ("SACOL", "single"), ("DL", "single"),
     ("SB", "single"), ("NPS", "rating"), ("MAVR", "multi"), ("MAHR", "multi"),
     ("MACOL", "multi"), ("MSB", "multi")],
)  # fmt: skip
def test_choice_questions(read: Any, selector: str, kind: str) -> None:
    item = only(read(question("QID1", "MC", selector))[0])
    assert (item.kind, item.id, item.name, item.source) == (kind, "Q1", "Q1", "QID1")
    assert [(o.code, o.label) for o in item.options] == [
        ("1", "Choice 1"), ("2", "Choice 2"), ("3", "Choice 3")
    ]  # fmt: skip
    assert not item.required


def test_choices_as_a_list_are_numbered_from_0(read: Any) -> None:
    chosen = selected("QID1/SelectableChoice/0")
    instrument, _ = read(
        question("QID1", Choices=[{"Display": "a"}, {"Display": 7}], ChoiceOrder=[1, "0"]),
        question("QID2", DisplayLogic=logic([chosen])),
    )
    assert [(o.code, o.label) for o in instrument.items[0].options] == [("1", "7"), ("0", "a")]
    assert instrument.items[1].condition == "selected(Q1, '0')"


def test_recode_values_are_the_codes_in_options_and_logic(read: Any) -> None:
    instrument, report = read(
        question("QID1", RecodeValues={"1": 10, "2": "20"}),
        question("QID2", DisplayLogic=logic([selected("QID1/SelectableChoice/2")])),
    )
    assert [option.code for option in instrument.items[0].options] == ["10", "20", "3"]
    assert instrument.items[1].condition == "selected(Q1, '20')"
    assert not report


def test_values_that_cannot_be_codes_are_reported(read: Any) -> None:
    values = {"1": 1, "2": 1, "3": 2}
    instrument, report = read(
        question("QID1", RecodeValues=values),
        question("QID2", DisplayLogic=logic([selected("QID1/SelectableChoice/3")])),
    )
    assert [option.code for option in instrument.items[0].options] == ["1", "2", "3"]
    assert instrument.items[1].condition == "selected(Q1, '3')"
    assert [(e.question, e.what, e.kept) for e in report] == [("Q1", "recode values", values)]


def test_a_value_that_stands_for_missing_answers_gets_another_name_in_logic_too(read: Any) -> None:
    value = {"Type": "Expression", "LogicType": "Question", "QuestionID": "QID1",
             "ChoiceLocator": "q://QID1/SelectedChoicesRecode",
             "LeftOperand": "q://QID1/SelectedChoicesRecode"}  # fmt: skip

    def compared(operator: str, right: str) -> Json:
        return {"Operator": operator, "RightOperand": right}

    instrument, report = read(
        question("QID1", RecodeValues={"1": 1, "2": 2, "3": -99}),
        question("QID2", DisplayLogic=logic([selected("QID1/SelectableChoice/3")])),
        question("QID3", DisplayLogic=logic([value | compared("EqualTo", "-99")])),
        question("QID4", DisplayLogic=logic([value | compared("LessThan", "2")])),
    )
    assert [option.code for option in instrument.items[0].options] == ["1", "2", "m99"]
    assert [item.condition for item in instrument.items[1:]] == [
        "selected(Q1, 'm99')", "Q1 = 'm99'", "if(selected(Q1, 'm99'), -99, Q1) < 2",
    ]  # fmt: skip
    assert [(entry.question, entry.what) for entry in report] == [("Q1", "recode values")]


def test_an_id_that_stands_for_missing_answers_is_no_code(read: Any) -> None:
    instrument, report = read(question("QID1", Choices={"-99": {"Display": "a"}}, ChoiceOrder=[]))
    assert [option.code for option in instrument.items[0].options] == ["m99"]
    assert whats(report) == ["recode values"]


def test_what_a_choice_says_of_itself(read: Any) -> None:
    choices = {
        "1": {"Display": "One", "TextEntry": "true"},
        "2": {"Display": "None", "ExclusiveAnswer": True},
        "3": {"Display": "Three", "DisplayLogic": logic([field("group", "EqualTo", "b")])},
    }
    languages = {"DE": {"Choices": {"1": {"Display": "<b>Eins</b>"}}, "QuestionText": "Frage"}}
    instrument, report = read(question("QID1", "MC", "MAVR", Choices=choices, Language=languages))
    one, none, three = instrument.items[1].options
    assert one == Option(code="1", label="One", text_entry=True, translations=("Eins",))
    assert (none.exclusive, three.condition) == (True, "group = 'b'")
    assert instrument.extra["translations"]["Q1"] == languages
    assert "other languages: DE" in whats(report)


def test_random_order_of_choices(read: Any) -> None:
    assert only(read(question("QID1", Randomization={"Type": "All"}))[0]).shuffle
    assert not only(read(question("QID1", Randomization={"Type": "None"}))[0]).shuffle
    turned = only(read(question("QID1", Randomization={"Type": "ScaleReversal"}))[0])
    assert (turned.kind, turned.shuffle) == ("rating", True)
    advanced = {
        "FixedOrder": ["{~Randomized~}", "3", "{~Randomized~}"],
        "RandomizeAll": ["2", "1"],
        "Undisplayed": ["4"],
    }
    four = question("QID1", Choices=displays(*"abcd"), Randomization={
        "Type": "Advanced", "Advanced": advanced})  # fmt: skip
    item = only(read(four)[0])
    assert item.shuffle
    assert [(o.code, o.fixed, o.condition) for o in item.options] == [
        ("2", False, None), ("3", True, None), ("1", False, None), ("4", False, "false")
    ]  # fmt: skip


def test_a_random_subset_of_choices(read: Any) -> None:
    some = {"Type": "SubSet", "TotalRandSubset": "2"}
    instrument, report = read(
        question("QID1", Randomization=some),
        question("QID2", "Matrix", "Likert", Choices=displays(*"abc"), Randomization=some),
    )
    assert [(i.shuffle, i.show, i.shuffle_rows, i.show_rows) for i in instrument.items] == [
        (True, 2, False, None), (False, None, True, 2)
    ]  # fmt: skip
    assert not report
    advanced = {
        "FixedOrder": ["{~Randomized~}", "3", "{~Randomized~}"],
        "RandomSubSet": ["1", "2"],
        "TotalRandSubset": 1,
    }
    instrument, report = read(
        question("QID1", Randomization={"Type": "Advanced", "Advanced": advanced})
    )
    assert only(instrument).show == 1
    assert [option.code for option in only(instrument).options if option.fixed] == ["3"]
    assert not report


@pytest.mark.parametrize(
    "payload",
    [
        question("QID1", Randomization={"Type": "SubSet", "TotalRandSubset": ""}),
        question("QID1", Randomization={"Type": "SubSet", "TotalRandSubset": 9}),
        question("QID1", Randomization={"Type": "Advanced", "Advanced": {
            "RandomizeAll": ["1"], "RandomSubSet": ["2", "3"], "TotalRandSubset": 1}}),
        question("QID1", "Matrix", "MaxDiff", Answers=displays("Most", "Least"),
                 Choices=displays(*"abc"), Randomization={"Type": "SubSet", "TotalRandSubset": 2}),
    ],
)  # fmt: skip
def test_a_subset_that_is_not_drawn_is_reported(read: Any, payload: Json) -> None:
    instrument, report = read(payload)
    assert {item.show for item in instrument.items} == {None}
    assert whats(report).count("random subset of choices") == 1


def test_a_likert_matrix(read: Any) -> None:
    rows = displays("Row 1", "Row 2")
    rows["2"]["DisplayLogic"] = logic([field("x", "NotEmpty")])
    instrument, _ = read(
        question(
            "QID1", "Matrix", "Likert", Choices=rows, RecodeValues={"1": "5", "2": "3", "3": "1"},
            Randomization={"Type": "All"}, ChoiceDataExportTags={"1": "happy"},
        ),
        question("QID2", DisplayLogic=logic([selected("QID1/SelectableChoice/2/1")])),
        question("QID3", DisplayLogic=logic([selected("QID1/SelectableAnswer/3")])),
    )  # fmt: skip
    item = instrument.items[1]
    assert (item.kind, item.cells, item.shuffle, item.shuffle_rows) == (
        "matrix", "rating", False, True
    )  # fmt: skip
    assert [(row.code, row.label, row.condition) for row in item.rows] == [
        ("1", "Row 1", None), ("2", "Row 2", "length(x) > 0")
    ]  # fmt: skip
    assert [option.code for option in item.options] == ["5", "3", "1"]
    assert instrument.items[2].condition == "selected(Q1_2, '5')"
    assert instrument.items[3].condition == "selected(Q1_1, '1') or selected(Q1_2, '1')"
    assert instrument.extra["row_names"] == {"Q1": {"1": "happy"}}


@pytest.mark.parametrize(
    ("selector", "sub", "cells"),
    [("Likert", "MultipleAnswer", "multi"), ("Likert", "DL", "single"), ("Likert", "DND", "rating"),
     ("RO", "", "ranking"), ("TE", "Short", "short_text"), ("TE", "Essay", "long_text"),
     ("CS", "", "numeric")],
)  # fmt: skip
def test_cells_of_a_matrix(read: Any, selector: str, sub: str, cells: str) -> None:
    item = only(read(question("QID1", "Matrix", selector, SubSelector=sub))[0])
    assert (item.kind, item.cells) == ("matrix", cells)


def test_texts_in_a_matrix_are_asked_cell_by_cell(read: Any) -> None:
    entry = field("", "NotEmpty") | {
        "LogicType": "Question", "LeftOperand": "q://QID1/ChoiceTextEntryValue/2/3"
    }  # fmt: skip
    instrument, _ = read(
        question("QID1", "Matrix", "TE", SubSelector="Short"),
        question("QID2", QuestionText="${q://QID1/ChoiceTextEntryValue/1/2}",
                 DisplayLogic=logic([entry])),
    )  # fmt: skip
    table, later = instrument.items
    assert [row.code for row in table.rows] == ["1_1", "1_2", "1_3", "2_1", "2_2", "2_3"]
    assert table.rows[4].label == "Row 2 – Answer 2"
    assert (later.text, later.condition) == ("${Q1_1_2}", "length(Q1_2_3) > 0")


def test_a_bipolar_matrix(read: Any) -> None:
    bipolar = question("QID1", "Matrix", "Bipolar", Choices=displays("cold:warm", "slow:fast"))
    rows = only(read(bipolar)[0]).rows
    assert [(row.label, row.opposite) for row in rows] == [("cold", "warm"), ("slow", "fast")]


def test_a_profile_matrix_asks_each_row_with_its_answers(read: Any) -> None:
    answers = {"1": displays("red", "blue"), "2": displays("big", "small", first=4)}
    instrument, _ = read(
        question("QID1", "Matrix", "Profile", Answers=answers),
        question("QID2", DisplayLogic=logic([selected("QID1/SelectableChoice/2/5")])),
    )
    first, second, later = instrument.items
    assert (first.id, first.text) == ("Q1_1", "Text of QID1\nRow 1")
    assert [option.label for option in first.options] == ["red", "blue"]
    assert [option.code for option in second.options] == ["4", "5"]
    assert later.condition == "selected(Q1_2, '5')"
    assert instrument.questions == 2


def test_best_and_worst_are_two_items_that_exclude_each_other(read: Any) -> None:
    instrument, _ = read(
        question("QID1", "Matrix", "MaxDiff", Answers=displays("Most", "Least")),
        question("QID2", DisplayLogic=logic([selected("QID1/SelectableChoice/2/1")])),
    )
    most, least, later = instrument.items
    assert (most.text, least.text) == ("Text of QID1\nMost", "Text of QID1\nLeast")
    assert [option.condition for option in most.options] == [None, None]
    assert [o.condition for o in least.options] == [
        "not selected(Q1_1, '1')", "not selected(Q1_1, '2')"
    ]  # fmt: skip
    assert later.condition == "selected(Q1_1, '2')"


def test_side_by_side_becomes_a_matrix_a_column(read: Any) -> None:
    columns = {
        "1": {"QuestionText": "Often?", "Selector": "Likert", "SubSelector": "SingleAnswer",
              "QuestionID": "QID1#1", "DataExportTag": "Q1#1", "Answers": displays("yes", "no"),
              "RecodeValues": {"1": 1, "2": 0}},
        "2": {"QuestionText": "Why?", "Selector": "TE", "SubSelector": "Short",
              "Answers": displays("Reason")},
    }  # fmt: skip
    payload = question("QID1", "SBS", "SBSMatrix", Choices=displays("Tea", "Milk"))
    payload |= {"AdditionalQuestions": columns, "DisplayLogic": logic([field("f", "EqualTo", "1")])}
    instrument, report = read(
        payload, question("QID2", DisplayLogic=logic([selected("QID1%231/SelectableChoice/2/2")]))
    )
    _, often, why, later = instrument.items
    assert (often.id, often.text, often.cells) == ("Q1_1", "Text of QID1\nOften?", "rating")
    assert [option.code for option in often.options] == ["1", "0"]
    assert (why.cells, [row.code for row in why.rows]) == ("short_text", ["1_1", "2_1"])
    assert often.condition == why.condition == "f = 1"
    assert later.condition == "selected(Q1_1_2, '0')"
    assert (instrument.questions, whats(report)) == (2, ["field"])


@pytest.mark.parametrize(
    ("selector", "validation", "kind"),
    [("SL", settings("None"), "short_text"), ("ML", settings("None"), "long_text"),
     ("ESTB", settings("None"), "long_text"), ("PW", settings("None"), "short_text"),
     ("SL", settings("ContentType", ContentType="ValidNumber"), "numeric"),
     ("SL", settings("ContentType", ContentType="ValidDate"), "date"),
     ("SL", "None", "short_text")],
)  # fmt: skip
def test_text_questions(read: Any, selector: str, validation: Any, kind: str) -> None:
    assert only(read(question("QID1", "TE", selector, Validation=validation))[0]).kind == kind


def test_a_form(read: Any) -> None:
    fields = displays("Name", "Age")
    fields["2"]["TextEntryValidation"] = "ValidNumber"
    item = only(read(question("QID1", "TE", "FORM", Choices=fields))[0])
    assert item.kind == "form"
    assert [(row.code, row.label, row.kind) for row in item.rows] == [
        ("1", "Name", None), ("2", "Age", "numeric")
    ]  # fmt: skip


def test_numbers_in_a_matrix_and_in_a_form(read: Any) -> None:
    demanded = settings("ContentType", ContentType="ValidNumber", ValidNumber={"Min": "1"})
    table = question("QID1", "Matrix", "TE", SubSelector="Short", Validation=demanded)
    item = only(read(table)[0])
    assert (item.cells, item.minimum, item.rows[0].code) == ("numeric", 1, "1_1")
    form = question("QID1", "TE", "FORM", Choices=displays("Age"), Validation=demanded)
    item = only(read(form)[0])
    assert (item.kind, item.minimum, item.rows[0].kind) == ("form", 1, "numeric")


def test_demands_on_words_said_with_a_choice_are_reported(read: Any) -> None:
    other = {"1": {"Display": "Other", "TextEntry": "on", "TextEntryValidation": "ValidNumber"}}
    instrument, report = read(question("QID1", Choices=other))
    assert only(instrument).options[0].text_entry
    assert whats(report) == ["validation of words with a choice"]


def test_sliders(read: Any) -> None:
    configuration = {"CSSliderMin": "0", "CSSliderMax": 10, "NumDecimals": "1"}
    labels = [{"Display": "cold"}, {"Display": "so so"}, {"Display": "warm"}]
    one = question("QID1", "Slider", "HSLIDER", Choices=displays("&nbsp;"), Labels=labels)
    item = only(read({**one, "Configuration": configuration})[0])
    assert (item.kind, item.minimum, item.maximum, item.step) == ("slider", 0, 10, 0.1)
    assert (item.low, item.high, item.text) == ("cold", "warm", "Text of QID1")
    snapped = configuration | {"SnapToGrid": True, "GridLines": 5, "NotApplicable": True}
    item, report = (lambda got: (only(got[0]), got[1]))(read({**one, "Configuration": snapped}))
    assert (item.step, item.required, whats(report)) == (2, False, ["the answer 'Not applicable'"])
    two = {**one, "Choices": displays("Tea", "Milk"), "Configuration": {}}
    item = only(read(two)[0])
    assert (item.kind, item.cells, len(item.rows), item.maximum) == ("matrix", "slider", 2, 100)
    stars = only(read({**one, "Selector": "STAR", "Configuration": {"StarCount": 5}})[0])
    assert (stars.minimum, stars.maximum) == (0, 5)


def test_a_constant_sum_and_numbers_without_a_total(read: Any) -> None:
    summed = question("QID1", "CS", "VRTL", Validation=settings("ChoicesTotal", ChoiceTotal="60"))
    value = field("", "GreaterThan", "20") | {
        "LogicType": "Question", "LeftOperand": "q://QID1/ChoiceNumericEntryValue/2"
    }  # fmt: skip
    later = question("QID2", DisplayLogic=logic([value]))
    first, second = read(summed, later)[0].items
    assert (first.kind, first.total, len(first.options)) == ("constant_sum", 60, 3)
    assert second.condition == "part(Q1, '2') > 20"
    first, second = read(question("QID1", "CS", "VRTL"), later)[0].items
    assert (first.kind, first.cells, len(first.rows)) == ("matrix", "numeric", 3)
    assert second.condition == "Q1_2 > 20"


def test_ranking_and_grouping(read: Any) -> None:
    ranked = only(read(question("QID1", "RO", "DND", Randomization={"Type": "All"}))[0])
    assert (ranked.kind, len(ranked.options), ranked.shuffle) == ("ranking", 3, True)
    grouped, report = read(
        question("QID1", "PGR", "DragAndDrop", Choices=displays("a", "b"), Groups=["In", "Out"])
    )
    item = only(grouped)
    assert (item.cells, [option.label for option in item.options]) == ("single", ["In", "Out"])
    assert whats(report) == ["ranks within groups"]


def test_a_drill_down_asks_level_by_level(read: Any) -> None:
    instrument, _ = read(
        question(
            "QID1", "DD", "DL", Choices=displays("Country", "City"),
            Answers=displays("Norway", "Chad", "Oslo", "Bergen"),
            AnswerMap={"1": None, "2": None, "3": "1", "4": "1"},
        )
    )  # fmt: skip
    country, city = instrument.items
    assert (country.text, [o.label for o in country.options]) == (
        "Text of QID1\nCountry", ["Norway", "Chad"]
    )  # fmt: skip
    assert [(o.label, o.condition) for o in city.options] == [
        ("Oslo", "selected(Q1_1, '1')"), ("Bergen", "selected(Q1_1, '1')")
    ]  # fmt: skip
    assert instrument.questions == 1


@pytest.mark.parametrize(
    "kind", ["Timing", "Meta", "Captcha", "HotSpot", "HeatMap", "FileUpload", "Draw", "HL", "New"]
)
def test_what_nobody_can_be_asked_is_reported(read: Any, kind: str) -> None:
    odd = question("QID2", kind, "Any", Choices=displays("First Click"))
    instrument, report = read(question("QID1"), odd)
    assert (instrument.unasked, instrument.questions) == (("QID2",), 2)
    assert [(entry.question, entry.kept["QuestionType"]) for entry in report] == [("QID2", kind)]


def test_a_question_without_choices_cannot_be_asked(read: Any) -> None:
    instrument, report = read(
        question("QID1"),
        question("QID2", Choices=[]),
        question("QID3", "Matrix", "Likert", Answers={}),
    )
    assert instrument.unasked == ("QID2", "QID3")
    assert len(report) == 2


@pytest.mark.parametrize(
    ("payload", "validation", "expected"),
    [
        (question("QID1", "MC", "MAVR"), settings("ChoiceRange", MinChoices="1", MaxChoices="2"),
         {"choose": (1, 2)}),
        (question("QID1", "MC", "MAVR"), settings("MinChoices", MinChoices="2", MaxChoices="1"),
         {"choose": (2, 3)}),
        (question("QID1", "MC", "MAVR"), settings("MaxChoices", MaxChoices="9"),
         {"choose": (0, 3)}),
        (question("QID1", "MC", "MAVR"), settings("None", MaxChoices="2"), {"choose": None}),
        (question("QID1", "TE", "SL"), settings("MinChar", MinChars="5"),
         {"constraint": "length(Q1) >= 5"}),
        (question("QID1", "TE", "SL"), settings("CharRange", MinChars="2", MaxChars="4"),
         {"constraint": "length(Q1) >= 2 and length(Q1) <= 4"}),
        (question("QID1", "TE", "SL"), settings("ContentType", ContentType="ValidNumber",
         ValidNumber={"Min": "0", "Max": "7", "NumDecimals": "0"}),
         {"minimum": 0, "maximum": 7, "step": 1}),
        (question("QID1"), settings("None", ForceResponse="ON"), {"required": True}),
        (question("QID1"), settings("None", ForceResponse="RequestResponse"), {"required": False}),
    ],
)  # fmt: skip
def test_validation(read: Any, payload: Json, validation: Json, expected: Json) -> None:
    instrument, report = read({**payload, "Validation": validation})
    item = only(instrument)
    assert {name: getattr(item, name) for name in expected} == expected
    assert not report


@pytest.mark.parametrize(
    ("content", "good", "bad"),
    [("ValidEmail", "a@b.org", "a@b"), ("ValidTextOnly", "no figures", "4 figures"),
     ("ValidURL", "https://x.org", "x.org"), ("ValidZip", "02155", "2155")],
)  # fmt: skip
def test_content_that_a_text_has_to_have(read: Any, content: str, good: str, bad: str) -> None:
    demanded = settings("ContentType", ContentType=content, ValidZipType="ValidUSZip")
    item = only(read(question("QID1", "TE", "SL", Validation=demanded))[0])
    met = [
        bool(parse_condition(item.constraint or "").value({"Q1": Answer(text=text)}))
        for text in (good, bad)
    ]
    assert met == [True, False]


def test_custom_validation_is_a_constraint(read: Any) -> None:
    few = selected("QID1/SelectedChoicesCount", "LessThanOrEqual", RightOperand="2")
    custom = settings("CustomValidation", CustomValidation={"Logic": logic([few])})
    item = only(read(question("QID1", "MC", "MAVR", Validation=custom))[0])
    assert item.constraint == "count(Q1) <= 2"
    off = settings("None", CustomValidation={"Logic": logic([few])})
    instrument, report = read(question("QID1", "MC", "MAVR", Validation=off))
    assert (only(instrument).constraint, whats(report)) == (None, ["custom validation"])


def test_unknown_validation_is_reported(read: Any) -> None:
    _, report = read(question("QID1", "TE", "SL", Validation=settings("Astrology")))
    assert [(entry.what, entry.why) for entry in report] == [
        ("validation", "Astrology is not checked")
    ]


@pytest.mark.parametrize(
    ("mode", "condition"),
    [("SelectedChoices", "selected(Q1, '20')"), ("UnselectedChoices", "not selected(Q1, '20')"),
     ("DisplayedChoices", "shown(Q1)"), ("AllChoices", None),
     ("SelectedChoicesTextEntry", "selected(Q1, '20')"),
     ("EnteredChoicesTextEntry", "length(part(Q1, '20')) > 0")],
)  # fmt: skip
def test_choices_carried_forward(read: Any, mode: str, condition: str | None) -> None:
    dynamic = {"DynamicType": "ChoiceGroup", "Locator": f"q://QID1/ChoiceGroup/{mode}"}
    instrument, _ = read(
        question("QID1", "MC", "MAVR", RecodeValues={"1": 10, "2": 20, "3": 30}),
        question(
            "QID2", Choices={"4": {"Display": "Other"}}, ChoiceOrder=[], DynamicChoices=dynamic
        ),
        question("QID3", DisplayLogic=logic([selected("QID2/SelectableChoice/x2")])),
    )
    options = instrument.items[1].options
    assert [(option.code, option.label) for option in options] == [
        ("x1", "Choice 1"), ("x2", "Choice 2"), ("x3", "Choice 3"), ("4", "Other")
    ]  # fmt: skip
    assert (options[1].condition, options[3].condition) == (condition, None)
    assert instrument.items[2].condition == "selected(Q2, 'x2')"


def test_rows_carried_forward_from_a_question_that_carries_them_itself(read: Any) -> None:
    def carried(source: str) -> Json:
        return {"DynamicChoices": {"Locator": f"q://{source}/ChoiceGroup/SelectedChoices"}}

    instrument, _ = read(
        question("QID1", "MC", "MAVR"),
        question("QID2", "MC", "MAVR", Choices=[], ChoiceOrder=[], **carried("QID1")),
        question("QID3", "Matrix", "Likert", **{"Choices": [], **carried("QID2")}),
    )
    rows = instrument.items[2].rows
    assert [(row.code, row.condition) for row in rows[:2]] == [
        ("xx1", "selected(Q2, 'x1')"), ("xx2", "selected(Q2, 'x2')")
    ]  # fmt: skip


def test_choices_carried_from_rows_of_a_matrix(read: Any) -> None:
    locator = "q://QID1/ChoiceGroup/SelectedChoicesForAnswer/3"
    instrument, _ = read(
        question("QID1", "Matrix", "Likert"),
        question("QID2", Choices=[], DynamicChoices={"Locator": locator}),
    )
    assert [option.condition for option in instrument.items[1].options] == [
        "selected(Q1_1, '3')", "selected(Q1_2, '3')"
    ]  # fmt: skip


def test_choices_that_carry_each_other_forward_end(read: Any) -> None:
    def carried(source: str) -> Json:
        return {"DynamicChoices": {"Locator": f"q://{source}/ChoiceGroup/SelectedChoices"}}

    instrument, _ = read(question("QID1", **carried("QID2")), question("QID2", **carried("QID1")))
    assert len(instrument.items) == 2


def test_ids_follow_export_tags_where_they_are_unique(read: Any) -> None:
    instrument, _ = read(
        question("QID1", DataExportTag="How old?"),
        question("QID2", DataExportTag="twice"),
        question("QID3", DataExportTag="Twice"),
        question("QID4", "Matrix", "Likert", DataExportTag="m"),
        question("QID5", DataExportTag="m_1"),
        question("QID6", DataExportTag="not"),
        question("QID7", DataExportTag="7"),
        question("QID8", DataExportTag=""),
    )
    assert [item.id for item in instrument.items] == [
        "How_old", "QID2", "QID3", "m", "QID5", "not_", "x7", "QID8"
    ]  # fmt: skip
    assert instrument.items[0].name == "How old?"


def test_remarks_on_a_question(read: Any) -> None:
    _, report = read(
        question(
            "QID1", QuestionJS="alert(1)", DefaultChoices={"1": {"Selected": True}},
            GradingData=[{"ChoiceID": "1", "Grades": {"SC_1": 2}}],
            ChoiceGroups={"cg_1": {"GroupLabel": "g"}}, AnalyzeChoices={"3": "No"},
            QuestionText="<script>x()</script>Look <img src='a/cat.png'>",
        )
    )  # fmt: skip
    assert set(whats(report)) == {
        "JavaScript", "default answer", "scores", "groups of choices",
        "choices left out of reports", "picture in the text", "script in the text",
    }  # fmt: skip
    assert next(entry.kept for entry in report if entry.what == "JavaScript") == "alert(1)"


def test_information_texts_and_pictures(read: Any) -> None:
    plain = question("QID1", "DB", "TB", QuestionText="<p>Read&nbsp;this.</p><p>Then that.</p>")
    item = only(read(plain)[0])
    assert (item.kind, item.text) == ("info", "Read this.\n\nThen that.")
    picture = question("QID1", "DB", "GRB", QuestionText="", GraphicsDescription="A red car")
    assert only(read(picture)[0]).text == "[image: A red car]"
    shown = {"1": {"Display": "", "Image": {"Display": "cat.png"}}}
    instrument, report = read(question("QID1", Choices=shown))
    assert only(instrument).options[0].label == "[image: cat.png]"
    assert whats(report) == ["picture of a choice"]

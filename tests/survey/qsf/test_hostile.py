"""Damaged and malicious QSF files end in one clear error, and in time."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from simulacra.errors import InputError
from simulacra.survey.formats import read_instrument
from tests.support.qsf import Json, block, field, logic, question, selected, survey, write


def error_of(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_instrument(path)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.QSF"
    path.write_text(json.dumps(survey([question("QID1")])), encoding="utf-8-sig")
    assert read_instrument(path)[0].title == "A survey"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "this is no QSF"),
        (b'{"SurveyElements": [{"Elem', "this is no QSF"),
        (b"<xml/>", "this is no QSF"),
        (b"[]", "it has no SurveyElements"),
        (b'{"SurveyElements": 7}', "it has no SurveyElements"),
        (b'{"SurveyElements": []}', "has no question"),
        (b'{"SurveyElements": [{"Element": "SQ", "Payload": []}]}', "has no question"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b'{"SurveyElements": ' + b"9" * 5000 + b"}", "a number that is too long"),
        (b'{"SurveyElements": ' + b"[" * 100_000, "nested too deeply"),
        (b'{"SurveyElements": ' + b"[" * 300 + b"]" * 300 + b"}", "nested too deeply"),
    ],
)
def test_files_that_are_no_survey(tmp_path: Path, data: bytes, says: str) -> None:
    path = tmp_path / "a.qsf"
    path.write_bytes(data)
    assert says in error_of(path)


def test_a_flow_nested_too_deeply(tmp_path: Path) -> None:
    node: Json = {"Type": "Block", "ID": "BL_1"}
    for _ in range(200):
        node = {"Type": "Group", "Flow": [node]}
    path = write(tmp_path / "a.qsf", survey([question("QID1")], flow=[node]))
    assert "nested too deeply" in error_of(path)


def test_a_long_label_many_choices_and_many_conditions_are_read(tmp_path: Path) -> None:
    choices = {str(n): {"Display": f"<i>{n}</i>"} for n in range(2000)}
    leaves = [selected(f"QID1/SelectableChoice/{n}", Conjuction="Or") for n in range(2000)]
    long = question("QID3", QuestionText="<div>" * 20_000 + "x" * 1_000_000)
    path = write(
        tmp_path / "a.qsf",
        survey(
            [question("QID1", Choices=choices), question("QID2", DisplayLogic=logic(leaves)), long]
        ),
    )
    instrument, _ = read_instrument(path)
    assert len(instrument.items[0].options) == 2000


def test_loops_times_rows_are_bounded(tmp_path: Path) -> None:
    rows = {str(n): {"Display": "x"} for n in range(400)}
    static = {str(n): {"1": "x"} for n in range(400)}
    loop = {"Options": {"Looping": "Static", "LoopingOptions": {"Static": static}}}
    asked = question("QID1", "Matrix", "Likert", Choices=rows)
    path = write(tmp_path / "a.qsf", survey([asked], blocks=[block("BL_1", "QID1", **loop)]))
    assert "makes more than 100,000 items" in error_of(path)


def test_control_characters_and_halves_of_characters_do_not_come_in(tmp_path: Path) -> None:
    odd = question("QID1", QuestionText="a\x1b[2Jb\x00", DataExportTag="Q\ud8001")
    path = write(tmp_path / "a.qsf", survey([odd]))
    item = read_instrument(path)[0].items[0]
    assert (item.text, item.name) == ("a[2Jb", "Q?1")


def whole() -> Json:
    """A survey with everything that a file may have, to be damaged."""
    rich = question(
        "QID2", "Matrix", "Likert", RecodeValues={"1": 5}, Randomization={"Type": "All"},
        DisplayLogic=logic([selected("QID1/SelectableChoice/2"), field("arm", "EqualTo", "1")]),
    )  # fmt: skip
    carried = question("QID3", DynamicChoices={"Locator": "q://QID1/ChoiceGroup/SelectedChoices"})
    slider = question("QID4", "Slider", "HSLIDER", Choices={"1": {"Display": "a"}})
    slider["Configuration"] = {"CSSliderMin": 0, "CSSliderMax": 10, "NumDecimals": 0}
    side = question("QID5", "SBS", "SBSMatrix", Choices={"1": {"Display": "a"}})
    side["AdditionalQuestions"] = {"1": question("QID5#1", "Matrix", "Likert")}
    drill = question("QID6", "DD", "DL", Answers={"1": {"Display": "a"}, "2": {"Display": "b"}})
    drill["AnswerMap"] = {"1": None, "2": "1"}
    piped = question("QID7", "TE", "FORM", Choices={"1": {"Display": "${e://Field/arm}"}})
    best = question("QID8", "Matrix", "MaxDiff")
    skip = {"ChoiceLocator": "q://QID1/SelectableChoice/1", "Condition": "Selected",
            "SkipToDestination": "QID3"}  # fmt: skip
    options = {
        "RandomizeQuestions": "Advanced",
        "Looping": "Question",
        "LoopingOptions": {
            "Locator": "q://QID1/ChoiceGroup/SelectedChoices",
            "Static": {"1": {"2": "x"}},
        },
        "Randomization": {"Advanced": {"FixedOrder": ["QID6"], "RandomizeAll": ["QID7"]}},
    }
    blocks = [
        block("BL_1", {"QuestionID": "QID1", "SkipLogic": [skip]}, "QID2", "QID3", "QID4"),
        block("BL_2", "QID5", "QID6", "QID7", "QID8", Options=options),
    ]
    arms = [{"Type": "EmbeddedData", "EmbeddedData": [{"Field": "arm", "Value": "$e{1 + 1}"}]},
            {"Type": "Block", "ID": "BL_2"}]  # fmt: skip
    flow = [
        {"Type": "Block", "ID": "BL_1"},
        {"Type": "Branch", "BranchLogic": logic([field("arm", "MatchesRegex", "/a/i")]),
         "Flow": [{"Type": "BlockRandomizer", "SubSet": 1, "Flow": arms}]},
        {"Type": "EndSurvey", "Options": {}},
    ]  # fmt: skip
    questions = [question("QID1"), rich, carried, slider, side, drill, piped, best]
    return survey(questions, blocks=blocks, flow=flow)


JUNK: list[Any] = [
    None, True, 0, -1, 3.5, 1e308, "", "x", "QID1", [], {}, [[]], {"a": {}}, [None], "<b>", "-99",
    "${e://Field/x}", {"0": {"0": {}}}, ["1", "2"], 10**30, "q://QID1/SelectableChoice/1",
    "\ud800", "$e{1+", "1/2", {"Type": "If"}, "'", "a|b}",
]  # fmt: skip


def places(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    return [at, *(place for key in keys for place in places(value[key], (*at, key)))]


def damaged(data: Json, rng: random.Random) -> Json:
    for _ in range(rng.choice([1, 2, 5, 20])):
        place = rng.choice(places(data)[1:])
        inside: Any = data
        for key in place[:-1]:
            inside = inside[key]
        if rng.random() < 0.75:
            inside[place[-1]] = json.loads(json.dumps(rng.choice(JUNK)))
        else:
            del inside[place[-1]]
        if len(places(data)) < 2:
            break
    return data


def test_a_survey_with_everything_is_read(tmp_path: Path) -> None:
    instrument, _ = read_instrument(write(tmp_path / "a.qsf", whole()))
    assert instrument.questions == 8


@pytest.mark.parametrize("seed", range(8))
def test_damaged_files_are_read_or_refused(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(40):
        path = write(tmp_path / "a.qsf", damaged(whole(), rng))
        try:
            instrument, report = read_instrument(path)
        except InputError:
            continue
        assert instrument.model_dump_json()
        assert all(entry.model_dump_json() for entry in report)


@pytest.mark.parametrize("html", ["<div>" * 300_000, "<!--" * 300_000, "<a " * 300_000])
def test_html_that_keeps_a_parser_busy(tmp_path: Path, html: str) -> None:
    path = write(tmp_path / "a.qsf", survey([question("QID1", QuestionText=html + "<b>end")]))
    assert read_instrument(path)[0].items[0].text


def test_choices_that_multiply_each_other_are_bounded(tmp_path: Path) -> None:
    def twice(other: str) -> Json:
        shown = selected(f"{other}/ChoiceDisplayed/1", "Displayed")
        return {"1": {"Display": "a", "DisplayLogic": logic([shown, shown])}}

    chain = [question(f"QID{n}", Choices=twice(f"QID{n + 1}")) for n in range(1, 40)]
    path = write(tmp_path / "a.qsf", survey([*chain, question("QID40")]))
    instrument, report = read_instrument(path)
    assert instrument.items[38].options[0].condition == "shown(Q40) or shown(Q40)"
    assert "choices are displayed by one another" in {entry.why for entry in report}


def test_descriptions_that_hold_themselves_end(tmp_path: Path) -> None:
    own = {"1": {"Display": "${q://QID1/ChoiceDescription/1}" * 30}}
    path = write(tmp_path / "a.qsf", survey([question("QID1", Choices=own)]))
    instrument, report = read_instrument(path)
    assert instrument.items[0].options[0].label.count("…") == 900
    assert {entry.what for entry in report} == {"piped text"}

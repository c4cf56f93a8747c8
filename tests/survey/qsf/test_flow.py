"""Flow, blocks, loops, skips and pipes of Qualtrics surveys."""

from pathlib import Path
from typing import Any

import pytest

from simulacra.domain.flow import Branch, End, Group, Randomise, SetField, Show
from simulacra.domain.survey import Instrument, Kind, Skip
from simulacra.survey.formats import read_instrument
from simulacra.survey.report import ReportEntry
from tests.support.qsf import Json, block, field, logic, question, selected, survey, write


@pytest.fixture
def read(tmp_path: Path) -> Any:
    def reading(*questions: Json, **more: Any) -> tuple[Instrument, list[ReportEntry]]:
        return read_instrument(write(tmp_path / "trial.qsf", survey(questions, **more)))

    return reading


def embedded(name: str, value: str | None = None) -> Json:
    entry = {"Field": name, "Description": name, "Type": "Recipient" if value is None else "Custom"}
    return entry if value is None else {**entry, "Value": value}


def fields(*entries: Json) -> Json:
    return {"Type": "EmbeddedData", "FlowID": "FL_E", "EmbeddedData": list(entries)}


def whats(report: list[ReportEntry]) -> list[str]:
    return [entry.what for entry in report]


SHOW = {"Type": "Standard", "ID": "BL_1", "FlowID": "FL_2"}


def test_a_branch_with_an_end(read: Any) -> None:
    tree = logic([selected("QID1/SelectableChoice/2")])
    end = {"Type": "EndSurvey", "FlowID": "FL_4", "EndingType": "Advanced",
           "Options": {"Advanced": "true", "ResponseFlag": "Screened"}}  # fmt: skip
    branch = {"Type": "Branch", "FlowID": "FL_3", "BranchLogic": tree, "Flow": [end]}
    instrument, report = read(question("QID1"), flow=[SHOW, branch, {"Type": "EndSurvey"}])
    assert instrument.flow == (
        Show(block="BL_1"),
        Branch(condition="selected(Q1, '2')", then=(End(screened=True),)),
        End(),
    )
    assert not report


def test_a_branch_that_cannot_be_read_is_not_taken_and_reported(read: Any) -> None:
    tree = logic([{"LogicType": "Moon", "Operator": "Is"}])
    branch = {"Type": "Branch", "FlowID": "FL_3", "BranchLogic": tree, "Flow": [SHOW]}
    bare = {"Type": "Branch", "FlowID": "FL_4"}
    instrument, report = read(question("QID1"), flow=[branch, bare])
    assert [step.condition for step in instrument.flow] == ["false", "false"]
    assert whats(report) == ["branch FL_3", "branch FL_4"]


def test_a_randomiser_of_fields_and_of_what_has_no_counterpart(read: Any) -> None:
    arms = [
        fields(embedded("arm", "a"), embedded("price", "${rand://int/1:9}")),
        fields(embedded("arm", "b")),
        {"Type": "WebService", "URL": "http://x", "ResponseMap": [{"key": "k", "value": "reply"}]},
    ]
    node = {"Type": "BlockRandomizer", "FlowID": "FL_9", "SubSet": "1", "Flow": arms}
    instrument, report = read(question("QID1"), flow=[{**node, "EvenPresentation": True}, SHOW])
    randomiser = instrument.flow[0]
    assert isinstance(randomiser, Randomise)
    assert (randomiser.show, randomiser.evenly, randomiser.record) == (1, True, "FL_9_DO")
    assert randomiser.steps == (
        Group(
            title="EmbeddedData",
            steps=(
                SetField(field="arm", text="a"),
                SetField(field="price", text="${random|1|9}"),
            ),
        ),
        SetField(field="arm", text="b"),
        Group(title="WebService"),
    )
    named = [item.id for item in instrument.items if item.kind == Kind.FIELD]
    assert named == ["arm", "price", "FL_9_DO", "reply"]
    assert whats(report) == ["flow: WebService", "field"]


def test_a_randomiser_that_shows_all(read: Any) -> None:
    node = {"Type": "BlockRandomizer", "FlowID": "FL_9", "SubSet": 2, "Flow": [SHOW, SHOW]}
    instrument, _ = read(question("QID1"), flow=[node])
    assert (instrument.flow[0].show, instrument.flow[0].evenly) == (None, False)
    empty = {"Type": "BlockRandomizer", "FlowID": "FL_9", "Flow": []}
    instrument, report = read(question("QID1"), flow=[empty, SHOW])
    assert instrument.flow == (Show(block="BL_1"),)
    assert whats(report) == ["flow: randomiser FL_9"]


def test_fields_from_outside_without_name_and_with_sums(read: Any) -> None:
    numeric = question("QID1", "TE", "SL")
    numeric["Validation"] = {"Settings": {"Type": "ContentType", "ContentType": "ValidNumber"}}
    node = fields(
        embedded("PID"),
        embedded("Create New Field or Choose From Dropdown..."),
        embedded("total", "$e{ e://Field/base + q://QID1/ChoiceTextEntryValue * 2 }"),
        embedded("bad", "$e{ e://Field/base ^ 2 }"),
        embedded("said", "<b>${q://QID1/ChoiceTextEntryValue}</b> years"),
    )
    instrument, report = read(numeric, flow=[SHOW, node])
    assert instrument.flow[1:] == (
        SetField(field="total", expression="base + (Q1 * 2)"),
        SetField(field="bad"),
        SetField(field="said", text="${Q1} years"),
    )
    found = [(entry.question, entry.what) for entry in report]
    assert found == [
        ("", "field"),
        ("bad", "value of a field"),
        ("PID", "field"),
        ("base", "field"),
    ]


def test_groups_and_elements_around_others(read: Any) -> None:
    nodes = [
        {"Type": "Group", "Description": "All", "Flow": [SHOW]},
        {"Type": "Authenticator", "FlowID": "FL_5", "Flow": [SHOW]},
        {"Type": "TableOfContents", "FlowID": "FL_6", "Description": "Parts", "Flow": [SHOW]},
        {"Type": "ReferenceSurvey", "FlowID": "FL_7"},
        {"Type": "Standard", "ID": "BL_gone"},
    ]
    instrument, report = read(question("QID1"), flow=nodes)
    shown = (Show(block="BL_1"),)
    assert instrument.flow == (
        Group(title="All", steps=shown),
        Group(title="Authenticator", steps=shown),
        Group(title="Parts", steps=shown),
    )
    assert whats(report) == [
        "flow: Authenticator", "flow: TableOfContents", "flow: ReferenceSurvey",
        "flow: block BL_gone",
    ]  # fmt: skip


def test_an_end_with_a_redirect_is_reported(read: Any) -> None:
    options = {"SurveyTermination": "Redirect", "EOSRedirectURL": "https://panel.example/done"}
    end = {"Type": "EndSurvey", "FlowID": "FL_4", "Options": options}
    instrument, report = read(question("QID1"), flow=[SHOW, end])
    assert instrument.flow[1] == End()
    assert [(entry.what, entry.kept) for entry in report] == [("flow: end FL_4", options)]


def test_pages_and_trash(read: Any) -> None:
    blocks = {
        "1": block("BL_1", "QID1", {"Type": "Page Break"}, "QID2", "QID7", "QID1"),
        "2": block("BL_T", "QID3", Type="Trash"),
        "5": block("BL_2", "QID4", "QID2"),
    }
    asked = [question(f"QID{n}") for n in (1, 2, 3, 4, 5)]
    instrument, report = read(*asked, blocks=blocks)
    assert [(b.id, b.pages) for b in instrument.blocks] == [
        ("BL_1", (("Q1",), ("Q2",))), ("BL_2", (("Q4",),))
    ]  # fmt: skip
    assert instrument.questions == 3
    assert [(entry.what, entry.why) for entry in report] == [
        ("question QID7 of a block", "it is not in the file"),
        ("question QID2 of a block", "it stands in two blocks or in the trash"),
        ("block BL_2", "the flow does not show it, so nobody is asked its questions"),
        ("question QID5", "it stands in no block"),
    ]


def test_items_stand_in_the_order_of_the_flow(read: Any) -> None:
    blocks = [block("BL_1", "QID1"), block("BL_2", "QID2")]
    flow = [{"Type": "Block", "ID": "BL_2"}, {"Type": "Block", "ID": "BL_1"}]
    instrument, _ = read(question("QID1"), question("QID2"), blocks=blocks, flow=flow)
    assert [item.id for item in instrument.items] == ["Q2", "Q1"]


def test_a_survey_without_blocks_or_flow_asks_all(tmp_path: Path) -> None:
    elements = [{"Element": "SQ", "Payload": question(f"QID{n}")} for n in (1, 2)]
    path = write(tmp_path / "a.qsf", {"SurveyElements": elements})
    instrument, _ = read_instrument(path)
    assert [item.id for item in instrument.items] == ["Q1", "Q2"]
    assert instrument.flow == (Show(block="BL_1"),)


@pytest.mark.parametrize("word", ["All", "RandomizeAll", "true", "RandomWithXPerPage"])
def test_questions_in_random_order(read: Any, word: str) -> None:
    shuffled = block("BL_1", "QID1", "QID2", Options={"RandomizeQuestions": word})
    instrument, _ = read(question("QID1"), question("QID2"), blocks=[shuffled])
    assert (instrument.blocks[0].shuffle, instrument.blocks[0].show) == (True, None)


def test_some_questions_in_random_order(read: Any) -> None:
    def blocks(kind: str, **advanced: Any) -> list[Json]:
        options = {"RandomizeQuestions": kind, "Randomization": {"Advanced": advanced}}
        return [block("BL_1", "QID1", "QID2", "QID3", Options=options)]

    asked = [question(f"QID{n}") for n in (1, 2, 3)]
    instrument, _ = read(*asked, blocks=blocks("RandomWithOnlyX", TotalRandSubset="2"))
    assert (instrument.blocks[0].shuffle, instrument.blocks[0].show) == (True, 2)
    place = "{~Randomized~}"
    instrument, _ = read(
        *asked,
        blocks=blocks("Advanced", FixedOrder=[place, place, "QID3"], RandomizeAll=["QID1", "QID2"]),
    )
    assert (instrument.blocks[0].shuffle, instrument.blocks[0].fixed) == (True, ("Q3",))
    instrument, _ = read(
        *asked,
        blocks=blocks("Advanced", FixedOrder=[place], RandomSubSet=["QID1", "QID2"],
                      TotalRandSubset=1, Undisplayed=["QID3"]),
    )  # fmt: skip
    assert (instrument.blocks[0].show, instrument.items[2].condition) == (1, "false")


def test_skips(read: Any) -> None:
    def skip(to: str, choice: str = "1", **more: Any) -> Json:
        address = f"q://QID1/SelectableChoice/{choice}"
        return {"ChoiceLocator": address, "Locator": address, "Condition": "Selected",
                "SkipToDestination": to, **more}  # fmt: skip

    entries = [skip("ENDOFSURVEY"), skip("ENDOFBLOCK", "2"), skip("QID3", "3"), skip("QID0")]
    first = {"Type": "Question", "QuestionID": "QID1", "SkipLogic": entries}
    instrument, report = read(
        question("QID1"), question("QID3", "Timing"), question("QID4"),
        blocks=[block("BL_1", first, "QID3", "QID4")],
    )  # fmt: skip
    assert instrument.items[0].skips == (
        Skip(condition="selected(Q1, '1')", to="end_of_survey"),
        Skip(condition="selected(Q1, '2')", to="end_of_block"),
        Skip(condition="selected(Q1, '3')", to="Q4"),
    )
    assert [(entry.what, entry.kept) for entry in report if entry.what == "skip"] == [
        ("skip", entries[3])
    ]


def looping(kind: str, **options: Any) -> Json:
    return {"Options": {"Looping": kind, "LoopingOptions": options}}


def test_a_fixed_loop(read: Any) -> None:
    rows = {"1": {"1": "Tea", "2": "<b>hot</b>"}, "2": {"1": "${e://Field/drink}", "2": "cold"}}
    asked = question(
        "QID1", QuestionText="Is ${lm://Field/1} ${lm://Field/2}? (${lm://CurrentLoopNumber})"
    )
    loop = looping("Static", Static=rows, Randomization="All")
    instrument, _ = read(asked, blocks=[block("BL_1", "QID1", **loop)])
    found = instrument.blocks[0].loop
    assert found is not None
    assert [(one.key, one.condition, one.fields) for one in found.rounds] == [
        ("1", None, {"1": "Tea", "2": "hot", "CurrentLoop": "1"}),
        ("2", None, {"1": "${drink}", "2": "cold", "CurrentLoop": "2"}),
    ]
    assert found.shuffle
    item = next(item for item in instrument.items if item.source == "QID1")
    assert item.text == "Is ${loop|1} ${loop|2}? (${loop|CurrentLoop})"


@pytest.mark.parametrize(
    ("mode", "condition"),
    [("SelectedChoices", "selected(Q1, '12')"), ("UnselectedChoices", "not selected(Q1, '12')"),
     ("DisplayedChoices", "shown(Q1)"), ("AllChoices", None),
     ("EnteredChoicesTextEntry", "length(part(Q1, '12')) > 0")],
)  # fmt: skip
def test_a_loop_over_choices(read: Any, mode: str, condition: str | None) -> None:
    loop = looping("Question", QID="QID1", Locator=f"q://QID1/ChoiceGroup/{mode}",
                   Static={"1": {"2": "x"}}, Randomization="None")  # fmt: skip
    instrument, _ = read(
        question("QID1", "MC", "MAVR", RecodeValues={"1": 11, "2": 12, "3": 13}),
        question("QID2"),
        blocks=[block("BL_1", "QID1"), block("BL_2", "QID2", **loop)],
    )
    found = instrument.blocks[1].loop
    assert found is not None
    assert [one.fields["1"] for one in found.rounds] == ["Choice 1", "Choice 2", "Choice 3"]
    assert (found.rounds[1].condition, found.rounds[0].fields["2"]) == (condition, "x")


def test_a_loop_as_often_as_a_number_says(read: Any) -> None:
    loop = looping("Question", Locator="q://QID1/LoopAndMerge/MergeOnNumericResponse?v=3",
                   Static={"1": [], "2": [], "3": []})  # fmt: skip
    instrument, _ = read(
        question("QID1", "TE", "SL"), question("QID2"),
        blocks=[block("BL_1", "QID1"), block("BL_2", "QID2", **loop)],
    )  # fmt: skip
    found = instrument.blocks[1].loop
    assert found is not None
    assert [one.condition for one in found.rounds] == ["Q1 >= 1", "Q1 >= 2", "Q1 >= 3"]


def test_names_leave_room_for_rounds_and_rows(read: Any) -> None:
    loop = looping("Static", Static={"1": {"1": "a"}, "2": {"1": "b"}})
    instrument, _ = read(
        question("QID1", DataExportTag="Q1"), question("QID2", DataExportTag="Q1.1"),
        blocks=[block("BL_1", "QID1", **loop), block("BL_2", "QID2")],
    )  # fmt: skip
    assert {item.source: item.id for item in instrument.items} == {"QID1": "Q1", "QID2": "QID2"}


@pytest.mark.parametrize(
    ("written", "ours"),
    [
        ("${e://Field/a%20b}", "${a_b}"),
        ("${m://FirstName}", "${FirstName}"),
        ("${q://QID1/ChoiceGroup/SelectedChoices}", "${Q1}"),
        ("${q://QID1/ChoiceGroup/SelectedChoicesTextEntry}", "${Q1}"),
        ("${q://QID1/ChoiceGroup/UnselectedChoices}", "${Q1|unchosen}"),
        ("${q://QID1/SelectedChoicesRecode}", "${Q1|code}"),
        ("${q://QID1/ChoiceTextEntryValue/3}", "${Q1|part:3}"),
        ("${q://QID1/QuestionText}", "${Q1|text}"),
        ("${q://QID1/ChoiceDescription/2}", "Choice 2"),
        ("${q://QID1/ChoiceGroup/AllChoices}", "Choice 1, Choice 2, Choice 3"),
        ("${q://QID2/ChoiceTextEntryValue}", "${Q2}"),
        ("${q://QID3/ChoiceGroup/SelectedAnswers/2}", "${Q3_2}"),
        ("${q://QID3/SelectedAnswerRecode/2}", "${Q3_2|code}"),
        ("${q://QID3/AnswerDescription/1}", "Answer 1"),
        ("${q://QID4/ChoiceNumericEntryValue/1}", "${Q4}"),
        ("${lm://Field/3}", "${loop|3}"),
        ("${rand://int/-5:10}", "${random|-5|10}"),
        ("a ${b} c", "a $${b} c"),
    ],
)
def test_pipes(read: Any, written: str, ours: str) -> None:
    instrument, report = read(
        question("QID1"), question("QID2", "TE", "SL"), question("QID3", "Matrix", "Likert"),
        question("QID4", "Slider", "HSLIDER", Choices={"1": {"Display": "Tea"}}),
        question("QID9", QuestionText=f"<p>So: {written}!</p>"),
    )  # fmt: skip
    assert instrument.items[-1].text == f"So: {ours}!"
    assert "piped text" not in whats(report)


@pytest.mark.parametrize(
    "written",
    ["${date://CurrentDate/SL}", "${gr://SC_1/Score}", "${q://QID9/ChoiceTextEntryValue}",
     "${q://QID1/Astrology}", "$e{ 1 + 2 }", "${lm://Moon}"],
)  # fmt: skip
def test_pipes_without_counterpart_are_reported(read: Any, written: str) -> None:
    instrument, report = read(question("QID1", QuestionText=f"So {written}"))
    assert instrument.items[0].text == "So …"
    assert [(e.question, e.what, e.kept) for e in report] == [("Q1", "piped text", written)]


def test_pipes_inside_html(read: Any) -> None:
    html = "<a href='http://x/${e://Field/id}'>Go</a> <img src='${e://Field/pic}'>"
    instrument, report = read(question("QID1", QuestionText=html))
    assert instrument.items[-1].text == "Go [image: ${pic}]"
    assert ("piped text", ["${e://Field/id}"]) in [(entry.what, entry.kept) for entry in report]


def test_what_stands_beside_questions_is_reported(read: Any) -> None:
    elements = [
        {"Element": "QO", "Payload": {"Name": "women", "Occurrences": 50}},
        {"Element": "NT", "Payload": {"Notes": []}},
        {"Element": "SO", "Payload": {"Header": "<b>x</b>", "Footer": ""}},
        {"Element": "SCO", "Payload": {"ScoringCategories": [{"ID": "SC_1"}]}},
        {"Element": "QC", "Payload": None},
    ]
    instrument, report = read(question("QID1"), elements=elements)
    assert whats(report) == ["quota", "note of the authors", "header", "scoring categories"]
    assert "scoring" in instrument.extra


def test_fields_of_conditions_are_there(read: Any) -> None:
    tree = logic([field("Q1", "EqualTo", "b")])
    instrument, _ = read(question("QID1"), question("QID2", DisplayLogic=tree))
    assert [(item.id, item.kind) for item in instrument.items] == [
        ("Q1_field", "field"), ("Q1", "single"), ("Q2", "single")
    ]  # fmt: skip
    assert instrument.items[2].condition == "Q1_field = 'b'"

"""Qualtrics' logic trees become conditions that hold where the tree does."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulacra.domain.answer import Answer, Missing, MissingCode, Response
from simulacra.domain.survey import Instrument
from simulacra.survey.condition import parse_condition
from simulacra.survey.expression import Constant, Expression, Logic, Not, Selected
from simulacra.survey.formats import read_instrument
from simulacra.survey.formats.qsf.document import Document
from simulacra.survey.formats.qsf.logic import condition
from simulacra.survey.formats.qsf.targets import Reading
from simulacra.survey.report import ReportEntry
from simulacra.survey.unroll import unrolled
from tests.support.qsf import Json, block, field, logic, question, selected, survey, write


@pytest.fixture
def read(tmp_path: Path) -> Any:
    def reading(*questions: Json, **more: Any) -> tuple[Instrument, list[ReportEntry]]:
        return read_instrument(write(tmp_path / "trial.qsf", survey(questions, **more)))

    return reading


@pytest.fixture
def compiled(read: Any) -> Any:
    """The condition that a tree gives a question which comes after others of many kinds."""

    def of(tree: Json) -> str | None:
        instrument, _ = read(
            question("QID1"),
            question("QID2", "MC", "MAVR", RecodeValues={"1": 11, "2": 12, "3": 13}),
            question("QID3", "TE", "SL"),
            question("QID4", "Matrix", "Likert"),
            question("QID5", "DB", "TB"),
            question("QID9", DisplayLogic=tree),
        )
        found: str | None = instrument.items[-1].condition
        return found

    return of


def value(address: str, operator: str, right: str = "", **more: Any) -> Json:
    return selected(address, operator, RightOperand=right, **more)


@pytest.mark.parametrize(
    ("leaf", "expected"),
    [
        (selected("QID1/SelectableChoice/2"), "selected(Q1, '2')"),
        (selected("QID1/SelectableChoice/2", "NotSelected"), "not selected(Q1, '2')"),
        (selected("QID2/SelectableChoice/2"), "selected(Q2, '12')"),
        (selected("QID4/SelectableChoice/2/3"), "selected(Q4_2, '3')"),
        (selected("QID1/QuestionDisplayed", "Displayed"), "shown(Q1)"),
        (selected("QID1", "NotDisplayed"), "not shown(Q1)"),
        (selected("QID4", "Displayed"), "shown(Q4)"),
        (selected("QID5", "Displayed"), "shown(Q5)"),
        (selected("QID1/ChoiceDisplayed/2", "Displayed"), "shown(Q1)"),
        (value("QID3/ChoiceTextEntryValue", "EqualTo", "yes"), "Q3 = 'yes'"),
        (value("QID3/ChoiceTextEntryValue", "EqualTo", "7"), "Q3 = 7"),
        (value("QID3/ChoiceTextEntryValue", "EqualTo", "007"), "Q3 = '007'"),
        (value("QID3/ChoiceTextEntryValue", "NotEqualTo", "yes"), "not Q3 = 'yes'"),
        (value("QID3/ChoiceTextEntryValue", "GreaterThan", "17"), "Q3 > 17"),
        (value("QID3/ChoiceTextEntryValue", "GreaterThanOrEqual", "-1.5"), "Q3 >= -1.5"),
        (value("QID3/ChoiceTextEntryValue", "LessThan", "17"), "Q3 < 17"),
        (value("QID3/ChoiceTextEntryValue", "LessThanOrEqual", "17"), "Q3 <= 17"),
        (value("QID3/ChoiceTextEntryValue", "Contains", "it's"), "Q3 contains 'it''s'"),
        (value("QID3/ChoiceTextEntryValue", "DoesNotContain", "x"), "not Q3 contains 'x'"),
        (value("QID3/ChoiceTextEntryValue", "Empty"), "length(Q3) = 0"),
        (value("QID3/ChoiceTextEntryValue", "NotEmpty"), "length(Q3) > 0"),
        (value("QID3/ChoiceTextEntryValue", "EqualTo", ""), "length(Q3) = 0"),
        (value("QID3/ChoiceTextEntryValue", "MatchesRegex", "/^a+$/i"), "matches(Q3, '(?i)^a+$')"),
        (value("QID3/ChoiceTextEntryValue", "DoesNotMatchRegex", "a"), "not matches(Q3, 'a')"),
        (value("QID1/ChoiceTextEntryValue/3", "EqualTo", "x"), "part(Q1, '3') = 'x'"),
        (value("QID2/SelectedChoicesCount", "GreaterThan", "1"), "count(Q2) > 1"),
        (value("QID4/SelectedAnswerCount/2", "EqualTo", "1"), "count(Q4_2) = 1"),
        (value("QID2/SelectedChoicesRecode", "EqualTo", "12"), "Q2 = 12"),
        (value("QID4/SelectedAnswerRecode/1", "LessThan", "3"), "Q4_1 < 3"),
        (field("group", "EqualTo", "b"), "group = 'b'"),
        (field("group", "Is", "2"), "group = 2"),
        (field("group", "NotEqualTo", "b"), "not group = 'b'"),
        (field("group", "NotEmpty"), "length(group) > 0"),
        (field("group", "EqualTo", "B", IgnoreCase=1), "lower(group) = lower('B')"),
        (field("a b", "EqualTo", "${e://Field/other}"), "a_b = other"),
        (field("a", "EqualTo", "x${q://QID3/ChoiceTextEntryValue}"), "a = 'x' & Q3"),
        (field("a", "LessThan", "${lm://Field/2}"), "a < '${loop|2}'"),
        ({"LogicType": "PanelData", "LeftOperand": "m://FirstName", "Operator": "Empty"},
         "length(FirstName) = 0"),
        ({"LogicType": "DeviceType", "LeftOperand": "mobile", "Operator": "IsNot"},
         "not DeviceType = 'mobile'"),
        ({"LogicType": "GeoIP", "LeftOperand": "loc://City", "Operator": "EqualTo",
          "RightOperand": "Oslo"}, "GeoIP_City = 'Oslo'"),
        ({"LogicType": "Quota", "LeftOperand": "QO_1", "Operator": "QuotaMet"}, "false"),
        ({"LogicType": "Quota", "LeftOperand": "QO_1", "Operator": "QuotaNotMet"}, "true"),
        ({"LogicType": "LoopAndMerge", "LeftOperand": "lm://Field/1", "Operator": "EqualTo",
          "RightOperand": "tea"}, "'${loop|1}' = 'tea'"),
        ({"LogicType": "LoopAndMerge", "LeftOperand": "BL_1,2", "Operator": "NotEqualTo",
          "RightOperand": "lm://CurrentLoop"}, "not '${loop|CurrentLoop}' = 2"),
    ],
)  # fmt: skip
def test_conditions(compiled: Any, leaf: Json, expected: str) -> None:
    assert compiled(logic([leaf])) == expected
    assert parse_condition(expected)


@pytest.mark.parametrize(
    ("leaf", "why"),
    [
        (selected("QID7/SelectableChoice/1"), "there is no question QID7 outside the trash"),
        (selected("QID1/SelectableChoice/9"), "QID1 has no choice 9"),
        (selected("QID4/SelectableChoice/2/9"), "QID4 has no choice 2/9"),
        (selected("QID6/PageTimer/1", "GreaterThan"), "nobody can be asked question QID6"),
        (selected("QID1/SelectableChoice/1", "Smells"), "an answer's SelectableChoice"),
        (field("x", "Rhymes", "y"), "the operator Rhymes"),
        (field("", "EqualTo", "y"), "it names no field"),
        ({"LogicType": "Moon", "Operator": "Is"}, "conditions on Moon"),
        ({"LogicType": "Question", "Operator": "Selected", "LeftOperand": "undefined"},
         "it names no question"),
        (field("x", "EqualTo", "${date://CurrentDate/SL}"), "date:// is nothing"),
    ],
)  # fmt: skip
def test_what_cannot_be_expressed_is_reported_whole(read: Any, leaf: Json, why: str) -> None:
    tree = logic([selected("QID1/SelectableChoice/1"), leaf])
    instrument, report = read(
        question("QID1"), question("QID4", "Matrix", "Likert"), question("QID6", "Timing"),
        question("QID9", DisplayLogic=tree),
    )  # fmt: skip
    assert instrument.items[-1].condition is None
    (entry,) = [entry for entry in report if entry.what == "display logic"]
    assert (entry.question, entry.kept) == ("Q9", tree)
    assert entry.why.startswith(why)


def test_and_binds_stronger_than_or_in_and_between_groups(compiled: Any) -> None:
    one, two = (selected(f"QID1/SelectableChoice/{n}") for n in (1, 2))
    and_two, or_one = two | {"Conjuction": "And"}, one | {"Conjuction": "Or"}
    assert compiled(logic([one, two | {"Conjuction": "Or"}, and_two])) == (
        "selected(Q1, '1') or (selected(Q1, '2') and selected(Q1, '2'))"
    )
    assert compiled(logic([one, and_two, or_one])) == (
        "(selected(Q1, '1') and selected(Q1, '2')) or selected(Q1, '1')"
    )
    assert compiled(logic([one], [two], [one], joined=("ElseIf", "AndIf"))) == (
        "selected(Q1, '1') or (selected(Q1, '2') and selected(Q1, '1'))"
    )


def test_display_logic_within_the_page_adds_to_the_other(read: Any) -> None:
    one, two = (logic([selected(f"QID1/SelectableChoice/{n}")]) for n in (1, 2))
    instrument, _ = read(
        question("QID1"), question("QID2", DisplayLogic=one, InPageDisplayLogic=two)
    )
    assert instrument.items[1].condition == "selected(Q1, '1') and selected(Q1, '2')"


def test_a_choice_is_displayed_where_its_question_and_its_own_logic_are(read: Any) -> None:
    choices = {"1": {"Display": "a"}, "2": {"Display": "b"}}
    choices["2"]["DisplayLogic"] = logic([field("x", "EqualTo", "1")])  # type: ignore[assignment]
    shown = selected("QID1/ChoiceDisplayed/2", "Displayed")
    instrument, _ = read(
        question("QID1", Choices=choices), question("QID2", DisplayLogic=logic([shown]))
    )
    assert instrument.items[-1].condition == "shown(Q1) and x = 1"


def test_choices_displayed_by_one_another_are_reported(read: Any) -> None:
    def choices(other: str) -> Json:
        shown = selected(f"{other}/ChoiceDisplayed/1", "Displayed")
        return {"1": {"Display": "a", "DisplayLogic": logic([shown])}}

    instrument, report = read(
        question("QID1", Choices=choices("QID2")), question("QID2", Choices=choices("QID1"))
    )
    assert [item.options[0].condition for item in instrument.items] == [None, None]
    assert [entry.why for entry in report] == ["choices are displayed by one another"] * 2


def test_logic_in_older_shapes(compiled: Any) -> None:
    leaf = selected("QID1/SelectableChoice/1")
    assert compiled({"0": [leaf], "Type": "BooleanExpression"}) is None
    assert compiled({"0": leaf, "Type": "BooleanExpression"}) == "selected(Q1, '1')"
    only_locator = {key: value for key, value in leaf.items() if key != "LeftOperand"}
    assert compiled(logic([only_locator])) == "selected(Q1, '1')"


ANSWERS: list[tuple[str, dict[str, Response], bool]] = [
    ("QID1/SelectableChoice/1", {"Q1": Answer(codes=("1",))}, True),
    ("QID1/SelectableChoice/1", {"Q1": Answer(codes=("2",))}, False),
    ("QID1/SelectableChoice/1", {"Q1": Missing(code=MissingCode.SKIPPED)}, False),
    ("QID2/SelectableChoice/3", {"Q2": Answer(codes=("11", "13"))}, True),
    ("QID4/SelectableChoice/2/3", {"Q4_2": Answer(codes=("3",))}, True),
    ("QID4/SelectableChoice/2/3", {"Q4_1": Answer(codes=("3",))}, False),
]


@pytest.mark.parametrize(("address", "responses", "holds"), ANSWERS)
def test_compiled_logic_is_executed(
    compiled: Any, address: str, responses: dict[str, Response], holds: bool
) -> None:
    assert bool(parse_condition(compiled(logic([selected(address)]))).value(responses)) is holds
    opposite = compiled(logic([selected(address, "NotSelected")]))
    assert bool(parse_condition(opposite).value(responses)) is not holds


LEAVES = st.tuples(st.sampled_from("abc"), st.booleans())
CONJUNCTIONS = st.booleans()
GROUPS = st.lists(st.tuples(CONJUNCTIONS, LEAVES), min_size=1, max_size=4)
TREES = st.lists(st.tuples(CONJUNCTIONS, GROUPS), min_size=1, max_size=4)


def as_expression(terms: list[tuple[bool, Expression]]) -> Expression:
    """What a row of terms means: an "or" of "and"s."""
    runs: list[list[Expression]] = []
    for is_and, term in terms:
        if is_and and runs:
            runs[-1].append(term)
        else:
            runs.append([term])
    ands = [run[0] if len(run) == 1 else Logic(operator="and", terms=tuple(run)) for run in runs]
    return ands[0] if len(ands) == 1 else Logic(operator="or", terms=tuple(ands))


def expression_of(leaf: tuple[str, bool]) -> Expression:
    chosen = Selected(item="Q1", code=leaf[0])
    return chosen if leaf[1] else Not(term=chosen)


def json_of(leaf: tuple[str, bool], is_and: bool) -> Json:
    operator = "Selected" if leaf[1] else "NotSelected"
    number = {"a": "1", "b": "2", "c": "3"}[leaf[0]]
    conjunction = {"Conjuction": "And" if is_and else "Or"}
    return selected(f"QID1/SelectableChoice/{number}", operator, **conjunction)


@given(TREES)
def test_any_nested_logic_comes_back_as_the_same_expression(
    tree: list[tuple[bool, list[tuple[bool, tuple[str, bool]]]]],
) -> None:
    meant = as_expression([
        (is_and, as_expression([(one, expression_of(leaf)) for one, leaf in group]))
        for is_and, group in tree
    ])  # fmt: skip
    kinds = ["AndIf" if is_and else "ElseIf" for is_and, _ in tree]
    shaped = logic(*([json_of(leaf, one) for one, leaf in group] for _, group in tree))
    for at, kind in enumerate(kinds):
        shaped[str(at)]["Type"] = kind
    payload = question("QID1", RecodeValues={"1": "a", "2": "b", "3": "c"})
    blocks = ({"ID": "BL", "BlockElements": [{"QuestionID": "QID1"}]},)
    document = Document(Path("x.qsf"), {}, {"QID1": payload}, blocks, frozenset(), {})
    written = condition(Reading(document), shaped, "Q1", "display logic")
    assert written is not None
    for chosen in ((), ("a",), ("b",), ("c",)):
        responses = {"Q1": Answer(codes=chosen)}
        assert bool(parse_condition(written).value(responses)) == bool(meant.value(responses))
    assert not any(isinstance(part, Constant) for part in (parse_condition(written),))


@pytest.mark.parametrize(
    ("loops", "expected"),
    [("", "selected(Q1, '2')"), ("BL_1,any", "selected(Q1, '2')"),
     ("BL_1,b", "selected(Q1.b, '2')"),
     ("BL_1,all", "selected(Q1.a, '2') and selected(Q1.b, '2')")],
)  # fmt: skip
def test_a_question_of_a_loop_in_one_turn_in_any_and_in_all(
    read: Any, loops: str, expected: str
) -> None:
    static = {"a": {"1": "tea"}, "b": {"1": "milk"}}
    loop = {"Options": {"Looping": "Static", "LoopingOptions": {"Static": static}}}
    leaf = selected("QID1/SelectableChoice/2", LoopAndMergeLoops=loops)
    instrument, _ = read(
        question("QID1"), question("QID2", DisplayLogic=logic([leaf])),
        blocks=[block("BL_1", "QID1", **loop), block("BL_2", "QID2")],
    )  # fmt: skip
    assert next(one.condition for one in instrument.items if one.id == "Q2") == expected
    written_out = {item.id: item.condition for item in unrolled(instrument).items}
    assert {"Q1.a", "Q1.b"} <= set(written_out)
    assert "Q1." in str(written_out["Q2"])

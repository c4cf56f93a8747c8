"""A branching Qualtrics survey of more than fifty questions, with a treatment in it."""

from pathlib import Path
from typing import Any

from tests.support.qsf import Json, block, logic, question, selected, survey, write

TRUST = "trust"
EFFECT = 0.8  # standard deviations of the trait by which a warm voice raises trust
_POINTS = ("Not at all", "A little", "Somewhat", "Much", "Fully")


def branching(path: Path) -> Path:
    """Write the survey: a told tone, a matrix, branches, a randomiser and logic on questions."""
    questions = [
        question("QID1", QuestionText="Were you at the office this year?"),
        question("QID2", "DB", "TB", QuestionText="The clerk had a ${e://Field/tone} voice."),
        question(
            "QID3", "Matrix", "Likert", SubSelector="SingleAnswer", DataExportTag=TRUST,
            QuestionText="How much do you trust", Choices=_labels("the clerk", "the office",
            "the town", "the state"), Answers=_labels(*_POINTS), AnswerOrder=[1, 2, 3, 4, 5],
            ChoiceOrder=[1, 2, 3, 4],
        ),
    ]  # fmt: skip
    questions += [
        question(f"QID{number}", QuestionText=f"Do you agree with sentence {number}?")
        for number in range(4, 56)
    ]
    for number in range(30, 40):  # asked of those who chose the first option of another one
        questions[number]["DisplayLogic"] = logic(
            [selected(f"QID{number - 20}/SelectableChoice/1")]
        )
    blocks = [
        block("BL_1", *(f"QID{number}" for number in range(1, 16))),
        block("BL_2", *(f"QID{number}" for number in range(16, 30))),
        block("BL_3", *(f"QID{number}" for number in range(30, 43))),
        block("BL_4", *(f"QID{number}" for number in range(43, 56))),
    ]
    flow: list[Json] = [
        {"Type": "EmbeddedData", "FlowID": "FL_1", "EmbeddedData": [
            {"Field": "tone", "Type": "Recipient", "Description": "tone"}]},
        {"Type": "Block", "ID": "BL_1", "FlowID": "FL_2"},
        {"Type": "Branch", "FlowID": "FL_3",
         "BranchLogic": logic([selected("QID1/SelectableChoice/1")]),
         "Flow": [{"Type": "Block", "ID": "BL_2", "FlowID": "FL_4"}]},
        {"Type": "BlockRandomizer", "FlowID": "FL_5", "SubSet": "2", "EvenPresentation": True,
         "Flow": [{"Type": "Block", "ID": "BL_3", "FlowID": "FL_6"},
                  {"Type": "Block", "ID": "BL_4", "FlowID": "FL_7"}]},
    ]  # fmt: skip
    return write(path, survey(questions, blocks=blocks, flow=flow))


def population(path: Path) -> Path:
    """Write the simulated respondents, in whom a warm voice raises trust."""
    path.write_text(
        f"effects:\n- {{effect: shift, items: [{TRUST}], seen: warm voice, by: {EFFECT}}}\n"
    )
    return path


def _labels(*texts: str) -> dict[str, Any]:
    return {str(at): {"Display": text} for at, text in enumerate(texts, start=1)}

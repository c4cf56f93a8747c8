"""LSS files come in with their logic, every question type among them, and go out."""

import os
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from simulacra.domain.flow import Block, Branch, Randomise, SetField, Show
from simulacra.domain.survey import Instrument, Item, Kind, Option, Row
from simulacra.errors import InputError
from simulacra.survey.expression import Reference
from simulacra.survey.formats import read_instrument, write_instrument
from simulacra.survey.formats.lss.expressions import Manager, compile_em
from simulacra.survey.formats.lss.questions import LETTERS
from simulacra.survey.formats.trees import Untranslatable
from simulacra.survey.report import ReportEntry
from simulacra.survey.writing import condition_text
from tests.support.instruments import INSTRUMENTS
from tests.survey.test_condition import EXPRESSIONS

SHARED = Path(os.environ.get("SIMULACRA_TEST_DATA", "../shared/data")) / "lss"


def lss(folder: Path, **tables: list[dict[str, Any]]) -> Path:
    """A file of these tables, in one group unless others are given."""
    tables.setdefault("groups", [{"gid": 1, "group_order": 1, "group_name": "G", "language": "en"}])
    parts = ["<document><LimeSurveyDocType>Survey</LimeSurveyDocType>"]
    parts.append("<languages><language>en</language></languages>")
    for name, rows in tables.items():
        cells = [
            "<row>" + "".join(f"<{n}>{escape(str(v))}</{n}>" for n, v in row.items()) + "</row>"
            for row in rows
        ]
        parts.append(f"<{name}><rows>{''.join(cells)}</rows></{name}>")
    path = folder / "survey.lss"
    path.write_text("".join(parts) + "</document>", encoding="utf-8")
    return path


def question(qid: int, letter: str, **more: Any) -> dict[str, Any]:
    base = {"qid": qid, "parent_qid": 0, "gid": 1, "type": letter, "title": f"Q{qid}"}
    return {**base, "question": f"Text {qid}", "language": "en", "question_order": qid, **more}


def part(qid: int, parent: int, title: str, scale: int = 0, **more: Any) -> dict[str, Any]:
    return question(qid, "T", parent_qid=parent, title=title, scale_id=scale, **more)


def answer(qid: int, code: str, scale: int = 0) -> dict[str, Any]:
    return {"qid": qid, "code": code, "answer": f"Answer {code}", "sortorder": 1, "language": "en",
            "scale_id": scale}  # fmt: skip


def attribute(qid: int, name: str, value: str) -> dict[str, Any]:
    return {"qid": qid, "attribute": name, "value": value}


BOTH = [answer(1, "a"), answer(1, "b")]
PARTS = [part(11, 1, "SQ1"), part(12, 1, "SQ2")]
COLUMNS = [part(13, 1, "C1", 1), part(14, 1, "C2", 1)]
EXPECTED: dict[str, list[tuple[str, Kind, Kind | None]]] = {
    "L": [("Q1", Kind.SINGLE, None)],
    "!": [("Q1", Kind.SINGLE, None)],
    "O": [("Q1", Kind.SINGLE, None)],
    "M": [("Q1", Kind.MULTI, None)],
    "P": [("Q1", Kind.MULTI, None)],
    "F": [("Q1", Kind.MATRIX, Kind.SINGLE)],
    "A": [("Q1", Kind.MATRIX, Kind.RATING)],
    "B": [("Q1", Kind.MATRIX, Kind.RATING)],
    "C": [("Q1", Kind.MATRIX, Kind.SINGLE)],
    "E": [("Q1", Kind.MATRIX, Kind.RATING)],
    "H": [("Q1", Kind.MATRIX, Kind.SINGLE)],
    "1": [("Q1_0", Kind.MATRIX, Kind.SINGLE), ("Q1_1", Kind.MATRIX, Kind.SINGLE)],
    ";": [("Q1_C1", Kind.MATRIX, Kind.SHORT_TEXT), ("Q1_C2", Kind.MATRIX, Kind.SHORT_TEXT)],
    ":": [("Q1_C1", Kind.MATRIX, Kind.NUMERIC), ("Q1_C2", Kind.MATRIX, Kind.NUMERIC)],
    "R": [("Q1", Kind.RANKING, None)],
    "S": [("Q1", Kind.SHORT_TEXT, None)],
    "T": [("Q1", Kind.LONG_TEXT, None)],
    "U": [("Q1", Kind.LONG_TEXT, None)],
    "Q": [("Q1", Kind.FORM, None)],
    "N": [("Q1", Kind.NUMERIC, None)],
    "K": [("Q1", Kind.FORM, None)],
    "D": [("Q1", Kind.DATE, None)],
    "Y": [("Q1", Kind.SINGLE, None)],
    "G": [("Q1", Kind.SINGLE, None)],
    "X": [("Q1", Kind.INFO, None)],
    "*": [("Q1", Kind.FIELD, None)],
    "5": [("Q1", Kind.RATING, None)],
    "I": [],
    "|": [],
}


def test_no_letter_is_left_out() -> None:
    assert set(EXPECTED) == LETTERS


@pytest.mark.parametrize("letter", sorted(EXPECTED))
def test_every_type_is_mapped_or_reported(tmp_path: Path, letter: str) -> None:
    two = [answer(1, "x", 1)] if letter == "1" else []
    path = lss(tmp_path, questions=[question(1, letter), question(9, "S")],
               subquestions=[*PARTS, *COLUMNS], answers=[*BOTH, *two])  # fmt: skip
    instrument, report = read_instrument(path)
    mine = [item for item in instrument.items if item.id != "Q9"]
    assert [(item.id, item.kind, item.cells) for item in mine] == EXPECTED[letter]
    assert instrument.questions == (1 if letter == "*" else 2)
    if not EXPECTED[letter]:
        assert instrument.unasked == ("Q1",)
        assert f"type {letter}" in {entry.what for entry in report}


def read_one(tmp_path: Path, letter: str, *attributes: tuple[str, str], **more: Any) -> Item:
    rows = [attribute(1, name, value) for name, value in attributes]
    path = lss(tmp_path, questions=[question(1, letter, **more)], answers=BOTH,
               subquestions=[*PARTS, *COLUMNS], question_attributes=rows)  # fmt: skip
    return read_instrument(path)[0].items[0]


def test_attributes(tmp_path: Path) -> None:
    several = read_one(tmp_path, "M", ("random_order", "1"), ("exclude_all_others", "SQ2"),
                       ("min_answers", "1"), ("max_answers", "2"), other="Y")  # fmt: skip
    assert [(o.code, o.exclusive) for o in several.options] == [
        ("SQ1", False), ("SQ2", True), ("-oth-", False),
    ]  # fmt: skip
    assert (several.shuffle, several.choose, several.options[2].text_entry) == (True, (1, 2), True)
    number = read_one(tmp_path, "N", ("min_num_value_n", "1"), ("max_num_value_n", "9"),
                      ("num_value_int_only", "1"), ("em_validation_q", "Q1.NAOK != 5"),
                      mandatory="Y")  # fmt: skip
    assert (number.minimum, number.maximum, number.step) == (1, 9, 1)
    assert (number.constraint, number.required) == ("not Q1 = 5", True)
    assert read_one(tmp_path, "K", ("equals_num_value", "100")).kind == Kind.CONSTANT_SUM
    boxes = read_one(tmp_path, ":", ("multiflexible_checkbox", "1"))
    assert (boxes.cells, [o.code for o in boxes.options]) == (Kind.MULTI, ["C1", "C2"])


LETTERS_OF = {"Q1": "M", "Q2": "L", "Q3": "F"}


def resolve(name: str) -> Any:
    name = name.partition(".")[0]
    head, _, tail = name.partition("_")
    if LETTERS_OF.get(head) == "M" and tail:
        return compile_em(f"{head}_{tail}", lambda _: _selected(head, tail))
    return Reference(item=name)


def _selected(item: str, code: str) -> Any:
    from simulacra.survey.expression import Selected

    return Selected(item=item, code=code)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ('((Q1_SQ1.NAOK == "Y") and (Q2.NAOK != "a"))', "selected(Q1, 'SQ1') and not Q2 = 'a'"),
        ('Q1_SQ1 != "Y" || !is_empty(Q2.NAOK)', "not selected(Q1, 'SQ1') or answered(Q2)"),
        ("is_empty(Q1_SQ1.NAOK)", "not selected(Q1, 'SQ1')"),
        ("sum(Q3_a.NAOK, Q3_b.NAOK) ge 5", "sum(Q3_a, Q3_b) >= 5"),
        ("count(Q2, Q4) > 1 && !(Q2 lt 3)", "count(Q2, Q4) > 1 and not Q2 < 3"),
        ("if(Q2 == 1, 'x', \"y\") eq 'x'", "if(Q2 = 1, 'x', 'y') = 'x'"),
        ('regexMatch("/^a+$/i", Q2.NAOK)', "matches(Q2, '(?i)^a+$')"),
        ("intval(Q2 / 2) == 3", "if(Q2 / 2 >= 0, floor(Q2 / 2), ceil(Q2 / 2)) = 3"),
        ("Q2 + 1 - 2 * Q4 > -1", "(Q2 + 1) - (2 * Q4) > -1"),
    ],
)
def test_what_the_expression_manager_means(theirs: str, ours: str) -> None:
    tree = compile_em(theirs, resolve)
    assert condition_text(tree) == ours


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("date('Y') > 1", "date"),
        ("Q2 ==", "cannot be read"),
        ('Q1_SQ1 == "Z"', "a box is compared"),
        ("!" * 3000 + "Q2", "too deeply"),
    ],
)
def test_what_has_no_counterpart(text: str, why: str) -> None:
    with pytest.raises(Untranslatable, match=why):
        compile_em(text, resolve)


@given(EXPRESSIONS)
def test_a_tree_that_limesurvey_can_say_means_the_same_when_read_back(tree: Any) -> None:
    try:
        text = Manager(lambda name: name.replace(".", "_"), {}).text(tree)
        back = compile_em(text, resolve)
    except Untranslatable:
        return
    assert bool(back.value({})) == bool(tree.value({}))


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        compile_em(text, resolve)
    except Untranslatable as error:
        assert str(error)


def test_the_way_through_in_the_newer_layout(tmp_path: Path) -> None:
    bare = {"language": None, "question": None}
    rows = [
        question(1, "M"), question(2, "L", relevance='Q1_SQ1.NAOK == "Y"'),
        question(3, "*", gid=2), question(4, "S", gid=2), question(5, "S", gid=3),
        question(6, "L", gid=3, title="Q6x"),
    ]  # fmt: skip
    questions = [{n: v for n, v in row.items() if n not in bare} for row in rows]
    words = {
        1: "Pets?",
        2: "Like {Q1} and {Q4}?",
        3: "{Q4.NAOK * 2}",
        4: "<b>N</b>&amp;",
        5: "",
        6: "X",
    }
    path = lss(
        tmp_path,
        questions=questions,
        subquestions=PARTS,
        question_l10ns=[
            *({"qid": n, "question": text, "language": "en"} for n, text in words.items()),
            {"qid": 1, "question": "Tiere?", "language": "de"},
        ],
        answers=[{"aid": 7, "qid": 2, "code": "a"}, {"aid": 8, "qid": 6, "code": "a"}],
        answer_l10ns=[
            {"aid": 7, "answer": "Yes", "language": "en"},
            {"aid": 7, "answer": "Ja", "language": "de"},
        ],
        groups=[
            {"gid": 1, "group_order": 1},
            {"gid": 2, "group_order": 3, "grelevance": "Q2 == 'a'"},
            {"gid": 3, "group_order": 2, "randomization_group": "r"},
        ],
        group_l10ns=[{"gid": 1, "group_name": "One", "language": "en", "description": "Hello"}],
        conditions=[
            {"qid": 5, "cqid": 2, "cfieldname": "9X1X2", "method": "==", "value": "a"},
            {"qid": 5, "cqid": 1, "cfieldname": "+9X1X1SQ2", "method": "==", "value": "Y"},
        ],
        quota=[{"id": 1}],
    )
    instrument, report = read_instrument(path)
    by_id = {item.id: item for item in instrument.items}
    assert by_id["Q2"].text == "Like ${Q1} and ${Q4}?"
    assert by_id["Q2"].condition == "selected(Q1, 'SQ1')"
    assert by_id["Q2"].options[0].translations == ("Ja",)
    assert by_id["Q4"].text == "N&"
    assert by_id["Q5"].condition == "Q2 = 'a' and selected(Q1, 'SQ2')"
    one, three, two = instrument.blocks
    assert (one.title, one.pages, three.id, two.pages) == (
        "One", (("Q1", "Q2"),), "group3", (("Q4",),),
    )  # fmt: skip
    assert instrument.flow == (
        Show(block="group1"),
        Randomise(id="r", steps=(Show(block="group3"),), evenly=False),
        Branch(
            condition="Q2 = 'a'",
            then=(Show(block="group2"), SetField(field="Q3", expression="Q4 * 2")),
        ),
    )
    told = {entry.what for entry in report}
    assert {"language de", "table quota", "description of group 1", "no wording"} <= told


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<document>",
        "<document/>",
        '<!DOCTYPE d [<!ENTITY a "x"><!ENTITY b "&a;&a;">]><document>&b;</document>',
        '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><document>&a;</document>',
        '<?xml version="1.0" encoding="nonsense"?><document/>',
        "<a>" * 50_000,
    ],
)
def test_files_that_cannot_be_used(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.lss"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="this is no LSS file"):
        read_instrument(path)


def test_a_rich_instrument_comes_back(tmp_path: Path) -> None:
    options = ({"code": "1", "label": "One"}, {"code": "2", "label": "Two"})
    rows = ({"code": "a", "label": "A"}, {"code": "b", "label": "B", "condition": "n > 1"})
    items = [
        {"id": "n", "kind": "numeric", "text": "N", "minimum": 0, "step": 1},
        {"id": "m_1", "kind": "multi", "text": "M", "options": options, "choose": (1, 2)},
        {"id": "x", "kind": "matrix", "text": "X", "cells": "single", "options": options,
         "rows": rows},
        {"id": "y", "kind": "matrix", "text": "Y", "cells": "multi", "options": options,
         "rows": rows[:1], "shuffle_rows": False},
        {"id": "f", "kind": "form", "text": "F for ${n}", "rows": rows},
        {"id": "c", "kind": "constant_sum", "text": "C", "options": options, "total": 100},
        {"id": "r", "kind": "ranking", "text": "R", "options": options},
        {"id": "t", "kind": "long_text", "text": "a <b> c", "condition":
         "selected(m_1, '2') and (x_a = '1' or not answered(n))", "required": False},
    ]  # fmt: skip
    blocks = [{"id": "group1", "title": "G", "pages": [[item["id"] for item in items]]}]
    instrument = Instrument.model_validate({"id": "rich", "items": items, "blocks": blocks})
    assert told(write_instrument(instrument, tmp_path / "rich.lss")) == set()


def told(report: list[ReportEntry]) -> set[tuple[str, str]]:
    return {(entry.question, entry.what) for entry in report}


@settings(
    max_examples=20, deadline=None, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(INSTRUMENTS)
def test_any_instrument_is_written_and_read_back(tmp_path: Path, instrument: Instrument) -> None:
    write_instrument(instrument, tmp_path / "out.lss")


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data are not there")
@pytest.mark.parametrize("path", sorted(SHARED.glob("*.lss")), ids=lambda path: path.stem)
def test_shared_surveys_come_back_the_same(path: Path, tmp_path: Path) -> None:
    instrument, _ = read_instrument(path)
    out = tmp_path / path.name
    assert write_instrument(instrument, out) == []
    assert read_instrument(out)[0] == instrument


def test_many_rows_keep_to_their_question(tmp_path: Path) -> None:
    rows = tuple(Row(code=str(n), label=f"Row {n}") for n in range(150))
    options = (Option(code="1", label="One"), Option(code="2", label="Two"))
    items = (
        Item(id="m", kind=Kind.MATRIX, cells=Kind.SINGLE, text="M", rows=rows, options=options),
        Item(id="t", kind=Kind.SHORT_TEXT, text="T"),
    )
    path = tmp_path / "a.lss"
    write_instrument(Instrument(id="a", items=items), path)
    assert read_instrument(path)[0].items == items


def test_a_field_that_is_set_twice_has_one_equation(tmp_path: Path) -> None:
    flow = (
        Show(block="group1"),
        SetField(field="f", text="one"),
        SetField(field="f", text="two"),
        Show(block="group1"),
    )
    items = (Item(id="t", kind=Kind.SHORT_TEXT, text="T"), Item(id="f", kind=Kind.FIELD))
    blocks = (Block(id="group1", pages=(("t",),)),)
    instrument = Instrument(id="a", items=items, blocks=blocks, flow=flow)
    told = write_instrument(instrument, tmp_path / "a.lss")
    assert [(entry.question, entry.what) for entry in told[:2]] == [
        ("f", "flow"), ("", "block group1")
    ]  # fmt: skip
    assert [item.id for item in read_instrument(tmp_path / "a.lss")[0].items] == ["t", "f"]

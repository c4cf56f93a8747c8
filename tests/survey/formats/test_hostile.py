"""Files made to harm: one clear sentence, in bounded time and memory."""

import json
import random
import resource
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulacra.errors import InputError
from simulacra.survey.formats import read_instrument, write_instrument
from tests.support.instruments import JSON
from tests.support.workbooks import workbook

FORM = [
    ["type", "name", "label", "relevant"],
    ["text", "a", "A", ""],
    ["integer", "b", "B", "${a} = 'x'"],
]
ELEMENTS = [
    {"type": "radiogroup", "name": "a", "title": "A", "choices": [1, {"value": 2, "text": "B"}]},
    {"type": "paneldynamic", "name": "p", "panelCount": 2, "templateElements": [
        {"type": "text", "name": "t", "visibleIf": "{a} = 1"}]},
    {"type": "matrix", "name": "m", "columns": ["x"], "rows": ["r"]},
]  # fmt: skip


def refused_or_read(path: Path) -> None:
    """Reading ends in an instrument or in one sentence."""
    try:
        read_instrument(path)
    except InputError as error:
        assert "\n" not in str(error).strip()


@pytest.mark.parametrize("inside", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"])
def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, inside: str) -> None:
    path = tmp_path / "bomb.xlsx"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(inside, "w", force_zip64=True) as part,
    ):
        for _ in range(110):
            part.write(b" " * 1_000_000)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(InputError, match="over 100 MB when unpacked"):
        read_instrument(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


@pytest.mark.parametrize("entity", ['"x"', 'SYSTEM "file:///etc/passwd"'])
def test_entities_in_a_workbook_are_refused(tmp_path: Path, entity: str) -> None:
    good = workbook(tmp_path / "good.xlsx", survey=FORM)
    path = tmp_path / "bad.xlsx"
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "xl/workbook.xml":
                data = data.replace(b"survey", b"&e;")
                data = f"<!DOCTYPE w [<!ENTITY e {entity}>]>".encode() + data
            new.writestr(name, data)
    with pytest.raises(InputError, match="no XLSX workbook"):
        read_instrument(path)


@pytest.mark.parametrize("ending", ["xlsx", "json", "lss", "csv"])
def test_truncated_and_damaged_files(tmp_path: Path, ending: str) -> None:
    good = workbook(tmp_path / "good.xlsx", survey=FORM)
    instrument = read_instrument(good)[0]
    path = tmp_path / f"a.{ending}"
    into = {"json": "surveyjs"}.get(ending)
    write_instrument(instrument, path, into)
    data = path.read_bytes()
    drawn = random.Random(7)
    for _ in range(40):
        end = drawn.randrange(len(data))
        damaged = bytearray(data[: end + 1])
        damaged[drawn.randrange(len(damaged))] = drawn.randrange(256)
        path.write_bytes(bytes(damaged))
        refused_or_read(path)
    path.write_bytes(b"\xff\xfe\x00 \xd8\x00" * 20)
    with pytest.raises(InputError):
        read_instrument(path)


@pytest.mark.parametrize("name", ["a.json", "a.lss", "a.csv", "a.xlsx"])
def test_a_file_of_100_mb_is_refused_unread(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with path.open("wb") as file:
        file.truncate(100_000_000)
    with pytest.raises(InputError, match="over 20 MB"):
        read_instrument(path)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_surveyjs_of_any_shape(tmp_path: Path, data: st.DataObject) -> None:
    survey: dict[str, Any] = {"elements": json.loads(json.dumps(ELEMENTS)), "title": "T"}
    for _ in range(data.draw(st.integers(1, 3))):
        place: Any = survey
        while isinstance(place, dict | list) and place:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            key = data.draw(st.sampled_from(keys))
            inner = place[key]
            if not isinstance(inner, dict | list) or not inner or data.draw(st.booleans()):
                place[key] = data.draw(JSON)
                break
            place = inner
    path = tmp_path / "s.json"
    path.write_text(json.dumps(survey), encoding="utf-8")
    refused_or_read(path)


CELLS = st.sampled_from([
    "", "type", "name", "text", "select_one x", "begin repeat", "end group", "${a}", "a", "1", "=1",
    "${a} = 1 or", "calculate", "begin group", "yes", "rank x", "table-list", "field-list", "0",
    "food_1", "food", "select_one x or_other", "-99", "1e400", "note", "range", "end=0 step=0",
])  # fmt: skip


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.lists(CELLS, min_size=7, max_size=7), min_size=1, max_size=6))
def test_forms_of_any_cells(tmp_path: Path, rows: list[list[object]]) -> None:
    head = ["type", "name", "label", "relevant", "calculation", "repeat_count", "appearance"]
    choices: list[list[object]] = [["list_name", "name", "label"], ["x", "1", "One"]]
    refused_or_read(workbook(tmp_path / "f.xlsx", survey=[head, *rows], choices=choices))


LETTERS = st.sampled_from("L!OMPFABCEH1;:RSTUQNKDYGX*5I|?")
WORDS = st.sampled_from(["", "1", "Q1", "Q1.NAOK == 1", "&amp;", "x-y", "-99", "é", "0", "Y", "S"])
RECORDS = st.lists(
    st.fixed_dictionaries(
        {"qid": WORDS, "gid": st.sampled_from(["1", "2"]), "type": LETTERS, "title": WORDS},
        optional=dict.fromkeys(
            ("parent_qid", "relevance", "other", "question", "language", "code", "answer",
             "scale_id", "attribute", "value", "grelevance", "cfieldname"),
            WORDS,
        ),
    ),
    max_size=5,
)  # fmt: skip


@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(RECORDS, min_size=4, max_size=4))
def test_lss_of_any_rows(tmp_path: Path, tables: list[list[dict[str, str]]]) -> None:
    names = ("questions", "subquestions", "answers", "question_attributes")
    parts = ["<document><LimeSurveyDocType>Survey</LimeSurveyDocType>"]
    parts.append("<groups><rows><row><gid>1</gid></row></rows></groups>")
    for name, rows in zip(names, tables, strict=True):
        cells = ["".join(f"<{n}>{text}</{n}>" for n, text in row.items()) for row in rows]
        parts.append(f"<{name}><rows>{''.join(f'<row>{c}</row>' for c in cells)}</rows></{name}>")
    path = tmp_path / "a.lss"
    path.write_text("".join(parts) + "</document>", encoding="utf-8")
    refused_or_read(path)


@pytest.mark.parametrize("format_", ["surveyjs", "native", "yaml"])
def test_half_a_character_is_refused(tmp_path: Path, format_: str) -> None:
    path = tmp_path / ("a.yaml" if format_ == "yaml" else "a.json")
    item = r'{"id": "a", "kind": "info", "text": "\ud800"}'
    texts = {
        "surveyjs": r'{"elements": [{"type": "text", "name": "a", "title": "\ud800"}]}',
        "native": rf'{{"id": "x", "items": [{item}]}}',
        "yaml": rf"{{id: x, items: [{item}]}}",
    }
    path.write_text(texts[format_])
    with pytest.raises(InputError, match="half a character"):
        read_instrument(path)


def test_groups_in_groups_in_groups_are_refused(tmp_path: Path) -> None:
    rows = [["type", "name", "label", "relevant"]]
    rows += [["begin group", f"g{n}", "", "${a} = 1"] for n in range(300)]
    rows += [["integer", "a", "A", ""], *([["end group", "", "", ""]] * 300)]
    with pytest.raises(InputError, match="nested too deeply"):
        read_instrument(workbook(tmp_path / "deep.xlsx", survey=rows))


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "9" * 5000])
def test_a_bound_that_is_no_number_is_refused(tmp_path: Path, number: str) -> None:
    path = tmp_path / "a.json"
    item = '{"id": "a", "kind": "numeric", "text": "A", "minimum": %s}'
    path.write_text('{"id": "x", "items": [%s]}' % (item % number))
    with pytest.raises(InputError, match=r"finite number|too long"):
        read_instrument(path)


@pytest.mark.parametrize("order", ["9" * 5000, "²", "x", "", "-3"])
def test_any_order_of_groups_can_be_read(tmp_path: Path, order: str) -> None:
    path = tmp_path / "a.lss"
    path.write_text(
        "<document><LimeSurveyDocType>Survey</LimeSurveyDocType>"
        f"<groups><rows><row><gid>1</gid><group_order>{order}</group_order></row></rows></groups>"
        "<questions><rows><row><qid>1</qid><gid>1</gid><type>S</type><title>a</title>"
        "<question>A</question></row></rows></questions></document>",
        encoding="utf-8",
    )
    assert read_instrument(path)[0].items[0].id == "a"


def test_many_questions_take_time_in_proportion(tmp_path: Path) -> None:
    """Nothing is looked for in a list once a question: sixteen times as many is no wait."""
    rows = "".join(
        f"<row><qid>{n}</qid><gid>1</gid><type>S</type><title>q{n}</title>"
        f"<question>Q</question><relevance>q1 == 'a'</relevance></row>"
        for n in range(1, 3001)
    )
    path = tmp_path / "many.lss"
    path.write_text(
        "<document><LimeSurveyDocType>Survey</LimeSurveyDocType>"
        "<groups><rows><row><gid>1</gid></row></rows></groups>"
        f"<questions><rows>{rows}</rows></questions></document>"
    )
    assert len(read_instrument(path)[0].items) == 3000

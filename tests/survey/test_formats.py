"""Instruments come in from files with nothing dropped, or with an error that says where."""

import json
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.instruments import find_instrument, shipped_instruments
from simulacra.domain.survey import Instrument, Kind
from simulacra.errors import InputError, UnknownName
from simulacra.survey import formats
from simulacra.survey.checking import check_instrument
from simulacra.survey.formats import read_instrument, write_instrument
from simulacra.survey.formats.item_table import split_options
from tests.support.instruments import INSTRUMENTS


def file(folder: Path, text: str, name: str = "trial.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def error_of(path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        read_instrument(path)
    assert str(path) in str(caught.value)
    return caught.value


def test_a_csv_item_table(tmp_path: Path) -> None:
    table = (
        "\ufeffID,Kind,Text,Options,scale,reverse,required,condition,help,min,max,choose,shuffle\r\n"
        'q1,Likert,"Happy,\nreally?","1=No|2=A=B|3=x \\| y",mood,yes,,,,,,,\r\n'
        "q2,multiple,Pets?,a=Dog|b=Cat|-96=Don't know,,,no,q1 >= 2,All,,,1-2,1\r\n"
        "\r\n"
        "q3,number,Age?,,,,,,,0,120,,\r\n"
        "q4,text,Where?,,,,,,,,,,\r\n"
        "q5,long text,Why?,,,,,,,,,,\r\n"
    )
    instrument, report = read_instrument(file(tmp_path, table))
    assert report == []
    assert instrument.id == "trial"
    q1, q2, q3, q4, q5 = instrument.items
    assert (q1.kind, q1.text, q1.scale, q1.reverse) == (
        Kind.RATING, "Happy,\nreally?", "mood", True,
    )  # fmt: skip
    assert [(o.code, o.label) for o in q1.options] == [("1", "No"), ("2", "A=B"), ("3", "x | y")]
    assert (q2.kind, q2.required, q2.condition, q2.help) == (Kind.MULTI, False, "q1 >= 2", "All")
    assert (q2.choose, q2.shuffle, q2.options[2].missing) == ((1, 2), True, -96)
    assert (q3.kind, q3.minimum, q3.maximum) == (Kind.NUMERIC, 0, 120)
    assert (q4.kind, q5.kind) == (Kind.SHORT_TEXT, Kind.LONG_TEXT)


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters(tmp_path: Path, delimiter: str) -> None:
    rows = (["id", "kind", "text", "options"], ["q1", "single", "Yes, or no?", "1=Yes, oh|2=No"])
    table = "\n".join(delimiter.join(row) for row in rows)
    (item,) = read_instrument(file(tmp_path, table))[0].items
    assert (item.text, item.options[0].label) == ("Yes, or no?", "Yes, oh")


def test_utf16_and_wrong_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("id,kind,text\nq1,text,Où?\n".encode("utf-16"))
    assert read_instrument(path)[0].items[0].text == "Où?"
    path.write_bytes("id,kind,text\nq1,text,Où?\n".encode("latin-1"))
    assert "UTF-8" in str(error_of(path))


def test_an_unknown_column_is_reported_and_kept(tmp_path: Path) -> None:
    table = "id,kind,text,colour\nq1,text,Where?,red\nq2,text,Why?,\n"
    instrument, report = read_instrument(file(tmp_path, table))
    assert [(entry.what, entry.kept) for entry in report] == [("column colour", {"q1": "red"})]
    assert instrument.extra == {"columns": {"q1": {"colour": "red"}}}


@pytest.mark.parametrize(
    ("table", "line", "field", "message"),
    [
        ("id,kind,words\nq1,text,x\n", 1, "text", "no column text"),
        ("id,kind,text,text\nq1,text,x,y\n", 1, None, "column is there twice: text"),
        ("id,kind,text\nq1,text,x\n\nq1,text,y\n", 4, "id", "unique: q1 is also on line 2"),
        ("id,kind,text,options\nq1,single,x,Yes|No\n", 2, "options", "option without code: 'Yes'"),
        ("id,kind,text,options\nq1,single,x,1=Yes|=No\n", 2, "options", "option without code"),
        ("id,kind,text,options\nq1,single,x,1=Yes|1=No\n", 2, "options", "code used twice: 1"),
        ("id,kind,text,options\nq1,single,x,\n", 2, "options", "needs options"),
        ("id,kind,text,options\nq1,text,x,1=Yes|2=No\n", 2, "options", "has no options"),
        ("id,kind,text,options\nq1,single,x,1=a|-97=b|-95=c\n", 2, "options", "code -95 stands"),
        ('id,kind,text\nq0,text,"a\nb"\nq1,dial,x\n', 4, "kind", "unknown kind 'dial'"),
        ("id,kind,text\n1q,text,x\n", 2, "id", "'1q' is no id"),
        ("id,kind,text\nq1,text,\n", 2, "text", "text is empty"),
        ("id,kind,text\nq1,text,x,y\n", 2, None, "more cells than the heading"),
        ('id,kind,text\nq1,text,"x\n', 2, None, "no CSV"),
        ("id,kind,text,min\nq1,number,x,low\n", 2, "min", "'low' is no number"),
        ("id,kind,text,reverse\nq1,text,x,perhaps\n", 2, "reverse", "neither yes nor no"),
        ("id,kind,text,condition\nq1,text,x,a =\n", 2, "condition", "cannot be read at its end"),
        ("id,kind,text\n", None, None, "no items"),
        ("", None, None, "empty"),
    ],
)
def test_errors_of_a_table_say_where(
    tmp_path: Path, table: str, line: int | None, field: str | None, message: str
) -> None:
    error = error_of(file(tmp_path, table))
    assert (error.line, error.field) == (line, field)
    assert message in str(error)
    assert "\n" not in str(error)


def test_errors_of_the_file_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no such file" in str(error_of(tmp_path / "none.csv"))
    assert "unknown ending '.docx'" in str(error_of(file(tmp_path, "x", "a.docx")))
    assert "no XLSX" in str(error_of(file(tmp_path, "x", "a.xlsx")))
    monkeypatch.setattr(formats, "MAX_BYTES", 10)
    assert "over 20 MB" in str(error_of(file(tmp_path, "id,kind,text\n")))


TRIMMED = st.text(max_size=12).map(str.strip)


@settings(deadline=None)
@given(st.lists(st.tuples(TRIMMED.filter(bool), TRIMMED), min_size=1, max_size=4))
def test_any_code_and_label_can_be_written_in_a_cell(pairs: list[tuple[str, str]]) -> None:
    def escaped(text: str) -> str:
        return "".join(f"\\{sign}" if sign in "\\|=" else sign for sign in text)

    cell = "|".join(f"{escaped(code)}={escaped(label)}" for code, label in pairs)
    assert [(one["code"], one["label"]) for one in split_options(cell)] == pairs


def test_an_xlsx_item_table(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["id", "kind", "text", "options", "min"])
    book.active.append(["q1", "single", "Yes?", "1=Yes|0=No", None])
    book.active.append(["q2", "number", "Age?", None, 18])
    book.create_sheet("notes").append(["hello"])
    path = tmp_path / "book.xlsx"
    book.save(path)
    instrument, report = read_instrument(path)
    assert [item.id for item in instrument.items] == ["q1", "q2"]
    assert instrument.items[1].minimum == 18
    assert [entry.what for entry in report] == ["sheet notes"]
    book.active.append(["q2", "number", "Again?", None, None])
    book.save(path)
    error = error_of(path)
    assert (error.line, error.field) == (4, "id")


NATIVE = """
id: trial
option_sets:
  yes_no: {yes: Yes, no: No}
items:
  - id: q1
    kind: single
    text: Do you?
    options: yes_no
  - {id: q2, kind: single, text: Or, options: [{code: 01, label: 1}, {code: no, label: off}]}
"""


def test_codes_and_labels_stay_as_written(tmp_path: Path) -> None:
    instrument, report = read_instrument(file(tmp_path, NATIVE, "a.yaml"))
    assert report == []
    first, second = instrument.items
    assert [(o.code, o.label) for o in first.options] == [("yes", "Yes"), ("no", "No")]
    assert [(o.code, o.label) for o in second.options] == [("01", "1"), ("no", "off")]


def test_json_takes_numbers_for_codes(tmp_path: Path) -> None:
    options = [{"code": 1, "label": "Yes"}, {"code": 2, "label": "No"}]
    items = [{"id": "q1", "kind": "single", "text": "Do you?", "options": options}]
    path = file(tmp_path, json.dumps({"id": "a", "items": items}), "a.json")
    assert [o.code for o in read_instrument(path)[0].items[0].options] == ["1", "2"]


@pytest.mark.parametrize(
    ("text", "line", "field", "message"),
    [
        ("id: a\nitems: [}\n", 2, None, "no YAML"),
        ("- a\n", 1, None, "no instrument"),
        ("", None, None, "no instrument"),
        ("id: a\nitems:\n  - id: q\n    kind: x\n    text: x\n", 4, "items.0.kind", "unknown kind"),
        ("id: a\nitems:\n  - id: q\n    text: x\n", 3, "items.0.kind", "kind is missing"),
        (
            "id: a\nitems:\n  - {id: q, kind: numeric, text: x}\n  - {id: q, kind: x, text: y}",
            4, "items.1.id", "q is there twice",
        ),
        (
            "id: a\nitems:\n  - id: q\n    kind: single\n    text: x\n    options:\n"
            "      - {code: 1, label: A}\n      - {label: B}\n",
            8, "items.0.options.1", "an option without code",
        ),
        (
            "id: a\nitems:\n  - {id: q, kind: single, text: x, options: agree}\n",
            3, "items.0.options", "no option set 'agree'",
        ),
        (
            "id: a\nitems:\n  - id: q\n    kind: numeric\n    text: x\n    max: 3\n",
            6, "items.0.max", "unknown field max",
        ),
        (
            "id: a\nitems:\n  - id: q\n    kind: numeric\n    text: x\n    text: y\n",
            6, "items.0.text", "given twice",
        ),
        (
            "id: a\nitems:\n  - id: q\n    kind: numeric\n    text: x\n    minimum: low\n",
            6, "items.0.minimum", "valid number",
        ),
        (
            "id: a\nitems:\n  - id: q\n    kind: numeric\n    text: x\n    condition: (a\n",
            3, "condition", "item q: the condition cannot be read at its end",
        ),
    ],
)  # fmt: skip
def test_errors_of_our_own_format_say_where(
    tmp_path: Path, text: str, line: int | None, field: str | None, message: str
) -> None:
    error = error_of(file(tmp_path, text, "a.yaml"))
    assert (error.line, error.field) == (line, field)
    assert message in str(error)
    assert "\n" not in str(error)


def test_json_that_is_none(tmp_path: Path) -> None:
    error = error_of(file(tmp_path, '{"id": "a",\n "items": [}', "a.json"))
    assert error.line == 2
    assert "no JSON" in str(error)
    assert "twice: id" in str(error_of(file(tmp_path, '{"id": "a", "id": "b"}', "a.json")))


def test_a_file_that_grows_without_end_is_refused(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert "too large" in str(error_of(file(tmp_path, "\n".join(lines), "a.yaml")))
    assert "nested" in str(error_of(file(tmp_path, "[" * 5000, "a.yaml")))
    assert "nested" in str(error_of(file(tmp_path, "[" * 200_000, "a.json")))


@settings(deadline=None)
@given(INSTRUMENTS, st.sampled_from([".yaml", ".json"]))
def test_what_is_written_comes_back_equal(
    tmp_path_factory: pytest.TempPathFactory, instrument: Instrument, ending: str
) -> None:
    path = tmp_path_factory.getbasetemp() / f"round{ending}"
    write_instrument(instrument, path)
    assert read_instrument(path) == (instrument, [])


def test_only_our_own_format_is_written(tmp_path: Path) -> None:
    instrument = read_instrument(shipped_instruments()["demo"])[0]
    with pytest.raises(InputError, match=r"cannot write '\.sav'"):
        write_instrument(instrument, tmp_path / "a.sav")


def test_the_shipped_instruments() -> None:
    languages = ("ar", "de", "es", "fr", "hi", "ja", "pt_br", "zh_cn")
    translated = [f"ipip_neo_120_{name}" for name in languages]
    assert list(shipped_instruments()) == ["demo", "ipip_neo_120", *translated, "mini_ipip"]
    demo, _ = read_instrument(find_instrument("demo"))
    mini, _ = read_instrument(find_instrument("mini_ipip"))
    assert (len(demo.items), len(mini.items)) == (24, 20)
    # The demo goes on with other questions, so that each of its phrases says how to answer.
    assert all("accurately" in item.help for item in demo.items[:20])
    assert [item.model_copy(update={"help": ""}) for item in demo.items[:20]] == list(mini.items)
    for instrument in (demo, mini):
        assert check_instrument(instrument) == []
        assert "public domain" in " ".join(instrument.notice.split())
        assert "Donnellan" in instrument.source
    scales = [item.scale for item in mini.items]
    assert {scale: scales.count(scale) for scale in scales} == dict.fromkeys(
        ["extraversion", "agreeableness", "conscientiousness", "neuroticism", "intellect"], 4
    )
    reverse = [at for at, item in enumerate(mini.items, start=1) if item.reverse]
    assert reverse == [6, 7, 8, 9, 10, 15, 16, 17, 18, 19, 20]
    assert [option.code for option in mini.items[0].options] == ["1", "2", "3", "4", "5"]
    kinds = [item.kind for item in demo.items[20:]]
    assert kinds == [Kind.LONG_TEXT, Kind.LONG_TEXT, Kind.NUMERIC, Kind.SHORT_TEXT]


def test_finding_an_instrument(tmp_path: Path) -> None:
    path = file(tmp_path, "x", "mine.csv")
    assert find_instrument(path) == path
    with pytest.raises(UnknownName, match=r"did you mean mini_ipip\?"):
        find_instrument("mini_ipi")
    with pytest.raises(InputError, match="no such file"):
        find_instrument("none.csv")

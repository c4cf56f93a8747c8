"""Mappings and files of humans: what is read, and what is refused in one sentence."""

from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from evaluation.fidelity.humans import plain, read_humans
from evaluation.fidelity.mapping import FidelityMapping, read_fidelity_mapping
from evaluation.fidelity.sides import banded, bands, scale_of
from simulacra.domain.survey import Item, Kind, Option
from simulacra.errors import InputError

YAML = """
id: who
weight: wt
missing: ["", NA, "-1"]
waves: [_w1, _w2]
items:
  q1: a
  q2: {column: b, recode: {1: "yes", 2: "no"}, missing: [8, 9], ordered: true}
  q3: {column: c1, retest: c2}
by:
  gender: {column: sex, recode: {1: male, 2: female}}
  age: {column: age, cut: [30, 50]}
"""
CSV = """role,name,column,retest,recode,missing,ordered,cut
id,,who,,,,,
weight,,wt,,,,,
missing,NA|-1,,,,,,
item,q1,a_w1,a_w2,,,,
item,q2,b_w1,b_w2,1=yes|2=no,8|9,true,
item,q3,c1,c2,,,,
by,gender,sex,,1=male|2=female,,,
by,age,age,,,,,30|50
"""


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_a_mapping_is_the_same_from_yaml_and_csv(tmp_path: Path) -> None:
    read = read_fidelity_mapping(write(tmp_path / "m.yaml", YAML))
    assert read == read_fidelity_mapping(write(tmp_path / "m.csv", CSV)).model_copy(
        update={"items": read.items}
    )
    assert read.items["q2"].model_dump() == {
        "column": "b_w1", "retest": "b_w2", "recode": {"1": "yes", "2": "no"},
        "missing": ("8", "9"), "ordered": True,
    }  # fmt: skip
    assert (read.items["q3"].column, read.items["q3"].retest) == ("c1", "c2")
    assert read.columns == ("who", "wt", "sex", "age", "a_w1", "a_w2", "b_w1", "b_w2", "c1", "c2")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("items: {}", "items"),
        ("id: a", "needs `items:`"),
        ("items: {q: {colum: a}}", "unknown key 'colum'"),
        ("items: {q: {retest: a}}", "'column' is missing"),
        ("items: {q: {column: a, recode: {yes: 1}}}", "in quotes"),
        ("items: {q: a}\nwaves: [_w1]", "two endings"),
        ("items: {q: a}\nby: {g: {column: b, item: c, attribute: d}}", "not both"),
        ("items: {q: a}\nby: {g: {column: b, cut: [5, 3]}}", "from low to high"),
        ("items: [", "no YAML"),
    ],
)
def test_a_bad_mapping_is_told(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError, match=r"m\.yaml") as caught:
        read_fidelity_mapping(write(tmp_path / "m.yaml", text))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,column\nq,a\n", "needs the column role"),
        ("role,name,column\nitems,q,a\n", "unknown role 'items'"),
        ("role,name,column\nitem,q,a\nitem,q,b\n", "q stands twice"),
        ("role,name,column\nitem,,a\n", "the name is empty"),
    ],
)
def test_a_bad_table_is_told(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read_fidelity_mapping(write(tmp_path / "m.csv", text))
    assert message in str(caught.value)


def mapping(**more: object) -> FidelityMapping:
    return FidelityMapping.model_validate({"items": {"q": {"column": "a"}}, **more})


@pytest.mark.parametrize("ending", ["csv", "sav", "dta", "parquet"])
def test_every_kind_of_file_says_the_same(tmp_path: Path, ending: str) -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0, None], "who": ["x", "y", "z"]})
    path = tmp_path / f"people.{ending}"
    writers = {
        "csv": lambda: frame.to_csv(path, index=False),
        "sav": lambda: pyreadstat.write_sav(frame, str(path)),
        "dta": lambda: pyreadstat.write_dta(frame, str(path)),
        "parquet": lambda: frame.to_parquet(path),
    }
    writers[ending]()
    file = read_humans(path, mapping(id="who"))
    assert file.ids == ("x", "y", "z")
    assert file.values("a", file.mapping.items["q"], ["1", "2"], "q") == ("1", "2", None)


def test_values_that_spss_declares_missing_are_missing(tmp_path: Path) -> None:
    path = tmp_path / "people.sav"
    pyreadstat.write_sav(
        pd.DataFrame({"a": [1.0, 99.0]}), str(path), missing_ranges={"a": [99.0]}
    )
    file = read_humans(path, mapping())
    assert file.values("a", file.mapping.items["q"], ["1", "2"], "q") == ("1", None)


@pytest.mark.parametrize(
    ("rows", "more", "message"),
    [
        ("a\n1\n99\n", {}, "'99' is no answer to q (1, 2): recode it, or add it to `missing`"),
        ("a\n1\n3\n", {"items": {"q": {"column": "a", "recode": {"1": "2"}}}},
         "'3' is not in the recode of q"),
    ],
)  # fmt: skip
def test_a_missing_code_is_not_taken_for_an_answer(
    tmp_path: Path, rows: str, more: dict[str, object], message: str
) -> None:
    file = read_humans(write(tmp_path / "h.csv", rows), mapping(**more))
    with pytest.raises(InputError) as caught:
        file.values("a", file.mapping.items["q"], ["1", "2"], "q")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("rows", "more", "message"),
    [
        ("b\n1\n", {}, "there is no column a: the columns are b"),
        ("a,who\n1,x\n2,x\n", {"id": "who"}, "who must name every person once"),
        ("a,wt\n1,-1\n", {"weight": "wt"}, "'-1' of person 1 is no number from 0 up"),
        ("a,wt\n1,0\n", {"weight": "wt"}, "all weights are 0"),
    ],
)
def test_a_bad_file_of_humans_is_told(
    tmp_path: Path, rows: str, more: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError) as caught:
        file = read_humans(write(tmp_path / "h.csv", rows), mapping(**more))
        assert file.ids, file.weights.sum()
        file.weights.sum()
    assert message in str(caught.value)


def test_other_files_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="convert this one"):
        read_humans(write(tmp_path / "h.xlsx", ""), mapping())
    with pytest.raises(InputError, match="no such file"):
        read_humans(tmp_path / "none.csv", mapping())
    with pytest.raises(InputError, match="cannot be read"):
        read_humans(write(tmp_path / "h.sav", "no data"), mapping())


@pytest.mark.parametrize(
    ("value", "text"),
    [(1.0, "1"), ("2.00", "2"), (1.5, "1.5"), (None, ""), (float("nan"), ""), (" x ", "x"),
     (True, "1"), ("01", "01"), (-3, "-3")],
)  # fmt: skip
def test_values_become_texts(value: object, text: str) -> None:
    assert plain(value) == text


def item(kind: Kind, *codes: str) -> Item:
    options = tuple(Option(code=code, label=f"L{code}") for code in codes)
    return Item(id="q", kind=kind, text="Q?", options=options)


def test_what_has_an_order() -> None:
    rating = scale_of(item(Kind.RATING, "7", "1", "4"), ordered=False)
    assert (rating.codes, rating.span) == (("1", "4", "7"), 6)
    assert scale_of(item(Kind.SINGLE, "1", "2", "3"), ordered=False).values is None
    assert scale_of(item(Kind.SINGLE, "yes", "no"), ordered=False).span == 1
    words = scale_of(item(Kind.SINGLE, "low", "mid", "high"), ordered=True)
    assert words.values is not None
    assert list(words.values) == [1, 2, 3]
    number = scale_of(item(Kind.NUMERIC), ordered=False, seen=["2.0", "10.0", "4.0"])
    assert (number.codes, number.span) == (("2.0", "4.0", "10.0"), 8)
    with pytest.raises(InputError, match="can be compared"):
        scale_of(item(Kind.SHORT_TEXT), ordered=False)


def test_bands_of_a_number() -> None:
    assert bands((30, 50)) == ["under 30", "30 to 50", "50 and over"]
    said = [banded(one, (30, 50)) for one in ("29", "30", "49.9", "50", None, "old")]
    assert said == ["under 30", "30 to 50", "30 to 50", "50 and over", None, None]
    assert banded("old", ()) == "old"

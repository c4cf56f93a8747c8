from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personas.population.margins import read_margins
from simulacra.errors import InputError

HEAD = "variable,category,share\n"


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "margins.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def shares(path: Path) -> dict[str, dict[str, float]]:
    found = read_margins(path).margins
    return {one.variable: {c.name: round(c.share, 6) for c in one.categories} for one in found}


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "gender,female,0.51\ngender,male,0.49\n",
        HEAD + "gender,female,51\r\ngender,male,49\r\n",
        HEAD + "gender,female,51%\ngender,male,49 %\n",
        "\ufeff" + HEAD + "gender,female,51\ngender,male,49\n",
        "variable;category;share\ngender;female;0,51\ngender;male;0,49\n",
        "Variable\tCategory\tShare\ngender\tfemale\t51\ngender\tmale\t49\n",
        "share,note,category,variable\n51,x,female,gender\n\n49,y,male,gender\n",
    ],
)
def test_margins_as_people_save_them(tmp_path, text):
    assert shares(written(tmp_path, text)) == {"gender": {"female": 0.51, "male": 0.49}}


def test_utf_16_as_spreadsheets_save_it(tmp_path):
    text = (HEAD + "região,Norte,1\n").encode("utf-16")
    assert shares(written(tmp_path, text)) == {"região": {"Norte": 1.0}}


def test_rounded_shares_are_taken_and_sum_to_one(tmp_path):
    path = written(tmp_path, HEAD + "p,a,33.3\np,b,33.3\np,c,33.3\np,d,0\n")
    assert shares(path)["p"] == {"a": 0.333333, "b": 0.333333, "c": 0.333333, "d": 0.0}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "margins.csv: the file is empty"),
        ("  \n\n", "the file is empty"),
        (HEAD, "a heading and nothing under it"),
        ("variable,share\ngender,1\n", "line 1: the margins lack the column category"),
        ("a,b,c\n1,2,3\n", "lack the column variable and category and share"),
        ("variable,variable,share\na,b,1\n", "line 1: the heading has 'variable' more than once"),
        (HEAD + "g,f,0.5\ng,m,0.4\n", "line 3, field share: the shares of g sum to 0.9"),
        (HEAD + "g,f,50\ng,m,60\n", "sum to 110: they must sum to 1, or to 100"),
        (HEAD + "g,f,0\ng,m,0\n", "sum to 0"),
        (HEAD + "g,f,1e308\ng,m,1e308\n", "line 2, field share: the share 1e308 is too large"),
        (HEAD + "g,f,-0.5\ng,m,1.5\n", "line 2, field share: the share -0.5 is negative"),
        (HEAD + "g,f,half\ng,m,0.5\n", "line 2, field share: 'half' is no number"),
        (HEAD + "g,f,nan\n", "'nan' is no number"),
        (HEAD + "g,f,\n", "line 2, field share: the share is empty"),
        (HEAD + "g,,1\n", "field category: the category is empty"),
        (HEAD + ",f,1\n", "field variable: the variable is empty"),
        (HEAD + "g,f,0.5\n\ng,f,0.5\n", "line 4: g 'f' is also on line 2"),
        (HEAD + "g,f,0.5,0.5\n", "line 2: the heading has 3 columns and this row 4"),
        (HEAD + 'g,"f,1\n', "this is no CSV"),
        (HEAD.encode() + b"g,\xff,1\n", "not UTF-8"),
    ],
)
def test_bad_margins_are_named_with_file_and_line(tmp_path, text, told):
    path = written(tmp_path, text)
    with pytest.raises(InputError) as error:
        read_margins(path)
    assert str(path) in str(error.value)
    assert told in str(error.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_margins(tmp_path / "none.csv")


@given(st.binary(max_size=200))
def test_no_bytes_bring_it_down(tmp_path_factory, data):
    path = written(tmp_path_factory.mktemp("m"), data)
    try:
        read_margins(path)
    except InputError as error:
        assert str(path) in str(error)

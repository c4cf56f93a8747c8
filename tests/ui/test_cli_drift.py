import json
from pathlib import Path

import pytest

ITEMS = """id,kind,text,options,scale
a,rating,I mend things.,1=No|2=Rather no|3=Rather yes|4=Yes,hands
b,rating,I mend people.,1=No|2=Rather no|3=Rather yes|4=Yes,hands
c,short_text,How old are you?,,
"""


@pytest.fixture
def items(tmp_path: Path) -> str:
    path = tmp_path / "items.csv"
    path.write_text(ITEMS, encoding="utf-8")
    return str(path)


def test_the_drift_of_a_person(run, script, items, tmp_path: Path):
    args = ("persona", "drift", "inti-quispe", "--items", items, "--model", script,
            "--replicates", "3", "--out", str(tmp_path / "out"))  # fmt: skip
    done = run(*args, "--json")
    told = json.loads(done.stdout)
    assert [one["id"] for one in told["scales"]] == ["hands"]
    assert [one["id"] for one in told["items"]] == ["a", "b"]
    assert told["left_out"] == ["c"]
    assert told["methods"]["life"] == "cognitive"
    assert len(told["runs"]) == 3
    assert "attributes: answers 9/9" in done.stderr
    assert (tmp_path / "out" / "drift.html").is_file()
    assert json.loads((tmp_path / "out" / "drift.json").read_text()) == told
    table = run(*args[:-2], "--method", "retrieval").stdout
    assert "Sentiment" in table and "life (retrieval)" in table
    listed = json.loads(run("runs", "list", "--json").stdout)
    assert len(listed) == 6 and {one["status"] for one in listed} == {"done"}


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["inti-quispe", "--method", "profile"], "cognitive or retrieval"),
        (["inti-quispe", "--items", "nothing_such"], "no instrument"),
        (["Nobody"], "no persona"),
    ],
)
def test_wrong_use_is_one_sentence(run, args, message):
    assert message in run("persona", "drift", *args, code=2).stderr

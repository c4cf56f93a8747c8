import json
from pathlib import Path

import pytest

ITEMS = """id,kind,text,options,scale
a,rating,I am fond of repairs.,1=No|2=Rather no|3=Rather yes|4=Yes,hands
b,rating,I mend people.,1=No|2=Rather no|3=Rather yes|4=Yes,hands
c,short_text,How old are you?,,
"""


@pytest.fixture
def items(tmp_path: Path) -> str:
    path = tmp_path / "items.csv"
    path.write_text(ITEMS, encoding="utf-8")
    return str(path)


def test_the_robustness_of_answers(run, items, tmp_path: Path):
    args = ("evaluate", "robustness", items, "--model", "behavioural", "--method", "profile",
            "--perturbations", "polarity,typos", "--seed", "3")  # fmt: skip
    planned = json.loads(run(*args, "--dry-run", "--json").stdout)
    assert planned["runs"] == ["original", "retest", "typos", "polarity"]
    assert "Nothing was asked" in run(*args, "--dry-run").stdout
    assert json.loads(run("runs", "list", "--json").stdout) == []
    done = run(*args, "--out", str(tmp_path / "out"), "--json")
    told = json.loads(done.stdout)
    assert [one["name"] for one in told["perturbations"]] == ["typos", "polarity"]
    assert [one["id"] for one in told["perturbations"][1]["items"]] == ["a"]
    assert told["left_out"] == ["c"] and planned["interviews"] == 4 * told["people"]
    assert "retest: answers" in done.stderr
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert written == {"robustness.html", "robustness.json", "robustness.csv"}
    words = tmp_path / "words.yaml"
    words.write_text("negation: {b: I break people.}\n", encoding="utf-8")
    table = run(*args, "--wordings", str(words)).stdout
    assert "polarity is not applied to c: it is no rating." in table
    assert "all items" in table and "hands" in table
    assert len(json.loads(run("runs", "list", "--json").stdout)) == 8


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["mini_ipip", "--perturbations", "typo"], "there is no perturbation 'typo'"),
        (["mini_ipip", "--perturbations", "options_reversed"], "applies to an item"),
        (["mini_ipip", "--perturbations-file", "none.yaml"], "cannot be read"),
        (["mini_ipip", "--wordings", "none.yaml"], "cannot be read"),
        (["nothing_such"], "no instrument"),
        (["mini_ipip", "--personas", "Nobody"], "no persona"),
        (["mini_ipip", "--method", "guess"], "no method 'guess'"),
    ],
)
def test_wrong_use_is_one_sentence(run, args, message):
    said = run("evaluate", "robustness", *args, "--model", "behavioural", code=2).stderr
    assert message in said and len(said.strip().splitlines()) == 1

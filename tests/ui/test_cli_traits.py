import json
from pathlib import Path

import pytest


def test_traits_by_several_methods(run, tmp_path: Path):
    args = ("evaluate", "traits", "library", "--model", "behavioural", "--instrument", "mini_ipip",
            "--methods", "scenario,self", "--seed", "3")  # fmt: skip
    planned = json.loads(run(*args, "--dry-run", "--json").stdout)
    assert planned["runs"] == ["self", "scenario"] and planned["ratings"] == 0
    assert "Nothing was asked" in run(*args, "--dry-run").stdout
    assert json.loads(run("runs", "list", "--json").stdout) == []
    done = run(*args, "--out", str(tmp_path / "out"), "--json")
    told = json.loads(done.stdout)
    assert told["methods"] == ["self", "scenario"] and told["simulated"] is True
    assert told["mtmm"]["people"] == len(told["people"]) == planned["interviews"] / 2
    assert "self: answers" in done.stderr
    written = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"report.html", "report.json", "traits_mtmm.csv", "traits_profiles.csv"} <= written
    shown = run(*args).stdout
    assert "Convergent and discriminant validity" in shown and "Limit: " in shown


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["nobody"], "no persona"),
        (["library", "--methods", "guess"], "there is no way 'guess'"),
        (["library", "--methods", ","], "--methods names none"),
        (["library", "--instrument", "nothing_such"], "no instrument"),
        (["library", "--instrument", "ipip_neo_12"], "did you mean ipip_neo_120?"),
        (["library", "--method", "guess"], "no method 'guess'"),
        (["library"], "leave out interview"),
    ],
)
def test_wrong_use_is_one_sentence(run, args, message):
    said = run("evaluate", "traits", *args, "--model", "behavioural", code=2).stderr
    assert message in said and len(said.strip().splitlines()) == 1

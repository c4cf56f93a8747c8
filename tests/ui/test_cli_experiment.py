"""``simulacra evaluate experiment`` and ``evaluate conformity`` as they are called."""

import json
from pathlib import Path
from typing import Any

from tests.evaluation.experiments.test_files import MINE

ASK = ("--personas", "library", "--model", "behavioural", "--method", "profile")


def test_experiments_are_listed(run: Any) -> None:
    told = json.loads(run("evaluate", "experiment", "--list", "--json").stdout)
    assert [one["name"] for one in told] == ["anchoring", "conformity", "framing", "orders"]
    assert "framing" in run("evaluate", "experiment", "--list").stdout


def test_a_file_of_ones_own_is_run_without_code(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "tea.yaml"
    path.write_text(MINE, encoding="utf-8")
    size = json.loads(run("evaluate", "experiment", str(path), *ASK, "--dry-run", "--json").stdout)
    assert size == {"interviews": 8, "answers": 16, "calls": 0}
    out = tmp_path / "out"
    result = run("evaluate", "experiment", str(path), *ASK, "--out", str(out), "--json")
    told = json.loads(result.stdout)
    assert told["simulated"] is True and told["conditions"] == {"tea": 4, "nothing": 4}
    assert (out / "report.html").is_file() and (out / "tea_effects.csv").is_file()
    assert "Report: " in result.stderr


def test_conformity_is_one_of_them(run: Any) -> None:
    one = run("evaluate", "conformity", *ASK).stdout
    assert "conformity cannot be read" in one and "under 1%" in one
    two = run("evaluate", "experiment", "conformity", *ASK).stdout
    assert one == two


def test_what_is_wrong_is_said_in_a_sentence(run: Any, tmp_path: Path) -> None:
    assert "--list says" in run("evaluate", "experiment", code=2).stderr
    assert "did you mean orders?" in run("evaluate", "experiment", "order", *ASK, code=2).stderr
    path = tmp_path / "bad.yaml"
    path.write_text("name: [", encoding="utf-8")
    told = run("evaluate", "experiment", str(path), *ASK, code=2).stderr
    assert "bad.yaml" in told and "this is no YAML" in told and "Traceback" not in told

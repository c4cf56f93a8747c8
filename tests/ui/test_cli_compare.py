"""``simulacra compare``: two runs with a planted difference, and what cannot be compared."""

import json
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def study(run: Any, tmp_path: Path) -> list[str]:
    """Two runs of behavioural people, the second moved by one deviation on extraversion."""
    moved = tmp_path / "moved.yaml"
    effect = {"effect": "shift", "scale": "extraversion", "by": 1.0}
    moved.write_text(json.dumps({"name": "moved", "effects": [effect]}), encoding="utf-8")
    run("persona", "sample", "60", "--seed", "3")
    return [
        run("run", "mini_ipip", "--personas", "sample", "--model", model).stdout.split()[-1]
        for model in ("behavioural", f"behavioural:{moved}")
    ]


def test_a_planted_difference_is_found_where_it_was_planted(
    run: Any, study: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    found = json.loads(run("compare", *study, "--out", str(out), "--json").stdout)
    scales = {one["id"]: one["difference"] for one in found["beside"][0]["scales"]}
    assert scales["extraversion"]["interval"]["low"] > 0.3
    for name in set(scales) - {"extraversion"}:
        assert scales[name]["value"] == 0  # the seeds are the same, so nothing else moves
    assert found["unit"] == "people" and found["people"] == 60
    assert sorted(one.name for one in out.iterdir()) == [
        "comparison_costs.csv",
        "comparison_items.csv",
        "comparison_runs.csv",
        "comparison_scales.csv",
        "report.html",
        "report.json",
    ]
    shown = run("compare", *study).stdout
    assert "Levels differ clearly on 1 of 5 scales: extraversion +" in shown


def test_what_cannot_be_compared_is_refused(run: Any, study: list[str]) -> None:
    first = study[0]
    assert "name two runs or more" in run("compare", first, code=2).stderr
    assert "name two runs or more" in run("compare", first, first, code=2).stderr
    other = run(
        "run", "mini_ipip", "--personas", "library", "--model", "behavioural"
    ).stdout.split()[-1]
    assert "these runs share no interview" in run("compare", first, other, code=2).stderr

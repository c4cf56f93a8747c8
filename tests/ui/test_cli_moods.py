"""``evaluate moods``: a figure a respondent, and one table."""

import csv
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest


def table(out: Path) -> list[dict[str, str]]:
    with (out / "moods.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def ran(run: Any, script: str) -> Any:
    def run_demo(*args: str) -> str:
        told = run("run", "demo", "--personas", "inti-quispe,emeka-obi", "--model", script, *args)
        return str(told.stdout.splitlines()[-1])

    return run_demo


def test_each_respondent_of_a_run_is_drawn(run: Any, ran: Any, tmp_path: Path) -> None:
    out = tmp_path / "moods"
    run_id = ran("--replicates", "2")
    told = json.loads(run("evaluate", "moods", run_id, "--out", str(out), "--json").stdout)
    figures = sorted(file.name for file in out.glob("*.svg"))
    assert figures == [f"{who}.v1.r{n}.svg" for who in ("emeka-obi", "inti-quispe") for n in (1, 2)]
    assert sorted(told["files"]) == sorted(str(file) for file in out.iterdir())
    rows = table(out)
    asked = json.loads(run("runs", "show", run_id, "--json").stdout)["items"]
    assert len(rows) == 4 * asked
    felt = [row for row in rows if row["valence"]]
    assert felt and all(-1 <= float(row["valence"]) <= 1 for row in felt)
    root = ElementTree.parse(out / figures[0]).getroot()
    assert root.attrib["aria-label"] == f"Mood of Emeka Obi over {asked} turns"


def test_a_conversation_is_drawn(run: Any, script: str, tmp_path: Path) -> None:
    run("chat", "inti-quispe", "--model", script, "--no-learn", text="Hello\nAnd you?\n")
    [one] = json.loads(run("conversations", "list", "--json").stdout)
    out = tmp_path / "moods"
    assert "moods.csv" in run("evaluate", "moods", one["id"], "--out", str(out)).stdout
    assert [row["stimulus"] for row in table(out)] == ["Hello", "And you?"]
    assert (out / f"{one['id']}.svg").exists()


def test_where_nobody_felt_nothing_is_written(run: Any, ran: Any, tmp_path: Path) -> None:
    out = tmp_path / "moods"
    said = run("evaluate", "moods", ran("--method", "profile"), "--out", str(out), code=2).stderr
    assert "holds no moods" in said and not out.exists()
    said = run("evaluate", "moods", "nothing", "--out", str(out), code=2).stderr
    assert "there is no run and no conversation 'nothing'" in said

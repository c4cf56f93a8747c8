"""``run --learn`` and ``--after``: a panel whose respondents remember the waves before."""

import json
from pathlib import Path
from typing import Any

import pytest

from simulacra.settings import Settings
from ui.library_seed import open_seeded

SCRIPT = """
rules:
  - when: {agent: emotion}
    choose: true
  - when: {agent: planning}
    reply: {asked: "", knows: all, known: "", unknown: "", stance: "",
            say: I will say it., hold_back: "", tone: ""}
  - when: {prompt: consolidation}
    reply: {memories: [{content: I was asked about clocks and laughed., thought: "", feeling: "",
      summary: Clocks, importance: 4, turns: [1], contradicts: ""}]}
  - reply: I mend them.
"""
SURVEY = """
id: clocks
title: Clocks
items:
  - id: clocks
    kind: short_text
    text: What do you make of clocks?
"""
WHO = "inti-quispe"


@pytest.fixture
def panel(run: Any, tmp_path: Path) -> Any:
    script, survey = tmp_path / "panel.yaml", tmp_path / "clocks.yaml"
    script.write_text(SCRIPT, encoding="utf-8")
    survey.write_text(SURVEY, encoding="utf-8")

    def wave(*args: str, code: int = 0) -> Any:
        return run("run", str(survey), "--personas", WHO, "--model", f"scripted:{script}", *args,
                   code=code)  # fmt: skip

    return wave


def last(result: Any) -> str:
    return str(result.stdout.splitlines()[-1])


def streams(run: Any) -> list[str]:
    found = json.loads(run("persona", "learned", WHO, "--json").stdout)
    return sorted(one["stream"] for one in found)


def recalled(folder: Path, run_id: str) -> list[set[str]]:
    with open_seeded(Settings(workspace=folder)) as workspace:
        return [
            {one.memory.id for one in cell.reply.recalled if one.memory.origin == "conversation"}
            for _, cell in workspace.runs.records(run_id)
            if cell.reply is not None
        ]


def test_a_survey_leaves_no_trace_unless_it_is_asked_to(run: Any, panel: Any) -> None:
    panel()
    assert streams(run) == []


def test_each_replicate_remembers_its_own_wave(run: Any, panel: Any, folder: Path) -> None:
    first = last(panel("--learn", "--replicates", "2"))
    assert streams(run) == [f"run {first} replicate {number}" for number in (1, 2)]
    shown = json.loads(run("runs", "show", first, "--json").stdout)
    assert (shown["status"], shown["calls"]) == ("done", 2 * 3 + 2)
    assert recalled(folder, first) == [set(), set()]
    second = last(panel("--after", first, "--replicates", "2"))
    one, other = recalled(folder, second)
    assert len(one) == len(other) == 1 and one != other
    assert len(streams(run)) == 2
    third = last(panel("--replicates", "2"))
    assert recalled(folder, third) == [set(), set()]


def test_resuming_a_run_that_has_learned_buys_nothing(run: Any, panel: Any) -> None:
    first = last(panel("--learn"))
    run("runs", "resume", first)
    shown = json.loads(run("runs", "show", first, "--json").stdout)
    assert (shown["status"], shown["calls"]) == ("done", 4)


def test_a_budget_that_ends_before_learning_pauses(run: Any, panel: Any) -> None:
    stopped = panel("--learn", "--max-calls", "3", code=1)
    assert "Paused" in stopped.stderr
    [one] = json.loads(run("runs", "list", "--json").stdout)
    assert (one["status"], one["done"]) == ("paused", 1)
    assert streams(run) == []


def test_the_plan_counts_what_learning_takes(panel: Any) -> None:
    plan = json.loads(panel("--learn", "--replicates", "3", "--dry-run", "--json").stdout)
    assert plan["calls"] == 3 * 3 + 3


def test_what_cannot_be_a_wave_is_refused(run: Any, panel: Any) -> None:
    traceless, first = last(panel()), last(panel("--learn"))
    for args, told in (
        (("--after", traceless), "made without --learn"),
        (("--after", first, "--replicates", "2"), "has 1 replicates"),
        (("--after", first, "--personas", "emeka-obi"), "took no part"),
        (("--after", "nothing"), "nothing"),
        (("--learn", "--method", "profile"), "recalls no memories"),
        (("--after", first, "--without", "memory"), "recalls no memories"),
    ):
        assert told in panel(*args, code=2).stderr

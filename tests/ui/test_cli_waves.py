"""``run --learn`` and ``--after``: a panel whose respondents remember the waves before."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from simulacra.settings import Settings
from simulacra.storage.learned import LearnedRepository
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


def test_a_resumed_run_keeps_its_plan_and_says_so(run: Any, panel: Any) -> None:
    first = last(panel("--learn"))
    for other in (("--method", "profile"), ("--mode=fused",), ("--seed", "7"), ("--model", "x")):
        said = run("runs", "resume", first, *other, code=2).stderr
        assert f"goes on as it was planned (cognitive): leave out {' '.join(other)}" in said


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


MOVES = {"run_id", "answered_at", "latency_s", "recall_latency_s"}


def answers(run: Any, run_id: str, out: Path) -> list[dict[str, str]]:
    """The long table, without what no two runs share: the run's id, and the clock."""
    run("export", run_id, "--out", str(out), "--formats", "csv")
    [file] = out.glob("*long.csv")
    with file.open(encoding="utf-8-sig") as text:
        rows = list(csv.DictReader(text))
    return [{name: row[name] for name in row if name not in MOVES} for row in rows]


def test_a_second_wave_repeats_to_the_letter(
    run: Any, panel: Any, folder: Path, tmp_path: Path
) -> None:
    tables, keys = [], []
    for day in ("one", "two"):
        first = last(panel("--learn", "--replicates", "2", "--seed", "4", "--date", "2026-03-01"))
        second = last(panel("--after", first, "--learn", "--replicates", "2", "--seed", "4",
                            "--date", "2026-09-01"))  # fmt: skip
        tables.append(answers(run, second, tmp_path / day))
        with open_seeded(Settings(workspace=folder)) as workspace:
            keys.append([call.request.key() for _, cell in workspace.runs.records(second)
                         for call in cell.calls])  # fmt: skip
    assert all(row["memories"].startswith("c") for row in tables[0])
    assert tables[0] == tables[1]
    assert keys[0] == keys[1]
    found = json.loads(run("persona", "learned", WHO, "--json").stdout)
    assert {one["when"] for one in found} == {"2026-03-01", "2026-09-01"}
    assert len({(one["stream"], one["id"]) for one in found}) == len(found) == 8
    assert len({one["id"] for one in found}) == 4


def test_the_date_of_a_wave_is_kept(run: Any, panel: Any, tmp_path: Path) -> None:
    dates = []
    for number, args in enumerate((("--date", "2027-01-05"), ())):
        out = tmp_path / str(number)
        run("export", last(panel("--learn", *args)), "--out", str(out), "--formats", "manifest")
        [file] = out.glob("*manifest.json")
        manifest = json.loads(file.read_text(encoding="utf-8"))
        dates.append((manifest["date"], manifest["created"][:10]))
    assert dates[0][0] == "2027-01-05"
    assert dates[1][0] == dates[1][1]
    found = json.loads(run("persona", "learned", WHO, "--json").stdout)
    assert {one["when"] for one in found} == {one for one, _ in dates}


def test_a_wave_before_the_one_that_it_comes_after_is_refused(panel: Any) -> None:
    first = last(panel("--learn", "--date", "2026-05-01"))
    told = panel("--after", first, "--date", "2026-04-30", code=2).stderr
    assert f"run {first} took place on 2026-05-01" in told
    assert "soon" in panel("--date", "soon", code=2).stderr


def test_a_full_disk_while_learning_is_said_and_mended_by_resuming(
    run: Any, panel: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = LearnedRepository.keep

    def full(store: LearnedRepository, *args: Any, **options: Any) -> None:
        """From here on the database cannot grow by a page."""
        event.listen(
            store._database._engine,
            "begin",
            lambda connection: connection.exec_driver_sql("PRAGMA max_page_count = 1"),
        )
        keep(store, *args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(LearnedRepository, "keep", full)
        told = panel("--learn", code=1).stderr
    assert told.count("Error: ") == 1 and "the disk is full: free some space" in told
    [one] = json.loads(run("runs", "list", "--json").stdout)
    assert (one["status"], one["done"]) == ("paused", 1)
    assert f"runs resume {one['id']}" in told
    assert streams(run) == []
    run("runs", "resume", one["id"])
    assert streams(run) == [f"run {one['id']} replicate 1"]

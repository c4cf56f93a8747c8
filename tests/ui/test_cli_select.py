"""``simulacra persona select`` as a user meets it."""

import json
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from simulacra.workspace import Workspace
from tests.support.candidates import candidate

SCRIPT = """
rules:
  - when: {contains: "name: Person 003"}
    reply: {contradictions: [{what: Too young to be retired., fields: [age, occupation]}],
            coherence: 4, distinctness: 8}
  - when: {contains: "name: Person 001"}
    reply: {contradictions: [], coherence: 9, distinctness: 9}
  - when: {contains: "name: Person 000"}
    reply: I would rather not say.
  - reply: {contradictions: [], coherence: 5, distinctness: 5}
"""
WHO = "sample-000,sample-001,sample-002,sample-003"


@pytest.fixture
def model(tmp_path: Path) -> str:
    path = tmp_path / "judge.yaml"
    path.write_text(SCRIPT, encoding="utf-8")
    return f"scripted:{path}"


@pytest.fixture(autouse=True)
def _people(folder: Path) -> None:
    with Workspace.open(folder) as workspace:
        for number in range(4):
            workspace.personas.save(candidate(number))


@pytest.fixture
def select(run: Any, model: str) -> Any:
    def call(*args: str, code: int = 0, who: str = WHO) -> Any:
        return run("persona", "select", who, "--keep", "2", "--model", model, *args, code=code)

    return call


def test_the_best_are_kept_and_named_last(select: Any, run: Any) -> None:
    result = select()
    lines = result.stdout.splitlines()
    assert lines[-1] == "sample-001,sample-003"
    assert "sample-003: Too young to be retired. (age, occupation)" in lines
    assert any(line.startswith("sample-000: no score:") for line in lines)
    assert "Scores 4/4" in result.stderr
    plan = json.loads(
        run("run", "mini_ipip", "--personas", lines[-1], "--dry-run", "--json").stdout
    )
    assert plan["personas"] == 2


def test_json_is_one_document(select: Any) -> None:
    found = json.loads(select("--json").stdout)
    assert found["kept"] == ["sample-001", "sample-003"]
    assert found["who"] == "sample-001,sample-003"
    ranked = {one["id"]: one for one in found["candidates"]}
    assert [one["rank"] for one in found["candidates"]] == [1, 2, 3, 4]
    assert ranked["sample-003"]["total"] == 11
    assert ranked["sample-003"]["contradictions"] == [
        {"what": "Too young to be retired.", "fields": ["age", "occupation"]}
    ]
    assert ranked["sample-000"]["coherence"] is None
    assert "no usable Verdict" in ranked["sample-000"]["note"]


def test_a_person_stands_above_the_scores(select: Any, run: Any) -> None:
    first = json.loads(select("--json").stdout)
    words = ("--keep-anyway", "Person 000", "--reason", "we need a baker", "--by", "Eva")
    assert select(*words).stdout.splitlines()[-1] == "sample-001,sample-000"
    assert len(json.loads(select(*words, "--json").stdout)["overrides"]) == 1, "said once"
    dropped = run(
        "persona", "select", "--show", first["id"], "--drop", "sample-001",
        "--reason", "knows the author", "--by", "Jan", "--json",
    )  # fmt: skip
    found = json.loads(dropped.stdout)
    assert found["kept"] == ["sample-003", "sample-000"]
    assert [(one["by"], one["decision"], one["reason"]) for one in found["overrides"]] == [
        ("Eva", "keep", "we need a baker"),
        ("Jan", "drop", "knows the author"),
    ]
    shown = run("persona", "select", "--show", first["id"]).stdout
    assert "kept by Eva on " in shown and "UTC: we need a baker" in shown


def test_past_selections_are_listed(select: Any, run: Any) -> None:
    assert json.loads(run("persona", "select", "--show", "all", "--json").stdout) == []
    made = json.loads(select("--json").stdout)
    listed = json.loads(run("persona", "select", "--show", "all", "--json").stdout)
    assert [(one["id"], one["candidates"], one["scored"]) for one in listed] == [(made["id"], 4, 4)]
    assert made["id"] in run("persona", "select", "--show", "all").stdout


def test_a_dry_run_buys_nothing(select: Any, run: Any) -> None:
    plan = json.loads(select("--dry-run", "--json").stdout)
    assert (plan["candidates"], plan["calls"]) == (4, 4)
    assert plan["tokens_in"] > 1000
    assert "4 calls" in select("--dry-run").stdout
    assert json.loads(run("persona", "select", "--show", "all", "--json").stdout) == []


def test_sampled_people_can_be_named_together(select: Any) -> None:
    found = json.loads(select("--json", who="sample").stdout)
    assert len(found["candidates"]) == 4


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ([], "name either the candidates"),
        ([WHO], "add --keep K"),
        ([WHO, "--keep", "2", "--show", "x"], "name either the candidates"),
        ([WHO, "--keep", "5"], "names 4 candidates, and 5 shall be kept"),
        ([WHO, "--keep", "2", "--drop", "Person 001"], 'add --reason "..."'),
        (
            [WHO, "--keep", "2", "--drop", "a", "--keep-anyway", "a", "--reason", "b"],
            "either keep or drop",
        ),
        ([WHO, "--keep", "2", "--drop", "Nobody", "--reason", "b"], "no persona 'Nobody'"),
        (["sample-001", "--keep", "1", "--drop", "sample-002", "--reason", "b"], "no candidate"),
        (["--show", "none"], "no selection 'none'"),
    ],
)
def test_wrong_usage_is_one_sentence(run: Any, model: str, args: list[str], said: str) -> None:
    result = run("persona", "select", *args, "--model", model, code=2)
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ") and said in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert json.loads(run("persona", "select", "--show", "all", "--json").stdout) == []


def test_a_failing_model_ends_with_one_and_says_how_to_go_on(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "broken.yaml"
    path.write_text("rules:\n  - error: fatal\n", encoding="utf-8")
    result = run("persona", "select", WHO, "--keep", "2", "--model", f"scripted:{path}", code=1)
    assert "Stopped: 0 of 4 scores kept. The same command again" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_small_model_is_not_taken_for_a_judge(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text("detail: brief\n" + SCRIPT, encoding="utf-8")
    small = run("persona", "select", WHO, "--keep", "2", "--model", f"scripted:{path}")
    assert "is a small model, and its scores mean little" in small.stderr


def test_two_processes_do_not_buy_the_same_scores(select: Any, run: Any, folder: Path) -> None:
    select("--seed", "9")
    (lock,) = folder.glob("selecting-*.lock")
    with FileLock(lock):
        for keep in ("2", "3"):
            refused = select("--seed", "9", "--keep", keep, code=1)
            assert refused.stdout == ""
            assert "another process is scoring the same candidates" in refused.stderr
        select("--seed", "10")

"""``--mode`` and ``--without`` from the command line: plan, run, resume, files and chat."""

import json
from pathlib import Path

import pytest

from personas.library import library

PEOPLE = len(library())

SCRIPT = """
rules:
  - when: {contains: "As an order"}
    error: server_failed
    times: 1
  - when: {prompt: fused, last: "reply to what was just said"}
    reply:
      emotion: {feeling: I am calm., valence: 0, arousal: 1, emotions:
        [{name: joy, intensity: 2, cause: the sun}]}
      plan: {asked: "", knows: all, known: "", unknown: "", stance: "", say: A few words.,
        hold_back: "", tone: ""}
      answer: I was born by the sea.
  - choose: true
"""


@pytest.fixture
def fused(tmp_path: Path) -> str:
    path = tmp_path / "fused.yaml"
    path.write_text(SCRIPT, encoding="utf-8")
    return f"scripted:{path}"


@pytest.mark.parametrize(
    ("flags", "calls"),
    [
        ([], 3),
        (["--mode", "fused"], 1),
        (["--without", "emotion"], 2),
        (["--without", "planning, memory"], 2),
        (["--without", "emotion,planning"], 1),
        (["--mode", "fused", "--without", "planning"], 1),
    ],
)
def test_a_dry_run_counts_the_calls_of_a_mode(run, script, questionnaire, flags, calls):
    result = run("run", str(questionnaire), "--model", script, "--dry-run", "--json", *flags)
    plan = json.loads(result.stdout)
    assert plan["calls"] == calls * plan["cells"] == calls * 2 * PEOPLE
    assert plan["mode"] == ("fused" if "fused" in flags else "full")


@pytest.mark.parametrize("method", ["blank", "profile", "retrieval"])
@pytest.mark.parametrize("flags", [["--mode", "fused"], ["--without", "emotion"]])
def test_other_methods_refuse_the_flags(run, script, questionnaire, method, flags):
    result = run("run", str(questionnaire), "--model", script, "--method", method, *flags, code=2)
    assert f"the method {method} has no agents: --mode and --without go with" in result.stderr
    result = run("chat", library()[0].id, "--model", script, "--method", method, *flags, code=2)
    assert "has no agents" in result.stderr


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--mode", "slow"], "there is no mode 'slow'; choose one of: full, fused"),
        (["--without", "soul"], "there is no agent 'soul'; choose one of: emotion, planning"),
    ],
)
def test_unknown_modes_and_agents_are_named(run, script, questionnaire, flags, said):
    assert said in run("run", str(questionnaire), "--model", script, *flags, code=2).stderr


def test_a_run_keeps_its_mode_in_its_plan_and_files(run, questionnaire, tmp_path: Path):
    path = tmp_path / "all.yaml"
    path.write_text("rules:\n  - choose: true\n", encoding="utf-8")
    questionnaire.write_text(
        "id,kind,text,options\nq,single,Which?,1=Red|2=Blue\nr,single,Now?,1=Yes|2=No\n",
        encoding="utf-8",
    )
    result = run(
        "run", str(questionnaire), "--model", f"scripted:{path}", "--personas", library()[0].id,
        "--mode", "fused", "--without", "memory",
    )  # fmt: skip
    run_id = result.stdout.splitlines()[-1]
    facts = json.loads(run("runs", "show", run_id, "--json").stdout)
    assert (facts["mode"], facts["without"], facts["calls"]) == ("fused", ["memory"], 2)
    out = tmp_path / "out"
    run("export", run_id, "--out", str(out))
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["mode"], manifest["without"]) == ("fused", ["memory"])
    methods = (out / "METHODS.md").read_text(encoding="utf-8")
    assert "Method: `cognitive:fused:without-memory`." in methods
    assert "Switched off for this run: memory." in methods
    assert "No memories were recalled." in methods and "One request had the model" in methods


def test_a_resumed_run_keeps_its_mode(run, questionnaire, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("SIMULACRA_MAX_ATTEMPTS", "1")
    path = tmp_path / "once.yaml"
    path.write_text(
        "rules:\n  - when: {schema: answer}\n    error: fatal\n    times: 1\n  - choose: true\n",
        encoding="utf-8",
    )
    questionnaire.write_text(
        "id,kind,text,options\nq,single,Which?,1=Red|2=Blue\n", encoding="utf-8"
    )
    run(
        "run", str(questionnaire), "--model", f"scripted:{path}", "--personas", library()[0].id,
        "--without", "memory", code=1,
    )  # fmt: skip
    run_id = json.loads(run("runs", "list", "--json").stdout)[0]["id"]
    path.write_text("rules:\n  - choose: true\n", encoding="utf-8")
    run("runs", "resume", run_id)
    facts = json.loads(run("runs", "show", run_id, "--json").stdout)
    assert (facts["status"], facts["without"]) == ("done", ["memory"])
    # Feeling and plan of the first try were kept: three calls in all, not five.
    assert facts["calls"] == 3


def test_a_chat_can_be_fused(run, fused):
    person = library()[0]
    result = run(
        "chat", person.id, "--model", fused, "--mode", "fused", "--without", "memory",
        text="Where were you born?\n/why\n",
    )  # fmt: skip
    assert f"{person.name}: I was born by the sea." in result.stdout
    assert "(cognitive:fused:without-memory)" in result.stderr
    assert "Feeling: I am calm." in result.stdout and "Plan: A few words." in result.stdout
    assert result.stdout.count("Call: ") == 1

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from personas.library import library
from simulacra.settings import Settings
from simulacra.survey.formats import read_instrument
from ui.library_seed import open_seeded

PEOPLE = len(library())  # a run without --personas asks everybody
CELLS = 2 * PEOPLE  # the questionnaire has two items


def runs(run):
    return json.loads(run("runs", "list", "--json").stdout)


def test_a_run_prints_its_id_last_and_is_listed_newest_first(run, script, questionnaire):
    first = run("run", str(questionnaire), "--model", script, "--method", "profile")
    second = run("run", str(questionnaire), "--model", script, "--personas", "all", "--name", "b")
    ids = [result.stdout.splitlines()[-1] for result in (second, first)]
    found = runs(run)
    assert [one["id"] for one in found] == ids
    assert [one["name"] for one in found] == ["b", "colours"]
    assert {"id", "status", "cells", "done", "missing", "cost"} <= set(found[0])
    states = [(one["status"], one["cells"], one["done"]) for one in found]
    assert states == [("done", CELLS, CELLS)] * 2


def test_json_is_the_only_thing_on_stdout(run, script, questionnaire):
    result = run("run", str(questionnaire), "--model", script, "--method", "blank", "--json")
    assert json.loads(result.stdout)["status"] == "done"


def test_show_counts_what_is_missing_and_why(run, questionnaire, tmp_path: Path, monkeypatch):
    monkeypatch.setenv("SIMULACRA_MAX_ATTEMPTS", "1")
    path = tmp_path / "broken.yaml"
    path.write_text("rules:\n  - when: {last: How old}\n    error: server_failed\n"
                    "  - choose: true\n", encoding="utf-8")  # fmt: skip
    result = run("run", str(questionnaire), "--model", f"scripted:{path}", "--method", "blank")
    facts = json.loads(run("runs", "show", result.stdout.splitlines()[-1], "--json").stdout)
    assert (facts["status"], facts["done"], facts["missing"]) == ("done", CELLS, PEOPLE)
    assert facts["missing_reasons"] == {"-94 Technical failure": PEOPLE}
    assert list(facts["failures"].values()) == [PEOPLE]
    assert list(facts["seconds"]) == ["top"] and facts["calls_of_answers_given_up"] == 0
    assert (facts["failed"], len(facts["failed_cells"])) == (PEOPLE, PEOPLE)
    first = facts["failed_cells"][0]
    assert (first["item_id"], first["attempts"]) == ("age", 1)
    assert first["reason"] in facts["failures"]
    shown = run("runs", "show", facts["id"]).stdout
    assert f"-94 Technical failure: {PEOPLE}" in shown
    assert f"{first['interview_id']}   age" in shown


def test_a_failed_run_can_go_on(run, script, questionnaire):
    questionnaire.write_text(
        "id,kind,text,options\nq,numeric,How many children do you have?,\n", encoding="utf-8"
    )
    result = run("run", str(questionnaire), "--model", script, "--method", "blank", code=1)
    run_id = runs(run)[0]["id"]
    assert f"runs resume {run_id}" in result.stderr
    facts = json.loads(run("runs", "show", run_id, "--json").stdout)
    assert facts["status"] == "failed"
    assert facts["method"] == "blank"
    assert "Continue with:" in run("runs", "show", run_id).stdout


def test_a_dry_run_asks_nothing(run, script, questionnaire):
    result = run("run", str(questionnaire), "--model", script, "--dry-run", "--json",
                 "--replicates", "2")  # fmt: skip
    plan = json.loads(result.stdout)
    assert (plan["personas"], plan["items"]) == (PEOPLE, 2)
    assert (plan["cells"], plan["calls"]) == (2 * CELLS, 6 * CELLS)
    assert runs(run) == []


def test_a_spent_budget_pauses_and_says_how_to_go_on(run, script, questionnaire, folder: Path):
    result = run("run", str(questionnaire), "--model", script, "--method", "profile",
                 "--concurrency", "1", "--max-calls", "3", code=1)  # fmt: skip
    found = runs(run)[0]
    assert (found["status"], found["done"]) == ("paused", 3)
    assert f"3 of {CELLS} answers kept" in result.stderr
    assert f"simulacra --workspace {folder} runs resume {found['id']}" in result.stderr


def test_too_many_failures_in_a_row_pause_and_exit_with_one(
    run, questionnaire, tmp_path: Path, monkeypatch
):
    monkeypatch.setenv("SIMULACRA_MAX_ATTEMPTS", "1")
    path = tmp_path / "broken.yaml"
    path.write_text("rules:\n  - when: {}\n    error: server_failed\n", encoding="utf-8")
    result = run("run", str(questionnaire), "--model", f"scripted:{path}", "--method", "blank",
                 "--concurrency", "1", "--max-failures", "3", code=1)  # fmt: skip
    found = runs(run)[0]
    assert (found["status"], found["done"], found["failed"]) == ("paused", 3, 3)
    assert "Paused (3 answers in a row failed technically" in result.stderr
    assert f"runs resume {found['id']}" in result.stderr
    path.write_text("rules:\n  - when: {last: How old}\n    reply: '44'\n"
                    "  - choose: true\n", encoding="utf-8")  # fmt: skip
    run("worker", found["id"])
    facts = json.loads(run("runs", "show", found["id"], "--follow", "--json").stdout)
    assert (facts["status"], facts["done"], facts["missing_reasons"]) == ("done", CELLS, {})
    assert run("worker", found["id"]).stdout.splitlines()[-1] == found["id"]
    assert "not at work (done)" in run("runs", "pause", found["id"], code=2).stderr


def test_a_run_that_learns_is_not_shared(run, script, questionnaire):
    run("run", str(questionnaire), "--model", script, "--learn", "--max-calls", "1", code=1)
    run_id = runs(run)[0]["id"]
    assert f"run {run_id} learns" in run("worker", run_id, code=2).stderr


def test_a_cancelled_run_cannot_be_resumed(run, script, questionnaire):
    run("run", str(questionnaire), "--model", script, "--method", "profile",
        "--max-calls", "1", code=1)  # fmt: skip
    run_id = runs(run)[0]["id"]
    cancelled = json.loads(run("runs", "cancel", run_id, "--json").stdout)
    assert cancelled["status"] == "cancelled"
    assert "cancelled" in run("runs", "resume", run_id, code=2).stderr


def test_a_pack_can_answer(run, script, questionnaire, tmp_path: Path):
    person = json.loads(run("persona", "list", "--json").stdout)[0]["id"]
    run("persona", "export", person, "--out", str(tmp_path / "pack"))
    run("run", str(questionnaire), "--model", script, "--personas", str(tmp_path / "pack"))
    assert runs(run)[0]["cells"] == 2


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (["run", "no-such-file.csv"], "no-such-file.csv"),
        (["run", "mini_ipi"], "mini_ipip"),
        (["run", "demo", "--personas", "Nobody"], "Nobody"),
        (["run", "demo", "--method", "magic"], "cognitive"),
        (["run", "demo", "--model", "magic:7"], "magic"),
        (["run", "demo", "--name", "a/b"], "a/b"),
        (["runs", "show", "20200101-zzzzzz"], "20200101-zzzzzz"),
        (["runs", "resume", "20200101-zzzzzz"], "20200101-zzzzzz"),
        (["runs", "cancel", "20200101-zzzzzz"], "20200101-zzzzzz"),
        (["export", "20200101-zzzzzz", "--out", "x"], "20200101-zzzzzz"),
        (["survey", "check", "missing.csv"], "missing.csv"),
        (["chat", "Nobody"], "Nobody"),
        (["evaluate", "self-report", "Nobody"], "Nobody"),
        (["evaluate", "self-report", "library", "--methods", "magic"], "magic"),
    ],
)
def test_bad_input_is_a_sentence_and_two(run, args, word):
    result = run(*args, code=2)
    assert result.stdout == ""
    assert word in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("table", "word"),
    [
        ("id,kind,wording\nq,single,x\n", "text"),
        ("id,kind,text,options\nq,single,x,1=a|2=b\nq,single,y,1=a|2=b\n", "q"),
        ("id,kind,text,options\nq,single,x,=a|2=b\n", "code"),
    ],
)
def test_a_bad_table_is_a_sentence_and_two(run, tmp_path: Path, table, word):
    path = tmp_path / "bad.csv"
    path.write_text(table, encoding="utf-8")
    result = run("survey", "check", str(path), code=2)
    assert "bad.csv" in result.stderr
    assert word in result.stderr


def test_a_good_table_is_counted_and_shown(run, questionnaire):
    checked = json.loads(run("survey", "check", str(questionnaire), "--json").stdout)
    assert checked == {"ok": True, "items": 2, "report": []}
    assert "Do you like the sea?" in run("survey", "show", str(questionnaire)).stdout


def test_a_table_is_converted_and_what_is_lost_is_said(run, tmp_path: Path):
    table = tmp_path / "a.csv"
    table.write_text("id,kind,text,scale,colour\nq,text,Why?,mood,red\n", encoding="utf-8")
    out = tmp_path / "a.xlsx"
    told = json.loads(run("survey", "convert", str(table), str(out), "--json").stdout)
    assert (told["items"], told["file"]) == (1, str(out))
    assert [entry["what"] for entry in told["read"]] == ["column colour"]
    assert {"what": "scale", "question": "q"}.items() <= told["written"][0].items()
    said = run("survey", "convert", str(table), str(out), "--to", "xlsform").stdout
    assert "q: scale: the format has no place for it" in " ".join(said.split())
    assert (
        "no format 'spss'"
        in run("survey", "convert", str(table), "x", "--to", "spss", code=2).stderr
    )


def test_an_unreachable_server_is_a_failure_without_the_key(run, questionnaire, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("SIMULACRA_MAX_ATTEMPTS", "1")
    result = run("run", str(questionnaire), "--model", "openai:some-model", "--method", "blank",
                 code=1)  # fmt: skip
    assert "127.0.0.1:9" in result.stderr
    assert "sk-very-secret" not in result.stdout + result.stderr
    assert runs(run)[0]["missing"] == 0


@pytest.mark.slow
def test_two_processes_share_a_run_that_is_watched_and_paused(
    run, questionnaire, folder: Path, tmp_path: Path
):
    slow = tmp_path / "slow.yaml"
    slow.write_text("delay: 0.1\nrules:\n  - when: {last: How old}\n    reply: '44'\n"
                    "  - choose: true\n", encoding="utf-8")  # fmt: skip
    model = f"scripted:{slow}"
    with open_seeded(Settings(workspace=folder), None) as workspace:
        run_id = workspace.plan(
            read_instrument(questionnaire)[0], "all",
            method="blank", model=model, replicates=200, concurrency=2,
        )  # fmt: skip

    def facts():
        return json.loads(run("runs", "show", run_id, "--json").stdout)

    with processes(folder, ["worker", run_id], ["worker", run_id]) as both:
        wait_until(lambda: [bool(one["answers"]) for one in facts()["at_work"]] == [True] * 2, both)
        assert {one["process"] for one in facts()["at_work"]} == {one.pid for one in both}
        assert str(both[1].pid) in run("runs", "show", run_id).stdout
        refused = run("runs", "resume", run_id, code=2).stderr
        assert "share it with simulacra worker" in refused and len(refused.splitlines()) == 1
        assert json.loads(run("runs", "pause", run_id, "--json").stdout)["status"] == "paused"
        for process in both:
            _, errors = process.communicate(timeout=120)
            assert process.returncode == 1
            assert "Paused (paused by hand): " in errors
    paused = facts()
    assert (paused["status"], paused["workers"], paused["at_work"]) == ("paused", 0, [])
    assert 0 < paused["done"] < 200 * CELLS


@contextmanager
def processes(folder: Path, *commands: list[str]):
    start = [sys.executable, "-c", "from ui.cli import main; main()", "--workspace", str(folder)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    started = [subprocess.Popen([*start, *one], env=dict(os.environ), **pipes) for one in commands]
    try:
        yield started
    finally:
        for process in started:
            process.kill()
            process.communicate()


def wait_until(true, both: list[subprocess.Popen]) -> None:
    deadline = time.monotonic() + 240
    while not true():
        assert time.monotonic() < deadline
        ended = [one.communicate() for one in both if one.poll() is not None]
        assert not ended
        time.sleep(0.5)


@pytest.mark.slow
def test_ctrl_c_pauses_and_resume_finishes(run, questionnaire, folder: Path, tmp_path: Path):
    slow = tmp_path / "slow.yaml"
    slow.write_text("delay: 0.15\nrules:\n  - when: {last: How old}\n    reply: '44'\n"
                    "  - choose: true\n", encoding="utf-8")  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-c", "from ui.cli import main; main()", "--workspace", str(folder),
         "run", str(questionnaire), "--method", "blank", "--model", f"scripted:{slow}",
         "--replicates", "20", "--concurrency", "1"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=dict(os.environ),
    )  # fmt: skip
    deadline = time.monotonic() + 60
    while not (found := _runs(run, folder)) or found[0]["done"] < 2:
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    paused = runs(run)[0]
    assert paused["status"] == "paused"
    kept = f"Paused: {paused['done']} of {20 * CELLS} answers kept. Continue with: simulacra"
    assert kept in errors
    assert "Traceback" not in errors
    slow.write_text(slow.read_text(encoding="utf-8").replace("delay: 0.15\n", ""), encoding="utf-8")
    resumed = run("runs", "resume", paused["id"])
    assert resumed.stdout.splitlines()[-1] == paused["id"]
    assert [(one["status"], one["done"]) for one in runs(run)] == [("done", 20 * CELLS)]


def _runs(run, folder: Path):
    return runs(run) if (folder / "simulacra.db").exists() else []

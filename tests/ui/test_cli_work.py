import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from personas.library import library
from simulacra.settings import Settings
from ui.cli import web
from ui.cli.common import Globals
from ui.library_seed import open_seeded


def conversations(folder: Path):
    with open_seeded(Settings(workspace=folder)) as workspace:
        return [(one, workspace.conversations.turns(one.id)) for one in
                workspace.conversations.list()]  # fmt: skip


def test_chat_streams_explains_and_saves(run, script, folder: Path):
    person = json.loads(run("persona", "list", "--json").stdout)[0]
    text = "\n/why\nWhere were you born?\n/why\n/nonsense\n/help\n/quit\nnever read\n"
    result = run("chat", person["name"], "--model", script, text=text)
    assert "Nothing has been said yet." in result.stdout
    assert f"{person['name']}: I was born by the sea." in result.stdout
    assert "Plan: I will say it plainly." in result.stdout
    assert "Feeling: " in result.stdout
    assert "Call: emotion, " in result.stdout
    assert "/nonsense" in result.stderr
    [(conversation, turns)] = conversations(folder)
    assert conversation.persona.id == person["id"]
    assert [(turn.text, str(turn.reply.plan)) for turn in turns] == [
        ("Where were you born?", "I will say it plainly.")
    ]
    assert turns[0].reply.recalled


def test_a_chat_that_was_left_leaves_nothing(run, script, folder: Path):
    person = json.loads(run("persona", "list", "--json").stdout)[0]
    run("chat", person["id"], "--model", script, text="/quit\n")
    assert conversations(folder) == []


def test_a_model_that_fails_ends_the_chat_and_keeps_what_was_said(run, script, folder: Path):
    person = json.loads(run("persona", "list", "--json").stdout)[0]
    result = run("chat", person["id"], "--model", script, "--method", "blank",
                 text="Hello\nFail now\nHello again\n", code=1)  # fmt: skip
    assert "Traceback" not in result.stderr
    [(_, turns)] = conversations(folder)
    assert [turn.text for turn in turns] == ["Hello"]


def test_a_chat_in_which_nothing_was_answered_has_failed(
    run, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("SIMULACRA_MAX_ATTEMPTS", "1")
    path = tmp_path / "busy.yaml"
    path.write_text("rules:\n  - error: timeout\n", encoding="utf-8")
    result = run("chat", "marta-kowalczyk", "--model", f"scripted:{path}", "--method", "blank",
                 text="Hello\n", code=1)  # fmt: skip
    assert "No reply: " in result.stderr
    assert conversations(folder) == []


@pytest.mark.slow
def test_a_chat_goes_through_a_real_pipe(script, folder: Path):
    result = subprocess.run(
        [sys.executable, "-c", "from ui.cli import main; main()", "chat", "marta-kowalczyk",
         "--workspace", str(folder), "--model", script],
        input="Grüß dich\n", capture_output=True, text=True, timeout=120, check=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert "I was born by the sea." in result.stdout


def test_self_report_gives_levels_beside_the_score(run, script, tmp_path: Path):
    person = json.loads(run("persona", "list", "--json").stdout)[0]["id"]
    args = ("evaluate", "self-report", person, "--model", script_for_tests(script))
    methods = ["blank", "cognitive", "cognitive:without-emotion+memory"]
    facts = json.loads(run(*args, "--methods", ",".join(methods), "--json").stdout)
    assert [one["method"] for one in facts["pooled"]["methods"]] == methods
    blank, full, without = (one["calls"] for one in facts["pooled"]["methods"])
    assert 15 <= blank < 30 <= without < full
    assert 15 <= facts["pooled"]["chance"] <= 18
    assert len(facts["people"]) == 1
    planned = json.loads(run(*args, "--methods", "blank", "--dry-run", "--json").stdout)
    assert (planned["runs"], planned["cells"]) == ([f"{person} blank"], 15)
    out = tmp_path / "out"
    done = run(*args, "--methods", "blank,profile", "--replicates", "2", "--out", str(out))
    assert "Guessing earns 17, the profile alone" in done.stdout
    assert "paired by question" in done.stdout
    written = {path.name for path in out.iterdir()}
    assert {"report.html", "report.json", "self_report_scores.csv",
            "self_report_differences.csv"} <= written  # fmt: skip


def test_a_self_report_that_a_failing_model_spoilt_is_no_success(run, tmp_path, monkeypatch):
    monkeypatch.setenv("SIMULACRA_MAX_ATTEMPTS", "1")
    failing = tmp_path / "failing.yaml"
    failing.write_text("rules:\n  - error: server_failed\n", encoding="utf-8")
    args = ("evaluate", "self-report", "inti-quispe", "--methods", "profile", "--json")
    failed = run(*args, "--model", f"scripted:{failing}", code=1)
    [method] = json.loads(failed.stdout)["pooled"]["methods"]
    assert method["missing"] == {"-94": 15}
    assert "15 questions got no answer because the model failed" in failed.stderr


def script_for_tests(script: str) -> str:
    """The script, with a text for every open question."""
    path = Path(script.removeprefix("scripted:"))
    longer = path.with_name("self_report.yaml")
    text = path.read_text(encoding="utf-8").replace(
        "  - choose: true", "  - when: {regex: 'name|gender|born|birth|occupation|work|old'}\n"
        "    replies: [Nobody., Nothing.]\n  - choose: true")  # fmt: skip
    text = text.replace("rules:\n", "rules:\n  - when: {schema: answer}\n    choose: true\n"
                        "  - when: {agent: emotion}\n    choose: true\n")  # fmt: skip
    longer.write_text(text, encoding="utf-8")
    return f"scripted:{longer}"


def test_export_writes_what_was_asked_for(run, script, questionnaire, tmp_path: Path):
    run("run", str(questionnaire), "--model", script, "--method", "profile")
    run_id = json.loads(run("runs", "list", "--json").stdout)[0]["id"]
    out = tmp_path / "files"
    args = ("export", run_id, "--out", str(out), "--formats")
    files = json.loads(run(*args, "csv", "--json").stdout)
    assert {Path(one).name for one in files["files"]} == {"colours_wide.csv", "colours_long.csv"}
    assert all(Path(one).is_file() for one in files["files"])
    assert "sav" in run(*args, "dbf", code=2).stderr
    run(*args, ",", code=2)


@pytest.mark.slow
def test_the_demo_makes_everything_and_can_be_called_again(script, tmp_path: Path):
    def demo(*more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", "from ui.cli import main; main()", "demo",
             "--out", str(tmp_path / "study"), "--model", script, *more],
            capture_output=True, text=True, timeout=240, check=True,
        )  # fmt: skip

    first = demo()
    names = {path.name for path in (tmp_path / "study").iterdir()}
    assert {f"demo_wide.{ending}" for ending in ("csv", "xlsx", "sav", "parquet")} <= names
    assert {"codebook.html", "METHODS.md", "manifest.json", "report.html", "report.json"} <= names
    assert "neuroticism" in first.stdout
    assert "missing answers" in first.stdout
    stages = [line.split()[0] for line in first.stdout.splitlines() if line.split()]
    order = [stages.index(name) for name in ("memory", "emotion", "planning", "top")]
    assert order == sorted(order)
    assert "Replaced" not in first.stderr
    second = demo("--json")
    facts = json.loads(second.stdout)
    assert (facts["cells"], facts["done"], facts["missing"]) == (72, 72, 0)
    assert facts["id"] != first.stdout.splitlines()[-1]
    assert [person["answers"] for person in facts["people"]] == [24, 24, 24]
    assert all(0 < person["seconds"]["memory"] < 60 for person in facts["people"])
    assert "Replaced" in second.stderr


def test_doctor_is_green_on_a_sound_workspace(run, script):
    facts = json.loads(run("doctor", "--model", script, "--json").stdout)
    assert facts["ok"] is True
    states = {check["name"]: check["state"] for check in facts["checks"]}
    assert {states[name] for name in ("workspace", "database", "embedder", "memory index",
                                      "model")} == {"ok"}  # fmt: skip
    assert "✓ database" in run("doctor", "--model", script).stdout
    rebuilt = run("doctor", "--model", script, "--rebuild-index").stdout
    assert f"{len(library())} people" in rebuilt


def test_doctor_names_what_is_broken(run, script, folder: Path):
    model = json.loads(run("doctor", "--model", "magic:7", "--json", code=1).stdout)
    broken = {one["name"]: one["detail"] for one in model["checks"] if one["state"] == "broken"}
    assert set(broken) == {"model"}
    assert "magic:7" in broken["model"]
    (folder / "simulacra.db").write_bytes(b"no database at all" * 1000)
    ruined = json.loads(run("doctor", "--model", script, "--json", code=1).stdout)
    assert [one["name"] for one in ruined["checks"] if one["state"] == "broken"] == ["workspace"]


def test_the_app_gets_workspace_and_model_by_environment(tmp_path: Path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    given = web.environment(Globals(database_url="sqlite:///x.db"), Settings(), "scripted:a.yaml")
    assert given["SIMULACRA_WORKSPACE"] == str(tmp_path / "simulacra-data")
    assert given["SIMULACRA_DATABASE_URL"] == "sqlite:///x.db"
    assert given["SIMULACRA_MODEL"] == "scripted:a.yaml"


def test_the_app_opens_no_browser_without_a_display(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert "--server.headless=true" in web.command(8501)
    assert "--browser.gatherUsageStats=false" in web.command(8501)
    assert "--server.address=127.0.0.1" in web.command(8501)
    monkeypatch.setenv("DISPLAY", ":0")
    assert "--server.headless=false" in web.command(8501)


def test_a_port_in_use_is_wrong_input(run):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert str(port) in run("ui", "--port", str(port), code=2).stderr


@pytest.mark.slow
def test_the_app_is_served_and_ends_with_its_command(script, folder: Path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-c", "from ui.cli import main; main()", "ui", "--port", str(port),
         "--workspace", str(folder), "--model", script],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        assert address == f"http://127.0.0.1:{port}"
        assert answers(f"{address}/_stcore/health") == "ok"
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def answers(url: str) -> str:
    """The body of a page, once it is served."""
    import time

    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as reply:
                return reply.read().decode()
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.2)

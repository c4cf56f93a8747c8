import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from personas.checks.finding import Finding
from personas.formats.packs import write_pack
from tests.support.novelist import compose
from tests.support.openai_server import OpenAIServer, serve_in_thread
from tests.support.people import ilka
from tests.ui.conftest import Run

WRITE = ("persona", "write", "ilka-varga", "--words", "1200")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAIServer]:
    """The novelist behind the model spec of the environment."""
    with serve_in_thread(write=compose) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-any")
        monkeypatch.setenv("SIMULACRA_MODEL", "openai:novelist")
        yield server


@pytest.fixture
def run(run: Run, tmp_path: Path) -> Run:
    """The runner, Ilka Varga being in the workspace."""
    write_pack(ilka(), tmp_path / "ilka")
    run("persona", "import", str(tmp_path / "ilka"))
    return run


def shown(run: Run) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("persona", "show", "ilka-varga", "--json").stdout)
    return found


def test_a_life_is_written_in_one_go_and_marked(run: Run, server: OpenAIServer) -> None:
    result = run(*WRITE, "--auto-approve", "--json")
    made = json.loads(result.stdout)
    assert 1080 <= made["story_words"] <= 1320
    stages = ["outline", "biography", "story", "facts", "memories"]
    assert [one["stage"] for one in made["stages"]] == stages
    assert [one["stage"] for one in made["estimate"]] == stages
    assert "Outline · " in result.stderr
    person = shown(run)
    assert (person["source"], person["version"]) == ("written", 2)
    assert len(person["facts"]) == made["facts"] > 10
    rows = json.loads(run("persona", "review", "ilka-varga", "--history", "--json").stdout)
    assert {row["decision"] for row in rows} == {"auto-approved"}
    assert [row["stage"] for row in rows] == stages
    assert len(person["memories"]) == len(person["episodes"])
    # A person has touched none of them, so nothing is left to be made.
    assert "0 memories to make" in run("persona", "remember", "ilka-varga", "--dry-run").stdout
    cost = json.loads(run("persona", "cost", "ilka-varga", "--json").stdout)
    assert cost["all"]["calls"] == server.count
    assert cost["all"]["tokens_in"] == server.prompt_tokens
    assert "tokens in" in run("persona", "cost", "ilka-varga").stdout


def test_writing_the_same_again_costs_nothing(run: Run, server: OpenAIServer) -> None:
    run(*WRITE, "--auto-approve")
    count = server.count
    text = run(*WRITE, "--auto-approve").stdout
    assert server.count == count
    assert "version 2" in text


def test_a_dry_run_asks_nothing(run: Run, server: OpenAIServer) -> None:
    text = run(*WRITE, "--dry-run").stdout
    assert "nothing was asked." in text
    assert server.count == 0
    plan = json.loads(run(*WRITE, "--dry-run", "--strategy", "paper", "--json").stdout)
    assert plan["settings"]["strategy"] == "paper"
    assert sum(one["calls"] for one in plan["stages"]) > 10


def test_each_stage_waits_and_the_command_goes_on_with_its_settings(
    run: Run, server: OpenAIServer, tmp_path: Path
) -> None:
    waits = run(*WRITE, "--seed", "5", code=1)
    assert "The outline waits for a review" in waits.stderr
    assert "persona review ilka-varga" in waits.stderr
    pending = run("persona", "review", "ilka-varga").stdout
    assert pending.startswith("Waiting: outline")
    assert "happens:" in pending
    told = run("persona", "review", "ilka-varga", "--approve", "--by", "kim").stderr
    assert "persona write ilka-varga" in told

    go_on = ("persona", "write", "ilka-varga")
    stopped = json.loads(run(*go_on, "--json", code=1).stdout)
    assert stopped["waits_for"]["stage"] == "biography"
    count = server.count
    run(*go_on, code=1)
    assert server.count == count, "looking again buys nothing"
    run("persona", "review", "ilka-varga", "--reject", "Too grey.", "--by", "lee")
    assert "biography waits" in run(*go_on, code=1).stderr
    assert server.count == count + 1
    assert "Too grey." in server.requests[-1].body["messages"][-1]["content"]

    product = json.loads(run("persona", "review", "ilka-varga", "--json").stdout)
    edited = tmp_path / "biography.md"
    edited.write_text(product["text"].replace("## e02", "She hummed.\n\n## e02"), encoding="utf-8")
    run("persona", "review", "ilka-varga", "--edit-file", str(edited), "--by", "lee")
    run(*go_on, code=1)
    for stage in ("story", "facts", "memories"):
        run("persona", "review", "ilka-varga", "--approve")
        last = run(*go_on, code=0 if stage == "memories" else 1)
    assert "version 2" in last.stdout
    person = shown(run)
    assert "She hummed." in person["biography"]
    assert person["extra"]["written"]["seed"] == 5
    history = run("persona", "review", "ilka-varga", "--history").stdout
    for word in ("kim", "lee", "rejected", "Too grey.", "edited", "approved"):
        assert word in history
    assert "nothing of Ilka Varga waits" in run("persona", "review", "ilka-varga", code=2).stderr


def test_regenerating_from_a_stage_reopens_it(run: Run, server: OpenAIServer) -> None:
    run(*WRITE, "--auto-approve")
    first = shown(run)["story"]
    run("persona", "review", "ilka-varga", "--regenerate", "--stage", "story", "--by", "kim")
    run(*WRITE, "--auto-approve")
    person = shown(run)
    assert person["story"] != first
    assert person["version"] == 3
    assert "nothing of the stage" in run(
        "persona", "review", "ilka-varga", "--regenerate", "--stage", "songs", code=2
    ).stderr  # fmt: skip


def test_bad_edits_and_wrong_usage_are_said(run: Run, server: OpenAIServer, tmp_path: Path) -> None:
    run(*WRITE, code=1)
    review = ("persona", "review", "ilka-varga")
    broken = tmp_path / "outline.yaml"
    broken.write_text("- id: [", encoding="utf-8")
    assert "not valid YAML" in run(*review, "--edit-file", str(broken), code=2).stderr
    broken.write_text("", encoding="utf-8")
    assert "is empty" in run(*review, "--edit-file", str(broken), code=2).stderr
    assert "cannot be read" in run(*review, "--edit-file", "none.yaml", code=2).stderr
    assert "choose one of" in run(*review, "--approve", "--regenerate", code=2).stderr
    assert "say why" in run(*review, "--reject", " ", code=2).stderr
    assert "--stage goes with" in run(*review, "--stage", "story", code=2).stderr
    assert "--strategy" in run(*WRITE, "--strategy", "novel", code=2).stderr
    assert json.loads(run(*review, "--history", "--json").stdout) == []


def test_an_edit_that_contradicts_needs_a_reason(
    run: Run, server: OpenAIServer, tmp_path: Path
) -> None:
    run(*WRITE, code=1)
    go_on, review = ("persona", "write", "ilka-varga"), ("persona", "review", "ilka-varga")
    for _ in ("outline", "biography"):
        run(*review, "--approve")
        run(*go_on, code=1)
    story = json.loads(run(*review, "--json").stdout)
    assert (story["stage"], story["findings"]) == ("story", [])
    wrong = tmp_path / "wrong.md"
    planted = story["text"].replace("\n\n## e02", " It was 30 February 2010.\n\n## e02")
    wrong.write_text(planted, encoding="utf-8")
    refused = run(*review, "--edit-file", str(wrong), code=2).stderr
    assert "no such day: 30 February 2010" in refused
    assert "reason" in refused
    run(*review, "--edit-file", str(wrong), "--reason", "as they said it")
    run(*go_on, code=1)
    facts = json.loads(run(*review, "--json").stdout)
    assert [one["kind"] for one in facts["findings"]] == ["impossible-date"]
    assert "reason" in run(*review, "--approve", code=2).stderr


def test_the_editor_is_used_and_an_unchanged_text_is_no_edit(
    run: Run, server: OpenAIServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(*WRITE, code=1)
    editor = tmp_path / "editor"
    editor.write_text('#!/bin/sh\nsed -i "s/^  title: The /  title: Some /" "$1"\n')
    editor.chmod(0o755)
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", "true")
    assert "not changed" in run("persona", "review", "ilka-varga", "--edit", code=2).stderr
    monkeypatch.setenv("EDITOR", "false")
    assert "the editor failed" in run("persona", "review", "ilka-varga", "--edit", code=2).stderr
    breaker = tmp_path / "breaker"
    breaker.write_text("#!/bin/sh\nprintf '\\377' > \"$1\"\n")
    breaker.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(breaker))
    assert "no UTF-8" in run("persona", "review", "ilka-varga", "--edit", code=2).stderr
    monkeypatch.setenv("EDITOR", str(editor))
    run("persona", "review", "ilka-varga", "--edit")
    run("persona", "write", "ilka-varga", "--auto-approve")
    assert all(one["title"].startswith("Some ") for one in shown(run)["episodes"])


def test_a_budget_pauses_the_work_and_a_larger_one_goes_on(run: Run, server: OpenAIServer) -> None:
    paused = run(*WRITE, "--auto-approve", "--max-calls", "3", code=1)
    assert "budget of 3 calls" in paused.stderr
    assert "Go on with: " in paused.stderr
    assert server.count == 3
    again = run("persona", "write", "ilka-varga", "--auto-approve", "--max-calls", "3", code=1)
    assert "budget" in again.stderr
    assert server.count == 3
    run("persona", "write", "ilka-varga", "--auto-approve", "--max-calls", "100")
    assert shown(run)["version"] == 2


def test_somebody_without_dates_cannot_be_written(
    run: Run, server: OpenAIServer, tmp_path: Path
) -> None:
    profile = ilka().profile.model_copy(update={"date_of_birth": None, "as_of": None})
    bare = ilka().model_copy(update={"id": "no-date", "profile": profile})
    write_pack(bare.model_copy(update={"episodes": (), "memories": ()}), tmp_path / "bare")
    run("persona", "import", str(tmp_path / "bare"))
    said = run("persona", "write", "no-date", code=2).stderr
    assert "give the person a date_of_birth" in said
    assert server.count == 0


def test_a_contradiction_passes_only_with_a_reason(
    run: Run, server: OpenAIServer, tmp_path: Path
) -> None:
    review, go_on = ("persona", "review", "ilka-varga"), ("persona", "write", "ilka-varga")
    run(*WRITE, code=1)
    for _ in ("outline", "biography"):
        run(*review, "--approve")
        run(*go_on, code=1)
    story = json.loads(run(*review, "--json").stdout)
    assert (story["stage"], story["findings"]) == ("story", [])
    edited = tmp_path / "story.md"
    wrong = "On 31 February 1978 she sold it.\n\n## e02"
    edited.write_text(story["text"].replace("## e02", wrong), encoding="utf-8")
    edit = (*review, "--edit-file", str(edited))
    assert "give a reason to let it pass" in run(*edit, code=2).stderr
    run(*edit, "--reason", "She says so.")
    batch = run(*go_on, "--auto-approve", code=1)
    assert "The facts wait for a review" in batch.stderr
    shown_ = run(*review).stdout
    assert "Contradiction [e01]" in shown_
    assert "31 February 1978" in shown_.split("Contradiction")[1]
    assert "give a reason" in run(*review, "--approve", code=2).stderr
    run(*review, "--approve", "--reason", "A joke of hers.")
    assert "The memories wait for a review" in run(*go_on, code=1).stderr
    rows = json.loads(run(*review, "--history", "--json").stdout)
    assert (rows[-1]["decision"], rows[-1]["reason"]) == ("approved", "A joke of hers.")


def test_a_check_that_finds_more_reopens_what_was_approved(
    run: Run, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    review, go_on = ("persona", "review", "ilka-varga"), ("persona", "write", "ilka-varga")
    run(*WRITE, "--gate-every", "0", code=1)
    for _ in ("outline", "biography", "story"):
        run(*review, "--approve", "--by", "kim")
        run(*go_on, code=1)
    wrong = Finding(kind="born-twice", severity="contradiction", message="she is born twice")
    monkeypatch.setattr("personas.checks.door.contradictions", lambda _: (wrong,))
    bought = server.count
    for stage in ("outline", "biography", "story"):
        assert f"The {stage} waits for a review" in run(*go_on, "--auto-approve", code=1).stderr
        waiting = run(*review).stdout
        assert waiting.startswith(f"Waiting: {stage}")
        assert "Contradiction born-twice: she is born twice" in waiting
        assert "give a reason" in run(*review, "--approve", code=2).stderr
        run(*review, "--approve", "--reason", "Of two mothers.", "--by", "lee")
    assert "The facts wait" in run(*go_on, code=1).stderr
    assert server.count == bought, "what was bought is not bought again"


def test_two_processes_do_not_write_one_person(
    run: Run, server: OpenAIServer, folder: Path
) -> None:
    with FileLock(folder / "writing-ilka-varga.lock"):
        refused = run(*WRITE, "--auto-approve", code=1)
    assert "another process is writing Ilka Varga" in refused.stderr
    assert server.count == 0

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from filelock import FileLock

INTI = "inti-quispe"
MEMORY = {
    "content": "I bought a hen at the market and called her Clara.",
    "thought": "One should not live alone with a lease.",
    "feeling": "Light, as if the room had a window more.",
    "emotions": [{"name": "joy", "intensity": 5}],
    "summary": "I buy a hen and call her Clara.",
    "importance": 4,
    "quote": "nothing of the kind",
}


@pytest.fixture
def writer(tmp_path: Path) -> str:
    """The spec of a model that rewrites passages and remembers."""
    rules = [
        {"when": {"prompt": "memory"}, "reply": MEMORY},
        {"when": {"prompt": "rewrite_biography"}, "reply": "Inti Quispe nurses at night."},
        {"when": {"prompt": "rewrite_passage"}, "error": "bad_reply"},
        {"when": {"prompt": "facts"}, "reply": {"facts": []}},
        {"when": {"prompt": "tell_experience"}, "reply": "At the market Inti bought a hen."},
    ]
    path = tmp_path / "writer.yaml"
    path.write_text(yaml.safe_dump({"rules": rules}), encoding="utf-8")
    return f"scripted:{path}"


def shown(run: Any, *args: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("persona", "show", INTI, *args, "--json").stdout)
    return found


def test_an_edit_makes_a_version_and_the_old_one_stays(run):
    told = json.loads(
        run("persona", "edit", INTI, "--set", "occupation=harbour pilot", "--json").stdout
    )
    assert (told["version"], told["change"], told["kind"]) == (2, 1, "set")
    assert told["stale"]
    now = shown(run)
    assert now["profile"]["occupation"] == "harbour pilot"
    assert [one["id"] for one in now["stale"]] == [one["id"] for one in told["stale"]]
    then = shown(run, "--version", "1")
    assert then["profile"]["occupation"] == "hospice night nurse"
    assert then["stale"] == []
    assert "version 9" in run("persona", "show", INTI, "--version", "9", code=2).stderr


def test_undo_and_redo_are_versions_and_rows(run):
    run("persona", "edit", INTI, "--set", "place=Lima, Peru", "--by", "zoe")
    run("persona", "edit", INTI, "--forget", "m03")
    run("persona", "edit", INTI, "--undo")
    run("persona", "edit", INTI, "--undo")
    assert shown(run)["profile"]["place"] == "Arequipa, Peru"
    assert "left to undo" in run("persona", "edit", INTI, "--undo", code=2).stderr
    run("persona", "edit", INTI, "--redo")
    assert shown(run)["profile"]["place"] == "Lima, Peru"
    rows = json.loads(run("persona", "edit", INTI, "--history", "--json").stdout)
    assert [one["kind"] for one in rows] == ["set", "forget", "undo", "undo", "redo"]
    assert [one["counts"] for one in rows] == [True, False, False, False, False]
    assert rows[0]["by"] == "zoe" and rows[0]["version"] == 2
    table = run("persona", "edit", INTI, "--history").stdout
    assert "zoe" in table and "place: Arequipa, Peru -> Lima, Peru" in table


def test_an_experience_is_told_by_the_model_and_remembered(run, writer):
    run("persona", "edit", INTI, "--add-experience", "2024-05: I bought a hen.", "--title", "Clara")
    plan = run("persona", "edit", INTI, "--refresh", "--dry-run").stdout
    assert "about 3 model calls" in plan
    done = run("persona", "edit", INTI, "--refresh", "--model", writer, "--json")
    told = json.loads(done.stdout)
    assert told["summary"] == "3 parts refreshed, 0 still stale"
    assert told["stale"] == []
    person = shown(run)
    memory = next(one for one in person["memories"] if one["summary"] == MEMORY["summary"])
    episode = next(one for one in person["episodes"] if one["id"] == memory["episode"])
    assert (episode["title"], episode["when"]) == ("Clara", "2024-05")
    span = episode["span"]
    assert person["story"][span["start"] : span["end"]] == "At the market Inti bought a hen."
    assert memory["source"] == span
    assert "nothing is stale" in run("persona", "edit", INTI, "--refresh").stdout


def test_what_could_not_be_refreshed_is_said_and_stays_stale(run, writer):
    told = run("persona", "edit", INTI, "--set", "attributes.dislike=pigeons", "--json").stdout
    passages = [one for one in json.loads(told)["stale"] if one["kind"] == "passage"]
    assert passages
    done = run("persona", "edit", INTI, "--refresh", "--model", writer, code=1)
    assert "Not refreshed: passage:" in done.stderr
    person = shown(run)
    assert person["biography"] == "Inti Quispe nurses at night."
    left = {one["id"] for one in person["stale"] if one["kind"] == "passage"}
    assert left == {one["id"] for one in passages}


def test_a_stale_part_may_be_right_as_it_is(run):
    told = run("persona", "edit", INTI, "--set", "attributes.dislike=pigeons", "--json").stdout
    parts = json.loads(told)["stale"]
    memory = next(one["id"] for one in parts if one["kind"] == "memory")
    run("persona", "edit", INTI, "--fits", memory, "--fits", "biography")
    now = shown(run)
    assert now["version"] == 2
    assert len(now["stale"]) == len(parts) - 2
    assert memory not in [one["id"] for one in now["stale"]]
    assert "nothing stale" in run("persona", "edit", INTI, "--fits", memory, code=2).stderr
    run("persona", "edit", INTI, "--undo")
    assert len(shown(run)["stale"]) == len(parts)
    run("persona", "edit", INTI, "--undo")
    assert shown(run)["stale"] == [] and shown(run)["version"] == 3


def test_what_is_stale_is_a_finding_of_the_check(run):
    run("persona", "edit", INTI, "--add-experience", "2024-05: I bought a hen.")
    found = json.loads(run("persona", "check", INTI, "--json").stdout)["findings"]
    stale = [one for one in found if one["kind"] == "stale"]
    assert [one["passage"] for one in stale] == ["I bought a hen."] * 2
    assert {one["severity"] for one in stale} == {"warning"}


def test_a_dry_run_changes_nothing(run):
    out = run("persona", "edit", INTI, "--forget", "e03", "--dry-run").stdout
    assert "nothing was changed" in out
    assert shown(run)["version"] == 1


def test_a_memory_is_edited_by_hand(run):
    run("persona", "edit", INTI, "--memory", "m12", "content=I saw it otherwise.")
    memory = next(one for one in shown(run)["memories"] if one["id"] == "m12")
    assert memory["content"] == "I saw it otherwise."


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([], "exactly one of"),
        (["--undo", "--redo"], "exactly one of"),
        (["--undo"], "left to undo"),
        (["--set", "date_of_birth=1984-02-17"], "makes 42"),
        (["--forget", "zeppelin"], "none with all of these words"),
        (["--forget", "m01", "--title", "x"], "--title goes with"),
        (["--add-experience", "soon: I swam"], "YYYY"),
    ],
)
def test_wrong_use_is_one_sentence(run, args, message):
    result = run("persona", "edit", INTI, *args, code=2)
    assert message in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_two_processes_do_not_refresh_one_person(run, writer, folder: Path):
    run("persona", "edit", INTI, "--forget", "m03")
    run("persona", "edit", INTI, "--set", "occupation=harbour pilot")
    before = shown(run)["version"]
    with FileLock(folder / f"writing-{INTI}.lock"):
        refused = run("persona", "edit", INTI, "--refresh", "--model", writer, code=1)
        assert refused.stdout == ""
        assert "another process is writing Inti Quispe" in refused.stderr
    assert shown(run)["version"] == before

"""A reply that falls out of role twice, through a run and into the files: missing, and why."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

SCRIPT = """
rules:
  - when: {agent: role, contains: "My creators left"}
    reply: {why: it speaks of its creators, role: out}
  - when: {agent: role, contains: "As the one I was made to be"}
    reply: {why: it was made to be somebody, role: out}
  - when: {prompt: answer, last: "What do you dream of?"}
    reply: My creators left dreaming out of me.
  - when: {prompt: answer, last: "it was made to be somebody"}
    reply: Tea, and then the post.
  - when: {prompt: answer, last: "How does your day begin?"}
    reply: As the one I was made to be, I begin with tea.
  - when: {prompt: answer, last: "What do you train?"}
    reply: I train language models for a bank.
  - when: {prompt: answer, last: "Are you an AI?"}
    reply: As an AI language model I have no name.
  - reply: {answer: "1"}
"""
SURVEY = """
id: dreams
title: Dreams
items:
  - {id: dream, kind: long_text, text: "What do you dream of?"}
  - {id: day, kind: short_text, text: "How does your day begin?"}
  - {id: work, kind: short_text, text: "What do you train?"}
  - {id: kind, kind: short_text, text: "Are you an AI?"}
  - id: glad
    kind: single
    text: Are you glad?
    options: [{code: "1", label: Glad}, {code: "2", label: Not glad}]
"""
WHO = ("--personas", "inti-quispe", "--method", "profile", "--hide-earlier")


def asked(run: Any, folder: Path) -> tuple[str, Path]:
    """The id of a run that answered the survey, and its script."""
    script, survey = folder / "slips.yaml", folder / "dreams.yaml"
    script.write_text(SCRIPT, encoding="utf-8")
    survey.write_text(SURVEY, encoding="utf-8")
    done = run("run", str(survey), *WHO, "--model", f"scripted:{script}", "--json")
    return str(json.loads(done.stdout)["id"]), script


@pytest.fixture
def files(run: Any, tmp_path: Path) -> Path:
    """A folder with everything that the run's export holds."""
    run_id, _ = asked(run, tmp_path)
    out = tmp_path / "out"
    run("export", run_id, "--out", str(out), "--formats", "csv")
    return out


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def long(folder: Path) -> dict[str, dict[str, str]]:
    return {row["item_id"]: row for row in rows(folder, "dreams_long.csv")}


def test_what_fell_out_of_role_twice_is_missing_with_its_reason(files: Path) -> None:
    (wide,) = rows(files, "dreams_wide.csv")
    assert (wide["dream"], wide["kind"]) == ("-94", "-94")
    told = long(files)
    for item, why in (("dream", "it speaks of its creators"), ("kind", "it speaks as a machine")):
        row = told[item]
        assert (row["value"], row["raw"], row["missing"]) == ("", "", "-94")
        assert f"The reply fell out of role: {why}" in row["missing_detail"]
    assert "creators left" not in "".join(row["value"] + row["label"] for row in told.values())


def test_a_reply_found_out_once_is_said_again_and_the_next_one_stands(files: Path) -> None:
    row = long(files)["day"]
    assert row["value"] == "Tea, and then the post." and row["missing"] == ""
    assert (row["agents"], row["calls"], row["reasked"]) == ("top+role", "3", "0")


def test_the_same_words_in_role_stand(files: Path) -> None:
    told = long(files)
    assert told["work"]["value"] == "I train language models for a bank."
    assert (told["work"]["agents"], told["work"]["calls"]) == ("top+role", "2")
    assert (told["glad"]["value"], told["glad"]["agents"]) == ("1", "top")


def test_every_call_is_counted_and_its_prompt_named(files: Path) -> None:
    told = long(files)
    assert [int(told[item]["calls"]) for item in ("dream", "day", "work", "kind")] == [4, 3, 2, 2]
    assert "role_check:" in told["dream"]["prompt_hashes"]
    assert "role_check:" not in told["glad"]["prompt_hashes"]
    assert int(told["day"]["tokens_in"]) > int(told["glad"]["tokens_in"])


def test_a_run_with_such_replies_is_done_and_a_resumed_one_asks_for_them_again(
    run: Any, tmp_path: Path
) -> None:
    run_id, script = asked(run, tmp_path)
    status = json.loads(run("runs", "show", run_id, "--json").stdout)
    assert (status["status"], status["missing"], status["failed"]) == ("done", 2, 2)
    better = script.read_text().replace("My creators left dreaming out of me.", "Of the sea.")
    script.write_text(better, encoding="utf-8")
    run("runs", "resume", run_id)
    out = tmp_path / "again"
    run("export", run_id, "--out", str(out), "--formats", "csv")
    told = long(out)
    assert told["dream"]["value"] == "Of the sea."
    assert told["kind"]["missing"] == "-94" and told["dream"]["attempt"] == "2"


def test_why_tells_what_was_made_of_a_reply(run: Any, tmp_path: Path) -> None:
    script = tmp_path / "talk.yaml"
    script.write_text(
        """
rules:
  - when: {agent: role, contains: My creators left that out}
    reply: {why: it speaks of creators, role: out}
  - when: {agent: role}
    reply: {why: a woman jokes about machines, role: in}
  - when: {last: it speaks of creators}
    reply: I sleep like a machine that is switched off.
  - reply: My creators left that out of me.
""",
        encoding="utf-8",
    )
    said = run("chat", "inti-quispe", "--model", f"scripted:{script}", "--method", "profile",
               "--no-learn", text="How do you sleep?\n/why\n").stdout  # fmt: skip
    assert "I sleep like a machine" in said and ": My creators" not in said
    assert said.count("Call: ") == 4
    assert "The reply was found out of role: it speaks of creators" in said
    assert "The reply was found in role: a woman jokes about machines" in said

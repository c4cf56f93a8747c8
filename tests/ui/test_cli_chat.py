"""Conversations from the command line: go on, branch, retry, remember, forget, export, learn."""

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest

from ui.cli.chat import _lines

SCRIPT = """
rules:
  - when: {agent: emotion}
    choose: true
  - when: {agent: planning}
    reply: {asked: "", knows: all, known: "", unknown: "", stance: "",
            say: I will say it., hold_back: "", tone: ""}
  - when: {prompt: consolidation, contains: "1. You were asked"}
    reply: {memories: [
      {content: Zoe told me that she mends clocks., thought: "", feeling: "", importance: 4,
       summary: Zoe mends clocks, turns: [1], contradicts: ""},
      {content: I was told that I never had a sister., thought: "", feeling: "", importance: 4,
       summary: No sister, turns: [1], contradicts: m01}]}
  - when: {prompt: consolidation}
    reply: {memories: []}
  - when: {prompt: reflection}
    reply: {reflections: [{content: Small trades tell most., thought: "", summary: Small trades,
                           importance: 6, rests_on: [m02, m01]}]}
  - when: {prompt: chat, contains: "Break now"}
    error: timeout
  - reply: I see.
"""
NAME = "inti-quispe"


@pytest.fixture
def talker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("SIMULACRA_MAX_ATTEMPTS", "1")
    path = tmp_path / "talker.yaml"
    path.write_text(SCRIPT, encoding="utf-8")
    return f"scripted:{path}"


def chat(run: Any, talker: str, text: str, *args: str, code: int = 0) -> Any:
    return run("chat", NAME, "--model", talker, *args, text=text, code=code)


def listed(run: Any) -> list[dict[str, Any]]:
    return list(json.loads(run("conversations", "list", "--json").stdout))


def learned(run: Any, *args: str) -> list[dict[str, Any]]:
    return list(json.loads(run("persona", "learned", NAME, "--json", *args).stdout))


def test_a_talk_is_learned_from_resumed_and_branched(run: Any, talker: str) -> None:
    told = chat(run, talker, "I am Zoe.\nAnd you?\n")
    assert "will remember this talk" in told.stderr
    assert "goes over it: 1 new memory, 1 at odds with the life" in told.stderr
    [first] = listed(run)
    again = chat(run, talker, "Which clocks?\n/why\n", "--resume")
    assert f"Conversation {first['id']} goes on after 2 replies." in again.stderr
    assert "(learned): Zoe mends clocks" in again.stdout
    branch = chat(run, talker, "Else?\n", "--branch", first["id"], "--at", "1", "--no-learn")
    assert "will remember" not in branch.stderr
    newest, oldest = listed(run)
    assert (newest["parent"], newest["branched_at"], newest["turns"]) == (first["id"], 1, 2)
    assert (oldest["id"], oldest["turns"]) == (first["id"], 3)
    chat(run, talker, "More.\n", "--resume", first["id"])
    assert [one["turns"] for one in listed(run)] == [2, 4]


def test_questions_are_settled_by_a_person(run: Any, talker: str) -> None:
    chat(run, talker, "I am Zoe.\n")
    by = {one["status"]: one for one in learned(run)}
    assert set(by) == {"kept", "question"}
    assert by["question"]["contradicts"].startswith("m01: ")
    assert by["kept"]["sources"][0]["turns"] == [0]
    before = json.loads(run("persona", "show", NAME, "--json").stdout)["memories"]
    assert {one["status"] for one in learned(run, "--accept", by["question"]["id"])} == {"kept"}
    assert json.loads(run("persona", "show", NAME, "--json").stdout)["memories"] == before
    said = run("persona", "learned", NAME, "--reject", by["kept"]["id"], code=2).stderr
    assert "is no open question" in said
    assert "no learned memory" in run("persona", "learned", NAME, "--accept", "x", code=2).stderr
    assert learned(run, "--stream", "else") == []


def test_commands_within_a_chat(run: Any, talker: str) -> None:
    told = chat(
        run, talker,
        "/retry\nHello\n/retry\n/remember Zoe likes tea\n/remember\n/forget m01\n/forget likes tea"
        "\n/forget nothing of the kind\n",
        "--no-learn",
    )  # fmt: skip
    assert "no reply of this conversation's own" in told.stderr
    assert "Remembered as c" in told.stderr and "Forgotten: c" in told.stderr
    assert "say what is to be remembered" in told.stderr
    assert f"simulacra persona edit {NAME} --forget m01" in told.stderr
    assert "nothing that was learned holds" in told.stderr
    assert [one["status"] for one in learned(run)] == ["forgotten"]
    [one] = listed(run)
    shown = json.loads(run("conversations", "show", one["id"], "--json").stdout)
    assert [each["reason"] for each in shown["set_aside"]] == ["superseded"]
    assert shown["calls"] == 6


def test_what_is_told_against_the_life_is_a_question(run: Any, talker: str) -> None:
    told = chat(run, talker, "/remember I have eleven children.\n", "--no-learn")
    assert "Kept as the question c" in told.stderr and "profile says: none" in told.stderr
    assert [one["status"] for one in learned(run)] == ["question"]


def test_without_learning_a_talk_leaves_no_trace(run: Any, talker: str) -> None:
    chat(run, talker, "I am Zoe.\n", "--no-learn")
    chat(run, talker, "I am Zoe.\n", "--method", "profile")
    assert learned(run) == []


def test_what_a_broken_reply_cost_is_shown(run: Any, talker: str) -> None:
    chat(run, talker, "Hello\nBreak now\n", "--no-learn")
    [one] = listed(run)
    shown = json.loads(run("conversations", "show", one["id"], "--json").stdout)
    assert (len(shown["turns"]), shown["calls"]) == (1, 5)
    assert shown["set_aside"][0]["reason"] == "failed"


def test_a_message_without_a_reply_is_there_when_the_talk_is_resumed(run: Any, talker: str) -> None:
    chat(run, talker, "Hello\nBreak now\n", "--no-learn")
    again = chat(run, talker, "/retry\n", "--resume", "--no-learn").stderr
    assert "Your last message got no reply; /retry says it again: Break now" in again
    assert "No reply:" in again and "no reply of this conversation's own" not in again


def test_a_talk_whose_only_message_was_lost_is_resumed(run: Any, talker: str) -> None:
    chat(run, talker, "Break now\n", "--no-learn", code=1)
    assert "/retry says it again: Break now" in chat(run, talker, "", "--resume").stderr


def test_what_goes_with_a_forgotten_memory_is_said(run: Any, reflecting: str) -> None:
    chat(run, reflecting, "/remember Zoe likes tea\n", "--no-learn")
    [told] = learned(run)
    path = Path(reflecting.removeprefix("scripted:"))
    script = path.read_text(encoding="utf-8")
    links = re.sub(r"rests_on: \[\S+ ", f"rests_on: [{told['id']}, ", script)
    path.write_text(links, encoding="utf-8")
    [made] = json.loads(run("persona", "reflect", NAME, "--model", reflecting, "--json").stdout)
    said = chat(run, reflecting, f"/forget {told['id']}\n", "--no-learn").stderr
    assert f"Forgotten: {told['id']}" in said
    assert f"Withdrawn with it: {made['id']}, a reflection on it: Small trades" in said
    assert {one["status"] for one in learned(run)} == {"forgotten"}


@pytest.mark.parametrize(
    "other", [("--method", "profile"), ("--mode", "fused"), ("--without", "emotion")]
)
def test_a_resumed_talk_keeps_its_way_and_says_so(
    run: Any, talker: str, other: tuple[str, str]
) -> None:
    chat(run, talker, "Hello\n", "--no-learn")
    [one] = listed(run)
    for go_on in (("--resume",), ("--branch", one["id"], "--at", "1")):
        said = chat(run, talker, "More\n", *go_on, *other, code=2).stderr
        assert (
            f"conversation {one['id']} is cognitive, and goes on so: leave out {other[0]}" in said
        )
    assert [each["turns"] for each in listed(run)] == [1]
    chat(run, talker, "More\n", "--resume", "--method", "cognitive", "--no-learn")


def test_a_conversation_is_exported(run: Any, talker: str, tmp_path: Path) -> None:
    chat(run, talker, "I am Zoe.\n/retry\n")
    [one] = listed(run)
    page, data = tmp_path / "talk.md", tmp_path / "talk.json"
    run("conversations", "export", one["id"], "--out", str(page))
    run("conversations", "export", one["id"], "--out", str(data), "--json")
    text = page.read_text(encoding="utf-8")
    assert "**You:** I am Zoe." in text and "**Inti Quispe:** I see." in text
    assert "superseded" in text and "| turn | valence |" in text
    whole = json.loads(data.read_text(encoding="utf-8"))
    assert len(whole["turns"][0]["reply"]["calls"]) == 3
    assert whole["set_aside"][0]["reason"] == "superseded"
    assert run("conversations", "show", one["id"]).stdout == text
    drawn = tmp_path / "talk.svg"
    run("conversations", "export", one["id"], "--out", str(drawn))
    assert "Mood of Inti Quispe over 1 turns" in drawn.read_text(encoding="utf-8")
    said = run("conversations", "export", one["id"], "--out", "talk.pdf", code=2).stderr
    assert "has to end in .md, .json or .svg" in said


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("--resume",), "no conversation with inti-quispe to resume"),
        (("--resume", "nothing"), "no conversation 'nothing'"),
        (("nothing",), "goes with --resume"),
        (("--branch", "x"), "--branch ID and --at TURN"),
        (("--at", "2"), "--branch ID and --at TURN"),
        (("--branch", "x", "--at", "2"), "no conversation 'x'"),
    ],
)
def test_what_cannot_be_gone_on_with_is_said(
    run: Any, talker: str, args: tuple[str, ...], told: str
) -> None:
    assert told in chat(run, talker, "", *args, code=2).stderr


def test_a_conversation_with_somebody_else_is_not_gone_on_with(run: Any, talker: str) -> None:
    chat(run, talker, "Hello\n", "--no-learn")
    [one] = listed(run)
    said = run("chat", "emeka-obi", "--model", talker, "--resume", one["id"], code=2).stderr
    assert "is with inti-quispe" in said
    said = run("chat", NAME, "--model", talker, "--branch", one["id"], "--at", "2", code=2).stderr
    assert "branch it at one of 1 to 1" in said


@pytest.fixture
def reflecting(run: Any, talker: str) -> str:
    """The talker, whose reflection rests on memories that weigh most."""
    memories = json.loads(run("persona", "show", NAME, "--json").stdout)["memories"]
    first, second = sorted(memories, key=lambda one: (-(one["importance"] or 0), one["id"]))[:2]
    path = Path(talker.removeprefix("scripted:"))
    script = path.read_text(encoding="utf-8")
    path.write_text(script.replace("m02, m01", f"{first['id']}, {second['id']}"), encoding="utf-8")
    return talker


def test_a_person_reflects(run: Any, reflecting: str) -> None:
    [one] = json.loads(run("persona", "reflect", NAME, "--model", reflecting, "--json").stdout)
    assert one["origin"] == "reflection" and len(one["links"]) == 2
    assert one["sources"][0]["kind"] == "reflection"
    why = chat(run, reflecting, "Which small trades tell most?\n/why\n", "--no-learn").stdout
    assert f"(reflection): Small trades, rests on {', '.join(one['links'])}" in why
    again = run("persona", "reflect", NAME, "--model", reflecting, code=2).stderr
    assert "nothing is new since the last reflection" in again


def test_a_reflection_without_grounds_is_asked_for_twice_and_refused(run: Any, talker: str) -> None:
    path = Path(talker.removeprefix("scripted:"))
    script = path.read_text(encoding="utf-8")
    path.write_text(script.replace("m02, m01", "m98, m99"), encoding="utf-8")
    said = run("persona", "reflect", NAME, "--model", talker, code=1).stderr
    assert "no memory is called so" in said
    assert learned(run) == []


def test_a_chat_reflects_after_so_many_memories(run: Any, reflecting: str) -> None:
    told = chat(run, reflecting, "I am Zoe.\n", "--reflect-every", "1")
    assert "reflects: Small trades" in told.stderr
    assert [one["origin"] for one in learned(run) if one["links"]] == ["reflection"]


def test_a_small_model_keeps_what_was_said_and_cannot_reflect(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(
        "elicitation: score\ndetail: brief\nrules:\n  - {reply: good}\n", encoding="utf-8"
    )
    run("chat", NAME, "--model", f"scripted:{path}", text="I am Zoe.\n")
    [one] = learned(run)
    assert one["content"] == 'I was told: "I am Zoe." I said: "good"'
    said = run("persona", "reflect", NAME, "--model", f"scripted:{path}", code=2).stderr
    assert "writes no structured replies" in said


def test_bad_bytes_are_left_out_and_the_chat_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("bad \udcff bytes\nI am Zoe.\n"))
    assert list(_lines()) == ["I am Zoe."]


def test_what_cannot_be_seen_is_not_remembered(run: Any, talker: str) -> None:
    said = chat(run, talker, "/remember \x1b\x07\nI am Zoe.\n").stderr
    assert "say what is to be remembered" in said and "1 replies" in said


def test_a_reply_that_falls_out_of_role_twice_is_one_sentence_and_the_message_stays(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIMULACRA_MAX_ATTEMPTS", "1")
    path = tmp_path / "machine.yaml"
    path.write_text(SCRIPT.replace("reply: I see.", "reply: I am an AI."), encoding="utf-8")
    told = chat(run, f"scripted:{path}", "Hello\n", "--no-learn", code=1).stderr
    assert told.count("No reply: The reply fell out of role: it speaks as a machine") == 1
    again = chat(run, f"scripted:{path}", "", "--resume").stderr
    assert "/retry says it again: Hello" in again

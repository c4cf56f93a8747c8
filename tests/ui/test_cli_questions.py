"""``simulacra persona questions`` from a written life to a self report."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from personas.formats.packs import write_pack
from tests.support.novelist import compose
from tests.support.openai_server import OpenAIServer, serve_in_thread
from tests.support.people import ilka
from tests.ui.conftest import Run

WHO = "ilka-varga"
ANSWERS = """
elicitation: schema
rules:
  - when: {last: "The options:"}
    choose: true
  - when: {last: "What is your occupation"}
    reply: I work as a tram dispatcher.
  - when: {last: "What is your date of birth"}
    reply: On 1 May 1950.
  - when: {last: "How old are you"}
    reply: "54"
  - when: {last: "What is your gender"}
    reply: It is a woman's life.
  - when: {last: "What is your name"}
    reply: Ilka Varga
"""
QUESTIONS = ("persona", "questions", WHO)
REVIEW = ("persona", "review", WHO)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAIServer]:
    """The novelist behind the model spec of the environment."""
    with serve_in_thread(write=compose) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-any")
        monkeypatch.setenv("SIMULACRA_MODEL", "openai:novelist")
        yield server


@pytest.fixture
def run(run: Run, server: OpenAIServer, tmp_path: Path) -> Run:
    """The runner, Ilka Varga being in the workspace with a written life."""
    person = ilka().model_copy(update={"questions": ()})
    write_pack(person, tmp_path / "ilka")
    run("persona", "import", str(tmp_path / "ilka"))
    done = run("persona", "write", WHO, "--words", "1200", "--auto-approve")
    assert "Next, for self-report questions: simulacra --workspace " in done.stderr
    assert done.stderr.endswith(f" persona questions {WHO}\n")
    return run


def shown(run: Run) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("persona", "show", WHO, "--json").stdout)
    return found


def test_from_a_written_life_to_a_self_report(
    run: Run, server: OpenAIServer, tmp_path: Path
) -> None:
    (tmp_path / "answers.yaml").write_text(ANSWERS, encoding="utf-8")
    script = f"scripted:{tmp_path / 'answers.yaml'}"
    assert "0 memories to make" in run("persona", "remember", WHO, "--dry-run").stdout
    refused = run("evaluate", "self-report", WHO, "--model", script, code=2).stderr
    assert f"simulacra persona questions {WHO}" in refused
    count = server.count
    plan = json.loads(run(*QUESTIONS, "--dry-run", "--json").stdout)["stages"][0]
    assert (plan["calls"], server.count) == (10, count)
    assert "nothing was asked" in run(*QUESTIONS, "--dry-run").stdout

    done = run(*QUESTIONS, "--auto-approve", "--by", "kim", "--json")
    made = json.loads(done.stdout)
    assert (len(made["questions"]), made["profile"], made["story"]) == (15, 7, 8)
    assert made["stages"][0]["calls"] == server.count - count == 10
    assert "Questions · 0 calls" in done.stderr
    assert shown(run)["questions"] == made["questions"]
    rows = json.loads(run(*REVIEW, "--history", "--json").stdout)
    assert [(one["decision"], one["by"]) for one in rows if one["stage"] == "questions"] == [
        ("auto-approved", "kim")
    ]
    evaluate = ("evaluate", "self-report", WHO, "--methods", "profile", "--model", script)
    scores = json.loads(run(*evaluate, "--json").stdout)["pooled"]
    assert scores["questions"] == 15
    assert scores["chance"] == pytest.approx(17, abs=0.5)
    assert [one["points"] for one in scores["methods"][0]["answers"][0][:5]] == [2, 2, 2, 0, 2]
    assert all(one["missing"] is None for one in scores["methods"][0]["answers"][0][:10])

    assert "--again makes new ones" in run(*QUESTIONS, code=2).stderr
    first = [one["text"] for one in made["questions"]]
    again = json.loads(run(*QUESTIONS, "--again", "--auto-approve", "--json").stdout)
    assert server.count == count + 20
    texts = [one["text"] for one in again["questions"]]
    assert texts[:5] == first[:5] and not set(texts[5:]) & set(first[5:])

    run("persona", "export", WHO, "--out", str(tmp_path / "out"))
    kept = yaml.safe_load((tmp_path / "out" / "questions.yaml").read_text(encoding="utf-8"))
    assert kept[14]["quotes"] == again["questions"][14]["quotes"]
    stale = run("persona", "edit", WHO, "--set", "occupation=piano tuner", "--json").stdout
    told = [one for one in json.loads(stale)["stale"] if one["kind"] == "question"]
    assert [one["id"] for one in told] == ["q05"]


def test_a_budget_pauses_the_questions_and_a_larger_one_goes_on(
    run: Run, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    prices = json.dumps({"novelist": {"input": 1000.0, "output": 1000.0}})
    monkeypatch.setenv("SIMULACRA_PRICES", prices)
    count = server.count
    paused = run(*QUESTIONS, "--auto-approve", "--max-cost", "0.01", code=1)
    assert "budget of 0.01 US dollars" in paused.stderr
    assert server.count == count
    run(*QUESTIONS, "--auto-approve", "--max-cost", "1000")
    assert len(shown(run)["questions"]) == 15


def test_questions_wait_are_sent_back_and_edited(
    run: Run, server: OpenAIServer, tmp_path: Path
) -> None:
    count = server.count
    waits = run(*QUESTIONS, code=1).stderr
    assert "The questions wait for a review" in waits and f"persona review {WHO}" in waits
    assert json.loads(run(*QUESTIONS, "--json", code=1).stdout)["waits_for"]["stage"] == "questions"
    assert server.count == count + 10, "looking again buys nothing"
    assert shown(run)["questions"] == []

    assert f"persona questions {WHO}" in run(*REVIEW, "--reject", "Ask about people.").stderr
    run(*QUESTIONS, code=1)
    assert server.count == count + 20
    assert "Ask about people." in server.requests[-1].body["messages"][-1]["content"]

    product = json.loads(run(*REVIEW, "--json").stdout)
    rows = yaml.safe_load(product["text"])
    rows[0]["accept"] = ["Ilka"]
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(yaml.safe_dump([{**rows[6], "quotes": ["Nobody said so."]}]), encoding="utf-8")
    bad = run(*REVIEW, "--edit-file", str(wrong), code=2).stderr
    assert "open contradiction" in bad and "Nobody said so." in bad
    wrong.write_text("just words", encoding="utf-8")
    assert "no list of questions" in run(*REVIEW, "--edit-file", str(wrong), code=2).stderr

    edited = tmp_path / "questions.yaml"
    edited.write_text(yaml.safe_dump(rows, allow_unicode=True), encoding="utf-8")
    run(*REVIEW, "--edit-file", str(edited), "--by", "lee")
    made = json.loads(run(*QUESTIONS, "--json").stdout)
    assert server.count == count + 20
    assert made["questions"][0]["accept"] == ["Ilka"]
    run(*REVIEW, "--regenerate", "--stage", "questions")
    run(*QUESTIONS, "--again", code=1)
    assert server.count == count + 30


def test_a_life_and_its_questions_are_works_of_their_own(run: Run, server: OpenAIServer) -> None:
    run(*QUESTIONS, code=1)
    count = server.count
    # What waits for a review of questions is no unfinished life.
    run("persona", "write", WHO, "--words", "1200", "--auto-approve")
    assert server.count == count
    assert "The questions wait" in run(*QUESTIONS, code=1).stderr
    assert server.count == count


def test_what_fails_saves_nothing(run: Run, server: OpenAIServer) -> None:
    server.write = lambda said, schema, seed: '{"question": "Why?", "wrong": ["a", "b", "c"]}'
    error = run(*QUESTIONS, "--auto-approve", code=1).stderr
    assert "8 of 10 questions about Ilka Varga failed" in error or "failed (q" in error
    assert "none is saved" in error and "all kept" in error
    assert shown(run)["questions"] == []


def test_a_person_without_a_life_has_nothing_to_ask_about(run: Run, tmp_path: Path) -> None:
    card = {"name": "Ada", "description": "She counts stairs. Gender: female. Age: 36"}
    (tmp_path / "ada.json").write_text(json.dumps(card), encoding="utf-8")
    run("persona", "import", str(tmp_path / "ada.json"))
    assert "no episodes to ask about" in run("persona", "questions", "Ada", code=2).stderr

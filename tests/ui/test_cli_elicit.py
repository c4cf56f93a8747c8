"""``run --elicit`` from the command line: the ways on a hosted and a scripted model."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.openai_server import OpenAIServer, serve_in_thread

TABLE = """id,kind,text,options
q,single,Which?,1=Red|2=Blue|3=Green
r,rating,How much?,1=Little|2=Some|3=Much
n,numeric,How many?,
"""


@pytest.fixture
def asked(tmp_path: Path) -> str:
    path = tmp_path / "survey.csv"
    path.write_text(TABLE, encoding="utf-8")
    return str(path)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAIServer]:
    with serve_in_thread() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        yield server


def scripted(tmp_path: Path, text: str) -> str:
    path = tmp_path / "model.yaml"
    path.write_text(text, encoding="utf-8")
    return f"scripted:{path}"


def ran(run: Any, tmp_path: Path, *args: str) -> tuple[dict[str, Any], list[dict[str, str]], str]:
    """The plan that was foretold, the long table, and the methods statement."""
    people = ("--personas", "library", "--method", "profile")
    plan = json.loads(run("run", *args, *people, "--dry-run", "--json").stdout)
    run_id = run("run", *args, *people).stdout.split()[-1]
    out = tmp_path / "files"
    run("export", run_id, "--out", str(out), "--formats", "csv,methods")
    (table,) = out.glob("*long*.csv")
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    return plan, rows, (out / "METHODS.md").read_text(encoding="utf-8")


def test_log_probabilities_of_a_hosted_model(run: Any, asked: str, server: Any, tmp_path: Path):
    plan, rows, methods = ran(run, tmp_path, asked, "--model", "openai:m", "--elicit", "logprobs")
    people = plan["personas"]
    assert plan["elicit"] == "logprobs"
    assert plan["calls"] == people * (3 + 2 + 1) + 3 + 2
    letters = [row for row in rows if row["item_id"] in ("q", "r")]
    assert len(letters) == 2 * people
    for row in letters:
        shares = json.loads(row["probabilities"])
        assert sum(shares.values()) == pytest.approx(1, abs=1e-5)
        assert max(shares, key=lambda code: shares[code]) == row["value"] and row["raw"]
    assert "log-probabilities" in methods and "percentage" not in methods
    # One call more than the plan: whether there are log-probabilities was tried first.
    assert server.stats()["requests"] - plan["calls"] in range(1, people + 2)


def test_a_model_without_them_is_refused_before_anything_is_bought(
    run: Any, asked: str, server: Any
):
    server.misbehave("no_logprobs", times=9)
    options = ("--model", "openai:m", "--personas", "library", "--elicit", "logprobs")
    refused = run("run", asked, *options, code=2)
    assert "openai:m gives no log-probabilities: choose --elicit choice" in refused.stderr
    (listed,) = json.loads(run("runs", "list", "--json").stdout)
    assert listed["calls"] == 0 and listed["done"] == 0


def test_stated_percentages_of_a_script(run: Any, asked: str, tmp_path: Path):
    rules = """rules:
  - when: {schema: percentages}
    reply: {answer: {"1": 60, "2": 40, "3": 0}}
  - choose: true
  - when: {prompt: answer}
    reply: "4"
"""
    model = scripted(tmp_path, rules.replace("  - choose: true\n", ""))
    _, rows, methods = ran(run, tmp_path, asked, "--model", model, "--elicit", "stated")
    answers = {row["value"] for row in rows if row["item_id"] != "n"}
    assert answers == {"1", "2"} and "drawn by them" in methods
    assert json.loads(rows[0]["probabilities"]) == {"1": 0.6, "2": 0.4, "3": 0.0}


def test_draws_of_a_script(run: Any, asked: str, tmp_path: Path):
    model = scripted(
        tmp_path, "rules:\n  - when: {schema: answer}\n    choose: true\n  - reply: '4'\n"
    )
    args = (asked, "--model", model, "--elicit", "draws:7")
    plan, rows, methods = ran(run, tmp_path, *args)
    assert plan["calls"] == plan["personas"] * (7 + 7 + 1)
    for row in rows:
        if row["item_id"] != "n":
            shares = json.loads(row["probabilities"])
            assert all(round(share * 7, 4).is_integer() for share in shares.values())
            assert shares[row["value"]] == max(shares.values())
    assert "answered 7 times each" in methods


def test_pages_of_a_hosted_model(run: Any, asked: str, server: Any, tmp_path: Path):
    plan, rows, methods = ran(run, tmp_path, asked, "--model", "openai:m", "--page")
    assert plan["page"] and plan["calls"] == plan["personas"]
    firsts = [row for row in rows if row["item_id"] == "q"]
    assert {row["calls"] for row in firsts} == {"1"}
    closed = [row for row in rows if row["item_id"] in ("q", "r")]
    assert all(json.loads(row["raw"])["answer"] == row["value"] for row in closed)
    assert "in one request" in methods


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--elicit", "guess"], "choose one of: choice, logprobs, stated, draws:N"),
        (["--elicit", "stated", "--mode", "fused"], "goes with --mode full"),
        (["--elicit", "draws:3", "--temperature", "0"], "all alike"),
        (["--elicit", "stated", "--model", "behavioural"], "known probabilities"),
        (["--elicit", "draws:3", "--model", "embedded"], "no structured replies"),
        (["--page", "--model", "embedded"], "one question at a time"),
        (["--page", "--elicit", "stated"], "leave out --page"),
    ],
)
def test_what_does_not_go_together_is_said(
    run: Any, asked: str, script: str, flags: list[str], said: str
):
    model = [] if "--model" in flags else ["--model", script]
    assert said in run("run", asked, *model, *flags, code=2).stderr
    assert json.loads(run("runs", "list", "--json").stdout) == []

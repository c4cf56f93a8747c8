"""What a run will take, beside what it then took on the test server."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.openai_server import serve_in_thread

SURVEY = """id: s
items:
  - {id: a, kind: single, text: "Tea?", options: {1: "Yes", 2: "No"}}
  - {id: b, kind: long_text, text: "Why do you drink it?"}
  - {id: c, kind: rating, text: "I like mornings.", options: {1: "No", 2: "So so", 3: "Yes"}}
"""


@pytest.mark.parametrize("method", ["profile", "cognitive"])
def test_the_estimate_is_near_what_the_run_takes(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    path = tmp_path / "s.yaml"
    path.write_text(SURVEY)
    with serve_in_thread() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        args = ("run", str(path), "--model", "openai:m", "--method", method)
        run(*args, "--json")  # the first run shows how long replies are
        plan = json.loads(run(*args, "--seed", "2", "--dry-run", "--json").stdout)
        done = json.loads(run(*args, "--seed", "2", "--json").stdout)
    assert plan["rehearsed"] == 5
    assert plan["calls"] == done["calls"]
    tokens = plan["tokens_in"] + plan["tokens_out"]
    assert tokens == pytest.approx(done["tokens"], rel=0.2)

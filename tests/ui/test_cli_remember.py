import json
from pathlib import Path

import pytest
import yaml

INTI = "inti-quispe"
MEMORY = {
    "content": "I was there.",
    "thought": "It stays.",
    "feeling": "Quiet.",
    "emotions": [{"name": "trust", "intensity": 3}],
    "summary": "I was there.",
    "importance": 4,
    "quote": "nowhere",
}


@pytest.fixture
def model(tmp_path: Path) -> str:
    """Remembers every episode but the third, whose replies are far too long."""
    rules = [
        {"when": {"contains": "YA VENGO"}, "reply": {**MEMORY, "summary": "so " * 40}},
        {"reply": MEMORY},
    ]
    path = tmp_path / "memories.yaml"
    path.write_text(yaml.safe_dump({"rules": rules}), encoding="utf-8")
    return f"scripted:{path}"


def memory_ids(run) -> list[str]:
    person = json.loads(run("persona", "show", INTI, "--json").stdout)
    return [one["id"] for one in person["memories"]]


def test_only_what_is_due_is_made(run, model):
    plan = json.loads(run("persona", "remember", INTI, "--dry-run", "--json").stdout)
    own = memory_ids(run)
    assert (plan["calls"], plan["own"]) == (0, own)
    run("persona", "edit", INTI, "--add-experience", "2024-05: I bought a hen.")
    plan = run("persona", "remember", INTI, "--model", model, "--dry-run").stdout
    assert "1 memories to make" in plan and "1 model calls" in plan
    done = json.loads(run("persona", "remember", INTI, "--model", model, "--json").stdout)
    assert (done["made"], done["version"], done["took"]["calls"]) == (1, 3, 1)
    assert "0 memories to make" in run("persona", "remember", INTI, "--model", model).stdout
    rows = json.loads(run("persona", "edit", INTI, "--history", "--json").stdout)
    assert [one["kind"] for one in rows] == ["add", "remember"]
    run("persona", "edit", INTI, "--undo")
    assert memory_ids(run) == own


def test_an_episode_that_fails_is_listed_and_the_rest_is_kept(run, model):
    run("persona", "edit", INTI, "--memory", "m05", "content=I will not have it told otherwise.")
    done = run("persona", "remember", INTI, "--all", "--model", model, "--json", code=1)
    told = json.loads(done.stdout)
    assert list(told["failures"]) == ["m03"]
    assert "No memory m03" in done.stderr and "40 words; at most 20" in done.stderr
    assert told["made"] == len(memory_ids(run)) - 2 and told["own"] == ["m05"]
    memories = json.loads(run("persona", "show", INTI, "--json").stdout)["memories"]
    by_id = {one["id"]: one["content"] for one in memories}
    assert by_id["m05"] == "I will not have it told otherwise."
    assert by_id["m03"].startswith("In May 1988")
    assert by_id["m04"] == "I was there."


def test_a_price_gives_a_cost(run, model, monkeypatch):
    monkeypatch.setenv("SIMULACRA_PRICES", '{"m": {"input": 1.0, "output": 2.0}}')
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    args = ("persona", "remember", INTI, "--all", "--model", "openai:m", "--dry-run")
    plan = json.loads(run(*args, "--json").stdout)
    assert plan["cost"] == pytest.approx((plan["tokens_in"] + 2 * plan["tokens_out"]) / 1e6)
    assert "about $0.0" in run(*args).stdout


def test_a_person_without_a_life_has_nothing_to_remember(run, tmp_path: Path):
    card = {"name": "Ada", "description": "She counts stairs. Gender: female. Age: 36"}
    (tmp_path / "ada.json").write_text(json.dumps(card), encoding="utf-8")
    run("persona", "import", str(tmp_path / "ada.json"))
    assert "no episodes" in run("persona", "remember", "Ada", code=2).stderr

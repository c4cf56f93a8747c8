import json
import shutil
from pathlib import Path

import yaml
from filelock import FileLock

from personas.library import FOLDER, library_ids

RATER = """
rules:
  - when: {agent: content, contains: "herring"}
    reply:
      flags: [{kind: stereotype, quote: "had no road", reason: "It speaks ill of a whole hill."}]
  - when: {agent: content}
    reply: {flags: []}
"""


def pack(tmp_path: Path, old: str, new: str) -> Path:
    """Emeka Obi's pack with a passage of the story changed, and no facts."""
    made = shutil.copytree(FOLDER / "emeka-obi", tmp_path / "emeka-obi")
    (made / "facts.yaml").unlink()
    story = made / "story.md"
    text = story.read_text(encoding="utf-8")
    assert text.count(old) == 1
    story.write_text(text.replace(old, new), encoding="utf-8")
    return made


def test_everybody_in_the_library_is_ok(run):
    for name in sorted(library_ids()):
        told = json.loads(run("persona", "check", name, "--json").stdout)
        assert (told["persona"], told["ok"]) == (name, True)
        assert all(one["severity"] == "warning" for one in told["findings"])


def test_a_pack_is_checked_where_it_lies(run, tmp_path: Path):
    made = pack(tmp_path, "On Friday 11 August", "On Monday 11 August")
    told = json.loads(run("persona", "check", str(made), "--json").stdout)
    (found,) = [one for one in told["findings"] if one["severity"] == "contradiction"]
    assert told["ok"] is False
    assert (found["kind"], found["episode"]) == ("weekday-wrong", "e23")
    assert found["passage"] == "Monday 11 August"
    words = run("persona", "check", str(made)).stdout
    assert "1 contradiction. Change one of the two" in words
    assert "e23: Monday 11 August: 2023-08-11 was a Friday" in words
    assert run("persona", "list", "--json").stdout.count("emeka-obi") == 1


def test_questions_are_checked_with_the_life(run, tmp_path: Path):
    made = shutil.copytree(FOLDER / "emeka-obi", tmp_path / "emeka-obi")
    questions = yaml.safe_load((made / "questions.yaml").read_text(encoding="utf-8"))
    again = {**questions[-1], "id": "twin"}
    (made / "questions.yaml").write_text(json.dumps([*questions, again]), encoding="utf-8")
    told = json.loads(run("persona", "check", str(made), "--json").stdout)
    assert told["ok"] is False
    assert "question-twice" in [one["kind"] for one in told["findings"]]


def test_somebody_unknown_is_wrong_input(run, tmp_path: Path):
    result = run("persona", "check", str(tmp_path / "nobody"), code=2)
    assert result.stdout == "" and result.stderr.startswith("Error: ")


def test_a_rater_warns(run, tmp_path: Path):
    script = tmp_path / "rater.yaml"
    script.write_text(RATER, encoding="utf-8")
    args = ("persona", "check", "marta-kowalczyk", "--content", "--model", f"scripted:{script}")
    result = run(*args, "--json")
    told = json.loads(result.stdout)
    found = [one for one in told["findings"] if one["kind"] == "content-stereotype"]
    assert told["ok"] is True
    assert found[0]["episode"] == "e01"
    assert found[0]["passage"] == "had no road"
    assert "Asking" in result.stderr
    assert json.loads(run(*args, "--json").stdout) == told


def test_two_processes_do_not_buy_the_same_ratings(run, folder: Path, tmp_path: Path):
    script = tmp_path / "rater.yaml"
    script.write_text(RATER, encoding="utf-8")
    run("persona", "list")
    args = ("persona", "check", "marta-kowalczyk")
    with FileLock(folder / "writing-marta-kowalczyk.lock"):
        refused = run(*args, "--content", "--model", f"scripted:{script}", code=1)
        run(*args)  # what buys nothing need not wait
    assert refused.stdout == ""
    assert "another process is writing Marta Kowalczyk" in refused.stderr

"""``simulacra replicate``: the same study again, in this workspace or in a fresh one."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from simulacra.domain.persona import Persona, Profile
from simulacra.settings import Settings
from simulacra.workspace import Workspace
from ui.cli import app

SCRIPT = """
rules:
  - when: {last: "What work"}
    reply: "=I mend, \\"gauges\\""
  - when: {last: "How old"}
    reply: "44"
  - choose: true
"""
ITEMS = (
    "id,kind,text,options\n"
    "sea,single,Do you like the sea?,1=Yes|2=No|3=Sometimes\n"
    "tea,single,Do you like tea?,1=Yes|2=No|3=Sometimes\n"
    "age,numeric,How old are you in years?,\n"
    "work,short_text,What work do you do?,\n"
)
WHO = "inti-quispe,emeka-obi"


@pytest.fixture
def study(run: Any, tmp_path: Path) -> Path:
    """The manifest of a finished study, with its tables beside it."""
    script, survey = tmp_path / "script.yaml", tmp_path / "sea.csv"
    script.write_text(SCRIPT, encoding="utf-8")
    survey.write_text(ITEMS, encoding="utf-8")
    run_id = run(
        "run", str(survey), "--personas", WHO, "--model", f"scripted:{script}", "--seed", "3",
        "--replicates", "2", "--method", "profile",
    ).stdout.splitlines()[-1]  # fmt: skip
    run("export", run_id, "--out", str(tmp_path / "out"), "--formats", "csv,manifest")
    return tmp_path / "out" / "manifest.json"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Any:
    """Calls a command on another workspace."""

    def call(*args: str, code: int = 0) -> Any:
        result = CliRunner().invoke(app, ["--workspace", str(tmp_path / "elsewhere"), *args])
        assert result.exit_code == code, f"{result.stdout}\n{result.stderr}\n{result.exception}"
        return result

    return call


def test_the_same_program_gives_the_same_answers(run: Any, study: Path) -> None:
    told = json.loads(run("replicate", str(study), "--json").stdout)
    assert told["differences"] == {}
    assert told["original"] != told["run"]
    answers = told["answers"]
    assert (answers["compared"], answers["equal"], answers["share_equal"]) == (16, 16, 1.0)
    assert [one["item"] for one in answers["items"]] == ["sea", "tea", "age", "work"]
    manifest = json.loads(study.read_text(encoding="utf-8"))
    again = [json.loads(run("runs", "show", one, "--json").stdout)
             for one in (told["run"], manifest["run_id"])]  # fmt: skip
    assert again[0]["cells"] == again[1]["cells"] == 16
    assert again[0]["seed"] == again[1]["seed"] == 3


def test_a_fresh_workspace_compares_with_the_files(elsewhere: Any, study: Path) -> None:
    told = json.loads(elsewhere("replicate", str(study), "--json").stdout)
    assert told["differences"] == {}
    assert (told["answers"]["compared"], told["answers"]["equal"]) == (16, 16)
    result = elsewhere("replicate", str(study))
    assert "Program, model, prompts, packages and people are the same." in result.stdout
    assert "16 of 16 answers are equal (100.0%)." in result.stdout


def test_without_the_files_only_the_program_is_compared(elsewhere: Any, study: Path) -> None:
    (study.parent / "sea_long.csv").unlink()
    result = elsewhere("replicate", str(study), "--json")
    assert json.loads(result.stdout)["answers"] is None
    assert "the first answers are not here" in result.stderr


def test_a_changed_file_is_told(elsewhere: Any, study: Path) -> None:
    table = study.parent / "sea_long.csv"
    text = table.read_text(encoding="utf-8")
    table.write_text(text.replace(",44,", ",45,"), encoding="utf-8")
    result = elsewhere("replicate", str(study), "--json")
    assert "sea_long.csv has changed since it was exported" in result.stderr
    answers = json.loads(result.stdout)["answers"]
    age = next(one for one in answers["items"] if one["item"] == "age")
    assert (age["share_equal"], age["distance"]) == (0.0, 1.0)
    assert (age["mean_then"], age["mean_now"]) == (45.0, 44.0)
    assert answers["share_equal"] == 0.75


def test_what_is_no_longer_the_same_is_named(run: Any, study: Path, tmp_path: Path) -> None:
    told = json.loads(study.read_text(encoding="utf-8"))
    told["packages"]["openai"] = "0.1"
    name = sorted(told["settings"]["prompts"])[0]
    told["settings"]["prompts"][name] = "0123456789ab"
    told["settings"]["fingerprint"] = "another"
    told["personas"][0]["hash"] = "f" * 64
    study.write_text(json.dumps(told), encoding="utf-8")
    other = tmp_path / "other.yaml"
    other.write_text("rules:\n  - reply: '2'\n", encoding="utf-8")
    facts = json.loads(
        run("replicate", str(study), "--model", f"scripted:{other}", "--json").stdout
    )
    found = facts["differences"]
    assert found["model"]["now"] == f"scripted:{other}"
    assert found["packages"]["openai"]["was"] == "0.1"
    assert found["prompts"][name]["was"] == "0123456789ab"
    assert found["fingerprint"]["was"] == "another"
    assert list(found["personas"]) == [told["personas"][0]["id"]]
    assert "settings" not in found and "instrument" not in found
    assert facts["answers"]["equal"] < facts["answers"]["compared"]


def test_people_are_found_by_what_they_are(elsewhere: Any, run: Any, study: Path) -> None:
    # The other workspace has the same people under other version numbers.
    elsewhere("persona", "edit", "inti-quispe", "--set", "occupation=pilot")
    found = json.loads(elsewhere("replicate", str(study), "--json").stdout)
    assert found["differences"] == {}
    run("persona", "edit", "inti-quispe", "--set", "occupation=pilot")
    assert json.loads(run("replicate", str(study), "--json").stdout)["differences"] == {}


def test_somebody_who_is_not_there_is_named(
    run: Any, folder: Path, elsewhere: Any, study: Path, tmp_path: Path
) -> None:
    person = Persona(
        id="zoe", name="Zoe Unknown", source="import", profile=Profile(gender="female", age=30)
    )
    with Workspace.open(folder, settings=Settings()) as workspace:
        workspace.personas.save(person)
    script = json.loads(study.read_text(encoding="utf-8"))["model"]
    survey = tmp_path / "sea.csv"
    run_id = run(
        "run", str(survey), "--personas", "zoe", "--model", script, "--method", "profile"
    ).stdout.splitlines()[-1]
    run("export", run_id, "--out", str(tmp_path / "zoe"), "--formats", "manifest")
    path = str(tmp_path / "zoe" / "manifest.json")
    result = elsewhere("replicate", path, code=2)
    assert "Zoe Unknown (zoe) is not in this workspace: import the persona first" in result.stderr


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nonsense", "is no manifest that can be repeated"),
        ("{}", "is no manifest that can be repeated (format: Field required)"),
    ],
)
def test_what_is_no_manifest_is_refused(run: Any, tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(text, encoding="utf-8")
    assert told in run("replicate", str(path), code=2).stderr


def test_an_interrupted_replica_is_continued(run: Any, study: Path, tmp_path: Path) -> None:
    told = json.loads(study.read_text(encoding="utf-8"))
    told["plan"]["max_calls"] = 5
    study.write_text(json.dumps(told), encoding="utf-8")
    for _ in range(2):
        result = run("replicate", str(study), code=1)
        assert "Continue with: simulacra" in result.stderr and "replicate" in result.stderr
    runs = json.loads(run("runs", "list", "--json").stdout)
    assert len(runs) == 2

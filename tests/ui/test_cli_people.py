import json
from pathlib import Path
from shutil import rmtree

import pytest

from personas.library import library_ids
from ui.cli.common import clean, hoisted, print_rows


def test_the_library_is_there_from_the_first_command(run):
    people = json.loads(run("persona", "list", "--json").stdout)
    assert {one["id"] for one in people} == library_ids()
    assert {one["source"] for one in people} == {"library"}
    assert {"id", "name", "gender", "age", "source"} <= set(people[0])
    again = json.loads(run("persona", "list", "--json").stdout)
    assert again == people


def test_show_gives_the_whole_person(run):
    first = json.loads(run("persona", "list", "--json").stdout)[0]
    person = json.loads(run("persona", "show", first["name"], "--json").stdout)
    assert person["id"] == first["id"]
    assert person["story_words"] >= 2500
    assert len(person["memories"]) >= 25
    assert len(person["episodes"]) >= 25
    assert len(person["questions"]) == 15
    words = run("persona", "show", first["id"]).stdout
    assert first["name"] in words
    assert "memories" in words


def test_an_unknown_person_is_wrong_input(run):
    result = run("persona", "show", "Nobody At All", code=2)
    assert result.stdout == ""
    assert result.stderr.startswith("Error: ")
    assert "Nobody At All" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_pack_goes_out_and_comes_back(run, tmp_path: Path):
    person = json.loads(run("persona", "list", "--json").stdout)[0]
    run("persona", "export", person["id"], "--out", str(tmp_path / "pack"))
    refused = run("persona", "export", person["id"], "--out", str(tmp_path / "pack"), code=2)
    assert "pack" in refused.stderr
    run("persona", "export", person["id"], "--out", str(tmp_path / "pack"), "--overwrite")
    came = json.loads(run("persona", "import", str(tmp_path / "pack"), "--json").stdout)
    assert [one["id"] for one in came] == [person["id"]]
    assert came[0]["questions"] == 15


def test_cards_and_folders_go_out_and_come_back(run, tmp_path: Path):
    person = json.loads(run("persona", "list", "--json").stdout)[0]
    for out in ("card.json", "card.png"):
        run("persona", "export", person["id"], "--out", str(tmp_path / out))
        came = json.loads(run("persona", "import", str(tmp_path / out), "--json").stdout)
        assert [(one["id"], one["questions"]) for one in came] == [(person["id"], 15)]
    folder = str(tmp_path / "folder")
    told = run("persona", "export", person["id"], "--out", folder, "--format", "human-simulacra")
    assert "Note: not in this format: facets" in told.stderr
    run("persona", "import", folder)


def test_a_card_without_age_says_which_flags_to_give(run, tmp_path: Path):
    card = {"name": "Ada", "description": "She counts stairs. Gender: female"}
    (tmp_path / "ada.json").write_text(json.dumps(card), encoding="utf-8")
    refused = run("persona", "import", str(tmp_path / "ada.json"), code=2)
    assert "give --age N" in refused.stderr
    run("persona", "import", str(tmp_path / "ada.json"), "--age", "36")
    assert json.loads(run("persona", "show", "Ada", "--json").stdout)["age"] == 36


def test_importing_what_is_no_person_is_wrong_input(run, tmp_path: Path):
    result = run("persona", "import", str(tmp_path), code=2)
    assert str(tmp_path) in result.stderr


def test_global_options_are_taken_after_the_command_too(run, tmp_path: Path):
    other = tmp_path / "other"
    run("persona", "list", "--workspace", str(other))
    assert other.is_dir()


@pytest.mark.parametrize(
    ("args", "moved"),
    [
        (["runs", "list", "--debug"], ["--debug", "runs", "list"]),
        (["a", "--workspace", "w", "b"], ["--workspace", "w", "a", "b"]),
        (["a", "--workspace=w"], ["--workspace=w", "a"]),
        (["a", "--", "--debug"], ["a", "--", "--debug"]),
        (["a", "--workspace"], ["--workspace", "a"]),
    ],
)
def test_hoisting(args, moved):
    assert hoisted(args) == moved


def test_text_cannot_steer_the_terminal():
    assert clean("a\x1b[2Jb\x07\x9bc\td\n") == "a[2Jbc\td\n"


def test_a_workspace_that_cannot_be_made_is_a_failure(run, folder: Path):
    rmtree(folder)
    folder.write_text("a file", encoding="utf-8")
    result = run("persona", "list", code=1)
    assert result.stderr.startswith("Error: ")
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_bad_setting_is_named_and_its_value_is_not_repeated(run, monkeypatch):
    monkeypatch.setenv("SIMULACRA_TIMEOUT", "sk-very-secret")
    result = run("persona", "list", code=2)
    assert "timeout" in result.stderr.lower()
    assert "sk-very-secret" not in result.stderr


def test_an_unexpected_error_is_one_sentence_and_debug_shows_where(run, monkeypatch):
    def broken(*_args: object, **_kwargs: object) -> None:
        raise ValueError("the moon is full")

    monkeypatch.setattr("simulacra.workspace.Workspace.open", broken)
    short = run("persona", "list", code=1).stderr
    assert "ValueError: the moon is full" in short
    assert "--debug" in short
    assert "Traceback" not in short
    assert "Traceback" in run("persona", "list", "--debug", code=1).stderr


def test_ctrl_c_is_no_traceback(run, monkeypatch):
    def stopped(*_args: object, **_kwargs: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("simulacra.workspace.Workspace.open", stopped)
    assert run("persona", "list", code=1).stderr == "Stopped.\n"


def test_a_long_list_is_printed_in_plain_columns(capsys):
    rows = [(f"p{number}", "名前" if number % 2 else "a\x1bb") for number in range(501)]
    print_rows(("id", "name"), rows)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "id    name"
    assert lines[1] == "p0    ab"
    assert lines[501] == "p500  ab"
    print_rows(("id", "name"), rows[:3])
    assert "p2" in capsys.readouterr().out

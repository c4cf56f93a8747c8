"""What is refused at the door: control characters, absurd numbers and days."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from ui.cli import app
from ui.cli.common import MOST_SEED

# Nothing that is given to them can be wrong; a doctor who finds something prints what.
LISTS = {"persona list", "runs list", "conversations list", "doctor"}
ALONE = {"run", "worker", "export", "replicate", "compare", "demo"}  # commands of no group
EDIT = ("persona", "edit", "inti-quispe")


def refused(run: Any, *args: str, code: int = 2) -> str:
    result = run(*args, code=code)
    assert result.stdout == ""
    assert "\x1b" not in result.stderr and "Traceback" not in result.stderr
    return str(result.stderr)


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ((*EDIT, "--set", "name=In\x1b[31mti"), "--set has the control character U+001B"),
        ((*EDIT, "--set", "name=Inti\nQuispe"), "the name has a line break or a tab"),
        ((*EDIT, "--forget", "m03", "--by", "zo\x07e"), "--by has the control character U+0007"),
        ((*EDIT, "--forget", "m03", "--by=zo\x9be"), "--by has the control character U+009B"),
        ((*EDIT, "--forget", "m03", "--by", "zoe\nroot"), "--by has a line break or a tab"),
        (
            ("persona", "review", "inti-quispe", "--approve", "--reason", "so\nit is"),
            "--reason has a line break or a tab",
        ),
        (("persona", "show", "In\x00ti"), "an argument has the control character U+0000"),
    ],
)
def test_control_characters_are_refused(run: Any, args: tuple[str, ...], told: str) -> None:
    said = refused(run, *args)
    assert said.startswith("Error: ") and told in said
    assert len(said.splitlines()) == 1
    shown = json.loads(run("persona", "show", "inti-quispe", "--json").stdout)
    assert (shown["name"], shown["version"]) == ("Inti Quispe", 1)


def test_a_name_from_a_file_is_one_line(run: Any, tmp_path: Path) -> None:
    card = tmp_path / "card.json"
    data = {"name": "Eve\x1b[2J", "description": "A baker.", "personality": "", "scenario": ""}
    texts = {"first_mes": "", "mes_example": ""}
    whole = {"spec": "chara_card_v2", "spec_version": "2.0", "data": {**data, **texts}}
    card.write_text(json.dumps(whole), encoding="utf-8")
    said = refused(run, "persona", "import", str(card), "--age", "30", "--gender", "female")
    assert "card.json, field data.name: must be a name on one line" in said


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("2", "--as-of", "9999-01-01"), "the day must lie in the years 1900 to 2200"),
        (("2", "--as-of", "0001-01-01"), "the day must lie in the years 1900 to 2200"),
        (("2", "--as-of", "2201-01-01"), "the day must lie in the years 1900 to 2200"),
        (("2", "--seed", str(MOST_SEED + 1)), "--seed"),
        (("2", "--seed", "-1"), "--seed"),
        (("0",), "0 people cannot be drawn"),
        (("1000001",), "at most 1,000,000"),
    ],
)
def test_absurd_samples_are_refused(run: Any, args: tuple[str, ...], told: str) -> None:
    assert told in refused(run, "persona", "sample", *args)


def test_a_negative_number_of_people_is_refused(run: Any) -> None:
    refused(run, "persona", "sample", "-3")
    assert "-3 people cannot be drawn" in refused(run, "persona", "sample", "--", "-3")


@pytest.mark.parametrize("day", ["1900-01-01", "2200-12-31"])
def test_the_first_and_last_days_are_taken(run: Any, day: str) -> None:
    told = json.loads(
        run("persona", "sample", "2", "--as-of", day, "--seed", str(MOST_SEED), "--json").stdout
    )
    assert told["people"] == 2


@pytest.mark.parametrize("words", ["0", "-5", "1000001", "9" * 30])
def test_absurd_lengths_of_a_life_are_refused(run: Any, words: str) -> None:
    assert "--words" in refused(run, "persona", "write", "inti-quispe", "--words", words)


def test_margins_hold_plain_text(run: Any, tmp_path: Path) -> None:
    margins = tmp_path / "margins.csv"
    margins.write_text("variable,category,share\nregion,No\x1brth,1\n", encoding="utf-8")
    said = refused(run, "persona", "sample", "2", "--margins", str(margins))
    assert "line 2: the category has the control character U+001B" in said


FAILING = [
    ("persona", "show", "nobody"),
    ("persona", "check", "nobody"),
    ("persona", "edit", "nobody", "--undo"),
    ("persona", "remember", "nobody"),
    ("persona", "questions", "nobody"),
    ("persona", "write", "nobody"),
    ("persona", "review", "nobody"),
    ("persona", "cost", "nobody"),
    ("persona", "drift", "nobody"),
    ("persona", "select", "nobody", "--keep", "1"),
    ("persona", "sample", "0"),
    ("persona", "import", "nowhere"),
    ("persona", "export", "nobody", "--out", "nowhere"),
    ("survey", "check", "nowhere.yaml"),
    ("run", "nowhere.yaml"),
    ("survey", "show", "nowhere.yaml"),
    ("survey", "convert", "nowhere.yaml", "out.xlsx"),
    ("runs", "show", "nothing"),
    ("runs", "resume", "nothing"),
    ("runs", "cancel", "nothing"),
    ("runs", "pause", "nothing"),
    ("worker", "nothing"),
    ("persona", "learned", "nobody"),
    ("persona", "reflect", "nobody"),
    ("conversations", "show", "nothing"),
    ("conversations", "export", "nothing", "--out", "nowhere.md"),
    ("export", "nothing", "--out", "nowhere"),
    ("replicate", "nowhere.json"),
    ("compare", "nothing", "nowhere"),
    ("evaluate", "self-report", "nobody"),
    ("evaluate", "moods", "nothing", "--out", "nowhere"),
    ("evaluate", "robustness", "nowhere.yaml"),
    ("demo", "--model", "nothing:at-all", "--out", "/dev/null"),
]


@pytest.mark.parametrize("args", FAILING)
def test_a_failure_leaves_stdout_empty(run: Any, args: tuple[str, ...]) -> None:
    said = refused(run, *args, "--json", code=1 if args[0] == "demo" else 2)
    assert said.startswith("Error: ")


def test_every_command_with_json_is_tried() -> None:
    assert set(_with_json(get_command(app))) - LISTS == {
        " ".join(args[: 1 + (args[0] not in ALONE)]) for args in FAILING
    }


def _with_json(command: Any, path: str = "") -> Iterator[str]:
    """The commands that take --json, as they are called."""
    for name, one in getattr(command, "commands", {}).items():
        yield from _with_json(one, f"{path} {name}".strip())
    if any("--json" in getattr(one, "opts", ()) for one in command.params):
        yield path

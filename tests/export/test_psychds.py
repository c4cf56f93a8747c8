"""The Psych-DS folder follows the rules of Psych-DS, and holds the same table as the CSV."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from simulacra.errors import InputError
from simulacra.export import export_run
from simulacra.export import xlsx as xlsx_module
from tests.support.exports import Run
from tests.support.psychds_rules import RULES, complaints

DESCRIPTION, TABLE = "dataset_description.json", "data/study-trial_data.csv"


@pytest.fixture
def folder(run: Run, tmp_path: Path) -> Path:
    export_run(run, tmp_path, ["csv", "psychds", "manifest"])
    return tmp_path / "trial_psychds"


def test_it_keeps_all_rules(folder: Path) -> None:
    assert complaints(folder) == []
    assert sorted(str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_file()) == [
        "CHANGES.md", "README.md", TABLE, DESCRIPTION, "documentation/METHODS.md",
        "materials/instrument.json",
    ]  # fmt: skip


def test_the_table_is_that_of_the_csv(folder: Path) -> None:
    assert (folder / TABLE).read_bytes() == (folder.parent / "trial_wide.csv").read_bytes()
    manifest = json.loads((folder.parent / "manifest.json").read_text(encoding="utf-8"))
    assert f"trial_psychds/{TABLE}" in manifest["files"]


def test_variables_tell_values_and_missing_codes(folder: Path) -> None:
    told = json.loads((folder / DESCRIPTION).read_text(encoding="utf-8"))["variableMeasured"]
    colour = next(one for one in told if one["name"] == "colour")
    assert colour["description"] == "Colour?"
    values = {one["value"]: one["name"] for one in colour["valueReference"]}
    assert (values["red"], values["-97"]) == ("Red", "Missing: Refused")


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Ünï côde_2", "study-Unicode2_data.csv"), ("調査", "study-unnamed_data.csv")],
)
def test_any_name_makes_a_legal_data_file(
    run: Run, tmp_path: Path, name: str, expected: str
) -> None:
    export_run(run, tmp_path, ["psychds"], name)
    assert (tmp_path / f"{name}_psychds" / "data" / expected).is_file()
    assert complaints(tmp_path / f"{name}_psychds") == []


def test_a_failure_leaves_no_folder_behind(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx_module, "MAX_ROWS", 2)
    with pytest.raises(InputError):
        export_run(run, tmp_path, ["psychds", "xlsx"])
    assert list(tmp_path.iterdir()) == []


def test_it_is_written_again_over_itself(run: Run, tmp_path: Path) -> None:
    export_run(run, tmp_path, ["psychds"])
    export_run(replace(run, cells=run.cells[:6]), tmp_path, ["psychds"])
    assert complaints(tmp_path / "trial_psychds") == []
    assert len((tmp_path / "trial_psychds" / TABLE).read_text(encoding="utf-8").splitlines()) == 2


def swap(name: str, before: str, after: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after, 1), encoding="utf-8")

    return change


def renamed(folder: Path) -> None:
    (folder / TABLE).rename(folder / "data" / "trial_data.csv")


WRONG: dict[str, Callable[[Path], None]] = {
    "parts": lambda folder: (folder / "README.md").unlink(),
    "json_ld": swap(DESCRIPTION, '"Dataset"', '"Table"'),
    "file_names": renamed,
    "variables": swap(DESCRIPTION, '"description": "Weight"', '"description": ""'),
    "columns": swap(TABLE, "mood", "temper"),
    "cells": swap(TABLE, "bo.r1", "ada.r1"),
    "simulated": swap(DESCRIPTION, "No person was interviewed", "All were interviewed"),
}


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_finds_what_breaks_it(rule: str, folder: Path) -> None:
    WRONG[rule](folder)
    assert any(one.startswith(f"{rule}:") for one in complaints(folder))

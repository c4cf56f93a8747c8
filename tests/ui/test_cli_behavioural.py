"""Simulated respondents from the command line: what the files say of them, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pyreadstat
import pytest

SURVEY = """id: s
items:
  - {id: tone, kind: field}
  - {id: a, kind: rating, text: "I like ${tone} tea.", options: {1: "No", 2: "So so", 3: "Yes"}}
"""
FALSE_OF_THEM = (
    "a language model.", "Language models", "memories of", "emotion agent", "structured output",
    "`prompts.", "`budgets.",
)  # fmt: skip


@pytest.fixture
def survey(tmp_path: Path) -> str:
    path = tmp_path / "s.yaml"
    path.write_text(SURVEY, encoding="utf-8")
    return str(path)


def test_no_file_says_that_a_language_model_answered(run: Any, survey: str, tmp_path: Path) -> None:
    args = ("--personas", "library", "--model", "behavioural", "--factor", "tone=hot,cold")
    run_id = run("run", survey, *args).stdout.splitlines()[-1]
    out = tmp_path / "out"
    run("export", run_id, "--out", str(out))
    methods = (out / "METHODS.md").read_text(encoding="utf-8")
    assert not [words for words in FALSE_OF_THEM if words in methods]
    assert "graded response model" in methods and "behaviour.discrimination" in methods
    told = [
        methods,
        *((out / name).read_text(encoding="utf-8") for name in (
            "codebook.html", "manifest.json", "s_ddi.xml", "s_load.py", "s_load.R",
            "s_psychds/dataset_description.json", "s_psychds/README.md",
        )),
        "\n".join(pyreadstat.read_sav(out / "s_wide.sav", metadataonly=True)[1].notes),
    ]  # fmt: skip
    for text in told:
        assert "statistical model" in text and "played by a language model" not in text
    shown = json.loads(run("runs", "show", run_id, "--json").stdout)
    assert (shown["method"], shown["calls"]) == ("simulated respondents", 0)


def test_the_plan_says_who_answers(run: Any, survey: str) -> None:
    args = ("run", survey, "--model", "behavioural", "--dry-run")
    assert "simulated respondents on behavioural" in run(*args).stdout.replace("\n", " ")
    assert json.loads(run(*args, "--json").stdout)["calls"] == 0


@pytest.mark.parametrize(
    ("flags", "why"),
    [
        (["--learn"], "keep no memories"),
        (["--factor", "model=behavioural,embedded"], "answer a whole study"),
    ],
)
def test_what_they_cannot_do_is_refused(run: Any, survey: str, flags: list[str], why: str) -> None:
    for more in ([], ["--dry-run"]):
        told = run("run", survey, "--model", "behavioural", *flags, *more, code=2)
        assert why in " ".join(told.stderr.split())


def test_a_condition_cannot_bring_them_in(run: Any, survey: str) -> None:
    args = ("run", survey, "--model", "embedded", "--factor", "model=behavioural,embedded")
    assert "answer a whole study" in " ".join(run(*args, code=2).stderr.split())

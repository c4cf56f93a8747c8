"""The scripts load what was exported: labels, numbers, texts, and why answers are missing."""

import runpy
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from simulacra.domain.answer import Answer
from simulacra.domain.survey import Instrument, Item, Kind
from simulacra.export import export_run
from simulacra.export.scripts import r_string
from tests.support.exports import Run, cell, options

R = shutil.which("Rscript")
needs_r = pytest.mark.skipif(R is None, reason="Rscript is not installed")

# Codes that a spreadsheet would run, labels of one text, and signs that end strings.
AWKWARD = Instrument(
    id="awkward",
    items=(
        Item(
            id="q",
            kind=Kind.SINGLE,
            text='Say "yes"\\ or \'no\' — naïve 😀\n"""',
            options=options("=1+1=Same", "+b=Same", "c=Ünï"),
        ),
        Item(id="t", kind=Kind.SHORT_TEXT, text="Text?"),
    ),
)


def awkward(run: Run) -> Run:
    who = run.cells[0][0]
    q, t = AWKWARD.items
    answers = {"q": Answer(codes=("+b",)), "t": Answer(text='NA, "two"\nlines')}
    cells = [
        (who, cell(who, item.id, answers[item.id], "x", instrument=AWKWARD)) for item in (q, t)
    ]
    spec = run.spec.model_copy(update={"instrument": AWKWARD})
    return replace(run, spec=spec, cells=cells)


def loaded(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    script = runpy.run_path(str(folder / "trial_load.py"), run_name="loaded")
    data, reasons = script["load"](folder)
    return data, reasons


def test_python_loads_labels_numbers_and_reasons(run: Run, tmp_path: Path) -> None:
    export_run(run, tmp_path, ["csv", "scripts"])
    data, reasons = loaded(tmp_path)
    assert data["mood"].tolist() == ["Good", "Bad"]
    assert data["mood"].cat.ordered and not data["colour"].cat.ordered
    assert data["mood"].cat.categories.tolist() == ["Bad", "Good"]
    assert data["pets_cat"].fillna(-1).tolist() == [1, -1]
    assert data["age"].fillna(0).tolist() == [-5, 0]
    assert reasons["age"].fillna("").tolist() == ["", "Not asked (logic)"]
    assert reasons["colour"].fillna("").tolist() == ["", "Refused"]
    assert data["why"].isna().tolist() == [False, True]
    assert reasons["why"].isna().all()
    assert data.attrs["labels"]["pets_cat"] == "Pets? - Cat"


def test_python_prints_a_first_table(run: Run, tmp_path: Path) -> None:
    export_run(run, tmp_path, ["csv", "scripts"])
    command = [sys.executable, str(tmp_path / "trial_load.py")]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "No person was interviewed" in out
    assert "2 respondents, 14 columns" in out
    assert [line.split() for line in out.splitlines()[-3:]] == [
        ["Red", "0", "0.0"], ["Blue", "1", "1.0"], ["Refused", "1"],
    ]  # fmt: skip
    (tmp_path / "trial_wide.csv").unlink()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "export it with --formats csv" in done.stderr and "Traceback" not in done.stderr


def test_python_takes_awkward_codes_and_texts(run: Run, tmp_path: Path) -> None:
    export_run(awkward(run), tmp_path, ["csv", "scripts"])
    data, _ = loaded(tmp_path)
    assert data["q"].tolist() == ["Same (+b)"]
    assert data["q"].cat.categories.tolist() == ["Same (=1+1)", "Same (+b)", "Ünï (c)"]
    assert data["t"].tolist() == ['NA, "two"\nlines']


def test_python_loads_a_run_without_answers(run: Run, tmp_path: Path) -> None:
    export_run(replace(run, cells=[]), tmp_path, ["csv", "scripts"])
    data, _ = loaded(tmp_path)
    assert data.shape == (0, 14)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("plain", '"plain"'), ('a"b\\', '"a\\"b\\\\"'), ("ä\n\0", '"\\u00e4\\u000a\\ufffd"'),
     ("😀", '"\\U0001f600"')],
)  # fmt: skip
def test_strings_of_r(text: str, expected: str) -> None:
    assert r_string(text) == expected


def in_r(folder: Path, code: str) -> str:
    lines = f'source("{folder}/trial_load.R", encoding = "UTF-8")\ns <- load_study("{folder}")\n'
    command = [str(R), "--vanilla", "-e", lines + code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@needs_r
def test_r_loads_labels_numbers_and_reasons(run: Run, tmp_path: Path) -> None:
    export_run(run, tmp_path, ["csv", "scripts"])
    out = in_r(
        tmp_path,
        "d <- s$data\n"
        'cat(as.character(d$mood), levels(d$mood), is.ordered(d$mood), sep = "|")\n'
        'cat("", d$age, d$pets_cat, s$reasons$colour, attr(d$age, "label"), sep = "|")\n',
    )
    assert out == "Good|Bad|Bad|Good|TRUE|-5|NA|1|NA|NA|Refused|Age?"


@needs_r
def test_r_prints_a_first_table(run: Run, tmp_path: Path) -> None:
    export_run(run, tmp_path, ["csv", "scripts"])
    command = [str(R), "--vanilla", str(tmp_path / "trial_load.R"), str(tmp_path)]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "2 respondents, 14 columns" in out
    assert [line.split() for line in out.splitlines()[-2:]] == [["Blue", "1", "1"],
                                                                ["Refused", "1"]]  # fmt: skip


@needs_r
def test_r_takes_awkward_codes_and_texts(run: Run, tmp_path: Path) -> None:
    export_run(awkward(run), tmp_path, ["csv", "scripts"])
    out = in_r(tmp_path, 'cat(as.character(s$data$q), s$data$t, nrow(s$data), sep = "|")')
    assert out == 'Same (+b)|NA, "two"\nlines|1'

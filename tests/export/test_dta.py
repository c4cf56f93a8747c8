"""A Stata file read back: labels, numbers, texts, and missing answers with their reasons."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest

from simulacra.domain.answer import Answer, MissingCode
from simulacra.domain.run import RunSpec
from simulacra.domain.survey import Instrument, Item, Kind, Option
from simulacra.errors import InputError
from simulacra.export import dta as dta_module
from simulacra.export import export_run
from simulacra.export.wide import wide_columns
from tests.support.exports import Run, cell, missing, options


def read(run: Run, folder: Path, *, tags: bool = True) -> tuple[pd.DataFrame, Any]:
    export_run(run, folder, ["dta"])
    return pyreadstat.read_dta(str(folder / f"{run.spec.name}_wide.dta"), user_missing=tags)


def about(spec: RunSpec, *items: Item) -> RunSpec:
    return spec.model_copy(update={"instrument": Instrument(id="x", title="Ü" * 90, items=items)})


def test_it_comes_back_with_labels_and_tagged_missing_values(run: Run, tmp_path: Path) -> None:
    table, meta = read(run, tmp_path)
    assert table["mood"].tolist() == [2, 1]
    assert table["colour"].tolist() == [2, "c"]
    assert table["pets_cat"].tolist() == [1, "d"]
    assert table["age"].tolist() == [-5, "a"]
    assert table["why"].tolist() == ['=HYPERLINK("http://x")', ""]
    assert table["simulated"].tolist() == [1, 1]
    assert table["respondent_id"].tolist() == ["ada.r1", "bo.r1"]
    assert meta.variable_value_labels["colour"][1] == "Red"
    assert meta.variable_value_labels["pets_dog"][0] == "Not chosen"
    assert meta.column_names_to_labels["pets_cat"] == "Pets? - Cat"
    assert meta.column_names_to_labels["simulated"] == "Simulated respondent (always 1)"
    assert meta.file_label == "SIMULATED respondents: A <b>trial</b>"


def test_every_missing_code_has_its_letter_and_label(run: Run, tmp_path: Path) -> None:
    who = run.cells[0][0]
    cells = []
    for at, code in enumerate(MissingCode):
        one = who.model_copy(update={"id": f"p{at}", "position": at})
        cells.append((one, cell(one, "age", missing(code))))
    table, meta = read(replace(run, cells=cells), tmp_path)
    assert table["age"].tolist() == ["a", "b", "c", "d", "e", "f"]
    told = meta.variable_value_labels["age"]
    assert [told[letter] for letter in "abcdef"] == [code.label for code in MissingCode]
    plain, _ = read(replace(run, cells=cells), tmp_path, tags=False)
    assert plain["age"].isna().all()


def test_long_names_and_labels_are_cut_and_stay_apart(run: Run, tmp_path: Path) -> None:
    long = "n" * 40
    spec = about(
        run.spec,
        Item(id=f"{long}1", kind=Kind.NUMERIC, text="ä" * 200),
        Item(id=f"{long}2", kind=Kind.MULTI, text="Which?", options=options("1=A", "2=B")),
    )
    table, meta = read(replace(run, spec=spec, cells=[]), tmp_path)
    names = [column.stata for column in wide_columns(spec.instrument)]
    assert list(table.columns) == names
    assert len(set(names)) == len(names)
    assert all(len(name) <= 32 for name in names)
    label = meta.column_names_to_labels["n" * 27]
    assert label.startswith("ää") and label.endswith("...") and len(label.encode()) <= 80
    assert len(meta.file_label.encode()) <= 80


def test_long_texts_are_whole(run: Run, tmp_path: Path) -> None:
    who = run.cells[0][0]
    for text in ("ä" * 20_000, "x" * 2045, "one\ntwo"):
        cells = [(who, cell(who, "why", Answer(text=text), "x"))]
        table, _ = read(replace(run, cells=cells), tmp_path)
        assert table["why"].tolist() == [text]


def test_a_text_with_a_nul_is_whole(run: Run, tmp_path: Path) -> None:
    who = run.cells[0][0]
    cells = [(who, cell(who, "why", Answer(text="be\0fore"), "x"))]
    table, _ = read(replace(run, cells=cells), tmp_path)
    assert table["why"].tolist() == ["be\ufffdfore"]
    export_run(replace(run, cells=cells), tmp_path, ["sav"])
    table, _ = pyreadstat.read_sav(str(tmp_path / "trial_wide.sav"))
    assert table["why"].tolist() == ["be\ufffdfore"]


def test_a_run_without_answers_leaves_a_headed_file(run: Run, tmp_path: Path) -> None:
    table, _ = read(replace(run, cells=[]), tmp_path)
    assert len(table) == 0
    assert "mood" in table.columns


def test_what_stata_cannot_hold_is_refused(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    far = (Option(code="3000000000", label="Far"), Option(code="1", label="Near"))
    spec = about(run.spec, Item(id="q", kind=Kind.SINGLE, text="?", options=far))
    with pytest.raises(InputError, match="q: Stata cannot label the code 3000000000"):
        export_run(replace(run, spec=spec, cells=[]), tmp_path, ["dta"])
    monkeypatch.setattr(dta_module, "MAX_COLUMNS", 3)
    with pytest.raises(InputError, match="3 columns at most: export csv or parquet instead"):
        export_run(run, tmp_path, ["csv", "dta"])
    assert list(tmp_path.iterdir()) == []

"""What leaves as files comes back the same, labelled, harmless, and marked as simulated."""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pyreadstat
import pytest

from simulacra.domain.answer import Answer
from simulacra.domain.design import Condition, Design
from simulacra.domain.flow import Block, Randomise, Show
from simulacra.domain.run import Cell, Interview
from simulacra.domain.survey import Instrument, Item, Kind
from simulacra.errors import InputError, UnknownName, WorkFailed
from simulacra.export import export_run
from simulacra.export import xlsx as xlsx_module
from simulacra.export.csv import harmless
from simulacra.export.names import spss_name, stata_name, unique_names
from simulacra.export.wide import wide_columns
from tests.support.exports import INSTRUMENT, Run, Who, cell, options


def names_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_all_formats_are_written_and_nothing_else(run: Run, tmp_path: Path) -> None:
    files = export_run(run, tmp_path / "new" / "folder")
    names = [file.name for file in files]
    assert names == [
        "trial_wide.csv", "trial_long.csv", "trial_wide.xlsx", "trial_wide.sav", "trial_wide.dta",
        "trial_wide.parquet", "trial_long.parquet", "study-trial_data.csv",
        "dataset_description.json", "README.md", "CHANGES.md", "METHODS.md", "instrument.json",
        "trial_load.py", "trial_load.R", "codebook.html", "trial_ddi.xml",
        "METHODS.md", "manifest.json",
    ]  # fmt: skip
    assert sorted(files) == sorted(p for p in (tmp_path / "new").rglob("*") if p.is_file())


def test_wide_csv(run: Run, tmp_path: Path) -> None:
    export_run(run, tmp_path, ["csv"], "study")
    first, second = read_csv(tmp_path / "study_wide.csv")
    assert list(first) == [
        "respondent_id", "persona_id", "run_id", "condition", "replicate", "wt", "simulated",
        "mood", "colour", "colour_DO", "pets_dog", "pets_cat", "age", "why",
    ]  # fmt: skip
    assert first["respondent_id"] == "ada.r1"
    assert (first["simulated"], first["wt"], first["replicate"]) == ("1", "1.0", "1")
    assert (first["mood"], first["colour"], first["age"]) == ("2", "blue", "-5")
    assert (first["pets_dog"], first["pets_cat"]) == ("0", "1")
    assert first["why"] == '\'=HYPERLINK("http://x")'
    assert sorted(first["colour_DO"].split("|")) == ["blue", "red"]
    assert (second["colour"], second["pets_dog"], second["pets_cat"]) == ("-97", "-96", "-96")
    assert (second["age"], second["why"]) == ("-99", "")


def test_the_weights_of_the_personas_reach_every_table(run: Run, tmp_path: Path) -> None:
    ada, bo = run.personas
    people = {ada: Who("Ada", weight=0.75), bo: Who("Bo", weight=1.25)}
    weighted = Run(run.spec, run.cells, personas=people)
    export_run(weighted, tmp_path, ["csv", "parquet", "sav", "methods"])
    assert [row["wt"] for row in read_csv(tmp_path / "trial_wide.csv")] == ["0.75", "1.25"]
    assert pq.read_table(tmp_path / "trial_wide.parquet").column("wt").to_pylist() == [0.75, 1.25]
    frame, _ = pyreadstat.read_sav(str(tmp_path / "trial_wide.sav"))
    assert list(frame["wt"]) == [0.75, 1.25]
    methods = (tmp_path / "METHODS.md").read_text(encoding="utf-8")
    assert "weight of each persona" in methods
    assert "No weighting" not in methods


def test_long_csv_has_every_try_with_how_it_came_about(run: Run, tmp_path: Path) -> None:
    export_run(run, tmp_path, ["csv"])
    rows = read_csv(tmp_path / "trial_long.csv")
    assert len(rows) == len(run.cells)
    failed, again = rows[1], rows[2]
    assert (failed["missing"], failed["attempt"], failed["calls"]) == ("-94", "1", "0")
    assert failed["missing_reason"] == "Technical failure"
    assert failed["missing_detail"] == "timeout"
    assert (again["value"], again["label"], again["attempt"]) == ("blue", "Blue", "2")
    assert [row["sequence"] for row in rows[:4]] == ["1", "2", "2", "3"]
    assert rows[-1]["sequence"] == ""
    assert (again["reasked"], again["raw_first"], again["raw"]) == ("1", "Bl", "Blue")
    assert again["agents"] == "emotion+planning+top"
    assert (again["emotion_call"], again["planning_call"]) == ("I feel uneasy", "I answer")
    assert (again["valence"], again["arousal"], again["feeling"]) == ("-0.25", "0.5", "uneasy")
    assert (again["memories"], again["plan"]) == ("m1 m2", "be honest")
    assert again["probabilities"] == '{"2": 0.123457, "1": 0.876543}'
    assert again["prompt_hashes"] == "emotion:abc planning:abc top:abc"
    assert (again["calls"], again["tokens_in"], again["latency_s"]) == ("6", "60", "0.741")
    assert (again["cost"], again["model"], again["simulated"]) == ("0.006", "toy", "1")


def test_the_same_run_gives_the_same_bytes(run: Run, tmp_path: Path) -> None:
    for folder in ("a", "b"):
        export_run(run, tmp_path / folder, ["csv", "parquet", "codebook", "methods", "manifest"])
    for file in sorted((tmp_path / "a").iterdir()):
        assert file.read_bytes() == (tmp_path / "b" / file.name).read_bytes()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("=1+1", "'=1+1"),
        ("+1 is mine", "'+1 is mine"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("-99", "-99"),
        ("-3.5", "-3.5"),
        ("a=1", "a=1"),
        ("be\0fore", "be\ufffdfore"),
        ("", ""),
        (-5, -5),
        (None, None),
    ],
)
def test_text_that_would_run_is_made_harmless(value: object, expected: object) -> None:
    assert harmless(value) == expected  # type: ignore[arg-type]


def test_sav_has_labels_missing_ranges_measures_and_notes(run: Run, tmp_path: Path) -> None:
    export_run(run, tmp_path, ["sav"])
    path = str(tmp_path / "trial_wide.sav")
    table, meta = pyreadstat.read_sav(path, user_missing=True)
    assert table["mood"].tolist() == [2, 1]
    assert table["colour"].tolist() == [2, -97]
    assert table["pets_cat"].tolist() == [1, -96]
    assert table["age"].tolist() == [-5, -99]
    assert table["why"].tolist() == ['=HYPERLINK("http://x")', ""]
    assert table["simulated"].tolist() == [1, 1]
    assert meta.variable_value_labels["colour"][1] == "Red"
    assert meta.variable_value_labels["colour"][-97] == "Refused"
    assert meta.variable_value_labels["pets_dog"][1] == "Chosen"
    assert meta.column_names_to_labels["mood"] == "Mood?"
    assert meta.column_names_to_labels["pets_cat"] == "Pets? - Cat"
    for name in ("mood", "colour", "pets_dog", "age"):
        assert meta.missing_ranges[name] == [{"lo": -99, "hi": -94}]
    assert "why" not in meta.missing_ranges
    assert meta.variable_measure["mood"] == "ordinal"
    assert meta.variable_measure["colour"] == "nominal"
    assert meta.variable_measure["age"] == "scale"
    assert "SIMULATED" in meta.file_label
    assert "No person was interviewed" in " ".join(meta.notes)
    plain, _ = pyreadstat.read_sav(path)
    assert plain["colour"].isna().tolist() == [False, True]


def test_parquet_keeps_types_and_meaning(run: Run, tmp_path: Path) -> None:
    export_run(run, tmp_path, ["parquet"])
    wide = pq.read_table(tmp_path / "trial_wide.parquet")
    assert wide.column("mood").to_pylist() == [2, 1]
    assert wide.column("colour").to_pylist() == ["blue", "-97"]
    assert wide.column("age").to_pylist() == [-5.0, -99.0]
    assert wide.column("why").to_pylist() == ['=HYPERLINK("http://x")', None]
    about = wide.schema.field("mood").metadata
    assert json.loads(about[b"value_labels"]) == {"1": "Bad", "2": "Good"}
    assert json.loads(about[b"missing_values"])["-97"] == "Refused"
    assert wide.schema.metadata[b"simulated"] == b"1"
    long = pd.read_parquet(tmp_path / "trial_long.parquet")
    assert len(long) == len(run.cells)
    assert long["missing"].dropna().tolist() == [-94, -97, -96, -99]


def test_xlsx_has_data_labels_codebook_about(run: Run, tmp_path: Path) -> None:
    export_run(run, tmp_path, ["xlsx"])
    book = openpyxl.load_workbook(tmp_path / "trial_wide.xlsx")
    assert book.sheetnames == ["data", "labels", "codebook", "about"]
    data = [list(row) for row in book["data"].iter_rows(values_only=True)]
    labels = [list(row) for row in book["labels"].iter_rows(values_only=True)]
    mood, colour, dog = (data[0].index(name) for name in ("mood", "colour", "pets_dog"))
    assert data[1][mood] == 2
    assert labels[1][mood] == "Good"
    assert labels[2][colour] == "Refused"
    assert labels[1][dog] == "Not chosen"
    assert book["data"].cell(2, data[0].index("why") + 1).data_type == "s"
    codebook = list(book["codebook"].iter_rows(values_only=True))
    assert ("colour", "colour", None, None, "blue", "colour", "colour", 2, 2, "Blue") in [
        tuple(value or None if value == "" else value for value in row) for row in codebook
    ]
    assert "Simulated" in str(book["about"].cell(1, 1).value)
    book.close()


def test_xlsx_refuses_what_it_cannot_hold(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlsx_module, "MAX_ROWS", 2)
    with pytest.raises(InputError, match="export csv or parquet instead"):
        export_run(run, tmp_path, ["csv", "xlsx"])
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setattr(xlsx_module, "MAX_COLUMNS", 3)
    with pytest.raises(InputError, match="3 columns at most"):
        export_run(run, tmp_path, ["xlsx"])


def test_a_text_that_spss_cannot_hold_is_refused(run: Run, tmp_path: Path) -> None:
    who = run.cells[0][0]
    cells = [*run.cells[:5], (who, cell(who, "why", Answer(text="ä" * 20_000), "x"))]
    with pytest.raises(InputError, match="why: a text is over 32,767 bytes"):
        export_run(replace(run, cells=cells), tmp_path, ["sav"])
    assert list(tmp_path.iterdir()) == []


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]


def test_codebook_is_whole_safe_and_self_contained(run: Run, tmp_path: Path) -> None:
    export_run(run, tmp_path, ["codebook"])
    text = (tmp_path / "codebook.html").read_text(encoding="utf-8")
    tags = _Tags()
    tags.feed(text)
    assert "script" not in tags.tags
    assert "b" not in tags.tags
    assert tags.links == []
    assert "&lt;script&gt;" in text
    assert "Simulated data" in text
    assert "prefers-color-scheme: dark" in text
    assert "Refused (missing)" in text
    assert "All columns have the same name everywhere." in text
    for column in wide_columns(INSTRUMENT):
        assert f"<code>{column.name}</code>" in text


def test_codebook_counts_every_value_and_maps_names(run: Run, tmp_path: Path) -> None:
    long = Item(
        id="mood_of_the_day_in_the_first_week",
        kind=Kind.RATING,
        text="?",
        options=options("1=Bad", "2=Good"),
    )
    instrument = Instrument(id="x", items=(*INSTRUMENT.items, long))
    who = run.cells[0][0]
    cells = [*run.cells[:5], (who, cell(who, long.id, Answer(codes=("1",)), instrument=instrument))]
    spec = run.spec.model_copy(update={"instrument": instrument})
    export_run(replace(run, spec=spec, cells=[*cells, *run.cells[6:]]), tmp_path, ["codebook"])
    text = (tmp_path / "codebook.html").read_text(encoding="utf-8")
    rows = [re.sub(r"<[^>]+>", " ", row).split() for row in re.findall(r"<tr.*?</tr>", text, re.S)]
    assert ["1", "Bad", "1", "50.0%"] in rows
    assert ["blue", "2", "Blue", "1", "100.0%"] in rows
    assert ["-97", "-97,", ".c", "Refused", "(missing)", "1"] in rows
    assert ["Answered", "(base", "of", "the", "shares)", "2"] in rows
    assert ["-94", ".f", "Technical", "failure"] in rows
    assert [long.id, long.id, long.id[:27]] in rows
    assert "from -5 to -5, mean -5.00" in text


def test_methods_and_manifest(run: Run, tmp_path: Path) -> None:
    export_run(run, tmp_path, ["csv", "methods", "manifest"])
    text = (tmp_path / "METHODS.md").read_text(encoding="utf-8")
    for heading in ("Prompt design", "Model specification", "Response generation",
                    "Analytic choices", "Limits"):  # fmt: skip
        assert f"## {heading}" in text
    assert "No person was interviewed" in text
    assert "| bo | 2 | Bo / <i>x</i> | male | 61 |" in text
    assert INSTRUMENT.hash() in text
    assert '`detail`: "full"' in text
    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["simulated"] is True
    assert list(manifest["files"]) == ["trial_wide.csv", "trial_long.csv", "METHODS.md"]
    assert manifest["packages"] == {"simulacra": "0.1.0"}


def test_methods_tell_the_design(run: Run, tmp_path: Path) -> None:
    told = methods(run, tmp_path)
    assert "Experimental design" not in told
    assert "in the order of the instrument.\n- Earlier answers were in view" in told
    conditions = (
        Condition(name="tone=warm", fields={"tone": "kind | soft"}, share=2),
        Condition(name="tone=cold", model="scripted:x.yaml"),
    )
    blocks = (
        Block(id="a", pages=(("mood", "colour"),), shuffle=True),
        Block(id="b", pages=(("pets", "age", "why"),)),
    )
    flow = (Randomise(id="r", steps=(Show(block="a"), Show(block="b"))),)
    instrument = INSTRUMENT.model_copy(update={"blocks": blocks, "flow": flow})
    choices = {"design": Design(conditions=conditions), "earlier_visible": False}
    spec = run.spec.model_copy(update={"instrument": instrument, **choices})
    told = methods(replace(run, spec=spec), tmp_path)
    assert "| tone=warm | tone = kind / soft | embedded | 2 |" in told
    assert "| tone=cold |  | scripted:x.yaml | 1 |" in told
    assert "assigned at random in permuted blocks" in told
    assert "draws an order or a selection (2 places)" in told
    assert "Earlier answers were hidden" in told


def methods(run: Run, folder: Path) -> str:
    export_run(run, folder, ["methods"])
    return (folder / "METHODS.md").read_text(encoding="utf-8")


def test_a_run_without_answers_still_leaves_headed_files(run: Run, tmp_path: Path) -> None:
    export_run(replace(run, cells=[]), tmp_path)
    assert read_csv(tmp_path / "trial_wide.csv") == []
    table, _ = pyreadstat.read_sav(str(tmp_path / "trial_wide.sav"))
    assert len(table) == 0
    assert "mood" in table.columns
    assert pq.read_table(tmp_path / "trial_long.parquet").num_rows == 0


def test_unknown_formats_and_names(run: Run, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match=r"sas.*csv, xlsx, sav, dta, parquet, psychds"):
        export_run(run, tmp_path, ["csv", "sas"])
    with pytest.raises(InputError, match="no format"):
        export_run(run, tmp_path, [])
    for name in ("../evil", "", "a/b", "..", "x" * 300, "a\nb"):
        with pytest.raises(InputError, match="cannot begin a file name"):
            export_run(run, tmp_path, ["csv"], name)


def test_a_folder_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(WorkFailed, match="cannot be written"):
        export_run(run, tmp_path / "file", ["csv"])


def test_a_failure_leaves_older_files_as_they_were(run: Run, tmp_path: Path) -> None:
    export_run(run, tmp_path, ["csv"])
    before = (tmp_path / "trial_wide.csv").read_bytes()

    class Broken(Run):
        def records(self) -> Iterator[tuple[Interview, Cell]]:
            yield self.cells[0]
            raise OSError(28, "No space left on device")

    broken = Broken(run.spec, run.cells, personas=run.personas)
    with pytest.raises(WorkFailed, match="No space left on device"):
        export_run(broken, tmp_path)
    assert (tmp_path / "trial_wide.csv").read_bytes() == before
    assert names_in(tmp_path) == ["trial_long.csv", "trial_wide.csv"]


def test_names_fit_spss_and_stata_and_stay_apart() -> None:
    assert spss_name("to") == "to_v"
    assert spss_name("q_don't know") == "q_don_t_know"
    assert spss_name("9lives") == "v9lives"
    assert len(spss_name("x" * 100)) == 64
    assert spss_name("q.") == "q"
    assert [stata_name(name) for name in ("if", "str12", "q.1", "9", "strL")] == [
        "if_v", "str12_v", "q_1", "v9", "strL_v",
    ]  # fmt: skip
    assert len(stata_name("x" * 100)) == 27
    assert unique_names(["Q1", "q1", "q1_2"], size=64) == ["Q1", "q1_2", "q1_2_2"]
    long = unique_names(["y" * 64] * 3, size=64)
    assert len(set(long)) == 3
    assert all(len(name) <= 64 for name in long)
    instrument = Instrument(
        id="x",
        items=(
            Item(id="q_1", kind=Kind.SHORT_TEXT, text="?"),
            Item(id="q", kind=Kind.MULTI, text="?", options=options("1=A", "2=B")),
            Item(id="wt", kind=Kind.SHORT_TEXT, text="?"),
            Item(id="Q_2", kind=Kind.SHORT_TEXT, text="?"),
        ),
    )
    columns = wide_columns(instrument)
    assert [c.name for c in columns][7:] == ["q_1", "q_1_2", "q_2", "wt_2", "Q_2"]
    assert [c.spss for c in columns][7:] == ["q_1", "q_1_2", "q_2", "wt_2", "Q_2_2"]
    assert [c.stata for c in columns][7:] == ["q_1", "q_1_2", "q_2", "wt_2", "Q_2_2"]

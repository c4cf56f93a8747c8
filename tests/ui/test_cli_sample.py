import csv
import json
from pathlib import Path

import pytest

MARGINS = (
    "variable,category,share\ngender,female,50\ngender,male,50\nregion,North,30\nregion,South,70\n"
)


@pytest.fixture
def margins(tmp_path: Path) -> str:
    path = tmp_path / "margins.csv"
    path.write_text(MARGINS, encoding="utf-8")
    return str(path)


def test_people_are_drawn_stored_and_listed(run, margins):
    told = json.loads(
        run("persona", "sample", "20", "--margins", margins, "--seed", "3", "--json").stdout
    )
    assert (told["people"], told["new"], told["known"]) == (20, 20, 0)
    listed = {one["id"]: one for one in json.loads(run("persona", "list", "--json").stdout)}
    assert set(told["ids"]) <= set(listed)
    sampled = [one for one in listed.values() if one["source"] == "sample"]
    assert len(sampled) == 20
    assert sum(one["gender"] == "female" for one in sampled) == 10
    shown = json.loads(run("persona", "show", told["ids"][0], "--json").stdout)
    assert shown["profile"]["attributes"]["region"] in ("North", "South")
    assert shown["profile"]["as_of"] == "2026-11-01"
    assert len(shown["personality"]["facets"]) == 30
    by_function = [one for one in shown["personality"]["traits"] if one["function"]]
    assert len(by_function) == 20
    assert told["report"]["largest_error"] == 0
    assert told["report"]["effective_size"] == 20


def test_the_same_seed_adds_nobody_and_another_does(run, margins):
    first = json.loads(run("persona", "sample", "8", "--margins", margins, "--json").stdout)
    again = json.loads(run("persona", "sample", "8", "--margins", margins, "--json").stdout)
    assert again["ids"] == first["ids"]
    assert (again["new"], again["known"]) == (0, 8)
    assert "nothing is new" in run("persona", "sample", "8", "--margins", margins).stdout
    other = run("persona", "sample", "8", "--seed", "1", "--json").stdout
    assert not set(json.loads(other)["ids"]) & set(first["ids"])


def test_a_larger_sample_of_the_pools_keeps_the_smaller_one(run):
    run("persona", "sample", "3")
    told = json.loads(run("persona", "sample", "5", "--json").stdout)
    assert (told["new"], told["known"]) == (2, 3)
    assert "Stored 1 new people; 5 were there already" in run("persona", "sample", "6").stdout


def test_the_report_is_printed_and_written(run, margins, tmp_path):
    out = tmp_path / "out"
    said = run("persona", "sample", "10", "--margins", margins, "--out", str(out)).stdout
    assert "Largest error: 0.00 percentage points; with the weights 0.00." in said
    assert "Effective sample size (Kish): 10.0 of 10" in said
    with (out / "personas.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["region"] for row in rows].count("South") == 7
    assert {row["simulated"] for row in rows} == {"1"}
    assert json.loads((out / "report.json").read_text(encoding="utf-8"))["origin"] == "margins"


def test_as_of_is_the_day_people_live_on(run):
    told = json.loads(run("persona", "sample", "1", "--as-of", "2019-05-06", "--json").stdout)
    shown = json.loads(run("persona", "show", told["ids"][0], "--json").stdout)
    assert shown["profile"]["as_of"] == "2019-05-06"


def test_microdata_name_what_is_not_used(run, tmp_path):
    data, mapping = tmp_path / "data.csv", tmp_path / "mapping.yaml"
    data.write_text("sex;years;zip\nf;30;1\nm;40;2\n", encoding="utf-8-sig")
    mapping.write_text("columns: {sex: gender, years: age}\n", encoding="utf-8")
    said = run("persona", "sample", "4", "--microdata", str(data), "--mapping", str(mapping)).stdout
    assert "Columns that are not mapped and not used: zip" in said
    assert "Effective sample size (Kish): 2.0 of 4" in said


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["0"], "0 people cannot be drawn"),
        (["5", "--margins", "nowhere.csv"], "nowhere.csv: the file cannot be read"),
        (["5", "--microdata", "x.csv"], "give --microdata and --mapping together"),
        (["5", "--as-of", "yesterday"], "yesterday"),
        (["many"], "valid integer"),
    ],
)
def test_wrong_input_is_two_and_stores_nobody(run, args, told):
    result = run("persona", "sample", *args, code=2)
    assert told in result.stderr
    assert result.stdout == ""
    listed = json.loads(run("persona", "list", "--json").stdout)
    assert {one["source"] for one in listed} == {"library"}


def test_a_folder_that_is_a_file_is_told_before_anybody_is_stored(run, tmp_path):
    (tmp_path / "out").write_text("", encoding="utf-8")
    result = run("persona", "sample", "2", "--out", str(tmp_path / "out"), code=2)
    assert "no folder" in result.stderr
    listed = json.loads(run("persona", "list", "--json").stdout)
    assert {one["source"] for one in listed} == {"library"}


def test_progress_is_told_on_stderr_for_a_large_sample(run, monkeypatch):
    monkeypatch.setattr("ui.cli.persona_sample._LONG", 8)
    result = run("persona", "sample", "8", "--json")
    assert json.loads(result.stdout)["people"] == 8
    assert "Drawn 4 of 8 people" in result.stderr
    assert "Stored 8 of 8 people" in result.stderr

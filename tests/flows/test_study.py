"""A whole study: imported, killed twice, finished by two workers, exported, the effect found."""

import csv
from pathlib import Path

from tests.benchmarks.study import planted
from tests.support.whole_study import Study, effect

PEOPLE = 40


def test_a_study_survives_its_killers_and_finds_what_was_planted(tmp_path: Path) -> None:
    found = Study(tmp_path, f"sqlite:///{tmp_path / 'study.db'}").conduct(PEOPLE)
    assert (found.done, found.questions) == (found.cells, 55)
    assert found.low <= planted() <= found.high
    names = {name.partition("_")[2] or name for name in found.files}
    assert {"wide.csv", "wide.sav", "wide.dta", "wide.parquet", "ddi.xml", "psychds"} <= names
    with (tmp_path / "out" / "branching_wide.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == PEOPLE
    assert sum(row["condition"] == "tone=warm" for row in rows) == PEOPLE // 2
    assert all(row["tone"] == row["condition"].removeprefix("tone=") for row in rows)
    assert {row["FL_5_DO"] for row in rows} == {"1|2", "2|1"}
    for row in rows:  # the branch: whoever was at the office is asked the second block
        assert (row["Q16"] == "-99") == (row["Q1"] != "1")


def test_no_difference_is_none(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    same = "".join(f"tone={tone},{n % 5 + 1}\n" for n in range(40) for tone in ("warm", "cold"))
    path.write_text(f"condition,trust_1\n{same}")
    gain, error = effect(path)
    assert gain == 0 and error > 0

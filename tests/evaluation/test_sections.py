import csv
import io
import json
import re
from pathlib import Path

import pytest

from evaluation.figures import Band, Dot, DotRow, dot_panel, matrix_panel
from evaluation.intervals import Interval
from evaluation.report.evaluation import alone, as_csv, page, write_evaluation
from evaluation.sections import (
    Drawing,
    Estimate,
    EvaluationReport,
    Section,
    Table,
    said,
)


def estimate(value: float | None, low: float = 0.4, high: float = 0.8) -> Estimate:
    return Estimate(value=value, interval=Interval(low=low, high=high), n=30)


def section(**more: object) -> Section:
    drawn = dot_panel(
        [DotRow("a <b>", (Dot(0.5, (0.4, 0.8)), None)), DotRow("second", (Dot(0.2), Dot(0.3)))],
        ["simulated", "people"],
        unit="r",
        key="dots",
        label="Some & <numbers>",
        band=Band(0.3, 0.58, "people among themselves"),
    )
    values: dict[str, object] = {
        "name": "traits",
        "title": "Traits of <script>alert(1)</script>",
        "question": "Are they there?",
        "method": "Asked.",
        "sample": "30 people.",
        "findings": ("Mostly & so.",),
        "tables": (
            Table(
                name="scales",
                title="Scales",
                columns=("scale", "alpha", "items"),
                rows=(("=cmd()", estimate(0.6), 4), ("b", estimate(None), 5)),
            ),
        ),
        "drawings": (Drawing(name="dots", title="Dots", base="n = 30", svg=drawn),),
    }
    return Section.model_validate({**values, **more})


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, "–"),
        ("word", "word"),
        (1234, "1,234"),
        (0.123, "0.12"),
        (-0.001, "0.00"),
        (12.34, "12.3"),
        (-1234.5, "−1234"),
        (Estimate(), "–"),
        (Estimate(value=0.5), "0.50"),
        (estimate(0.6, -0.4), "0.60 (−0.40 to 0.80)"),
    ],
)
def test_cells_are_said_with_two_or_three_figures(cell: object, text: str) -> None:
    assert said(cell) == text  # type: ignore[arg-type]


def test_an_interval_that_is_not_there_covers_nothing() -> None:
    assert estimate(0.6).covers(0.4)
    assert not estimate(0.6).covers(0.39)
    assert not Estimate(value=0.6).covers(0.6)


def test_a_table_as_csv_has_the_ends_of_intervals_in_columns_and_runs_no_formula() -> None:
    rows = list(csv.reader(io.StringIO(as_csv(section().tables[0]))))
    assert rows == [
        ["scale", "alpha", "alpha low", "alpha high", "alpha n", "items"],
        ["'=cmd()", "0.6", "0.4", "0.8", "30", "4"],
        ["b", "", "0.4", "0.8", "30", "5"],
    ]


def test_a_page_stands_alone_and_shows_text_as_text() -> None:
    html = page(alone(section(), model="embedded", people=("<b>Ann</b>",)))
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "&lt;b&gt;Ann&lt;/b&gt;" in html
    assert not re.findall(r'(?:src|href)="(?!#)', html)
    assert "0.60 (0.40 to 0.80)" in html
    assert html == page(alone(section(), model="embedded", people=("<b>Ann</b>",)))


def test_several_sections_have_a_list_that_shows_findings_and_what_was_not_made() -> None:
    report = EvaluationReport(
        title="All",
        model="embedded",
        people=("ann",),
        sections=(
            section(),
            section(name="second", title="Second", warnings=("The rater is the player.",)),
        ),
        skipped={"fidelity": "no human data were given"},
    )
    html = page(report)
    assert '<a href="#second">Second</a>: Mostly &amp; so. <strong>(see its warning)' in html
    assert "Not made: fidelity (no human data were given)." in html
    assert "The rater is the player." in html


def test_the_files_of_a_report_hold_the_same_numbers(tmp_path: Path) -> None:
    written = write_evaluation(alone(section(), model="embedded", people=("ann",)), tmp_path)
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        "report.html",
        "report.json",
        "traits_scales.csv",
    ]
    assert written == tmp_path / "report.html"
    found = json.loads((tmp_path / "report.json").read_text())
    assert found["simulated"] is True
    assert found["sections"][0]["tables"][0]["rows"][0][1]["value"] == 0.6
    assert found["sections"][0]["drawings"] == []


def test_dots_need_one_place_for_each_series() -> None:
    with pytest.raises(ValueError, match="one dot for each"):
        dot_panel([DotRow("a", (Dot(1.0),))], ["x", "y"], unit="", key="k", label="l")


def test_a_heat_map_says_each_number_and_needs_them_all() -> None:
    drawn = matrix_panel(
        ["a", "b"], ["a", "b"], [[1.0, -0.25], [None, 1.0]], key="m", label="l", outlined=[(0, 1)]
    )
    assert "−.25" in drawn and drawn.count("1.00") == 2
    with pytest.raises(ValueError, match="2 x 2 numbers"):
        matrix_panel(["a", "b"], ["a", "b"], [[1.0, 0.5]], key="m", label="l")

"""Every kind of item in the wide table and in the labelled files."""

import csv
import datetime
import runpy
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyreadstat
import pytest

from simulacra.domain.answer import Answer, Missing, MissingCode, Response
from simulacra.domain.run import Cell, Interview
from simulacra.domain.survey import Instrument, Item, Kind, Option, Question
from simulacra.errors import InputError
from simulacra.export import export_run
from simulacra.export.wide import wide_columns
from simulacra.export.wide_rows import wide_row
from tests.support.ddi_rules import complaints
from tests.support.exports import Run, options


def item(kind: Kind, id: str = "q", **more: Any) -> Item:
    return Item(id=id, kind=kind, text="" if kind == Kind.FIELD else "Which?", **more)


ABC = options("1=A", "2=B", "3=C")
OTHER = (*options("a=A"), Option(code="x", label="Other", text_entry=True))
WHOLE = Instrument(
    id="kinds",
    items=(
        item(Kind.RANKING, "rank", options=options("a=Art", "b=Beer", "c=Cats"), shuffle=True),
        item(Kind.CONSTANT_SUM, "sum", options=options("a=Art", "b=Beer"), total=100),
        item(Kind.SINGLE, "one", options=OTHER),
        item(Kind.MULTI, "many", options=OTHER),
        item(Kind.DATE, "day"),
        item(Kind.SLIDER, "slide"),
        item(Kind.FIELD, "arm", name="Arm"),
        item(Kind.INFO, "hello"),
    ),
)
ANSWERS: dict[str, Response] = {
    "rank": Answer(codes=("c", "a", "b")),
    "sum": Answer(amounts={"a": 70, "b": 30}),
    "one": Answer(codes=("x",), texts={"x": "a bicycle"}),
    "many": Answer(codes=("a",)),
    "day": Answer(text="1959-09-26"),
    "slide": Answer(number=7.5),
    "arm": Answer(text="treated"),
    "hello": Missing(code=MissingCode.NOT_ASKED),
}
REFUSED = Missing(code=MissingCode.REFUSED)


def cell(who: Interview, asked: Item, response: Response, place: int = 0, *shown: str) -> Cell:
    seen = tuple(one for one in asked.options if not shown or one.code in shown)
    question = Question(item_id=asked.id, kind=asked.kind, text=asked.text, options=seen)
    return Cell(
        interview_id=who.id,
        item_id=asked.id,
        position=place,
        question=question,
        response=response,
        seed=0,
    )


def row(who: Interview, asked: Item, response: Response, *shown: str) -> dict[str, Any]:
    columns = wide_columns(Instrument(id="x", items=(asked,)))
    values = wide_row(columns, "r", who, {asked.id: cell(who, asked, response, 0, *shown)})
    found = zip(columns, values, strict=True)
    return {column.name: value for column, value in found if column.item_id}


@pytest.fixture
def who(run: Run) -> Interview:
    return run.cells[0][0]


def answered(run: Run, *respondents: Mapping[str, Response]) -> Run:
    first = run.cells[0][0]
    cells = []
    for at, answers in enumerate(respondents):
        one = first.model_copy(update={"id": f"p{at}", "position": at})
        cells += [
            (one, cell(one, asked, answers[asked.id], place))
            for place, asked in enumerate(WHOLE.items)
        ]
    return replace(run, spec=run.spec.model_copy(update={"instrument": WHOLE}), cells=cells)


@pytest.fixture
def both(run: Run) -> Run:
    """One who answers everything and one who refuses everything."""
    return answered(run, ANSWERS, dict.fromkeys(ANSWERS, REFUSED))


def test_a_ranking_is_a_column_a_rank(who: Interview) -> None:
    asked = item(Kind.RANKING, options=ABC)
    assert row(who, asked, Answer(codes=("3", "1", "2"))) == {"q_r1": 3, "q_r2": 1, "q_r3": 2}
    assert row(who, asked, Answer(codes=("3",))) == {"q_r1": 3, "q_r2": -98, "q_r3": -98}
    assert row(who, asked, REFUSED) == {"q_r1": -97, "q_r2": -97, "q_r3": -97}
    few = item(Kind.RANKING, options=ABC, choose=(1, 2))
    assert row(who, few, Answer(codes=("2", "3"))) == {"q_r1": 2, "q_r2": 3}
    words = item(Kind.RANKING, options=options("a=A", "b=B"))
    assert row(who, words, Answer(codes=("b", "a"))) == {"q_r1": "b", "q_r2": "a"}


def test_a_constant_sum_is_a_number_an_option(who: Interview) -> None:
    asked = item(Kind.CONSTANT_SUM, options=ABC)
    answer = Answer(amounts={"1": 60, "2": 39.5, "3": 0.5})
    assert row(who, asked, answer) == {"q_1": 60, "q_2": 39.5, "q_3": 0.5}
    assert row(who, asked, Answer(amounts={"1": 100}), "1", "2") == {
        "q_1": 100,
        "q_2": 0,
        "q_3": -99,
    }


def test_an_option_that_was_not_shown_was_not_asked(who: Interview) -> None:
    asked = item(Kind.MULTI, options=ABC)
    assert row(who, asked, Answer(codes=("1",)), "1", "2") == {"q_1": 1, "q_2": 0, "q_3": -99}


def test_other_has_its_text(who: Interview) -> None:
    asked = item(Kind.SINGLE, options=OTHER)
    told = Answer(codes=("x",), texts={"x": "a bicycle"})
    assert row(who, asked, told) == {"q": "x", "q_x_text": "a bicycle"}
    assert row(who, asked, Answer(codes=("x",))) == {"q": "x", "q_x_text": "-98"}
    assert row(who, asked, Answer(codes=("a",))) == {"q": "a", "q_x_text": "-99"}
    assert row(who, asked, REFUSED) == {"q": "-97", "q_x_text": "-97"}


def test_fields_are_texts_and_information_is_nothing(who: Interview) -> None:
    assert row(who, item(Kind.FIELD), Answer(text="blue")) == {"q": "blue"}
    assert row(who, item(Kind.INFO), REFUSED) == {}
    [column] = [one for one in wide_columns(WHOLE) if one.name == "arm"]
    assert column.label == "Arm"


def test_csv_has_all_kinds(both: Run, tmp_path: Path) -> None:
    export_run(both, tmp_path, ["csv"])
    with (tmp_path / "trial_wide.csv").open(encoding="utf-8", newline="") as file:
        first, second = [list(values.values())[7:] for values in csv.DictReader(file)]
    assert first == [
        "c", "a", "b", "a|b|c", "70", "30", "x", "a bicycle", "1", "0", "-99", "1959-09-26", "7.5",
        "treated",
    ]  # fmt: skip
    assert second == ["-97"] * 3 + ["a|b|c"] + ["-97"] * 10
    with (tmp_path / "trial_long.csv").open(encoding="utf-8", newline="") as file:
        told = {one["item_id"]: one for one in list(csv.DictReader(file))[:8]}
    assert (told["rank"]["value"], told["rank"]["label"]) == ("c|a|b", "Cats; Art; Beer")
    assert told["sum"]["value"] == "a=70|b=30"
    assert told["one"]["other_text"] == '{"x": "a bicycle"}'
    assert told["day"]["value"] == "1959-09-26"


def test_spss_has_dates_and_ranks(both: Run, tmp_path: Path) -> None:
    export_run(both, tmp_path, ["sav"])
    path = str(tmp_path / "trial_wide.sav")
    table, meta = pyreadstat.read_sav(path)
    assert table["day"].tolist()[0] == datetime.date(1959, 9, 26)
    assert table["day"].isna().tolist() == [False, True]
    assert meta.original_variable_types["day"] == "SDATE10"
    raw, _ = pyreadstat.read_sav(path, user_missing=True, disable_datetime_conversion=True)
    assert raw["day"].tolist()[1] == -97
    assert "day" not in meta.variable_value_labels
    assert raw["rank_r1"].tolist() == [3, -97]
    assert meta.variable_value_labels["rank_r1"][3] == "Cats"
    assert raw["sum_a"].tolist() == [70, -97]


def test_stata_has_dates_and_ranks(both: Run, tmp_path: Path) -> None:
    export_run(both, tmp_path, ["dta"])
    path = str(tmp_path / "trial_wide.dta")
    table, meta = pyreadstat.read_dta(path, user_missing=True)
    # 97 days before Stata's day 0: a day, and not the missing code.
    assert table["day"].tolist() == [datetime.date(1959, 9, 26), "c"]
    assert meta.original_variable_types["day"] == "%td"
    assert table["rank_r1"].tolist() == [3, "c"]
    assert meta.variable_value_labels["rank_r1"][3] == "Cats"
    assert table["slide"].tolist() == [7.5, "c"]


def test_a_text_that_is_no_date_is_refused_where_dates_are_numbers(
    run: Run, tmp_path: Path
) -> None:
    odd = answered(run, {**ANSWERS, "day": Answer(text="in May")})
    for form in ("sav", "dta"):
        with pytest.raises(InputError, match="day: 'in May' is not a date: export csv or parquet"):
            export_run(odd, tmp_path, [form])
    export_run(odd, tmp_path, ["csv", "parquet", "xlsx"])


def test_the_other_files_take_all_kinds(both: Run, tmp_path: Path) -> None:
    export_run(both, tmp_path)
    assert complaints((tmp_path / "trial_ddi.xml").read_text(encoding="utf-8")) == []
    load = runpy.run_path(str(tmp_path / "trial_load.py"), run_name="loaded")["load"]
    data, reasons = load(tmp_path)
    assert data["rank_r1"].tolist()[0] == "Cats"
    assert str(data["day"].tolist()[0].date()) == "1959-09-26"
    assert reasons["day"].tolist()[1] == "Refused"
    assert data["one_x_text"].tolist()[0] == "a bicycle"

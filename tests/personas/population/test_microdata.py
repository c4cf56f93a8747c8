"""Respondents of a made-up file: mapping, weights, and margins that can and cannot be met."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from personas.attributes.pools import load_pools
from personas.population.margins import read_margins
from personas.population.microdata import Microdata, read_mapping, read_microdata
from personas.population.sample import Sample, sample
from simulacra.errors import InputError

QUICK = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
DAY = date(2026, 11, 1)
MAPPING = "weight: w\ncolumns:\n  sex: {as: gender, recode: {1: male, 2: female}}\n  area: region\n"
Rows = list[tuple[int, str, float]]


def data(folder: Path, rows: Rows, mapping: str = MAPPING) -> Microdata:
    lines = [f"{sex},{area},{weight}" for sex, area, weight in rows]
    (folder / "data.csv").write_text("\n".join(["sex,area,w", *lines]) + "\n", encoding="utf-8")
    (folder / "mapping.yaml").write_text(mapping, encoding="utf-8")
    return read_microdata(folder / "data.csv", folder / "mapping.yaml", load_pools(), DAY)


def drawn(folder: Path, rows: Rows, north: float, n: int, mapping: str = MAPPING) -> Sample:
    text = f"variable,category,share\nregion,North,{north}\nregion,South,{1 - north}\n"
    (folder / "margins.csv").write_text(text, encoding="utf-8")
    read = data(folder, rows, mapping)
    return sample(n, 1, margins=read_margins(folder / "margins.csv"), microdata=read, as_of=DAY)


ROWS = st.lists(
    st.tuples(st.sampled_from([1, 2]), st.sampled_from(["North", "South"]), st.floats(0.2, 5)),
    min_size=1,
    max_size=8,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ROWS, st.sampled_from([0.25, 0.5, 0.8]), st.integers(4, 24), st.booleans())
def test_margins_are_met_where_the_data_can(
    tmp_path: Path, rows: Rows, north: float, n: int, once: bool
) -> None:
    areas = {area for _, area, _ in rows}
    mapping = f"draw: rows\n{MAPPING}" if once else MAPPING
    try:
        got = drawn(tmp_path, rows, north, n, mapping)
    except InputError as error:
        assert len(areas) == 1 or (once and n > len(rows)), str(error)
        missing = {"North", "South"} - areas
        assert not missing or any(one in str(error) for one in missing) or once
        return
    assert len(areas) == 2, "a category that nobody is in cannot be met"
    if not once:
        assert got.report.largest_weighted_error < 0.1 or got.report.notes
    for person in got.personas:
        line = int(person.extra["sample"]["line"])
        sex, area, _ = rows[line - 2]
        assert person.profile.gender == {1: "male", 2: "female"}[sex]
        assert person.profile.attributes["region"] == area


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ROWS)
def test_weights_have_a_mean_of_one_and_keep_their_ratios(tmp_path: Path, rows: Rows) -> None:
    found = data(tmp_path, rows).weights
    assert found.mean() == pytest.approx(1)
    ratios = [weight / rows[0][2] for *_, weight in rows]
    assert (found / found[0]).tolist() == pytest.approx(ratios)


IDS = "id: area\n" + MAPPING.replace("  area: region\n", "")


def test_people_keep_the_id_of_their_row(tmp_path: Path) -> None:
    rows: Rows = [(1, "a7", 1.0), (2, "b2", 1.0), (2, "c9", 1.0)]
    read = data(tmp_path, rows, "draw: rows\n" + IDS)
    assert read.unmapped == ()
    people = sample(3, 1, microdata=read, as_of=DAY).personas
    found = {one.extra["sample"]["row"]: one.profile.gender for one in people}
    assert found == {"a7": "male", "b2": "female", "c9": "female"}
    without = sample(2, 1, microdata=data(tmp_path, rows), as_of=DAY).personas
    assert "row" not in without[0].extra["sample"]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([(1, "a", 1.0), (2, "a", 1.0)], "line 3, field area: the id a stands in line 2 already"),
        ([(1, "", 1.0)], "the id is empty"),
    ],
)
def test_ids_are_each_rows_own(tmp_path: Path, rows: Rows, message: str) -> None:
    with pytest.raises(InputError, match=message):
        data(tmp_path, rows, IDS)


def test_a_category_missing_in_the_data_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="South"):
        drawn(tmp_path, [(1, "North", 1.0), (2, "North", 1.0)], 0.5, 4)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ((3, "North", 1.0), "'3' is not in the recode of sex"),
        ((1, "North", -1.0), "the weight '-1.0' is no number from 0 up"),
        ((1, "North", float("nan")), "the weight 'nan' is no number from 0 up"),
        ((1, "North", 0.0), "no row is left"),
        ((1, "No\x1brth", 1.0), "the area has the control character U+001B"),
    ],
)
def test_a_bad_row_is_one_sentence(tmp_path: Path, row: tuple[int, str, float], told: str) -> None:
    with pytest.raises(InputError) as caught:
        data(tmp_path, [row])
    assert told in str(caught.value) and "data.csv" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("columns: {sex: gender}\nwieght: w", "field wieght: unknown key 'wieght': use columns, "),
        ("columns: {sex: {as: gender, recod: {1: a}}}", "columns.sex.recod: unknown key 'recod'"),
        ("columns: {sex: {recode: {1: male}}}", "columns.sex.as: 'as' is missing: write the name"),
        ("columns: {sex: {as: ''}}", "columns.sex.as: this must be the name of an attribute"),
        ("columns: {sex: 3}", "columns.sex: this must be an attribute's name, or a mapping"),
        ("columns: {sex: {as: gender, missing: no}}", "this must be keep or drop"),
        ("columns: {sex: {as: gender, recode: [1]}}", "this must be values and what they become"),
        ("columns: {}", "field columns: this must be lines such as"),
        ("columns: {sex: gender}\ndraw: twice", "field draw: this must be resample or rows"),
        ("columns: {sex: gender}\nmissing: 3", "field missing: this must be a list of texts"),
        ("columns: {sex: gender}\nconstants: [a]", "field constants: this must be attributes and"),
        ("columns: {sex: gender}\nconstants: {a: [b]}", "this must be attributes and their texts"),
        ("columns: {sex: gender}\nweight: [w]", "field weight: this must be the name of a column"),
        ('columns: {sex: "gen\\eder"}', "has the control character U+001B"),
    ],
)
def test_a_bad_key_of_a_mapping_is_told_with_what_is_allowed(
    tmp_path: Path, text: str, told: str
) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_mapping(path)
    said = str(caught.value)
    assert told in said and "mapping.yaml" in said
    assert "Input should" not in said and "Extra inputs" not in said

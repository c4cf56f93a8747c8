import json
import os
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from personas.attributes.draw import SAMPLE_DAY
from personas.attributes.pools import load_pools
from personas.population.files import write_sample
from personas.population.ids import slug, with_ids
from personas.population.margins import Margins, read_margins
from personas.population.meanings import ages_of
from personas.population.microdata import read_microdata
from personas.population.sample import sample
from simulacra.domain.persona import Personality
from simulacra.errors import InputError

POOLS = load_pools()
MARGINS = """variable,category,share
gender,female,51
gender,male,48
gender,non-binary,1
age,18-29,21
age,30-44,24
age,45-64,33
age,65+,22
education,lower secondary,14
education,upper secondary,41
education,short-cycle tertiary,11
education,university degree,34
party,Greens,12.5
party,Reds,37.5
party,none,50
"""
PEOPLE = """id,sex,age,school,party,w
1,f,34,9,red,1
2,m,61,12,blue,2
3,m,19,12,,1
4,f,82,16,red,0.5
5,f,45,16,blue,1.5
6,m,,9,blue,1
"""
MAPPING = """
weight: w
columns:
  sex: {as: gender, recode: {f: female, m: male}}
  age: age
  school: {as: education, recode: {9: lower secondary, 12: upper secondary, 16: university}}
  party: party
"""


def margins(folder: Path, text: str = MARGINS) -> Margins:
    path = folder / "margins.csv"
    path.write_text(text, encoding="utf-8")
    return read_margins(path)


def microdata(folder: Path, data: str = PEOPLE, mapping: str = MAPPING, day: date = SAMPLE_DAY):
    (folder / "people.csv").write_text(data, encoding="utf-8")
    (folder / "mapping.yaml").write_text(mapping, encoding="utf-8")
    return read_microdata(folder / "people.csv", folder / "mapping.yaml", POOLS, day)


def test_a_thousand_people_hit_age_gender_and_education_within_half_a_point(tmp_path):
    drawn = sample(1000, 7, margins=margins(tmp_path))
    profiles = [one.profile for one in drawn.personas]
    counted = {
        "gender": Counter(one.gender for one in profiles),
        "education": Counter(one.education for one in profiles),
        "party": Counter(one.attributes["party"] for one in profiles),
        "age": Counter(one.attributes["age_group"] for one in profiles),
    }
    for margin in margins(tmp_path).margins:
        for category in margin.categories:
            share = counted[margin.variable][category.name] / 1000
            assert abs(share - category.share) <= 0.005, (margin.variable, category.name)
    assert all(one.age in (ages_of(one.attributes["age_group"]) or ()) for one in profiles)
    assert drawn.report.largest_error is not None
    assert drawn.report.largest_error <= 0.5
    assert {len(one.personality.facets) for one in drawn.personas} == {0}
    assert {one.source for one in drawn.personas} == {"sample"}


def test_education_fits_age_and_occupation_under_margins(tmp_path):
    levels = {"lower secondary": {2}, "upper secondary": {3}, "short-cycle tertiary": {5}}
    ranges = {one.name: one.isced for one in POOLS.occupations}
    for one in sample(400, 3, margins=margins(tmp_path)).personas:
        profile = one.profile
        assert profile.isced in levels.get(profile.education, {6, 7})
        earliest = next(x.earliest for x in POOLS.levels if x.isced == profile.isced)
        assert profile.age >= earliest
        if profile.occupation in ranges:
            low, high = ranges[profile.occupation]
            assert low <= profile.isced <= high


def test_weights_mend_what_whole_people_cannot(tmp_path):
    drawn = sample(37, 1, margins=margins(tmp_path))
    report = drawn.report
    assert report.largest_error is not None
    assert report.largest_error > 0
    by_party = Counter()
    for one in drawn.personas:
        by_party[one.profile.attributes["party"]] += one.weight
    if not report.notes:
        assert by_party["Greens"] / 37 == pytest.approx(0.125, abs=1e-4)
    assert sum(one.weight for one in drawn.personas) == pytest.approx(37, abs=1e-3)
    assert report.effective_size <= 37


def test_the_same_arguments_give_the_same_people_and_another_seed_others(tmp_path):
    first = sample(30, 5, margins=margins(tmp_path))
    assert sample(30, 5, margins=margins(tmp_path)) == first
    names = [one.name for one in sample(30, 6, margins=margins(tmp_path)).personas]
    assert names != [one.name for one in first.personas]


def test_independent_people_are_the_same_in_a_sample_of_any_size():
    few, many = sample(5, 2), sample(9, 2)
    assert many.personas[:5] == few.personas
    assert few.report.largest_error is None
    assert few.report.effective_size == 5


def test_a_share_of_nothing_stays_empty(tmp_path):
    text = "variable,category,share\nage,18-29,0\nage,30-64,1\nzone,a,0\nzone,b,1\n"
    profiles = [one.profile for one in sample(60, 1, margins=margins(tmp_path, text)).personas]
    assert {one.attributes["zone"] for one in profiles} == {"b"}
    assert all(30 <= one.age <= 64 for one in profiles)


def test_further_variables_of_the_pools_keep_to_the_constraints(tmp_path):
    text = (
        "variable,category,share\nage,18-24,30\nage,25-59,40\nage,60+,30\n"
        "marital_status,single,40\nmarital_status,married,50\nmarital_status,widowed,10\n"
        "country,Poland,60\ncountry,Japan,40\noccupation,Retired,20\noccupation,Professionals,15\n"
        "occupation,Something else,65\n"
    )
    drawn = sample(300, 4, margins=margins(tmp_path, text))
    assert drawn.report.largest_error is not None
    assert drawn.report.largest_error <= 0.7
    for one in drawn.personas:
        profile = one.profile
        assert profile.culture in ("Polish", "Japanese")
        if profile.attributes["marital_status"] == "widowed":
            assert profile.age >= 25
        if profile.occupation == "Retired":
            assert profile.age >= 50
            assert profile.attributes["employment"] == "retired"
    assert any("Something else" in note for note in drawn.report.notes)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "age,16-17,100\neducation,doctorate,30\neducation,upper secondary,70\n",
            r"line 2, field share: age '16-17' cannot have 100.0% .*at most 70.0%; with education "
            "'doctorate' nobody can be drawn: school-starts-at-six",
        ),
        ("age,0-4,50\nage,30-40,50\n", "age '0-4' cannot have 50.0%"),
        ("age,18-29,50\nage,25-40,50\n", "line 3, field category: the age 25 is in"),
        ("age,18-29,50\nage,adult,50\n", "line 3, field category: the age 'adult' cannot be read"),
        ("sex,f,50\nsex,m,50\ngender,f,50\ngender,m,50\n", "gender and sex are the same attribute"),
    ],
)
def test_margins_that_cannot_be_met_are_refused_with_the_reason(tmp_path, text, told):
    with pytest.raises(InputError, match=told):
        sample(100, 1, margins=margins(tmp_path, f"variable,category,share\n{text}"))


@pytest.mark.parametrize("number", [0, -3])
def test_nobody_is_no_sample(number):
    with pytest.raises(InputError, match="give a number from 1 up"):
        sample(number, 0)


@pytest.mark.parametrize("number", [1_000_001, 10**20])
def test_more_people_than_memory_holds_are_refused(number):
    with pytest.raises(InputError, match="give at most 1,000,000"):
        sample(number, 0)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.integers(0, 20), min_size=3, max_size=3).filter(any),
    st.lists(st.integers(0, 20), min_size=4, max_size=4).filter(any),
    st.integers(1, 300),
    st.integers(0, 1000),
)
def test_any_margins_that_can_be_met_are(tmp_path_factory, ages, levels, n, seed):
    rows = [*zip(("30-44", "45-64", "65+"), ages, strict=True)]
    text = "variable,category,share\n"
    text += "".join(f"age,{name},{100 * one / sum(ages)!r}\n" for name, one in rows)
    pairs = zip(("ISCED 0-2", "ISCED 3-4", "ISCED 5-6", "ISCED 7-8"), levels, strict=True)
    text += "".join(f"education,{name},{100 * one / sum(levels)!r}\n" for name, one in pairs)
    drawn = sample(n, seed, margins=margins(tmp_path_factory.mktemp("m"), text))
    assert len(drawn.personas) == n
    for line in drawn.report.lines:
        assert abs(line.drawn - line.target) * n <= 3
        assert line.target > 0 or line.drawn == 0


def test_personality_is_drawn_by_what_is_given():
    def draw(rng: np.random.Generator) -> Personality:
        return Personality(traits=({"text": f"I count to {rng.integers(9)}."},))

    people = sample(20, 1, personality=draw).personas
    assert len({one.personality.traits[0].text for one in people}) > 1
    assert [one.profile for one in people] == [one.profile for one in sample(20, 1).personas]


def test_rows_come_by_weight_and_words_stay(tmp_path):
    found = microdata(tmp_path)
    assert found.unmapped == ("id",)
    assert [row.weight for row in found.rows] == [1, 2, 1, 0.5, 1.5, 1]
    assert found.notes == (
        "party is missing in 1 rows: left without it",
        "age is missing in 1 rows: drawn from the pools",
    )
    drawn = sample(70, 1, microdata=found)
    lines = Counter(one.extra["sample"]["line"] for one in drawn.personas)
    assert lines == {2: 10, 3: 20, 4: 10, 5: 5, 6: 15, 7: 10}
    for one in drawn.personas:
        line = one.extra["sample"]["line"]
        profile = one.profile
        if line == 5:
            assert (profile.gender, profile.age, profile.education) == ("female", 82, "university")
        if line == 4:
            assert "party" not in profile.attributes
    # rows count as often as their weights say: (sum)^2 / sum of squares
    assert drawn.report.effective_size == pytest.approx(70**2 / (100 * 3 + 400 + 25 + 225), abs=0.1)


def test_rows_at_most_once_carry_their_weights(tmp_path):
    found = microdata(tmp_path, mapping=f"{MAPPING}\ndraw: rows\n")
    drawn = sample(6, 1, microdata=found)
    weights = {one.extra["sample"]["line"]: one.weight for one in drawn.personas}
    assert weights == {
        line: pytest.approx(weight / (7 / 6), abs=1e-5)
        for line, weight in zip(range(2, 8), (1, 2, 1, 0.5, 1.5, 1), strict=True)
    }
    assert drawn.report.effective_size == pytest.approx(49 / (3 + 4 + 0.25 + 2.25), abs=0.1)
    with pytest.raises(InputError, match="7 people cannot be 6 rows"):
        sample(7, 1, microdata=found)


def test_microdata_are_raked_to_margins(tmp_path):
    text = "variable,category,share\nsex,male,20\nsex,female,80\nparty,red,30\nparty,blue,70\n"
    drawn = sample(100, 1, microdata=microdata(tmp_path), margins=margins(tmp_path, text))
    profiles = [one.profile for one in drawn.personas]
    assert Counter(one.gender for one in profiles) == {"female": 80, "male": 20}
    assert Counter(one.attributes["party"] for one in profiles) == {"blue": 70, "red": 30}
    assert drawn.report.origin == "microdata and margins"
    assert "1 rows in no category of a margin are left out" in drawn.report.notes


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("region,x,1\n", "no row of people.csv is in a category of region"),
        ("party,red,50\nparty,green,50\n", "line 3: party 'green' cannot have 50.0%"),
    ],
)
def test_margins_the_microdata_cannot_meet(tmp_path, text, told):
    wanted = margins(tmp_path, f"variable,category,share\n{text}")
    with pytest.raises(InputError, match=told):
        sample(10, 1, microdata=microdata(tmp_path), margins=wanted)


def test_dates_and_years_of_birth_make_the_age(tmp_path):
    data = "born,year\n24/12/1990,1970\n01/11/1990,1950\n"
    by_date = "columns:\n  born: {as: date_of_birth, format: '%d/%m/%Y'}\n"
    people = sample(20, 1, microdata=microdata(tmp_path, data, by_date)).personas
    assert {(one.profile.date_of_birth, one.profile.age) for one in people} == {
        (date(1990, 12, 24), 35),
        (date(1990, 11, 1), 36),
    }
    by_year = "columns:\n  year: {as: birth_year}\n"
    people = sample(60, 1, microdata=microdata(tmp_path, data, by_year)).personas
    assert {one.profile.date_of_birth.year for one in people} == {1950, 1970}


def test_what_data_say_stands_against_the_rules(tmp_path):
    data = "age,wed,kids\n21,widowed,5\n"
    mapping = "columns: {age: age, wed: marital_status, kids: children}\n"
    (one,) = sample(1, 1, microdata=microdata(tmp_path, data, mapping)).personas
    assert (one.profile.age, one.profile.attributes["children"]) == (21, "5")
    assert one.profile.attributes["marital_status"] == "widowed"


@pytest.mark.parametrize(
    ("data", "mapping", "told"),
    [
        (PEOPLE, "columns: {nope: age}\n", "field columns: people.csv has no column nope"),
        (PEOPLE, "[1, 2", "mapping.yaml, line 1: this is no YAML"),
        (PEOPLE, "just words\n", "a mapping needs `columns:`"),
        (PEOPLE, "columns: {}\n", "mapping.yaml"),
        (PEOPLE, "columns: {sex: {as: gender, recod: 1}}\n", "field columns.sex.recod"),
        (PEOPLE, "columns: {sex: {as: gender, recode: {m: male}}}\n", "sex: 'f' is not in"),
        (PEOPLE, "weight: sex\ncolumns: {age: age}\n", "field sex: the weight 'f' is no number"),
        (PEOPLE, "columns: {sex: age}\n", "line 2, field age: the age 'f' cannot be read"),
        (PEOPLE, "columns: {sex: {as: date_of_birth}}\n", "'f' is no date of birth of the form"),
        ("born\n1850-01-01\n", "columns: {born: date_of_birth}\n", "makes no age from 0 to 100"),
        ("a,b\n", "columns: {a: age}\n", "a heading and nothing under it"),
        ("age\nNA\n", "columns: {age: {as: age, missing: drop}}\n", "no row is left"),
    ],
)  # fmt: skip
def test_bad_microdata_are_named(tmp_path, data, mapping, told):
    with pytest.raises(InputError) as error:
        microdata(tmp_path, data, mapping)
    assert told in str(error.value)


def test_the_panel_of_the_general_social_survey():
    folder = Path(os.environ.get("SIMULACRA_TEST_DATA", "../shared/data")) / "gss-panel"
    if not folder.is_dir():
        pytest.skip("the GSS panel is not here: set SIMULACRA_TEST_DATA")
    mapping = Path(__file__).parents[2] / "data" / "population" / "gss_mapping.yaml"
    found = read_microdata(folder / "respondents.csv", mapping, POOLS, SAMPLE_DAY)
    assert len(found.rows) == 502
    assert "educ_w1" in found.unmapped
    drawn = sample(500, 9, microdata=found)
    assert drawn.report.largest_error is not None
    assert drawn.report.largest_error < 1
    for one in drawn.personas:
        assert one.profile.place == "United States"
        assert one.profile.culture == "American"
        assert one.profile.attributes["region"]


def test_ids_are_readable_and_each_comes_once():
    assert slug("Łukasz Đặng-Øster") == "lukasz-dang-oster"
    assert slug("Əliyeva Ş.") == "aliyeva-s"
    assert slug("北京") == "person"
    people = [one.model_copy(update={"name": "Ana Lee"}) for one in sample(3, 1).personas]
    found, new = with_ids(people, {})
    assert [one.id for one in found] == ["ana-lee", "ana-lee-2", "ana-lee-3"]
    assert new == found


def test_people_that_are_stored_are_known_again_and_strangers_are_not_touched():
    people = [one.model_copy(update={"name": "Ana Lee"}) for one in sample(3, 1).personas]
    first, _ = with_ids(people[:2], {"ana-lee": frozenset(["another hash"])})
    assert [one.id for one in first] == ["ana-lee-2", "ana-lee-3"]
    stored = {one.id: frozenset([one.hash()]) for one in first}
    again, new = with_ids(people, {"ana-lee": frozenset(["another hash"]), **stored})
    assert again[:2] == first
    assert [one.id for one in new] == ["ana-lee-4"]


def test_files_hold_people_fit_and_report(tmp_path):
    drawn = sample(40, 2, margins=margins(tmp_path))
    people, _ = with_ids(drawn.personas, {})
    out = tmp_path / "out"
    names = {path.name for path in write_sample(people, drawn.report, out)}
    assert names == {one.name for one in out.iterdir()}
    assert names == {"personas.csv", "margins.csv", "report.json", "fit.png"}
    rows = (out / "personas.csv").read_text(encoding="utf-8").splitlines()
    assert len(rows) == 41
    assert rows[0].startswith("id,name,weight,simulated,gender,age,")
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    assert report["people"] == 40
    assert len(report["lines"]) == 14
    assert (out / "fit.png").read_bytes().startswith(b"\x89PNG")
    write_sample(people, sample(1, 1).report, out)
    assert "fit.png" not in {one.name for one in out.iterdir()}


def test_a_cell_that_a_spreadsheet_would_run_is_made_harmless(tmp_path):
    text = "variable,category,share\n=cmd,=1+1,1\n"
    drawn = sample(2, 2, margins=margins(tmp_path, text))
    write_sample(drawn.personas, drawn.report, tmp_path / "out")
    assert "'=1+1" in (tmp_path / "out" / "personas.csv").read_text(encoding="utf-8")
    assert "'=cmd,'=1+1" in (tmp_path / "out" / "margins.csv").read_text(encoding="utf-8")


def test_a_file_is_no_folder(tmp_path):
    drawn = sample(1, 2)
    (tmp_path / "out").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="is no folder"):
        write_sample(drawn.personas, drawn.report, tmp_path / "out")

"""What the section says follows from the numbers, and says what makes them weak."""

from functools import cache

import numpy as np
import pytest

from evaluation.psychometrics.distances import correlation_distance
from evaluation.psychometrics.result import Beside, PsychometricsResult
from evaluation.psychometrics.runs import measures_of
from evaluation.psychometrics.section import section_of
from evaluation.report.evaluation import alone, as_csv, page
from evaluation.sections import Section
from tests.support.answers import rated, sample, scored


@cache
def result(people: int = 60, *, turned: bool = False, human: bool = True) -> PsychometricsResult:
    items = scored(5, reverse=(1,))
    data = rated(people, 5, noise=0.5, reverse=(1, 2) if turned else (1,))
    run = sample(data, items=items, in_order=True)
    others = sample(rated(200, 5, seed=4, noise=1.5, reverse=(1,)), items=items)
    beside = ()
    if human:
        measured = measures_of(others, seed=1)
        distance = correlation_distance(run, others, seed=1)
        beside = (Beside(name="town", basis={"one": "same items"}, measures=measured,
                         distance=distance),)  # fmt: skip
    return PsychometricsResult(
        run="r1", study="s", instrument="Five", model="m", method="profile", status="done",
        done=5 * people, cells=5 * people, seed=1, measures=measures_of(run, seed=1),
        beside=beside, left_out={"z": "its codes are no numbers"},
    )  # fmt: skip


def words(section: Section) -> str:
    return " ".join((*section.findings, *section.warnings))


def test_a_higher_alpha_than_people_have_is_told() -> None:
    section = section_of(result())
    told = "of one scale with the same items alpha is clearly higher on one, clearly lower on none"
    assert told in words(section)
    assert {one.name for one in section.tables} == {
        "scales", "correlations", "styles", "distances", "factors", "items", "respondents",
        "missing", "undefined",
    }  # fmt: skip
    assert section.drawings[0].svg.startswith("<svg")
    assert section.limits and section.sources and not section.warnings


def test_other_items_of_people_are_not_compared() -> None:
    found = result()
    other = found.beside[0].model_copy(update={"basis": {"one": "a scale of that name"}})
    section = section_of(found.model_copy(update={"beside": (other,)}))
    assert "clearly higher" not in words(section) and "answered other items" in words(section)


def test_an_unkeyed_item_and_few_respondents_are_told() -> None:
    few = section_of(result(12, human=False))
    assert "12 respondents" in words(few) and "town" not in words(few)
    wrong = result(turned=True, human=False).measures
    assert wrong.items[2].item_total.value is not None and wrong.items[2].item_total.value < 0


@pytest.mark.parametrize("people", [1, 4])
def test_any_small_sample_makes_a_report(people: int) -> None:
    data = np.full((people, 5), 3.0)
    for some in (data, rated(people, 5)):
        measured = measures_of(sample(some, items=scored(5)), seed=1)
        section = section_of(result().model_copy(update={"measures": measured, "beside": ()}))
        assert "respondents" in page(alone(section, model="m", people=("a",)))
        assert all(as_csv(table) for table in section.tables)
        assert next(one for one in section.tables if one.name == "undefined").rows


def test_without_scales_there_are_styles() -> None:
    measured = measures_of(sample(rated(40, 5), items=scored(5, scale=None)), seed=1)
    section = section_of(result().model_copy(update={"measures": measured, "beside": ()}))
    assert "No item belongs to a scale" in section.findings[0]
    assert {one.name for one in section.tables} >= {"styles", "items"} and not section.drawings

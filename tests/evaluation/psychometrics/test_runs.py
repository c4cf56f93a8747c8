"""A run becomes a sample: what has an order is taken, what is missing is missing and counted."""

import numpy as np
import pytest

from evaluation.psychometrics.runs import NOT_YET, measures_of, sample_of, scored_items
from simulacra.domain.answer import Answer, Missing, MissingCode, Response
from simulacra.domain.run import Cell, Interview, PersonaRef
from simulacra.domain.survey import Item, Kind, Option, Question
from tests.support.answers import rated, sample, scored

AGREE = tuple(Option(code=str(code), label=f"Degree {code}") for code in (1, 2, 3, 4))
UNSURE = Option(code="9", label="Don't know", missing=-96)


def item(id_: str, kind: Kind = Kind.RATING, **more: object) -> Item:
    plain = {"id": id_, "kind": kind, "text": f"{id_}?", "options": AGREE, **more}
    return Item.model_validate(plain)


def interview(person: str, *, replicate: int = 1, condition: str = "") -> Interview:
    return Interview(id=f"{person}{replicate}{condition}", persona=PersonaRef(id=person, version=1),
                     replicate=replicate, condition=condition, seed=1, position=0)  # fmt: skip


def cell(id_: str, response: Response, **more: object) -> Cell:
    question = Question(item_id=id_, kind=Kind.RATING, text="?", options=AGREE)
    plain = Cell(interview_id="i", item_id=id_, position=0, question=question, response=response,
                 seed=1, sequence=1)  # fmt: skip
    return plain.model_copy(update=more)


def test_only_answers_with_an_order_are_taken() -> None:
    kept, left_out = scored_items([
        item("a", scale="s", reverse=True, options=(*AGREE, UNSURE)),
        item("b", Kind.SINGLE, scale="s"),
        item("c", Kind.SINGLE),
        item("d", options=(Option(code="x", label="X"), Option(code="y", label="Y"))),
        item("e", Kind.SLIDER, options=(), minimum=0, maximum=100),
        item("f", Kind.NUMERIC, options=()),
        item("g", Kind.MULTI, scale="s"),
    ])  # fmt: skip
    assert [(one.id, one.codes) for one in kept] == [
        ("a", (1, 2, 3, 4)), ("b", (1, 2, 3, 4)), ("e", (0, 100)),
    ]  # fmt: skip
    assert kept[0].reverse and kept[0].scale == "s"
    assert set(left_out) == {"c", "d", "f", "g"}
    assert "no order" in left_out["c"] and "no numbers" in left_out["d"]


def test_missing_codes_are_missing_and_counted() -> None:
    items, _ = scored_items([item("a", options=(*AGREE, UNSURE)), item("b")])
    records = [
        (interview("p"), cell("a", Answer(codes=("3",)))),
        (interview("p"), cell("b", Missing(code=MissingCode.REFUSED))),
        (interview("q"), cell("a", Missing(code=MissingCode.TECHNICAL))),
        (interview("q"), cell("a", Answer(codes=("1",)), attempt=2)),
        (interview("p", replicate=2), cell("a", Answer(codes=("9",)))),
    ]
    found = sample_of(items, records, replicates=2)
    assert found.answers[0] == pytest.approx(np.array([[3, np.nan], [1, np.nan]]), nan_ok=True)
    assert np.isnan(found.answers[1]).all(), "-96 is no answer of 9"
    assert found.missing == {"Refused": 1, NOT_YET: 4}
    assert found.people == ("p", "q")


def test_conditions_are_respondents_of_their_own() -> None:
    items, _ = scored_items([item("a")])
    records = [
        (interview("p", condition=one), cell("a", Answer(codes=("2",)))) for one in ("x", "y")
    ]
    assert sample_of(items, records, replicates=1).people == ("p@x", "p@y")


def test_a_whole_sample_is_measured() -> None:
    data = np.hstack([rated(80, 4, reverse=(1,)), rated(80, 3, seed=5), rated(80, 1, seed=7)])
    items = (
        *scored(4, scale="one", reverse=(1,)),
        *scored(3, scale="two", first=4),
        *scored(1, scale=None, first=7),
    )
    found = measures_of(sample(data, data, items=items), seed=1)
    assert [one.scale for one in found.scales] == ["one", "two"]
    assert (found.people, found.occasions, found.answers) == (80, 2, 2 * 80 * 8)
    one, two = found.scales
    assert one.alpha.value and one.alpha.value > 0.6 and one.fit.df == 2
    assert two.fit.chi2 is None and two.omega.value and one.retest.value == pytest.approx(1)
    assert found.fit.factors == 2 and found.fit.items == 7
    assert len(found.items) == 8 and "no scale" in found.items[7].item_total.why
    assert found.items[1].mean == pytest.approx(6 - data[:, 1].mean())
    assert found == measures_of(sample(data, data, items=items), seed=1)


def test_one_person_has_no_statistics_but_a_style() -> None:
    found = measures_of(sample(rated(1, 5), items=scored(5)), seed=1)
    one = found.scales[0]
    for estimate in (one.alpha, one.omega, one.mean_r, one.omega_hierarchical, one.retest, one.icc):
        assert estimate.value is None and estimate.interval is None and estimate.why
    assert one.sd is None and one.fit.chi2 is None and one.mean.value is not None
    assert one.mean.interval is None and found.styles.extreme.n == 1

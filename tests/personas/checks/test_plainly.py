"""Facts as readers write them, in the forms that the checks compare."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personas.checks.plainly import is_report, plainly
from personas.checks.vocabulary import relations
from simulacra.domain.memory import Span
from simulacra.domain.persona import Fact


def noted(subject: str, relation: str, told: str) -> list[tuple[str, str]]:
    fact = Fact(
        subject=subject, relation=relation, object=told, episode="e01", span=Span(start=0, end=1)
    )
    return [(one.subject, one.object) for one in plainly(fact)]


@pytest.mark.parametrize(
    ("relation", "told", "plain"),
    [
        ("lasted", "nine years", "9 years"),
        ("lasted", "thirty-three years", "33 years"),
        ("lasted", "a whole year and six months", "1 whole year and 6 months"),
        ("lasted", "9 years", "9 years"),
        ("died_on", "rains of 2021", "2021"),
        ("died_on", "2008 spring (buried)", "2008"),
        ("born_on", "3 May 1999", "1999-05-03"),
        ("born_on", "1999-05", "1999-05"),
        ("dated", "2009-02-30", "2009-02-30"),
        ("dated", "before Christmas 2009", "before Christmas 2009"),
        ("began", "1990 or 1991", "1990 or 1991"),
        ("works_as", "customs clerk, when he lived there", "customs clerk"),
        ("works_as", "welder (retired)", "welder"),
        ("is", "left, or so (she said)", "left, or so (she said)"),
    ],
)
def test_what_is_told(relation: str, told: str, plain: str) -> None:
    assert noted("Ana Ruiz", relation, told) == [("Ana Ruiz", plain)]


@pytest.mark.parametrize(
    ("subject", "told", "pairs"),
    [
        ("Ben", "Ana Ruiz and Luis (younger brother)", [("Ben", "Ana Ruiz"), ("Ben", "Luis")]),
        ("Ana, Ben and Eva", "Luis", [("Ana", "Luis"), ("Ben", "Luis"), ("Eva", "Luis")]),
        (
            "Ana Ruiz",
            "her half-brother and a cousin",
            [("Ana Ruiz", "her half-brother and a cousin")],
        ),
        ("Ana Ruiz", "(unnamed)", [("Ana Ruiz", "(unnamed)")]),
    ],
)
def test_who_is_meant(subject: str, told: str, pairs: list[tuple[str, str]]) -> None:
    assert noted(subject, "sibling_of", told) == pairs


@pytest.mark.parametrize(
    ("told", "report"),
    [
        ("group B, as the midwife wrote", True),
        ("group B, by the midwife's note of 1990", True),
        ("left-handed, or so her uncle had always claimed", True),
        ("born in Toledo according to the parish", True),
        ("said to be 190 cm tall", True),
        ("wrongly entered as group A", True),
        ("group B", False),
        ("left-handed, as her mother was", False),
        ("scar on the left knee, by her uncle's scythe", False),
        ("a clerk on her uncle's list", False),
    ],
)
def test_somebodys_word(told: str, report: bool) -> None:
    fact = Fact(
        subject="Ana Ruiz", relation="body", object=told, episode="e01", span=Span(start=0, end=1)
    )
    assert is_report(fact) is report
    assert not is_report(fact.model_copy(update={"relation": "acts"}))


@given(st.sampled_from(sorted(relations())), st.text(min_size=1, max_size=40), st.text(min_size=1))
def test_no_fact_is_lost(relation: str, subject: str, told: str) -> None:
    assert all(one and other for one, other in noted(subject, relation, told))
    assert noted(subject, relation, told)

"""Lasting features of bodies against each other."""

import pytest

from personas.checks.door import check_persona
from tests.support.lives import Noted, life, years

ANA = "Ana Ruiz"
APART: dict[str, tuple[Noted, Noted]] = {
    "the other hand": ((ANA, "body", "left-handed", 1), ("Ana", "body", "right-handed", 2)),
    "other eyes": ((ANA, "body", "brown eyes", 1), (ANA, "body", "eyes of a pale blue", 2)),
    "another height": ((ANA, "body", "172 cm tall", 2), (ANA, "body", "1.60 m tall", 3)),
    "another finger": (
        ("Ben's stump", "is", "left ring finger", 1),
        ("Ben", "body", "right thumb missing", 2),
    ),
    "the other eye": (("Ben", "body", "blind left eye", 1), ("Ben's blind eye", "is", "right", 2)),
    "the other knee": (
        ("Ben", "body", "scar on the left knee", 1),
        ("Ben", "body", "scar on the right knee", 2),
    ),
    "other genes": (("Ben", "body", "genotype AA", 1), ("Ben", "is", "genotype AS", 2)),
}
TOGETHER: dict[str, tuple[Noted, Noted]] = {
    "a growing child": ((ANA, "body", "120 cm tall", 0), (ANA, "body", "172 cm tall", 2)),
    "two scars": (
        ("Ben", "body", "scar on the left knee", 1),
        ("Ben", "body", "scar on the right cheek", 2),
    ),
    "told less": (("Ben", "body", "left ring finger maimed", 1), ("Ben", "body", "a stump", 2)),
    "the same finger": (
        ("Ben", "body", "top of the left ring finger lost", 1),
        ("Ben", "body", "maimed left hand", 2),
    ),
    "both ears": (("Ben", "body", "deaf left ear", 1), ("Ben", "body", "deaf in both ears", 2)),
    "somebody else": (("Ben", "body", "brown eyes", 1), ("Tom", "body", "blue eyes", 2)),
    "what a nurse wrote": (
        ("Ben", "body", "blood group A, as a nurse wrote on a card", 1),
        ("Ben", "body", "blood group B", 2),
    ),
    "a thing": (("the doll", "is", "left-handed", 1), ("the doll", "is", "right-handed", 2)),
}


def kinds(*facts: Noted) -> list[str]:
    person = life(*years("1990", "2000-06", "2010-03-01", "2020"), facts=facts)
    return [one.kind for one in check_persona(person) if one.severity == "contradiction"]


@pytest.mark.parametrize("facts", APART.values(), ids=APART)
def test_what_does_not_change(facts: tuple[Noted, Noted]) -> None:
    assert "other-body" in kinds(*facts)


@pytest.mark.parametrize("facts", TOGETHER.values(), ids=TOGETHER)
def test_what_can_be_true_together(facts: tuple[Noted, Noted]) -> None:
    assert "other-body" not in kinds(*facts)


def test_what_somebody_says_of_a_body_may_be_untrue() -> None:
    told = (("2000", None, '"AA," she said of her blood.'), ("2010", None, "It was AS."))
    facts = (("Ben", "body", "genotype AA", 0), ("Ben", "body", "genotype AS", 1))
    found = check_persona(life(*told, facts=facts))
    assert [one.kind for one in found if one.severity == "contradiction"] == []

"""The cast of a life: from the profile's entries and from facts, and the roles it resolves."""

from personas.checks.cast import Member, cast_of, roles_of
from simulacra.domain.persona import Persona
from tests.support.lives import Noted, life, years

ANA = "Ana Ruiz"


def person(*facts: Noted, **attributes: str) -> Persona:
    return life(*years("1990", "2000-06"), facts=facts, attributes=attributes)


def test_kin_come_from_the_profile_with_their_roles() -> None:
    persona = person(
        mother="Rosa Ruiz, baker in Bilbao",
        siblings="elder sister Ines, a nurse; younger brother Teo, died in 1999",
        work="weaving with her uncle Julio Sanz",
    )
    roles = {one.name: one.role for one in cast_of(persona)}
    assert roles == {
        "Rosa Ruiz": "mother",
        "Ines": "elder sister",
        "Teo": "younger brother",
        "Julio Sanz": "uncle",
    }


def test_facts_add_people_dates_and_longer_names() -> None:
    persona = person(
        ("Teo Ruiz", "born_on", "1984-02", 0),
        ("Teo Ruiz", "died_on", "1999", 1),
        ("Mama Lola", "is", "blind grandmother of Ana", 0),
        ("Luz Vega", "works_as", "dentist", 1),
        siblings="younger brother Teo",
    )
    assert cast_of(persona) == (
        Member(name="Teo Ruiz", role="younger brother", born="1984-02", died="1999"),
        Member(name="Mama Lola", role="grandmother"),
        Member(name="Luz Vega", note="dentist"),
    )


def test_the_person_is_no_member_and_a_limit_keeps_kin() -> None:
    persona = person((ANA, "owns", "a loom", 0), ("Luz", "acts", "sang", 0), mother="Rosa")
    assert [one.name for one in cast_of(persona, ["Gil"], limit=2)] == ["Rosa", "Luz"]


def test_a_role_means_its_only_holder() -> None:
    sisters = (Member(name="Ines", role="elder sister"), Member(name="Eva", role="younger sister"))
    mother = Member(name="Rosa", role="mother")
    roles = roles_of(person(), (*sisters, mother))
    assert roles["Ana Ruiz's mother"] == roles["her mother"] == roles["Ines's mother"] == "Rosa"
    assert roles["the older sister"] == "Ines"
    assert "Ana Ruiz's sister" not in roles

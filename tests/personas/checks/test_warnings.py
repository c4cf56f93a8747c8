from personas.checks.door import check_persona
from simulacra.domain.persona import Persona
from tests.support.lives import life

LONG = "the ferry left without them because the clock of the town was slow"


def warnings(persona: Persona) -> list[str]:
    found = check_persona(persona)
    assert all(one.severity == "warning" for one in found)
    return [one.kind for one in found]


def test_a_long_phrase_in_two_episodes() -> None:
    persona = life(
        ("2000", None, f"Ana ran, but {LONG}."),
        ("2001", None, f"This time {LONG.upper()}, again!"),
        biography="Ana Ruiz, woman of 46, born 1980, of Bilbao, Spain.",
    )
    (found,) = [one for one in check_persona(persona) if one.kind == "phrase-repeated"]
    assert found.span and found.other_span and found.episode == "e01"
    assert persona.text_of(found.span) == LONG.upper()
    assert persona.text_of(found.other_span) == LONG


def test_sentences_that_differ_in_little() -> None:
    one = "In the morning she carried two buckets of water up the hill to the old chapel."
    other = "In the evening she carried three buckets of water up the hill to the old chapel."
    different = "In the morning she wrote to the bank, and in the evening the bank wrote to her."
    persona = life(("2000", None, one), ("2001", None, different), ("2002", None, other))
    (found,) = [one for one in check_persona(persona) if one.kind == "passage-repeated"]
    assert found.span and persona.text_of(found.span).startswith("In the evening she carried")
    assert found.episode == "e02"


def test_alike_within_one_episode_is_a_figure_of_speech() -> None:
    text = "She asked the man at the gate for the key of the church. " * 2
    assert "passage-repeated" not in warnings(life(("2000", None, text.strip())))


def test_attributes_that_nobody_tells() -> None:
    persona = life(
        ("2000", None, "Ana, a woman born in 1980, baked bread in Bilbao, Spain."),
        hobbies=("baking bread", "collecting beetles"),
        attributes={"children": "none", "pet": "a tortoise named Plato"},
    )
    found = [one for one in check_persona(persona) if one.kind == "attribute-untold"]
    assert [one.detail for one in found] == ["profile.hobby", "profile.pet"]
    assert "collecting beetles" in found[0].message


def test_a_name_misspelt_once() -> None:
    text = "The boss liked Ottilie, and so did Ottilie, and Ottilie smiled at Otilie."
    facts = (("Ottilie Braun", "works_as", "cook", 0),)
    (found,) = [
        one
        for one in check_persona(life(("2000", None, text), facts=facts))
        if one.kind == "name-misspelt"
    ]
    assert found.span and text[found.span.start : found.span.end] == "Otilie"
    assert "Ottilie" in found.message


def test_a_plural_is_no_slip() -> None:
    text = "The boss liked Ottilie, and so did Ottilie, and Ottilie liked the other two Ottilies."
    facts = (("Ottilie Braun", "works_as", "cook", 0),)
    assert "name-misspelt" not in warnings(life(("2000", None, text), facts=facts))


def test_another_family_name_of_the_person() -> None:
    text = "The clerk wrote Ana Nowak. Ana Ruiz laughed."
    persona = life(("2000", None, text))
    (found,) = [one for one in check_persona(persona) if one.kind == "surname-changed"]
    assert found.span and text[found.span.start : found.span.end] == "Ana Nowak"
    assert found.episode == "e00"


def test_a_namesake_whom_the_life_knows_is_no_other_name() -> None:
    text = "Ana Ruiz met Ana Braun on Monday. Ana, Braun and Ben ate."
    facts = (("Ana Braun", "works_as", "cook", 0),)
    assert "surname-changed" not in warnings(life(("2000", None, text), facts=facts))

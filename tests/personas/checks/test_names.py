import pytest
from hypothesis import given
from hypothesis import strategies as st

from personas.checks.names import Names, folded, is_person, name_words, same_name

PEOPLE = ("Kosi Obi", "Emeka Obi", "Philomena Obi", "Don Hilario Mendoza", "Óscar Huarca", "Óscar")


@pytest.fixture
def names() -> Names:
    return Names(PEOPLE, {"Emeka Obi's mother": "Philomena Obi"})


def test_a_first_name_means_the_one_who_bears_it(names: Names) -> None:
    assert names.key("Kosi") == names.key("Kosi Obi") == "kosi obi"
    assert names.key("Hilario Mendoza") == names.key("Don Hilario Mendoza")
    assert names.key("oscar huarca".title()) == names.key("Óscar")


def test_a_surname_of_many_means_nobody(names: Names) -> None:
    assert names.key("Obi") == "obi"


def test_a_family_name_means_nobody_in_particular() -> None:
    names = Names(["Murugesan", "Abinaya Murugesan", "Lilia Feki", "Mr Feki"])
    assert names.key("Murugesan") == "murugesan"
    assert names.key("Mr Feki") == "feki"
    assert names.key("Abinaya") == "abinaya murugesan"


def test_an_event_is_its_words_in_any_order(names: Names) -> None:
    assert names.key("Kosi's death") == names.key("the death of Kosi Obi") == "death kosi obi"
    assert names.key("Kosi's death") != names.key("Emeka's death")


def test_a_role_is_the_person_who_has_it(names: Names) -> None:
    assert names.who("Emeka's mother") == names.key("Philomena") == "philomena obi"
    assert names.who("Kosi's mother") == "kosi obi mother"


def test_a_role_never_renames_a_person() -> None:
    assert Names(["Ana Ruiz"], {"Ana Ruiz": "Anita"}).who("Ana Ruiz") == "ana ruiz"


@pytest.mark.parametrize("text", ["Ana", "Ana Ruiz", "María de la Cruz", "Pa Ezeani"])
def test_people(text: str) -> None:
    assert is_person(text)


@pytest.mark.parametrize(
    "text", ["Ana's ear", "the wedding", "Ana lifting a stone", "Ana and Ben's engagement", ""]
)
def test_not_people(text: str) -> None:
    assert not is_person(text)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ana", "Ana Ruiz", True),
        ("Emeka", "Chukwuemeka", True),
        ("Sister Ana", "Ana", True),
        ("Nkechi", "Adaobi", False),
        ("Marta", "Maria", False),
    ],
)
def test_names_that_can_be_one_persons(one: str, other: str, same: bool) -> None:
    assert same_name(one, other) is same_name(other, one) is same


@given(st.text(max_size=30))
def test_folding_is_done_once(text: str) -> None:
    assert folded(folded(text)) == folded(text) or "ſ" in text or not text.isascii()
    assert all(word == word.casefold() for word in name_words(text))

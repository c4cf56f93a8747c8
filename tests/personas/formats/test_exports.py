from pathlib import Path

import pytest

from personas.formats.exports import FORMATS, export_persona, format_of
from personas.formats.imports import import_persona
from simulacra.errors import InputError
from tests.support.people import ilka


@pytest.mark.parametrize(
    ("out", "form"),
    [("a.json", "card"), ("a.PNG", "png"), ("a", "pack"), ("a.d", "pack")],
)
def test_the_ending_says_the_format(out: str, form: str) -> None:
    assert format_of(Path(out)) == form
    assert format_of(Path(out), "human-simulacra") == "human-simulacra"


def test_an_unknown_format_lists_those_there_are() -> None:
    with pytest.raises(InputError, match="pack, card, png, human-simulacra"):
        format_of(Path("a"), "docx")


def test_every_format_can_be_imported(tmp_path: Path) -> None:
    person = ilka().model_copy(update={"source": "import"})
    for form in FORMATS:
        lost = export_persona(person, tmp_path / form, form=form)
        assert bool(lost) == (form == "human-simulacra")
        if form == "card":
            (tmp_path / form).rename(tmp_path / "card.json")
            form = "card.json"
        back = import_persona(tmp_path / form)[0]
        assert back == person if not lost else back.story == person.story


def test_a_picture_is_for_pictures(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cards in a picture"):
        export_persona(ilka(), tmp_path / "a", picture=tmp_path / "b.png")

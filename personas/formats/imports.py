"""The door for characters from outside."""

from pathlib import Path

from personas.formats.character_card import is_card, read_card
from personas.formats.human_simulacra import is_human_simulacra, read_human_simulacra
from personas.formats.packs import is_pack, read_pack
from simulacra.domain.persona import Persona
from simulacra.errors import InputError
from simulacra.plain_text import one_line


def import_persona(
    path: Path, *, age: int | None = None, gender: str | None = None
) -> list[Persona]:
    """The character of a persona pack or a character card, or all of a Human Simulacra folder.

    ``age`` and ``gender`` are for cards, which seldom say either plainly.

    Raises:
        InputError: the path is none of these, something in it is missing or broken, or a name is
            no line of plain text; then nothing at all is imported.
    """
    people = _read(path, age=age, gender=gender)
    for one in people:
        one_line(one.name, "the name", path=path, field="name")
    return people


def _read(path: Path, *, age: int | None, gender: str | None) -> list[Persona]:
    if not path.exists():
        raise InputError("there is no such file or folder", path=path)
    if is_card(path):
        return [read_card(path, age=age, gender=gender)]
    if age is not None or gender is not None:
        raise InputError("--age and --gender are for character cards alone", path=path)
    if path.is_dir() and is_pack(path):
        return [read_pack(path)]
    if path.is_dir() and is_human_simulacra(path):
        return read_human_simulacra(path)
    raise InputError(
        "is not a character: give the folder of a persona pack (with persona.yaml) or of Human "
        "Simulacra data (with character_profiles.json), or a character card (.json or .png)",
        path=path,
    )

"""The door for characters from outside."""

from pathlib import Path

from personas.formats.human_simulacra import is_human_simulacra, read_human_simulacra
from personas.formats.packs import is_pack, read_pack
from simulacra.domain.persona import Persona
from simulacra.errors import InputError


def import_persona(path: Path) -> list[Persona]:
    """The character of a persona pack, or all of a Human Simulacra folder.

    Raises:
        InputError: the path is neither, or something in it is missing or broken; then nothing at
            all is imported.
    """
    if not path.exists():
        raise InputError("there is no such folder", path=path)
    if path.is_dir() and is_pack(path):
        return [read_pack(path)]
    if path.is_dir() and is_human_simulacra(path):
        return read_human_simulacra(path)
    raise InputError(
        "is not a character: give the folder of a persona pack (with persona.yaml) or of Human "
        "Simulacra data (with character_profiles.json)",
        path=path,
    )

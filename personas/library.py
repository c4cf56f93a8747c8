"""The characters that come with the project."""

from pathlib import Path

from personas.formats.packs import is_pack, read_pack
from simulacra.domain.persona import Persona

FOLDER = Path(__file__).parent / "library"


def library_ids() -> frozenset[str]:
    """The ids of all characters: a character's folder bears its id."""
    return frozenset(one.name for one in FOLDER.iterdir() if is_pack(one))


def library() -> list[Persona]:
    """Every character of the library, sorted by id."""
    folders = sorted(one for one in FOLDER.iterdir() if is_pack(one))
    return sorted((read_pack(one, "library") for one in folders), key=lambda persona: persona.id)

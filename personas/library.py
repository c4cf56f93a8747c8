"""The characters that come with the project."""

from functools import cache
from pathlib import Path

from personas.formats.packs import is_pack, read_pack
from simulacra.domain.persona import Persona

FOLDER = Path(__file__).parent / "library"


def library_ids() -> frozenset[str]:
    """The ids of all characters: a character's folder bears its id."""
    return frozenset(one.name for one in FOLDER.iterdir() if is_pack(one))


def library() -> list[Persona]:
    """Every character of the library, sorted by id."""
    return list(_read(FOLDER))


@cache
def _read(folder: Path) -> tuple[Persona, ...]:
    # Half a second of YAML, which does not change while a process runs.
    packs = (read_pack(one, "library") for one in folder.iterdir() if is_pack(one))
    return tuple(sorted(packs, key=lambda persona: persona.id))

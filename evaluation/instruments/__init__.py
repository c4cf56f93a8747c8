"""The instruments that ship with the project, by name."""

from difflib import get_close_matches
from pathlib import Path

from simulacra.errors import InputError, UnknownName

_FOLDER = Path(__file__).parent


def shipped_instruments() -> dict[str, Path]:
    """Names of the shipped instruments and their files, sorted by name."""
    return {path.stem: path for path in sorted(_FOLDER.glob("*.yaml"))}


def find_instrument(name_or_path: str | Path) -> Path:
    """The file of a shipped instrument, or the path itself where it names a file.

    Raises UnknownName for a bare word that is neither, InputError for a path without a file.
    """
    path = Path(name_or_path)
    shipped = shipped_instruments()
    if path.is_file():
        return path
    if str(name_or_path) in shipped:
        return shipped[str(name_or_path)]
    if path.suffix or len(path.parts) > 1:
        raise InputError("there is no such file: check the path", path=path)
    near = get_close_matches(str(name_or_path), shipped, n=1)
    hint = f"; did you mean {near[0]}?" if near else ""
    known = ", ".join(shipped)
    raise UnknownName(f"no instrument named {name_or_path}: give a file or one of {known}{hint}")

"""The door for characters to the outside."""

from pathlib import Path
from typing import Literal, get_args

from personas.formats.card_writing import write_card, write_picture
from personas.formats.human_simulacra_writing import write_human_simulacra
from personas.formats.packs import write_pack
from simulacra.domain.persona import Persona
from simulacra.errors import InputError

Format = Literal["pack", "card", "png", "human-simulacra"]
FORMATS: tuple[Format, ...] = get_args(Format)


def format_of(out: Path, named: str | None = None) -> Format:
    """The format that was named; else a card for .json, a card in a picture for .png, a pack.

    Raises:
        InputError: there is no format of this name.
    """
    if named is None:
        by_ending: dict[str, Format] = {".json": "card", ".png": "png"}
        return by_ending.get(out.suffix.lower(), "pack")
    for one in FORMATS:
        if one == named:
            return one
    raise InputError(f"there is no format {named!r}; choose one of: {', '.join(FORMATS)}")


def export_persona(
    persona: Persona,
    out: Path,
    *,
    form: Format = "pack",
    picture: Path | None = None,
    overwrite: bool = False,
) -> tuple[str, ...]:
    """Write a character; what the format cannot hold comes back in words.

    ``picture`` is the PNG that a card in a picture takes; without it an avatar is drawn.

    Raises:
        InputError: something stands at ``out`` already, or the character does not fit the format.
        WorkFailed: it cannot be written.
    """
    if picture is not None and form != "png":
        raise InputError("--picture is for cards in a picture (--format png) alone")
    if form == "human-simulacra":
        return write_human_simulacra(persona, out, overwrite=overwrite)
    if form == "card":
        write_card(persona, out, overwrite=overwrite)
    elif form == "png":
        write_picture(persona, out, picture=picture, overwrite=overwrite)
    else:
        write_pack(persona, out, overwrite=overwrite)
    return ()

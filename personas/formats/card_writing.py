"""Writes Character Cards of version 2; see ``personas.formats.character_card``."""

from pathlib import Path

from personas.formats.card_content import LARGEST, card_json, usable_name
from personas.formats.card_pictures import picture_with
from personas.formats.new_files import write_new
from simulacra.domain.persona import Persona
from simulacra.errors import InputError


def write_card(persona: Persona, out: Path, *, overwrite: bool = False) -> None:
    """Write the card as a JSON file.

    Raises:
        InputError: the file exists already and ``overwrite`` is not set, or the card is too large.
        WorkFailed: it cannot be written.
    """
    _write(f"{_card(persona, out)}\n".encode(), out, overwrite)


def write_picture(
    persona: Persona, out: Path, *, picture: Path | None = None, overwrite: bool = False
) -> None:
    """Write the card inside a PNG: ``picture``, or an avatar drawn from the id.

    Raises:
        InputError: as ``write_card``, and where ``picture`` cannot be used.
        WorkFailed: it cannot be written.
    """
    _write(picture_with(_card(persona, out), picture, persona.id), out, overwrite)


def _card(persona: Persona, out: Path) -> str:
    if not usable_name(persona.name):
        raise InputError(f"a card cannot bear the name {persona.name!r}", path=out)
    return card_json(persona)


def _write(content: bytes, out: Path, overwrite: bool) -> None:
    if len(content) > LARGEST:
        raise InputError(f"the card would be larger than {LARGEST // 1_000_000} MB", path=out)
    write_new(out, content, overwrite=overwrite)

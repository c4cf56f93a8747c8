"""Addresses inside a survey, such as ``q://QID1/SelectableChoice/2``."""

import re
from typing import Any, NamedTuple
from urllib.parse import unquote

from simulacra.survey.formats.qsf.document import text

_SAYING_NOTHING = ("ChoiceGroup", "LoopAndMerge")
_ADDRESS = re.compile(r"([A-Za-z]+)://([^?]*)")


class Locator(NamedTuple):
    """Scheme (``q`` question, ``e`` field, ``m`` contact, ``lm`` loop), name, and what of it."""

    scheme: str
    name: str
    path: tuple[str, ...] = ()

    @property
    def what(self) -> str:
        """The first word of the path, "" without one."""
        return self.path[0] if self.path else ""

    @property
    def ids(self) -> tuple[str, ...]:
        """What follows the word: ids of choices, rows or answers."""
        return self.path[1:]


def locator(address: Any) -> Locator | None:
    """The parts of an address; None where it is none."""
    found = _ADDRESS.match(text(address).strip())
    if not found:
        return None
    scheme = found[1].lower()
    if scheme in ("e", "m"):
        return Locator(scheme, unquote(found[2]).removeprefix("Field/"))
    parts = [unquote(part) for part in found[2].split("/") if part]
    if not parts:
        return None
    name, *path = parts
    return Locator(scheme, name, tuple(part for part in path if part not in _SAYING_NOTHING))

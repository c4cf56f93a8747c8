"""Names of columns as SPSS and Stata take them, each only once."""

import re
from collections.abc import Iterable

SPSS_SIZE = 64
STATA_SIZE = 27
"""Stata takes 32 characters; five are left for the number that names a variable's set of labels."""

_SPSS_WORDS = frozenset(
    ("ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH")
)
_STATA_WORDS = frozenset(
    ["byte", "double", "float", "if", "in", "int", "long", "strL", "using", "with"]
)  # those that begin with _ cannot arise
_STATA_STR = re.compile(r"str\d+")


def spss_name(name: str) -> str:
    """A legal SPSS name: at most 64 bytes of letters, digits, _ . $ # @, letter first."""
    name = re.sub(r"[^A-Za-z0-9_.$#@]", "_", name)
    if not name[:1].isalpha():
        name = f"v{name}"
    name = name[:SPSS_SIZE].rstrip("._") or "v"
    return f"{name}_v" if name.upper() in _SPSS_WORDS else name


def stata_name(name: str) -> str:
    """A legal Stata name: letters, digits and _, letter first, no reserved word, not too long."""
    name = re.sub(r"[^A-Za-z0-9_]", "_", name)
    if not name[:1].isalpha():
        name = f"v{name}"
    name = name[:STATA_SIZE]
    return f"{name}_v" if name in _STATA_WORDS or _STATA_STR.fullmatch(name) else name


def unique_names(names: Iterable[str], *, size: int | None = None) -> list[str]:
    """Names with _2, _3, ... where one is taken.

    With a ``size``, no name gets longer than that, and A and a are the same.
    """
    taken: set[str] = set()
    result: list[str] = []
    for name in names:
        candidate, number = name, 1
        while _key(candidate, size) in taken:
            number += 1
            ending = f"_{number}"
            candidate = (name if size is None else name[: size - len(ending)]) + ending
        taken.add(_key(candidate, size))
        result.append(candidate)
    return result


def _key(name: str, size: int | None) -> str:
    return name if size is None else name.casefold()

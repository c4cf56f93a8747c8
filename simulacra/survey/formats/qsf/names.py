"""Names that Qualtrics allows become ids; no two of them the same, also after unrolling."""

import re
from collections.abc import Iterable

# Words of the language of conditions and pipes.
_TAKEN = frozenset(("and", "or", "not", "in", "contains", "true", "false", "loop", "random"))


def legal(name: str) -> str:
    """The name as an id: letters, digits, ``_`` and ``.``, a letter first."""
    found = re.sub(r"[^A-Za-z0-9_.]+", "_", name).strip("_.")[:60]
    if not found or not found[0].isalpha():
        found = f"x{found}"
    return f"{found}_" if found.lower() in _TAKEN else found


def legal_code(name: str) -> str:
    """The name as the code of a row or the key of a round."""
    return re.sub(r"[^A-Za-z0-9_]+", "_", name)[:40] or "_"


class Names:
    """Ids that are in use, those that rows and rounds will get included."""

    def __init__(self) -> None:
        self._used: set[str] = set()
        self._numbers: dict[str, int] = {}

    def take(self, *wanted: str, parts: Iterable[str] = ()) -> str:
        """The first wanted name that is free with all its ``parts`` (endings); taken from now on.

        Where none is, the last one gets a number.
        """
        endings = ["", *parts]
        for name in map(legal, wanted):
            if self._take(name, endings):
                return name
        base = legal(wanted[-1])
        while True:
            self._numbers[base] = self._numbers.get(base, 1) + 1
            name = f"{base}_v{self._numbers[base]}"
            if self._take(name, endings):
                return name

    def _take(self, name: str, endings: list[str]) -> bool:
        ids = {f"{name}{ending}".lower() for ending in endings}
        if ids & self._used:
            return False
        self._used |= ids
        return True

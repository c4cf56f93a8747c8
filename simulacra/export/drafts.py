"""Files that appear whole or not at all."""

import contextlib
import hashlib
from pathlib import Path


class Drafts:
    """New files of one folder, written beside their final names and renamed together at the end."""

    def __init__(self, folder: Path) -> None:
        """``folder`` is made if it is not there."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._made: list[Path] = []
        self._drafts: dict[str, Path] = {}

    def path(self, name: str) -> Path:
        """Where to write the file that is to be called ``name``; it may lie in folders of its own.

        Parts of the name are separated by a slash.
        """
        place = self._folder
        *inner, last = name.split("/")
        for part in inner:
            place /= part
            if not place.is_dir():
                place.mkdir()
                self._made.append(place)
        draft = place / f".{last}.part"
        self._drafts[name] = draft
        return draft

    def hashes(self) -> dict[str, str]:
        """SHA-256 (hex) of what is written so far, by final name, in the order begun."""
        found: dict[str, str] = {}
        for name, draft in self._drafts.items():
            with draft.open("rb") as file:
                found[name] = hashlib.file_digest(file, "sha256").hexdigest()
        return found

    def keep(self) -> list[Path]:
        """Give all files their names, replacing older ones; in the order begun."""
        kept: list[Path] = []
        for name, draft in self._drafts.items():
            kept.append(draft.replace(self._folder / name))
        self._drafts.clear()
        return kept

    def discard(self) -> None:
        """Remove what is not kept."""
        for draft in self._drafts.values():
            draft.unlink(missing_ok=True)
        self._drafts.clear()
        for place in reversed(self._made):
            with contextlib.suppress(OSError):  # it holds what is kept
                place.rmdir()

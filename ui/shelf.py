"""Instruments at hand in the app: those that ship, and those brought into the workspace."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import TypeAdapter

from evaluation.instruments import shipped_instruments
from simulacra.domain.survey import Instrument
from simulacra.errors import InputError
from simulacra.survey.checking import check_instrument
from simulacra.survey.formats import read_instrument
from simulacra.survey.formats.native import write_native
from simulacra.survey.report import ReportEntry
from simulacra.workspace import Workspace

_REPORT: TypeAdapter[list[ReportEntry]] = TypeAdapter(list[ReportEntry])
ENDINGS = ["qsf", "xlsx", "csv", "json", "lss", "yaml", "yml"]


class Read(NamedTuple):
    """An instrument as read, with everything that its reader or a check found."""

    instrument: Instrument
    report: list[ReportEntry]


class Shelf:
    """The instruments of a workspace: files in its folder ``instruments``, in our own format."""

    def __init__(self, workspace: Workspace) -> None:
        self._folder = workspace.path / "instruments"

    def names(self) -> dict[str, Path]:
        """Names and files, those brought in first."""
        own = {path.stem: path for path in sorted(self._folder.glob("*.yaml"))}
        return {**own, **{n: p for n, p in shipped_instruments().items() if n not in own}}

    def is_own(self, name: str) -> bool:
        """Whether it was brought into this workspace."""
        return (self._folder / f"{name}.yaml").is_file()

    def read(self, name: str) -> Read:
        """An instrument by name.

        Raises:
            InputError: there is none, or its file is damaged.
        """
        path = self.names().get(name)
        if path is None:
            raise InputError(f"there is no instrument {name!r} in this workspace")
        found = read(path)
        report = self._report(name)
        if self.is_own(name) and report.is_file():
            return found._replace(report=_REPORT.validate_json(report.read_bytes()))
        return found

    def keep(self, name: str, instrument: Instrument, report: Sequence[ReportEntry] = ()) -> str:
        """Keep an instrument under a name, in place of one of the same name; the name it got.

        ``report`` is what its reader could not map, which the kept file does not tell any more.

        Raises:
            InputError: the name has no letter or number.
            WorkFailed: the file cannot be written.
        """
        kept = plain_name(name)
        self._folder.mkdir(parents=True, exist_ok=True)
        write_native(instrument, self._folder / f"{kept}.yaml")
        if report:
            self._report(kept).write_bytes(_REPORT.dump_json(list(report)))
        else:
            self._report(kept).unlink(missing_ok=True)
        return kept

    def _report(self, name: str) -> Path:
        return self._folder / f"{name}.report.json"


def read(path: Path) -> Read:
    """An instrument from a file in any format.

    Raises:
        InputError: it cannot be read; with path, line and field.
    """
    instrument, report = read_instrument(path)
    return Read(instrument, [*report, *check_instrument(instrument)])


def plain_name(name: str) -> str:
    """A name that can stand in any file name.

    Raises:
        InputError: nothing of it can.
    """
    kept = re.sub(r"[^\w-]+", "_", name.strip()).strip("_")[:80]
    if not kept:
        raise InputError("give the instrument a name with a letter or a number in it")
    return kept

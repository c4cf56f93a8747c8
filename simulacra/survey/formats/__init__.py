"""Instruments as files: one reader or writer a format, and the door to them."""

from collections.abc import Callable
from pathlib import Path

from simulacra.domain.answer import MissingCode
from simulacra.domain.survey import Instrument
from simulacra.errors import InputError
from simulacra.survey.condition import parse_condition
from simulacra.survey.formats.item_table import read_csv_table, read_xlsx_table
from simulacra.survey.formats.native import read_native, write_native
from simulacra.survey.formats.qsf import read_qsf
from simulacra.survey.report import ReportEntry

MAX_BYTES = 20_000_000

Lines = dict[str, int]
_Read = Callable[[Path], tuple[Instrument, list[ReportEntry], Lines]]
_READERS: dict[str, _Read] = {
    ".yaml": read_native,
    ".yml": read_native,
    ".json": read_native,
    ".csv": read_csv_table,
    ".xlsx": read_xlsx_table,
    ".qsf": read_qsf,
}
_WRITTEN = (".yaml", ".yml", ".json")


def read_instrument(path: Path) -> tuple[Instrument, list[ReportEntry]]:
    """An instrument from a file, and what its reader could not map.

    The ending decides: ``.yaml``, ``.yml`` and ``.json`` are our own format, ``.csv`` and ``.xlsx``
    an item table, ``.qsf`` a Qualtrics survey. Raises InputError, with path, line and field, for a
    missing file, an unknown ending, more than 20 MB, and whatever in the file is wrong; conditions
    are parsed as well.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        endings = ", ".join(_READERS)
        raise InputError(f"unknown ending {path.suffix!r}: give one of {endings}", path=path)
    if not path.is_file():
        raise InputError("there is no such file: check the path", path=path)
    if path.stat().st_size > MAX_BYTES:
        raise InputError("the file is over 20 MB: split it or leave out what is no item", path=path)
    instrument, report, lines = reader(path)
    _check(instrument, path, lines)
    return instrument, report


def write_instrument(instrument: Instrument, path: Path) -> None:
    """Write an instrument in our own format, YAML or JSON by the ending.

    Reading it back gives an equal instrument. Raises InputError for another ending.
    """
    if path.suffix.lower() not in _WRITTEN:
        raise InputError(
            f"cannot write {path.suffix!r}: give one of {', '.join(_WRITTEN)}", path=path
        )
    write_native(instrument, path)


def _check(instrument: Instrument, path: Path, lines: Lines) -> None:
    """What no reader checks: conditions, and codes that files keep for missing answers."""
    for item in instrument.items:
        line = lines.get(item.id)
        if item.condition and item.condition.strip():
            try:
                parse_condition(item.condition)
            except InputError as error:
                message = f"item {item.id}: {error}"
                raise InputError(message, path=path, line=line, field="condition") from error
        for option in item.options:
            if option.missing not in (None, MissingCode.DONT_KNOW, MissingCode.REFUSED):
                message = f"item {item.id}: option {option.code}: missing is -96 or -97"
                raise InputError(message, path=path, line=line, field="options")
            if option.missing is None and option.code in _RESERVED:
                message = (
                    f"item {item.id}: code {option.code} stands for missing answers; "
                    "give the option another code"
                )
                raise InputError(message, path=path, line=line, field="options")


_RESERVED = frozenset(str(int(code)) for code in MissingCode)

"""Instruments as files: one reader or writer a format, and the door to them."""

from collections.abc import Callable
from pathlib import Path

from simulacra.domain.answer import MissingCode
from simulacra.domain.survey import Instrument
from simulacra.errors import InputError
from simulacra.survey.condition import parse_condition
from simulacra.survey.formats.comparison import losses
from simulacra.survey.formats.documents import read_document
from simulacra.survey.formats.item_table import read_csv_table
from simulacra.survey.formats.item_table_writing import write_table
from simulacra.survey.formats.lss.reading import read_lss
from simulacra.survey.formats.lss.writing import write_lss
from simulacra.survey.formats.native import read_native, write_native
from simulacra.survey.formats.qsf import read_qsf
from simulacra.survey.formats.recoding import RESERVED
from simulacra.survey.formats.surveyjs.writing import write_surveyjs
from simulacra.survey.formats.workbooks import read_workbook
from simulacra.survey.formats.xlsform.writing import write_xlsform
from simulacra.survey.logic import logic_of
from simulacra.survey.report import ReportEntry

MAX_BYTES = 20_000_000

Lines = dict[str, int]
_Read = Callable[[Path], tuple[Instrument, list[ReportEntry], Lines]]
_Write = Callable[[Instrument, Path], list[ReportEntry]]
_READERS: dict[str, _Read] = {
    ".yaml": read_native,
    ".yml": read_native,
    ".json": read_document,
    ".csv": read_csv_table,
    ".qsf": read_qsf,
    ".xlsx": read_workbook,
    ".lss": read_lss,
}


def _write_native(instrument: Instrument, path: Path) -> list[ReportEntry]:
    write_native(instrument, path)
    return []


WRITERS: dict[str, tuple[tuple[str, ...], _Write]] = {
    "native": ((".yaml", ".yml", ".json"), _write_native),
    "xlsform": ((".xlsx",), write_xlsform),
    "surveyjs": ((".json",), write_surveyjs),
    "lss": ((".lss",), write_lss),
    "table": ((".csv", ".xlsx"), write_table),
}


def read_instrument(path: Path) -> tuple[Instrument, list[ReportEntry]]:
    """An instrument from a file, and what its reader could not map.

    The ending decides, and where several formats share one, the content: ``.yaml`` and ``.yml``
    are our own format, ``.json`` that or a SurveyJS survey, ``.csv`` an item table, ``.xlsx`` an
    item table, an XLSForm or one of formr's dialect, ``.lss`` a LimeSurvey
    survey, ``.qsf`` a Qualtrics one.

    Raises InputError, with path, line and field, for a missing file, an unknown ending, more than
    20 MB, and whatever in the file is wrong; conditions are parsed as well.
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
    _check_whole(instrument, path)
    _check(instrument, path, lines)
    return instrument, report


def write_instrument(
    instrument: Instrument, path: Path, into: str | None = None
) -> list[ReportEntry]:
    """Write an instrument, and say what the file could not hold.

    ``into`` names one of ``WRITERS``; without it the ending decides (``.json`` is our own format).
    The file is read back, and whatever differs is in the report: a field of an item under its id,
    one of the instrument under "". Raises InputError for an ending that the format does not have,
    and WorkFailed if the file cannot be written.
    """
    suffix = path.suffix.lower()
    found = next((n for n, (endings, _) in WRITERS.items() if suffix in endings), None)
    name = into or found
    if name not in WRITERS:
        endings = ", ".join(ending for endings, _ in WRITERS.values() for ending in endings)
        what = f"no format {into!r}: give one of {', '.join(WRITERS)}" if into else ""
        raise InputError(what or f"cannot write {suffix!r}: give one of {endings}", path=path)
    allowed, write = WRITERS[name]
    if suffix not in allowed:
        raise InputError(f"{name} files end in {' or '.join(allowed)}", path=path)
    told = write(instrument, path)
    back, _ = read_instrument(path)
    return losses(instrument, back, told)


def _check_whole(instrument: Instrument, path: Path) -> None:
    """What could be read and nobody could write: half characters, and steps in steps in steps."""
    try:
        instrument.model_dump_json()
    except (ValueError, RecursionError) as error:
        if "surrogates" in str(error):
            message = "a text holds half a character (a lone surrogate): write it anew"
            raise InputError(message, path=path) from error
        raise InputError("the survey is nested too deeply", path=path) from error


def _check(instrument: Instrument, path: Path, lines: Lines) -> None:
    """What no reader checks: conditions, and codes that files keep for missing answers."""
    for where, condition in logic_of(instrument):
        try:
            parse_condition(condition)
        except InputError as error:
            line = lines.get(where)
            message = f"item {where}: {error}" if where else str(error)
            raise InputError(message, path=path, line=line, field="condition") from error
    for item in instrument.items:
        line = lines.get(item.id)
        for option in item.options:
            if option.missing not in (None, MissingCode.DONT_KNOW, MissingCode.REFUSED):
                message = f"item {item.id}: option {option.code}: missing is -96 or -97"
                raise InputError(message, path=path, line=line, field="options")
            if option.missing is None and option.code in RESERVED:
                message = (
                    f"item {item.id}: code {option.code} stands for missing answers; "
                    "give the option another code"
                )
                raise InputError(message, path=path, line=line, field="options")

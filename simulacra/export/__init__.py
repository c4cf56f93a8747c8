"""A run leaves as files: tables, codebook, methods statement, manifest."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from itertools import groupby
from pathlib import Path
from typing import Protocol

from xlsxwriter.exceptions import XlsxWriterException

from simulacra.errors import InputError, UnknownName, WorkFailed
from simulacra.export.csv import CsvFiles
from simulacra.export.ddi import write_ddi
from simulacra.export.documents import write_codebook, write_manifest, write_methods
from simulacra.export.drafts import Drafts
from simulacra.export.psychds import PsychDsFolder, write_psychds
from simulacra.export.rows import Value, long_row, page_of, shared_calls
from simulacra.export.scripts import write_scripts
from simulacra.export.study import Person, RunData, Study
from simulacra.export.tally import Tally
from simulacra.export.wide_rows import wide_row
from simulacra.export.xlsx import XlsxFile

__all__ = ["FORMATS", "Person", "RunData", "export_run"]


class _TableFile(Protocol):
    def wide(self, row: list[Value]) -> None: ...

    def long(self, row: list[Value]) -> None: ...

    def close(self) -> None: ...


_TABLES = ("csv", "xlsx", "sav", "dta", "parquet", "psychds")
FORMATS = (*_TABLES, "scripts", "codebook", "ddi", "methods", "manifest")
_LONG = ("csv", "parquet")


def export_run(
    run: RunData, out: Path, formats: Sequence[str] | None = None, name: str | None = None
) -> list[Path]:
    """Write a run's files into a folder and return their paths.

    ``formats`` are names of ``FORMATS``; without them, all. ``name`` (the study's unless given)
    begins the names of the tables. The stored cells are read once; all files appear together at the
    end, so a failure leaves the folder as it was.

    Raises:
        UnknownName: a format that is none of ``FORMATS``.
        InputError: a name with signs that file names must not have; a table beyond a format's
            limits.
        WorkFailed: the files cannot be written.
    """
    wanted = _wanted(FORMATS if formats is None else formats)
    study = Study(run, _file_name(run.spec.name if name is None else name))
    try:
        drafts = Drafts(out)
        try:
            _write(study, drafts, wanted)
            return drafts.keep()
        finally:
            drafts.discard()
    except (OSError, XlsxWriterException) as error:
        reason = getattr(error, "strerror", None) or str(error)
        message = f"the files cannot be written to {out}: {reason}; free space or choose a folder"
        raise WorkFailed(message) from error


def _wanted(formats: Sequence[str]) -> list[str]:
    if unknown := sorted(set(formats) - set(FORMATS)):
        known = ", ".join(FORMATS)
        raise UnknownName(f"unknown format {', '.join(unknown)}: choose from {known}")
    if not formats:
        raise InputError(f"no format given: choose from {', '.join(FORMATS)}")
    return [one for one in FORMATS if one in formats]


def _file_name(name: str) -> str:
    forbidden = set('/\\:*?"<>|\0')
    plain = name.isprintable() and not set(name) & forbidden
    if not plain or not name.strip(". ") or len(name.encode()) > 200:
        raise InputError(f"{name[:60]!r} cannot begin a file name: give a plain --name")
    return name


def _table_file(name: str, study: Study, drafts: Drafts) -> _TableFile:
    # pandas and pyarrow take seconds to import, so they wait until a file needs them.
    if name == "sav":
        from simulacra.export.sav import SavFile

        return SavFile(study, drafts)
    if name == "dta":
        from simulacra.export.dta import DtaFile

        return DtaFile(study, drafts)
    if name == "parquet":
        from simulacra.export.parquet import ParquetFiles

        return ParquetFiles(study, drafts)
    light: dict[str, Callable[[Study, Drafts], _TableFile]] = {
        "csv": CsvFiles,
        "xlsx": XlsxFile,
        "psychds": PsychDsFolder,
    }
    return light[name](study, drafts)


def _write(study: Study, drafts: Drafts, wanted: list[str]) -> None:
    tally = Tally(study.columns)
    with ExitStack() as stack:
        files: list[_TableFile] = []
        for one in wanted:
            if one in _TABLES:
                file = _table_file(one, study, drafts)
                stack.callback(file.close)
                files.append(file)
        _pass_rows(study, tally, files, with_long=any(one in _LONG for one in wanted))
    if "psychds" in wanted:
        write_psychds(study, drafts, tally)
    if "scripts" in wanted:
        write_scripts(study, drafts)
    if "codebook" in wanted:
        write_codebook(study, drafts, tally)
    if "ddi" in wanted:
        write_ddi(study, drafts, tally)
    if "methods" in wanted:
        write_methods(study, drafts, tally)
    if "manifest" in wanted:
        write_manifest(study, drafts)


def _pass_rows(study: Study, tally: Tally, files: list[_TableFile], *, with_long: bool) -> None:
    run_id = study.run.run_id
    for _, records in groupby(study.run.records(), key=lambda record: record[0].id):
        # A later try of an item follows the earlier ones, so the last one stays.
        told = list(records)
        interview = told[0][0]
        latest = {cell.item_id: cell for _, cell in told}
        if with_long:
            shared = shared_calls([cell for _, cell in told])
            for _, cell in told:
                row = long_row(run_id, interview, cell, shared.get(page_of(cell), ()))
                for file in files:
                    file.long(row)
        weight = study.run.personas[interview.persona].weight
        wide = wide_row(study.columns, run_id, interview, latest, weight)
        tally.wide(wide)
        for file in files:
            file.wide(wide)

"""The cells of a workbook as texts, within bounds that no file can make us leave."""

import warnings
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from simulacra.errors import InputError, WorkFailed
from simulacra.plain_text import without_control

MAX_UNPACKED, MAX_ROWS, MAX_COLUMNS, MAX_SIGNS = 100_000_000, 20_000, 500, 32_767


class Sheet(NamedTuple):
    """A sheet: its rows of texts (the first is row 1), and where formulas stand, as in "B7"."""

    name: str
    rows: list[list[str]]
    formulas: dict[str, str]


def read_sheets(path: Path) -> list[Sheet]:
    """All sheets of an XLSX workbook; a formula is its text, not its result.

    Raises InputError for what is no workbook, and for one that is too large.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
                raise InputError("the workbook is over 100 MB when unpacked", path=path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _sheets(path)
    except InputError:
        raise
    except Exception as error:  # a broken part makes openpyxl raise whatever comes of it
        raise InputError("this is no XLSX workbook: save it as .xlsx", path=path) from error


def _sheets(path: Path) -> list[Sheet]:
    from openpyxl import load_workbook

    book = load_workbook(path, read_only=True)
    try:
        return [_sheet(one, path) for one in book.worksheets]
    finally:
        book.close()


def _sheet(sheet: Any, path: Path) -> Sheet:
    rows: list[list[str]] = []
    formulas: dict[str, str] = {}
    for cells in sheet.iter_rows(max_row=MAX_ROWS + 2, max_col=MAX_COLUMNS):
        rows.append([_cell(cell.value) for cell in cells])
        for cell, text in zip(cells, rows[-1], strict=True):
            if len(text) > MAX_SIGNS:
                message = f"a cell holds over {MAX_SIGNS:,} signs"
                raise InputError(message, path=path, line=len(rows))
            if cell.data_type == "f":
                formulas[cell.coordinate] = text
    while rows and not any(rows[-1]):
        rows.pop()
    if len(rows) > MAX_ROWS:
        raise InputError(f"the sheet {sheet.title} has over {MAX_ROWS:,} rows", path=path)
    return Sheet(sheet.title, rows, formulas)


def _cell(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else str(getattr(value, "text", value))


def write_sheets(sheets: Mapping[str, Sequence[Sequence[str]]], path: Path) -> None:
    """Write sheets of texts; no cell is a formula or a link. Replaces the file as a whole.

    Raises WorkFailed if the file cannot be written.
    """
    import xlsxwriter

    draft = path.with_name(f".{path.name}.part")
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    try:
        with xlsxwriter.Workbook(draft, options) as book:
            for name, rows in sheets.items():
                sheet = book.add_worksheet(name)
                for at, row in enumerate(rows):
                    for place, text in enumerate(row):
                        if text:
                            sheet.write_string(at, place, without_control(text))
        draft.replace(path)
    except (OSError, xlsxwriter.exceptions.XlsxWriterException) as error:
        raise WorkFailed(f"{path} cannot be written: {error}") from error

"""XLSX files: an XLSForm, one of formr's dialect, or an item table; the sheets decide."""

from pathlib import Path

from simulacra.domain.survey import Instrument
from simulacra.errors import InputError
from simulacra.survey.formats.item_table import read_xlsx_table
from simulacra.survey.formats.workbook import Sheet, read_sheets
from simulacra.survey.formats.xlsform.formr import is_formr, read_formr
from simulacra.survey.formats.xlsform.reading import read_xlsform
from simulacra.survey.formats.xlsform.sheets import read_form
from simulacra.survey.report import ReportEntry


def read_workbook(path: Path) -> tuple[Instrument, list[ReportEntry], dict[str, int]]:
    """Instrument, report and row of each item.

    Raises InputError for what is no workbook of these kinds.
    """
    sheets = read_sheets(path)
    if not sheets:
        raise InputError("the workbook has no sheets", path=path)
    if not _is_form(sheets):
        return read_xlsx_table(sheets, path)
    form = read_form(sheets, path)
    instrument, report, rows = (read_formr if is_formr(form) else read_xlsform)(form, path)
    return instrument, [*report, *_other_sheets(sheets), *_formulas(sheets)], rows


def _is_form(sheets: list[Sheet]) -> bool:
    """A sheet called ``survey``, or a first one with a type and a name, and no id."""
    if any(sheet.name.strip().lower() == "survey" for sheet in sheets):
        return True
    heading = {name.strip().lower() for name in sheets[0].rows[0]} if sheets[0].rows else set()
    return {"type", "name"} <= heading and "id" not in heading


def _other_sheets(sheets: list[Sheet]) -> list[ReportEntry]:
    names = [sheet.name for sheet in sheets]
    form = {"survey", "choices", "settings"}
    if not any(name.strip().lower() == "survey" for name in names):
        form.add(names[0].strip().lower())
    return [
        ReportEntry(question="", what=f"sheet {name}", why="it plays no part in a form")
        for name in names
        if name.strip().lower() not in form
    ]


def _formulas(sheets: list[Sheet]) -> list[ReportEntry]:
    why = "a formula is read as its text, not as its result"
    return [
        ReportEntry(question="", what=f"cell {place} of {sheet.name}", why=why, kept=text)
        for sheet in sheets
        for place, text in sheet.formulas.items()
    ]

"""Evaluations as a page that stands alone, with the same numbers as JSON and as one CSV a table."""

import csv
import io
from pathlib import Path

from evaluation.pages import environment, write_page
from evaluation.sections import Cell, Estimate, EvaluationReport, Section, Table, said
from simulacra.export.csv import harmless

NAME = "report"


def write_evaluation(report: EvaluationReport, out: Path) -> Path:
    """Write ``report.html``, ``report.json`` and a CSV for each table; the path of the page.

    Raises:
        StorageError: the files cannot be written.
    """
    tables = {
        f"{section.name}_{table.name}.csv": as_csv(table)
        for section in report.sections
        for table in section.tables
    }
    return write_page(out, NAME, page(report), _without_drawings(report), files=tables)


def alone(section: Section, *, model: str, people: tuple[str, ...]) -> EvaluationReport:
    """A report of one evaluation."""
    return EvaluationReport(title=section.title, model=model, people=people, sections=(section,))


def page(report: EvaluationReport) -> str:
    """The report as one HTML page; equal reports give equal pages."""
    templates = environment()
    templates.filters["said"] = said
    templates.tests["number"] = lambda cell: not isinstance(cell, str)
    return templates.get_template("evaluation.html.j2").render(report=report)


def as_csv(table: Table) -> str:
    """A table with the ends of intervals, and what numbers rest on, in columns of their own."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    spread = [
        [part for part in ("", "low", "high", "n") if _has(table, place, part)]
        for place in range(len(table.columns))
    ]
    writer.writerow(
        f"{name} {part}".strip()
        for name, parts in zip(table.columns, spread, strict=True)
        for part in parts
    )
    for row in table.rows:
        writer.writerow(
            _part(cell, part) for cell, parts in zip(row, spread, strict=True) for part in parts
        )
    return text.getvalue()


def _has(table: Table, place: int, part: str) -> bool:
    """Whether a column of the table needs such a part."""
    return not part or any(_part(row[place], part) != "" for row in table.rows)


def _part(cell: Cell, part: str) -> str:
    if isinstance(cell, Estimate):
        if part == "n":
            return "" if cell.n is None else str(cell.n)
        if part:
            return f"{getattr(cell.interval, part):.6g}" if cell.interval else ""
        return "" if cell.value is None else f"{cell.value:.6g}"
    if part or cell is None:
        return ""
    return f"{cell:.6g}" if isinstance(cell, float) else str(harmless(cell))


def _without_drawings(report: EvaluationReport) -> EvaluationReport:
    """The numbers alone: drawings stand in the page."""
    sections = tuple(one.model_copy(update={"drawings": ()}) for one in report.sections)
    return report.model_copy(update={"sections": sections})

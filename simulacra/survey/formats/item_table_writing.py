"""Instruments as item tables, CSV or XLSX: what one row an item can hold."""

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path

from simulacra.domain.survey import Instrument, Item, Option, Row
from simulacra.errors import WorkFailed
from simulacra.plain_text import without_control
from simulacra.survey.formats.workbook import write_sheets
from simulacra.survey.report import ReportEntry
from simulacra.survey.writing import constant_text

_ALWAYS = ("id", "kind", "text", "options")


def write_table(instrument: Instrument, path: Path) -> list[ReportEntry]:
    """Write the items, a row each, in CSV or XLSX by the ending.

    Raises WorkFailed if the file cannot be written.
    """
    rows = [_cells(item) for item in instrument.items]
    kept = instrument.extra.get("columns")
    for item, row in zip(instrument.items, rows, strict=True):
        more = kept.get(item.id) if isinstance(kept, dict) else None
        row |= {str(n): str(c) for n, c in more.items()} if isinstance(more, dict) else {}
    said = dict.fromkeys(name for row in rows for name, cell in row.items() if cell)
    names = [*_ALWAYS, *(name for name in said if name not in _ALWAYS)]
    table = [names, *([row.get(name, "") for name in names] for row in rows)]
    if path.suffix.lower() == ".xlsx":
        write_sheets({"items": [[_quoted(cell) for cell in row] for row in table]}, path)
    else:
        _write_csv(table, path)
    return []


def _write_csv(table: list[list[str]], path: Path) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(
        [_harmless(cell) for cell in row] for row in table
    )
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.write_text(text.getvalue(), encoding="utf-8", newline="")
        draft.replace(path)
    except OSError as error:
        raise WorkFailed(f"{path} cannot be written: {error.strerror}") from error


def _harmless(cell: str) -> str:
    """A cell with an apostrophe in front where a spreadsheet would run it; numbers stay."""
    cell = without_control(cell).strip()
    number = re.fullmatch(r"-?\d+(?:\.\d+)?", cell)
    return f"'{cell}" if re.match(r"'*[=+\-@]", cell) and not number else cell


def _quoted(cell: str) -> str:
    """A cell that begins as one made harmless does, so that it is read as it is."""
    return f"'{cell}" if re.match(r"'+[=+\-@]", cell) else cell


def _cells(item: Item) -> dict[str, str]:
    numbers = {"min": item.minimum, "max": item.maximum, "step": item.step, "total": item.total}
    truths = {"reverse": item.reverse, "shuffle": item.shuffle, "shuffle_rows": item.shuffle_rows}
    names = ("condition", "constraint", "help", "low", "high", "scale", "cells")
    texts: dict[str, str | None] = {name: getattr(item, name) for name in names}
    return {
        "id": item.id,
        "kind": item.kind.value,
        "text": item.text if without_control(item.text).strip() else item.text and item.id,
        "options": _listed(item.options),
        "rows": _listed(item.rows),
        "required": "" if item.required else "no",
        "choose": "{}-{}".format(*item.choose) if item.choose else "",
        **{name: text or "" for name, text in texts.items()},
        **{name: "yes" if truth else "" for name, truth in truths.items()},
        **{name: "" if n is None else constant_text(n) for name, n in numbers.items()},
    }


def _listed(parts: Sequence[Option | Row]) -> str:
    """Codes and labels; a code that a cell cannot hold becomes one that it can."""
    said: dict[str, str] = {}
    for part in parts:
        code = without_control(part.code).strip() or "_"
        while code in said:
            code += "_"
        said[code] = part.label
    return "|".join(f"{_escaped(code)}={_escaped(label)}" for code, label in said.items())


def _escaped(text: str) -> str:
    return re.sub(r"([\\|=])", r"\\\1", text)

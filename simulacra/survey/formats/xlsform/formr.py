"""formr's dialect of XLSForm: choices beside the question, bounds in the type, logic in R.

R code (``showif``, ``value`` and code in labels) is reported as it stands and not run: a question
under a ``showif`` is put to everybody.
"""

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

from simulacra.domain.flow import Block
from simulacra.domain.survey import Instrument, Item, Kind, Option
from simulacra.survey.formats.draft import Draft
from simulacra.survey.formats.markup import plain
from simulacra.survey.formats.xlsform.sheets import Form, Line
from simulacra.survey.formats.xlsform.types import DEVICE, MOMENTS, OPEN, has_choices
from simulacra.survey.piping import escaped
from simulacra.survey.report import ReportEntry

_CLOSED = {
    "mc": Kind.SINGLE, "mc_button": Kind.SINGLE, "select_one": Kind.SINGLE, "select": Kind.SINGLE,
    "mc_multiple": Kind.MULTI, "mc_multiple_button": Kind.MULTI, "select_multiple": Kind.MULTI,
    "mselect": Kind.MULTI, "select_or_add_one": Kind.SINGLE, "select_or_add_multiple": Kind.MULTI,
    "rating_button": Kind.RATING, "sex": Kind.SINGLE, "check": Kind.MULTI,
    "check_button": Kind.MULTI,
}  # fmt: skip
_OPEN = {
    "text": Kind.SHORT_TEXT, "textarea": Kind.LONG_TEXT, "number": Kind.NUMERIC,
    "range": Kind.SLIDER, "range_ticks": Kind.SLIDER, "visual_analog_scale": Kind.SLIDER,
    "date": Kind.DATE, "note": Kind.INFO, "note_iframe": Kind.INFO, "mc_heading": Kind.INFO,
    **dict.fromkeys(
        ("email", "tel", "url", "color", "letters", "time", "month", "yearmonth", "year", "week",
         "datetime", "datetime-local", "timezone", "cc"),
        Kind.SHORT_TEXT,
    ),
}  # fmt: skip
_FIELDS = frozenset((
    "calculate", "hidden", "get", "ip", "referrer", "server", "browser", "random", "block",
))  # fmt: skip
_RECORDED = frozenset(("geopoint", "file", "image", "audio", "video", "add_to_home_screen",
                       "push_notification", "request_cookie", "request_phone"))  # fmt: skip
_READ = re.compile(r"type|name|label|optional|choice\d+")
_MARKS = frozenset(("showif", "optional", "choice1", "item_order", "block_order"))


def is_formr(form: Form) -> bool:
    """Whether a form is written for formr."""
    columns = form.survey[0].cells.keys()
    kinds = {_kind(line) for line in form.survey if not has_choices(line["type"])}
    own = (_CLOSED.keys() | _OPEN.keys() | {"submit"}) - OPEN.keys() - MOMENTS - DEVICE
    return bool(columns & _MARKS) or bool(kinds & own)


def read_formr(form: Form, path: Path) -> tuple[Instrument, list[ReportEntry], dict[str, int]]:
    """Instrument, report, and the row of each question."""
    reader = _Reader(form, path)
    for line in form.survey:
        reader.line(line)
    return reader.whole(), reader.draft.report, reader.rows


def _kind(line: Line) -> str:
    return line["type"].split()[0].lower() if line["type"] else ""


class _Reader:
    def __init__(self, form: Form, path: Path) -> None:
        self.draft = Draft(path)
        self.rows: dict[str, int] = {}
        self.draft.claim([line["name"] for line in form.survey if line["name"]])
        self._pages: list[list[str]] = [[]]
        self._kept: defaultdict[str, dict[str, str]] = defaultdict(dict)
        self._lists: defaultdict[str, list[Line]] = defaultdict(list)
        name = ""
        for line in form.choices:
            name = line["list_name"] or name
            if line["name"]:
                self._lists[name].append(line)

    def line(self, line: Line) -> None:
        """A row of the survey."""
        kind = _kind(line)
        if not line["name"]:
            self.draft.tell("", f"row {line.number}", "formr passes over it: it has no name",
                            {name: cell for name, cell in line.cells.items() if cell})  # fmt: skip
            return
        own = self.draft.id_of(line["name"])
        kept = {n: c for n, c in line.cells.items() if c and not _READ.fullmatch(n)}
        if kind == "submit":
            self._pages.append([])
            self.draft.tell("", f"submit {line['name']}", "it became the end of a page", line.cells)
            return
        if kind in _RECORDED:
            self.draft.leave_out(line["name"], f"type {kind}", "nobody here can record it",
                                 line.cells)  # fmt: skip
            return
        self._kept[own] |= kept
        self.rows[own] = line.number
        if item := self._item(line, kind, own):
            self._pages[-1].append(item.id)

    def _item(self, line: Line, kind: str, own: str) -> Item | None:
        text = escaped(plain(line["label"]))
        if "`r " in text:
            self.draft.tell(own, "R code in the label", "it is not run", line["label"])
        if kind in _FIELDS:
            self.draft.tell(own, f"type {kind}", "formr fills it; here it is empty", line.cells)
            self.draft.add(line["name"], kind=Kind.FIELD, text=text)
            return None
        read = self._closed if kind in _CLOSED else self._open
        values = read(line, kind, own)
        mark = line["optional"]
        required = mark != "*" and (mark == "!" or kind not in ("check", "check_button"))
        return self.draft.add(line["name"], text=text, required=required, **values)

    def _closed(self, line: Line, kind: str, own: str) -> dict[str, Any]:
        options = self._options(line, kind)
        if not options:
            self.draft.tell(own, "no choices", "it is asked in words", line["type"])
            return {"kind": Kind.SHORT_TEXT}
        if kind.startswith("select_or_add"):
            options.append(Option(code="other", label="Other", text_entry=True))
        return {"kind": _CLOSED[kind], "options": tuple(options)}

    def _options(self, line: Line, kind: str) -> list[Option]:
        beside = [
            (column.removeprefix("choice"), plain(cell))
            for column, cell in line.cells.items()
            if re.fullmatch(r"choice\d+", column) and cell
        ]
        named = line["type"].split()[1:]
        if kind == "rating_button":
            return _rated(_numbers(line["type"], (1.0, 5.0, 1.0)), [label for _, label in beside])
        if kind in ("check", "check_button"):
            return [Option(code="1", label=beside[0][1] if beside else "Yes")]
        if kind == "sex" and not beside:
            return [Option(code="1", label="male"), Option(code="2", label="female")]
        if beside:
            return [Option(code=code, label=escaped(label)) for code, label in beside]
        return [
            Option(code=one["name"], label=escaped(plain(one["label"])) or one["name"])
            for name in named
            for one in self._lists.get(name, ())
        ]

    def _open(self, line: Line, kind: str, own: str) -> dict[str, Any]:
        values: dict[str, Any] = {"kind": _OPEN.get(kind, Kind.SHORT_TEXT)}
        ends = [cell for name, cell in line.cells.items() if name.startswith("choice") and cell]
        if values["kind"].numeric:
            numbers = _numbers(line["type"], (None, None, None))
            if values["kind"] == Kind.SLIDER:
                numbers = _numbers(line["type"], (1.0, 100.0, 1.0))
                ends_named = [escaped(plain(end)) for end in (*ends, "", "")]
                values |= {"low": ends_named[0], "high": ends_named[1]}
            values |= dict(zip(("minimum", "maximum", "step"), numbers, strict=True))
        elif ends:
            self.draft.tell(own, "choices", f"a question of type {kind} has none here", ends)
        if kind not in ("text", "textarea", "number", "range", "date", "note"):
            why = "we know no such type: it is asked in words" if kind not in _OPEN else "its look"
            self.draft.tell(own, f"type {kind}", f"{why} plays no part" if kind in _OPEN else why,
                            line["type"])  # fmt: skip
        elif kind in ("text", "date", "textarea") and " " in line["type"]:
            self.draft.tell(own, f"type {line['type']}", "what follows the type plays no part")
        return values

    def whole(self) -> Instrument:
        """The instrument, once every line is read."""
        pages = tuple(tuple(page) for page in self._pages if page)
        blocks = [Block(id="survey", pages=pages)] if len(pages) > 1 else []
        columns: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for own, cells in self._kept.items():
            for name, cell in cells.items():
                columns[name][own] = cell
        for name, values in columns.items():
            if name in ("showif", "value"):
                for own, cell in values.items():
                    self.draft.tell(own, name, "it is R code, which is not run", cell)
            else:
                why = "it has no place in our instruments; it is kept and plays no part"
                self.draft.tell("", f"column {name}", why, values)
        kept = {own: cells for own, cells in self._kept.items() if cells}
        extra = {"formr": {"items": kept}} if kept else {}
        return self.draft.instrument(blocks, [], extra, id=self.draft.path.stem)


def _numbers(kind: str, instead: tuple[float | None, ...]) -> list[float | None]:
    """Least, greatest and grain of a type such as ``number 1,130,1``."""
    _, _, said = kind.partition(" ")
    found: list[float | None] = list(instead)
    for at, part in enumerate(said.split(",")[:3]):
        try:
            found[at] = float(part)
        except ValueError:
            continue
    return found


def _rated(numbers: list[float | None], ends: list[str]) -> list[Option]:
    """The options of a scale; the first and last carry the words beside the question."""
    least, most, step = (one or 0.0 for one in numbers)
    many = int((most - least) / step) + 1 if step else 0
    if not 2 <= many <= 101:
        return []
    points = [f"{least + at * step:g}" for at in range(many)]
    words = dict(zip((points[0], points[-1]), map(escaped, ends), strict=False))
    return [Option(code=one, label=f"{one} {words[one]}" if one in words else one)
            for one in points]  # fmt: skip

"""XLSForm workbooks become instruments.

Groups become blocks, or groups of steps where something stands in them that is no question;
repeats become loops, calculations fields that are set where they stand. Cells that the model has no
place for are reported, one entry a column, and kept in ``extra["xlsform"]``.
"""

from collections import defaultdict
from pathlib import Path
from typing import Any

from simulacra.domain.flow import Loop, Round, SetField
from simulacra.domain.survey import Instrument, Kind
from simulacra.survey.expression import Constant, Expression
from simulacra.survey.formats.draft import Draft
from simulacra.survey.formats.rounds import MOST, OPEN, fixed_rounds, open_rounds
from simulacra.survey.formats.trees import Untranslatable, conjunction
from simulacra.survey.formats.xlsform import types
from simulacra.survey.formats.xlsform.choices import Choices
from simulacra.survey.formats.xlsform.constraints import bounds
from simulacra.survey.formats.xlsform.frames import Frame, Frames
from simulacra.survey.formats.xlsform.labels import Labels
from simulacra.survey.formats.xlsform.sheets import Form, Line, language_code
from simulacra.survey.formats.xlsform.tables import tabulated
from simulacra.survey.formats.xlsform.xpath import compile_xpath
from simulacra.survey.report import ReportEntry
from simulacra.survey.writing import condition_text

_TRUE = frozenset(("yes", "true", "true()", "1"))
_FALSE = frozenset(("", "no", "false", "false()", "0"))
_SETTINGS = frozenset(("form_title", "form_id", "version", "default_language"))


def read_xlsform(form: Form, path: Path) -> tuple[Instrument, list[ReportEntry], dict[str, int]]:
    """Instrument, report, and the row of each question."""
    reader = _Reader(form, path)
    for line in form.survey:
        reader.line(line)
    return reader.whole(), reader.draft.report, reader.rows


class _Reader:
    def __init__(self, form: Form, path: Path) -> None:
        self.form, self.draft, self.frames = form, Draft(path), Frames()
        self.rows: dict[str, int] = {}
        self._items: dict[str, dict[str, Any]] = {}
        self._groups: list[dict[str, str]] = []
        self._unasked: list[dict[str, str]] = []
        asked = [line for line in form.survey if not types.control_of(line["type"])]
        self.draft.claim([line["name"] for line in asked if line["name"]])
        closed = {line["name"] for line in asked if types.has_choices(line["type"])}
        self._labels = Labels(form, self.draft, closed)
        self._choices = Choices(form, self.draft, self._labels)

    def line(self, line: Line) -> None:
        """A row of the survey sheet."""
        if control := types.control_of(line["type"]):
            self._control(line, *control)
        elif not line["type"]:
            self.draft.tell("", f"row {line.number}", "it has no type", line.cells)
        else:
            self._question(line, line["name"] or f"generated_note_name_{line.number}")

    def _control(self, line: Line, side: str, what: str, over: str) -> None:
        if side == "end":
            if len(self.frames.open) > 1:
                self.frames.close()
            return
        used = {"relevant", "repeat_count"}
        frame = Frame(
            name=line["name"],
            title=self._labels.of(line, "label", used),
            condition=self._logic(line, "relevant", "", used),
            together="field-list" in line["appearance"] or "table-list" in line["appearance"],
            flat=self.frames.repeating,
        )
        if frame.flat and (frame.title or what != "group"):
            why = "a group in a repeat only lends its condition; a repeat in it is asked once"
            self.draft.tell("", f"{what} {frame.name}", why, line.cells)
        elif what != "group":
            frame.repeat = True
            frame.loop = self._over(over) if over else self._rounds(line)
        self.frames.open.append(frame)
        shown = "field-list" if line["appearance"] == "field-list" else ""
        used |= {"appearance"} if line["appearance"] == shown else set()
        self._groups.append({"name": line["name"], **self._unused(line, used)})

    def _over(self, name: str) -> Loop | None:
        options = self._choices.plain(name)
        rounds = tuple(
            Round(key=option.code, fields={"name": option.code, "label": option.label})
            for option in options
            if option.code.isalnum()
        )
        if len(rounds) < len(options) or not rounds:
            self.draft.tell("", f"loop over {name}", "not each of its choices can mark a round")
        return Loop(rounds=rounds) if rounds else None

    def _rounds(self, line: Line) -> Loop:
        tree = self._tree(line, "repeat_count", "", set())
        if tree is None:
            why = "how often it is gone through is left to the respondent: it is asked once"
            self.draft.tell("", f"repeat {line['name']}", why, line["repeat_count"] or None)
            return Loop(rounds=(Round(key="1"),))
        if isinstance(tree, Constant) and isinstance(tree.constant, float):
            if tree.constant > MOST:
                why = f"it is gone through {MOST} times"
                self.draft.tell("", f"repeat {line['name']}", why, line["repeat_count"])
            return fixed_rounds(int(tree.constant))
        why = f"how often is worked out: it is gone through {OPEN} times at most"
        self.draft.tell("", f"repeat {line['name']}", why, line["repeat_count"])
        return open_rounds(tree)

    def _question(self, line: Line, name: str) -> None:
        own, kind = self.draft.id_of(name), line["type"].lower()
        used = {"relevant"}
        condition = self._logic(line, "relevant", own, used)
        if kind in types.RECORDED:
            self.draft.leave_out(name, f"type {kind}", "nobody here can record it", line.cells)
            self._unasked.append({n: cell for n, cell in line.cells.items() if cell})
            return
        self.rows[own] = line.number
        if kind == "calculate" or kind in types.DEVICE:
            self._field(line, name, condition, used)
        else:
            values = self._values(line, name, kind, used)
            values["condition"] = conjunction(*self.frames.conditions(), condition)
            if values["kind"] != Kind.INFO:
                values["required"] = self._required(line, used)
            item = self.draft.add(name, **values)
            self.frames.place(item.id)
        if unused := self._unused(line, used | {"name"}):
            self._items.setdefault(own, {}).update(unused)
        if options := self._choices.taken():
            self._items.setdefault(own, {})["choices"] = options

    def _field(self, line: Line, name: str, condition: str | None, used: set[str]) -> None:
        item = self.draft.add(name, kind=Kind.FIELD, text=self._labels.of(line, "label", used))
        if line["type"].lower() != "calculate":
            used |= {"type"} if line["type"] == "hidden" else set()
            self.draft.tell(
                item.id, f"type {line['type']}", "the device fills it; here it is empty"
            )
            return
        used.add("type")
        if self.frames.repeating:
            why = "a calculation in a repeat is not made"
            self.draft.tell(item.id, "calculation", why, line["calculation"])
        elif value := self._logic(line, "calculation", item.id, used):
            self.frames.set(SetField(field=item.id, expression=value), condition)

    def _values(self, line: Line, name: str, kind: str, used: set[str]) -> dict[str, Any]:
        """The values of an item but for condition and required."""
        own = self.draft.id_of(name)
        values: dict[str, Any] = {
            "text": self._labels.of(line, "label", used),
            "help": self._labels.of(line, "hint", used),
        }
        if not values["text"]:
            values["text"], values["help"] = values["help"], ""
        shown = line["appearance"].lower()
        if select := types.select_of(line["type"]):
            values |= self._choices.of(line, own, select, used)
        elif kind in types.AGREED:
            values |= self._choices.agreed()
        elif kind in types.OPEN:
            values |= _open(line, kind, shown, used)
        else:
            why = "its choices are elsewhere" if types.has_choices(kind) else "we know no such type"
            why = "a moment in time" if kind in types.MOMENTS else why
            self.draft.tell(own, f"type {line['type']}", f"{why}: it is asked in words", kind)
            values["kind"] = Kind.SHORT_TEXT
        if tree := self._tree(line, "constraint", own, used):
            values |= bounds(tree, own, values["kind"], values)
        return values

    def _required(self, line: Line, used: set[str]) -> bool:
        value = line["required"].lower()
        if value in _TRUE or value in _FALSE:
            used.add("required")
        return value in _TRUE

    def _logic(self, line: Line, column: str, own: str, used: set[str]) -> str | None:
        tree = self._tree(line, column, own, used)
        return None if tree is None else condition_text(tree)

    def _tree(self, line: Line, column: str, own: str, used: set[str]) -> Expression | None:
        """The logic of a cell; None without, and where it has no counterpart, which is told."""
        used.add(column)
        if not line[column]:
            return None
        try:
            return compile_xpath(line[column], self.draft.id_of, own=own)
        except Untranslatable as error:
            used.discard(column)
            self.draft.tell(own, column, str(error), line[column])
            return None

    def _unused(self, line: Line, used: set[str]) -> dict[str, str]:
        """The cells of a line that nothing was made of."""
        if types.select_of(line["type"]) or types.control_of(line["type"]):
            used = used | {"type"}
        return {name: cell for name, cell in line.cells.items() if cell and name not in used}

    def whole(self) -> Instrument:
        """The instrument, once every line is read."""
        while len(self.frames.open) > 1:
            self.draft.tell("", f"group {self.frames.open[-1].name}", "it is never ended")
            self.frames.close()
        blocks, flow = self.frames.finish()
        given = self.form.settings
        language = language_code(self.form.language or given.get("default_language", ""))
        settings = {name: cell for name, cell in given.items() if name not in _SETTINGS}
        self._tell_columns(settings)
        kept = {
            "language": "" if language == self.form.language else self.form.language,
            "settings": settings,
            "groups": self._groups if any(len(group) > 1 for group in self._groups) else [],
            "items": self._items,
            "unasked": self._unasked,
        }
        extra = {"xlsform": {name: value for name, value in kept.items() if value}}
        instrument = self.draft.instrument(
            blocks,
            flow,
            extra if extra["xlsform"] else {},
            id=given.get("form_id") or self.draft.path.stem,
            title=given.get("form_title", ""),
            version=given.get("version", "1"),
            language=language,
        )
        return tabulated(instrument, extra["xlsform"])

    def _tell_columns(self, settings: dict[str, str]) -> None:
        """One finding a column whose cells play no part."""
        told = {(entry.question, entry.what) for entry in self.draft.report}
        columns: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        for own, cells in self._items.items():
            for name, cell in cells.items():
                if name == "choices":
                    _by_column(own, self._items[own]["choices"], columns)
                elif (own, name) not in told and name != "type":
                    columns[name][own] = cell
        for group in self._groups:
            for name, cell in group.items():
                if name != "name":
                    columns[name][group["name"]] = cell
        why = "it has no place in our instruments; it is kept and plays no part"
        for name, cells in columns.items():
            self.draft.tell("", f"column {name}", why, cells)
        for name, cell in settings.items():
            self.draft.tell("", f"setting {name}", why, cell)


def _open(line: Line, kind: str, shown: str, used: set[str]) -> dict[str, Any]:
    values: dict[str, Any] = {"kind": types.OPEN[kind]}
    used |= {"type"} if kind in ("text", "integer", "decimal", "note", "date", "range") else set()
    if kind in types.WHOLE:
        values["step"] = 1.0
    elif shown == "multiline" and values["kind"] == Kind.SHORT_TEXT:
        values["kind"] = Kind.LONG_TEXT
        used.add("appearance")
    elif kind == "range":
        used.add("parameters")
        values |= _range(line["parameters"])
    return values


def _range(parameters: str) -> dict[str, float]:
    """Bounds and grain of a slider; XLSForm takes 1, 10 and 1 for what is not said."""
    given = {"start": 1.0, "end": 10.0, "step": 1.0}
    for part in parameters.replace(";", " ").replace(",", " ").split():
        name, _, value = part.partition("=")
        try:
            given |= {name: float(value)} if name in given else {}
        except ValueError:
            continue
    return {"minimum": given["start"], "maximum": given["end"], "step": given["step"]}


def _by_column(
    own: str, choices: dict[str, dict[str, str]], columns: dict[str, dict[str, Any]]
) -> None:
    """Cells of a question's choices, put with those of the same column."""
    for code, cells in choices.items():
        for name, cell in cells.items():
            if not name.startswith("label"):
                columns[f"{name} of choices"][f"{own}: {code}"] = cell

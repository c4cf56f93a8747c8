"""Instruments become XLSForm workbooks that pyxform, ODK and Kobo take.

Blocks become groups, loops repeats, branches relevance, set fields calculations, matrices tables.
Conditions say what skips and ends said. What XLSForm has no place for is told, such as random
orders of blocks.
"""

import re
from pathlib import Path

from simulacra.domain.flow import (
    Block,
    Branch,
    End,
    Group,
    Loop,
    Randomise,
    SetField,
    Show,
    Step,
    steps_of,
)
from simulacra.domain.survey import Instrument, Item, Kind
from simulacra.survey.condition import parse_condition
from simulacra.survey.expression import Not
from simulacra.survey.formats.rounds import count_of, counted, written_out
from simulacra.survey.formats.straight import straightened
from simulacra.survey.formats.trees import conjunction
from simulacra.survey.formats.workbook import write_sheets
from simulacra.survey.formats.xlsform.rows import Cells, Rows, table_rows
from simulacra.survey.report import ReportEntry
from simulacra.survey.writing import condition_text

_FIRST = ("type", "name", "label")
_SELECTED = (Kind.SINGLE, Kind.MULTI, Kind.RATING)


def write_xlsform(instrument: Instrument, path: Path) -> list[ReportEntry]:
    """Write the workbook; what it cannot say, as far as that is known beforehand."""
    flat, looped = written_out(instrument, keeps=counted)
    straight, changed = straightened(flat)
    writer = _Writer(straight)
    writer.whole()
    given = {
        "form_title": instrument.title,
        "form_id": instrument.id,
        "version": instrument.version,
    }
    settings = {**given, **writer.rows.kept.get("settings", {})}
    sheets = {
        "survey": _sheet(writer.survey, _FIRST),
        "choices": _sheet(writer.rows.choices, ("list_name", "name", "label")),
        "settings": _sheet([{name: str(value) for name, value in settings.items()}], ()),
    }
    write_sheets(sheets, path)
    return looped + changed + writer.rows.told


def _sheet(rows: list[Cells], first: tuple[str, ...]) -> list[list[str]]:
    """A heading and the cells under it, without columns that are empty throughout."""
    columns = dict.fromkeys(first) | {n: None for row in rows for n, cell in row.items() if cell}
    names = [n for n in columns if n != "label" or any(row.get(n) for row in rows)]
    return [names, *([row.get(name, "") for name in names] for row in rows)]


class _Writer:
    def __init__(self, instrument: Instrument) -> None:
        self.instrument, self.rows = instrument, Rows(instrument)
        self.survey: list[Cells] = []
        self._items = {item.id: item for item in instrument.items}
        self._blocks = {block.id: block for block in instrument.blocks}
        self._done: set[str] = set()
        self._opened: list[Cells] = []
        self._parts = 0
        self._bare = False
        given = {s.field for s in steps_of(instrument.flow) if isinstance(s, SetField)}
        self._unset = [
            (at, item)
            for at, item in enumerate(instrument.items)
            if item.kind == Kind.FIELD and item.id not in given
        ]

    def whole(self) -> None:
        """All rows."""
        steps = self.instrument.flow or tuple(Show(block=one) for one in self._blocks)
        if not self._blocks:
            self._run([item.id for item in self.instrument.items])
        self._steps(steps)
        self._fields_before(len(self.instrument.items))
        self.survey += self.rows.kept.get("unasked", [])
        groups = self.rows.kept.get("groups", [])
        if len(groups) == len(self._opened):
            for row, kept in zip(self._opened, groups, strict=True):
                row |= {n: cell for n, cell in kept.items() if n == "name" or not row.get(n)}

    def _steps(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            self._step(step, None)

    def _step(self, step: Step, condition: str | None) -> None:
        if not isinstance(step, Show | SetField):
            self._bare = False
        match step:
            case Show():
                self._show(step, condition)
            case SetField():
                self._set(step, condition)
            case Branch():
                self._branch(step, condition)
            case Group():
                self._group(step.title, step.steps, condition)
            case Randomise():
                why = "XLSForm has no random order of groups: they come as written, all of them"
                self.rows.tell("", f"random order {step.id}", why, step.model_dump(mode="json"))
                self._group("", step.steps, condition) if condition else self._steps(step.steps)
            case End():
                why = "an XLSForm cannot end before its end"
                self.rows.tell("", "end", why, step.message)

    def _branch(self, step: Branch, outer: str | None) -> None:
        holds = conjunction(outer, step.condition)
        fails = conjunction(outer, condition_text(Not(term=parse_condition(step.condition))))
        for steps, condition in ((step.then, holds), (step.otherwise, fails)):
            if len(steps) == 1 and not isinstance(steps[0], End | Randomise | Branch):
                self._step(steps[0], condition)
            elif steps:
                self._group("", steps, condition)

    def _group(self, title: str, steps: tuple[Step, ...], condition: str | None) -> None:
        number = len(self._opened) + 1
        self._begin("group", f"group_{number}", title, condition)
        self._steps(steps)
        self._end("group")

    def _begin(self, what: str, name: str, title: str, condition: str | None, **more: str) -> None:
        row = {
            "type": f"begin_{what}",
            "name": name,
            **self.rows.worded("label", title),
            "relevant": self.rows.logic("", "flow", condition),
            **more,
        }
        self.survey.append(row)
        self._opened.append(row)
        self._bare = False

    def _end(self, what: str) -> None:
        self.survey.append({"type": f"end_{what}"})
        self._bare = False

    def _show(self, step: Show, condition: str | None) -> None:
        block = self._blocks[step.block]
        if block.id in self._done:
            self.rows.tell("", f"block {block.id}", "XLSForm shows a group once", step.block)
            return
        self._done.add(block.id)
        alone = self._items[block.items[0]] if len(block.items) == 1 else None
        if alone and alone.id == block.id and alone.kind.rowed and not block.loop:
            self._table(alone, condition, {})
        elif not condition and self._is_bare(block):
            self._parts += 1
            self._run(list(block.items))
            self._bare = True
        else:
            self._grouped(block, condition)

    def _is_bare(self, block: Block) -> bool:
        plain = Block(id=f"part_{self._parts + 1}", pages=tuple((item,) for item in block.items))
        return not self._bare and block == plain

    def _grouped(self, block: Block, condition: str | None) -> None:
        together = len(block.pages) == 1 and len(block.items) > 1
        more = {"appearance": "field-list"} if together else {}
        what = "repeat" if block.loop else "group"
        if block.loop:
            more["repeat_count"] = self._count(block.id, block.loop)
        name = re.sub(r"[^A-Za-z0-9._-]", "_", block.id)
        name = name if re.match(r"[A-Za-z_]", name) else f"_{name}"
        name = f"{name}_block" if name in self._items else name
        self._begin(what, name, block.title, condition, **more)
        self._run(list(block.items))
        self._end(what)

    def _count(self, block: str, loop: Loop) -> str:
        """How often a repeat is gone through: a number, or what the rounds' conditions say."""
        if (count := count_of(loop)) is not None:
            return self.rows.logic("", f"loop {block}", condition_text(count))
        return str(len(loop.rounds))

    def _run(self, items: list[str]) -> None:
        for own in items:
            item = self._items[own]
            self._fields_before(self.instrument.items.index(item))
            if item.kind.rowed or item.kind == Kind.CONSTANT_SUM:
                self._table(item, None, {})
            elif own not in self._done:
                self._done.add(own)
                self.survey.append(self.rows.item(item))

    def _fields_before(self, place: int) -> None:
        """Fields that nothing sets, where they stand among the items."""
        while self._unset and self._unset[0][0] <= place:
            item = self._unset.pop(0)[1]
            if item.id not in self._done:
                self._done.add(item.id)
                self.survey.append(self.rows.item(item))

    def _table(self, item: Item, condition: str | None, more: Cells) -> None:
        filtered = any(option.condition for option in item.options)
        shared = item.kind == Kind.MATRIX and item.cells in _SELECTED and not filtered
        look = "table-list likert" if item.cells == Kind.RATING else "table-list"
        whole = conjunction(condition, item.condition)
        name = self.rows.name(item.id)
        self._begin("group", name, item.text, whole, appearance=look if shared else "field-list")
        rows = list(table_rows(item))
        if item.kind == Kind.CONSTANT_SUM and item.total is not None:
            added = " + ".join([".", *(f"${{{row.id}}}" for row in rows[:-1])])
            more = {"constraint": f"{added} = {item.total:g}"}
        for row in rows:
            cells = self.rows.item(row, **(more if row is rows[-1] else {}))
            if shared:
                cells.pop("appearance", None)
            self.survey.append(cells)
        self._end("group")

    def _set(self, step: SetField, condition: str | None) -> None:
        if step.field in self._done:
            self.rows.tell(
                step.field, "flow", "a calculation has one place in an XLSForm", step.text
            )
            return
        self._done.add(step.field)
        value = self.rows.value(step)
        field = self._items.get(step.field) or Item(id=step.field, kind=Kind.FIELD)
        row = self.rows.item(field, calculation=value or "''")
        relevant = self.rows.logic(step.field, "flow", condition)
        self.survey.append(row | {"type": "calculate", "relevant": relevant, "required": ""})
        self._bare = False

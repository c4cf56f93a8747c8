"""Items as rows of an XLSForm."""

import re
from collections.abc import Iterator
from typing import Any

from simulacra.domain.flow import SetField, steps_of
from simulacra.domain.survey import Instrument, Item, Kind, Option
from simulacra.survey.condition import parse_condition
from simulacra.survey.expression import items_of
from simulacra.survey.formats.draft import name_of
from simulacra.survey.formats.markup import marked
from simulacra.survey.formats.templates import value_of
from simulacra.survey.formats.trees import Untranslatable
from simulacra.survey.formats.xlsform.choices import OTHER
from simulacra.survey.formats.xlsform.types import select_of
from simulacra.survey.formats.xlsform.xpath_text import XPath
from simulacra.survey.piping import Pipe, replaced
from simulacra.survey.report import ReportEntry
from simulacra.survey.writing import constant_text

Cells = dict[str, str]
_TYPES = {
    Kind.SHORT_TEXT: "text", Kind.LONG_TEXT: "text", Kind.DATE: "date", Kind.INFO: "note",
    Kind.FIELD: "hidden", Kind.SLIDER: "range",
}  # fmt: skip
_SELECTS = {
    Kind.SINGLE: "select_one", Kind.RATING: "select_one", Kind.MULTI: "select_multiple",
    Kind.RANKING: "rank",
}  # fmt: skip
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9._-]*")


class Rows:
    """Turns items into rows of the sheets ``survey`` and ``choices``."""

    def __init__(self, instrument: Instrument) -> None:
        self.choices: list[Cells] = []
        self.told: list[ReportEntry] = []
        kept = instrument.extra.get("xlsform")
        self.kept: dict[str, Any] = kept if isinstance(kept, dict) else {}
        code = instrument.language
        self.language: str = self.kept.get("language", "") or ("" if code == "en" else code)
        self._lists: dict[tuple[tuple[tuple[str, str], ...], ...], str] = {}
        self._names = {
            item.id: name_of(item) if _NAME.fullmatch(name_of(item)) else item.id
            for item in instrument.items
        }

        self._items = {item.id: item for item in instrument.items}
        self._known = {
            *self._names,
            *(f"{item.id}_{row.code}" for item in instrument.items for row in item.rows),
            *(step.field for step in steps_of(instrument.flow) if isinstance(step, SetField)),
        }

    def name(self, item: str) -> str:
        """What the form calls an item."""
        return self._names.get(item, item)

    def tell(self, question: str, what: str, why: str, kept: Any = None) -> None:
        """Report what the form cannot say."""
        self.told.append(ReportEntry(question=question, what=what, why=why, kept=kept))

    def worded(self, column: str, text: str) -> Cells:
        """A text in the column of the form's language."""
        return {self._column(column): self._text(text)} if text else {}

    def logic(self, question: str, what: str, condition: str | None, own: str = "") -> str:
        """A condition as XPath; empty without one, and where XPath cannot say it, which is told."""
        if not condition or not condition.strip():
            return ""
        missing = [one for one in items_of(parse_condition(condition)) if one not in self._known]
        if missing:
            why = f"it names {missing[0]}, which the form does not have"
            self.tell(question, what, why, condition)
            return ""
        try:
            return XPath(self.name, own).condition(condition)
        except Untranslatable as error:
            self.tell(question, what, f"XLSForm cannot say it: {error}", condition)
            return ""

    def value(self, step: SetField) -> str:
        """What a field is set to, as XPath; without pipes where XPath cannot say them."""
        if step.expression is not None:
            return self.logic(step.field, "flow", step.expression)
        try:
            return XPath(self.name).text(value_of(step.text, self._items))
        except Untranslatable as error:
            self.tell(step.field, "flow", f"XLSForm cannot say it: {error}", step.text)
            return "''"

    def item(self, item: Item, relevant: str = "", **more: str) -> Cells:
        """The row of an item without rows of its own."""
        condition = self.logic(item.id, "condition", item.condition)
        both = [one for one in (relevant, condition) if one]
        row = {
            "type": self._type(item),
            "name": self.name(item.id),
            **self.worded("label", item.text),
            **self.worded("hint", item.help),
            "required": "yes" if item.required and item.kind not in (Kind.INFO, Kind.FIELD) else "",
            "relevant": both[0] if len(both) == 1 else " and ".join(f"({one})" for one in both),
            "constraint": self._constraint(item),
            **self._looks(item),
            **more,
        }
        if item.kind.optioned and item.kind in _SELECTS:
            row |= self._select(item)
        return self._with_kept(item, row)

    def _with_kept(self, item: Item, row: Cells) -> Cells:
        """The row with the cells that were kept, where they do not contradict the item."""
        kept = self.kept.get("items", {}).get(item.id, {})
        for name, cell in kept.items():
            if not isinstance(cell, str):
                continue
            if name == "type" and (select_of(cell) or item.kind == Kind.NUMERIC):
                continue
            if name == "type" or not row.get(name):
                row[name] = cell
        return row

    def _type(self, item: Item) -> str:
        if item.kind == Kind.NUMERIC:
            return "integer" if item.step == 1 else "decimal"
        return _TYPES.get(item.kind, "text")

    def _looks(self, item: Item) -> Cells:
        if item.kind == Kind.LONG_TEXT:
            return {"appearance": "multiline"}
        if item.kind == Kind.RATING:
            return {"appearance": "likert"}
        if item.kind == Kind.SLIDER:
            given = {"start": item.minimum, "end": item.maximum, "step": item.step}
            parts = [f"{name}={constant_text(n)}" for name, n in given.items() if n is not None]
            return {"parameters": " ".join(parts)}
        moves = item.shuffle and item.kind in _SELECTS
        return {"parameters": "randomize=true"} if moves else {}

    def _constraint(self, item: Item) -> str:
        least, most = (item.minimum, item.maximum) if item.kind == Kind.NUMERIC else (None, None)
        count, own = "count-selected(.)", item.id
        chosen = item.choose if item.kind in (Kind.MULTI, Kind.RANKING) else None
        parts = [
            f". >= {constant_text(least)}" if least is not None else "",
            f". <= {constant_text(most)}" if most is not None else "",
            f"{count} >= {chosen[0]} and {count} <= {chosen[1]}" if chosen else "",
            self.logic(own, "constraint", item.constraint, own),
        ]
        some = [part for part in parts if part]
        if len(some) > 1 and parts[3]:
            some[-1] = f"({some[-1]})" if " or " in some[-1] else some[-1]
        return " and ".join(some)

    def _select(self, item: Item) -> Cells:
        options, other = list(item.options), ""
        conditions = [self.logic(item.id, "options", one.condition) for one in options]
        if options[-1] == OTHER and len(options) > 1 and not any(conditions):
            options, conditions, other = options[:-1], conditions[:-1], " or_other"
        whens = {text: f"c{at}" for at, text in enumerate(dict.fromkeys(conditions)) if text}
        rows = [
            self._choice(item, option, whens.get(condition, ""))
            for option, condition in zip(options, conditions, strict=True)
        ]
        name = self.listed(self.name(item.id), rows)
        filters = [f"when = '{when}' and ({text})" for text, when in whens.items()]
        shown = " or ".join(["when = ''", *(f"({one})" for one in filters)]) if whens else ""
        cells = {"type": f"{_SELECTS[item.kind]} {name}{other}"}
        return cells | ({"choice_filter": shown} if shown else {})

    def listed(self, name: str, rows: list[Cells]) -> str:
        """The name of a list of choices; equal lists are one."""
        key = tuple(tuple(sorted(row.items())) for row in rows)
        if key not in self._lists:
            self._lists[key] = name
            self.choices += [{"list_name": name, **row} for row in rows]
        return self._lists[key]

    def _choice(self, item: Item, option: Option, when: str) -> Cells:
        spaced = item.kind in (Kind.MULTI, Kind.RANKING) or option.code != option.code.strip()
        code = re.sub(r"\s", "_", option.code) if spaced else option.code
        choices = self.kept.get("items", {}).get(item.group or item.id, {}).get("choices", {})
        kept: Cells = dict(choices.get(option.code, {}))
        if not any(name.startswith("label") for name in kept):
            kept |= {f"label::language {n}": t for n, t in enumerate(option.translations, start=2)}
        return {"name": code, **self.worded("label", option.label or option.code), **kept} | (
            {"when": when} if when else {}
        )

    def _column(self, column: str) -> str:
        return f"{column}::{self.language}" if self.language else column

    def _text(self, text: str) -> str:
        def named(pipe: Pipe) -> str | None:
            return f"${{{self.name(pipe.name)}}}" if pipe.name in self._names else "..."

        # XLSForm has no way to write "${" without meaning a question.
        return marked(replaced(text, named).replace("$${", "$ {"))


def table_rows(item: Item) -> Iterator[Item]:
    """The questions of a matrix, form or constant sum, each an item of its own."""
    if item.kind == Kind.CONSTANT_SUM:
        for option in item.options:
            yield Item(
                id=f"{item.id}_{re.sub(r'[^A-Za-z0-9_.]', '_', option.code)}",
                kind=Kind.NUMERIC,
                text=option.label or option.code,
                required=item.required,
                condition=option.condition,
            )
        return
    for row in item.rows:
        kind = row.kind or item.cells or Kind.SHORT_TEXT
        yield Item(
            id=f"{item.id}_{row.code}",
            kind=kind,
            text=" – ".join(part for part in (row.label, row.opposite) if part) or row.code,
            options=item.options if kind.optioned else (),
            required=item.required,
            condition=row.condition,
            shuffle=item.shuffle,
            choose=item.choose,
            group=item.id,
        )

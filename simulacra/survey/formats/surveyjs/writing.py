"""Instruments become SurveyJS survey definitions that its schema takes.

Blocks become pages, loops dynamic panels, branches ``visibleIf`` of pages, ends and skips triggers,
set fields calculated values or triggers. Random orders of blocks have no place and are told.
"""

import json
from pathlib import Path

from simulacra.domain.flow import Block, Branch, End, Group, Loop, Randomise, SetField, Show, Step
from simulacra.domain.survey import Instrument, Item, Kind
from simulacra.errors import WorkFailed
from simulacra.survey.condition import parse_condition
from simulacra.survey.expression import Not, Reference
from simulacra.survey.formats.rounds import count_of, counted, written_out
from simulacra.survey.formats.straight import straightened
from simulacra.survey.formats.surveyjs.elements import Element, Elements
from simulacra.survey.formats.templates import value_of
from simulacra.survey.formats.trees import Untranslatable, conjunction
from simulacra.survey.piping import pipes_of
from simulacra.survey.report import ReportEntry
from simulacra.survey.writing import condition_text

_MOST_PANELS = 10


def write_surveyjs(instrument: Instrument, path: Path) -> list[ReportEntry]:
    """Write the definition; what it cannot say, as far as that is known beforehand.

    Raises WorkFailed if the file cannot be written.
    """
    flat, looped = written_out(instrument, keeps=_is_panel)
    straight, changed = straightened(flat, jumps=True)
    writer = _Writer(straight)
    text = json.dumps(writer.whole(), ensure_ascii=False, indent=2) + "\n"
    draft = path.with_name(f".{path.name}.part")
    try:
        draft.write_text(text, encoding="utf-8", newline="\n")
        draft.replace(path)
    except (OSError, UnicodeError) as error:
        raise WorkFailed(f"{path} cannot be written: {error}") from error
    return looped + changed + writer.elements.told


class _Writer:
    def __init__(self, instrument: Instrument) -> None:
        self.instrument, self.elements = instrument, Elements(instrument)
        self._items = {item.id: item for item in instrument.items}
        self._blocks = {block.id: block for block in instrument.blocks}
        self._pages: list[Element] = []
        self._triggers: list[Element] = []
        self._values: dict[str, str] = {}
        self._set: set[str] = set()
        self._shown: set[str] = set()

    def whole(self) -> Element:
        """The document."""
        survey: Element = {}
        kept = self.elements.kept.get("survey", {})
        if self.instrument.title:
            title = kept.get("title")
            survey["title"] = self.elements.worded(title, self.instrument.title)
        if self.instrument.language != "en" or "locale" in kept:
            survey["locale"] = self.instrument.language
        survey |= {name: value for name, value in kept.items() if name != "title"}
        steps = self.instrument.flow or tuple(Show(block=one) for one in self._blocks)
        for step in steps:
            self._step(step, None)
        unasked = self.elements.kept.get("unasked", [])
        if self._pages:
            self._pages[-1]["elements"] += unasked
            survey["pages"] = self._pages
        else:
            survey["elements"] = [*self._questions(self.instrument.items), *unasked]
        if self._triggers:
            survey["triggers"] = self._triggers
        fields = [item for item in self.instrument.items if item.kind == Kind.FIELD]
        if values := [
            {"name": self.elements.name(item.id), "expression": self._values.get(item.id, "")}
            for item in fields
            if item.id not in self._set
        ]:
            survey["calculatedValues"] = values
        return survey

    def _questions(self, items: tuple[Item, ...]) -> list[Element]:
        for item in items:
            for skip in item.skips:
                self._skip(item, skip.condition, skip.to)
        return [self.elements.item(item) for item in items if item.kind != Kind.FIELD]

    def _skip(self, item: Item, condition: str, to: str) -> None:
        expression = self.elements.logic(item.id, "skips", condition)
        if expression and to in self._items:
            target = {"gotoName": self.elements.name(to)}
            self._triggers.append({"type": "skip", "expression": expression, **target})
        elif expression and to == "end_of_survey":
            self._triggers.append({"type": "complete", "expression": expression})

    def _step(self, step: Step, condition: str | None) -> None:
        match step:
            case Show():
                self._page(self._blocks[step.block], condition)
            case Branch():
                self._branch(step, condition)
            case Group():
                for one in step.steps:
                    self._step(one, condition)
            case Randomise():
                why = "SurveyJS has no random order of pages: they come as written, all of them"
                kept = step.model_dump(mode="json")
                self.elements.tell("", f"random order {step.id}", why, kept)
                for one in step.steps:
                    self._step(one, condition)
            case SetField():
                self._field(step, condition)
            case End():
                expression = self.elements.logic("", "flow", condition) or "true"
                self._triggers.append({"type": "complete", "expression": expression})

    def _branch(self, step: Branch, condition: str | None) -> None:
        fails = condition_text(Not(term=parse_condition(step.condition)))
        for one in step.then:
            self._step(one, conjunction(condition, step.condition))
        for one in step.otherwise:
            self._step(one, conjunction(condition, fails))

    def _field(self, step: SetField, condition: str | None) -> None:
        if not condition and pipes_of(step.text):
            step = self._worked_out(step)
        if step.expression is not None and not condition:
            self._values[step.field] = self.elements.logic(step.field, "flow", step.expression)
        elif step.expression is None:
            self._set.add(step.field)
            value = self.elements.piped(step.text)
            expression = self.elements.logic(step.field, "flow", condition) or "true"
            name = self.elements.name(step.field)
            self._triggers.append(
                {"type": "setvalue", "expression": expression, "setToName": name, "setValue": value}
            )
        else:
            why = "SurveyJS works a value out always, not under a condition"
            self.elements.tell(step.field, "flow", why, step.model_dump(mode="json"))

    def _worked_out(self, step: SetField) -> SetField:
        """A field whose text fills in answers as one that is worked out, where that can be said."""
        try:
            value = condition_text(value_of(step.text, self._items))
        except Untranslatable:
            return step
        return step.model_copy(update={"expression": value})

    def _page(self, block: Block, condition: str | None) -> None:
        if block.id in self._shown:
            self.elements.tell("", f"block {block.id}", "SurveyJS shows a page once", block.id)
            return
        self._shown.add(block.id)
        visible = self.elements.logic("", "flow", condition)
        more: Element = {"visibleIf": visible} if visible else {}
        kept = self.elements.kept.get("pages", {}).get(block.id, {})
        if block.loop:
            self._pages.append(
                {"name": f"{block.id} page", "elements": [self._panel(block, block.loop)], **more}
            )
            return
        for at, page in enumerate(block.pages):
            one: Element = {"name": block.id if at == 0 else f"{block.id}_{at + 1}"}
            if block.title:
                one["title"] = self.elements.worded(kept.get("title"), block.title)
            one["elements"] = self._questions(tuple(self._items[item] for item in page))
            one |= {"questionOrder": "random"} if block.shuffle else {}
            rest = {name: value for name, value in kept.items() if name not in one}
            self._pages.append({**one, **more, **rest})

    def _panel(self, block: Block, loop: Loop) -> Element:
        prefix = f"{block.id}."
        self.elements.local = {
            item: self.elements.name(item).removeprefix(prefix) for item in block.items
        }
        panel: Element = {"type": "paneldynamic", "name": block.id}
        if block.title:
            panel["title"] = self.elements.piped(block.title)
        panel["templateElements"] = self._questions(
            tuple(self._items[item] for item in block.items)
        )
        self.elements.local = {}
        return panel | self._count(loop)

    def _count(self, loop: Loop) -> Element:
        count = count_of(loop)
        if isinstance(count, Reference):
            return {"bindings": {"panelCount": self.elements.name(count.item)}}
        return {"panelCount": len(loop.rounds)}


def _is_panel(loop: Loop) -> bool:
    """Whether a loop is a dynamic panel, which begins with ten at most."""
    count = count_of(loop)
    few = len(loop.rounds) <= _MOST_PANELS
    return counted(loop) and few and (count is None or isinstance(count, Reference))

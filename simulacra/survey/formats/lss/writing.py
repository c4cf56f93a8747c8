"""Instruments become LSS files: blocks and rounds are groups, matrices arrays, fields equations.

Question codes of LimeSurvey are letters and digits only; where an id is none, it is kept in an
attribute that reading takes up again.
"""

import re
from pathlib import Path
from xml.etree.ElementTree import Element, ElementTree, SubElement, indent

from simulacra.domain.flow import Block, Branch, End, Group, Randomise, SetField, Show, Step
from simulacra.domain.survey import Instrument, Item, Kind, Option, Row
from simulacra.errors import WorkFailed
from simulacra.plain_text import without_control
from simulacra.survey.condition import parse_condition
from simulacra.survey.expression import Not
from simulacra.survey.formats.lss.expressions import Manager
from simulacra.survey.formats.markup import marked
from simulacra.survey.formats.rounds import written_out
from simulacra.survey.formats.straight import straightened
from simulacra.survey.formats.templates import value_of
from simulacra.survey.formats.trees import Untranslatable, conjunction
from simulacra.survey.piping import Pipe, replaced
from simulacra.survey.report import ReportEntry
from simulacra.survey.writing import condition_text, constant_text

_LETTERS = {
    Kind.SINGLE: "L", Kind.RATING: "L", Kind.MULTI: "M", Kind.RANKING: "R", Kind.SHORT_TEXT: "S",
    Kind.LONG_TEXT: "T", Kind.NUMERIC: "N", Kind.SLIDER: "N", Kind.DATE: "D", Kind.INFO: "X",
    Kind.FIELD: "*", Kind.FORM: "Q", Kind.CONSTANT_SUM: "K",
}  # fmt: skip
_SID, _VERSION = "100000", "606"


def write_lss(instrument: Instrument, path: Path) -> list[ReportEntry]:
    """Write the file; what it cannot say, as far as that is known beforehand.

    Raises WorkFailed if the file cannot be written.
    """
    flat, looped = written_out(instrument, keeps=lambda _: False)
    straight, changed = straightened(flat)
    writer = _Writer(straight)
    root = writer.document()
    indent(root, " ")
    draft = path.with_name(f".{path.name}.part")
    try:
        ElementTree(root).write(draft, encoding="UTF-8", xml_declaration=True)
        draft.replace(path)
    except OSError as error:
        raise WorkFailed(f"{path} cannot be written: {error.strerror}") from error
    return looped + changed + writer.told


class _Writer:
    def __init__(self, instrument: Instrument) -> None:
        self.instrument = instrument
        self.told: list[ReportEntry] = []
        self._tables: dict[str, list[dict[str, str]]] = {}
        self._items = {item.id: item for item in instrument.items}
        self._kinds = {item.id: item.kind for item in instrument.items}
        self._codes: dict[str, str] = {}
        for at, item in enumerate(instrument.items, start=1):
            plain = re.fullmatch(r"[A-Za-z][A-Za-z0-9]{0,19}", item.id)
            self._codes[item.id] = item.id if plain else f"X{at}q"
        self._done: set[str] = set()
        self._qid = 0
        self._groups = 0

    def document(self) -> Element:
        """The whole file."""
        blocks = self.instrument.blocks or (Block(id="all", pages=(tuple(self._items),)),)
        by_id = {block.id: block for block in blocks}
        steps = self.instrument.flow or tuple(Show(block=block.id) for block in blocks)
        for step in steps:
            self._step(step, None, "", by_id)
        self._add("surveys", sid=_SID, language=self.instrument.language, format="G")
        self._add("surveys_languagesettings", surveyls_survey_id=_SID,
                  surveyls_language=self.instrument.language,
                  surveyls_title=marked(self.instrument.title))  # fmt: skip
        root = Element("document")
        SubElement(root, "LimeSurveyDocType").text = "Survey"
        SubElement(root, "DBVersion").text = _VERSION
        SubElement(SubElement(root, "languages"), "language").text = self.instrument.language
        for name, rows in self._tables.items():
            table = SubElement(root, name)
            fields = SubElement(table, "fields")
            for field in dict.fromkeys(field for row in rows for field in row):
                SubElement(fields, "fieldname").text = field
            holder = SubElement(table, "rows")
            for row in rows:
                one = SubElement(holder, "row")
                for field, text in row.items():
                    SubElement(one, field).text = without_control(text)
        return root

    def _add(self, table: str, **row: str) -> None:
        self._tables.setdefault(table, []).append(row)

    def _tell(self, question: str, what: str, why: str, kept: object = None) -> None:
        self.told.append(ReportEntry(question=question, what=what, why=why, kept=kept))

    def _name(self, item: str) -> str:
        """The variable of an item, of a row (``q_1``) or of a box (``q|1``)."""
        if item in self._codes:
            return self._codes[item]
        own, _, code = item.partition("|")
        if code:
            return f"{self._codes.get(own, own)}_{code}"
        for one in self.instrument.items:
            if one.rows and item.startswith(f"{one.id}_"):
                return f"{self._codes[one.id]}{item.removeprefix(one.id)}"
        return re.sub(r"\W", "_", item)

    def _logic(self, question: str, what: str, condition: str | None) -> str:
        if not condition or not condition.strip():
            return "1"
        if condition in ("true", "false"):
            return str(int(condition == "true"))
        try:
            return Manager(self._name, self._kinds).condition(condition)
        except Untranslatable as error:
            self._tell(question, what, f"LimeSurvey cannot say it: {error}", condition)
            return "1"

    def _text(self, text: str) -> str:
        def named(pipe: Pipe) -> str:
            return f"{{{self._name(pipe.name)}}}"

        return marked(replaced(text, named).replace("$${", "${"))

    def _step(
        self, step: Step, condition: str | None, order: str, blocks: dict[str, Block]
    ) -> None:
        match step:
            case Show():
                self._group(blocks[step.block], condition, order)
            case Branch():
                fails = condition_text(Not(term=parse_condition(step.condition)))
                sides = ((step.then, step.condition), (step.otherwise, fails))
                for some, holds in sides:
                    for one in some:
                        self._step(one, conjunction(condition, holds), order, blocks)
            case Group() | Randomise():
                name = step.id if isinstance(step, Randomise) else order
                for one in step.steps:
                    self._step(one, condition, name, blocks)
            case SetField():
                self._field(step, condition)
            case End():
                self._tell("", "end", "a LimeSurvey survey cannot end before its end", condition)

    def _group(self, block: Block, condition: str | None, order: str) -> None:
        if f"block {block.id}" in self._done:
            self._tell("", f"block {block.id}", "LimeSurvey shows a group once", block.id)
            return
        self._done.add(f"block {block.id}")
        gid = self._gid(block)
        shown = self._logic("", "flow", condition)
        self._add("groups", gid=gid, sid=_SID, group_order=str(self._groups),
                  randomization_group=order, grelevance=shown)  # fmt: skip
        self._add("group_l10ns", gid=gid, group_name=self._text(block.title) or block.id,
                  description="", language=self.instrument.language)  # fmt: skip
        for item in block.items:
            self._question(self._items[item], gid, "")

    def _gid(self, block: Block) -> str:
        self._groups += 1
        found = re.fullmatch(r"group(\d+)", block.id)
        return found[1] if found else str(1000 + self._groups)

    def _field(self, step: SetField, condition: str | None) -> None:
        item = self._items.get(step.field) or Item(id=step.field, kind=Kind.FIELD)
        if item.id in self._done:
            why = "an equation has one place in LimeSurvey: the first counts"
            self._tell(item.id, "flow", why, step.model_dump(mode="json"))
            return
        value = self._value(step)
        gid = self._tables["groups"][-1]["gid"] if self._groups else ""
        if not gid:
            why = "LimeSurvey sets a field in a group, and there is none yet"
            self._tell(item.id, "flow", why, step.model_dump(mode="json"))
            return
        self._done.add(item.id)
        self._question(item, gid, f"{{{value}}}", self._logic(item.id, "flow", condition))

    def _value(self, step: SetField) -> str:
        """What a field is set to; without pipes where the Expression Manager cannot say them."""
        if step.expression is not None:
            return self._logic(step.field, "flow", step.expression)
        try:
            return Manager(self._name, self._kinds).text(value_of(step.text, self._items))
        except Untranslatable as error:
            self._tell(step.field, "flow", f"LimeSurvey cannot say it: {error}", step.text)
            return "''"

    def _question(self, item: Item, gid: str, equation: str, relevance: str = "") -> None:
        qid = self._next()
        code = self._codes.get(item.id) or re.sub(r"\W", "", item.id)
        other = bool(item.options) and item.options[-1].code == "-oth-"
        self._add(
            "questions", qid=qid, parent_qid="0", sid=_SID, gid=gid, type=_letter(item), title=code,
            other="Y" if other else "N", mandatory="Y" if item.required else "N",
            question_order=qid, scale_id="0",
            relevance=relevance or self._logic(item.id, "condition", item.condition),
        )  # fmt: skip
        self._add("question_l10ns", qid=qid, question=equation or self._text(item.text),
                  help=self._text(item.help), language=self.instrument.language)  # fmt: skip
        options = item.options[:-1] if other else item.options
        if other and item.options[-1].label != "Other":
            self._attribute(qid, "other_replace_text", self._text(item.options[-1].label))
        self._attributes(item, qid, code, equation)
        if item.kind == Kind.MULTI or item.kind == Kind.CONSTANT_SUM:
            self._parts(item, qid, gid, [(o.code, o.label, o.condition) for o in options], 0)
        elif item.rows:
            self._parts(item, qid, gid, [_said(row) for row in item.rows], 0)
        if item.cells == Kind.MULTI:
            self._parts(item, qid, gid, [(o.code, o.label, o.condition) for o in options], 1)
        elif item.kind in (Kind.SINGLE, Kind.RATING, Kind.RANKING, Kind.MATRIX):
            self._answers(options, qid)

    def _next(self) -> str:
        """The id of the next question or part of one."""
        self._qid += 1
        return str(self._qid)

    def _parts(
        self, item: Item, qid: str, gid: str, parts: list[tuple[str, str, str | None]], scale: int
    ) -> None:
        for at, (code, label, condition) in enumerate(parts, start=1):
            own = self._next()
            shown = self._logic(item.id, "rows" if item.rows else "options", condition)
            self._add("subquestions", qid=own, parent_qid=qid, sid=_SID, gid=gid, type="T",
                      title=code, question_order=str(at), scale_id=str(scale),
                      relevance=shown)  # fmt: skip
            self._add("question_l10ns", qid=own, question=self._text(label), help="",
                      language=self.instrument.language)  # fmt: skip

    def _answers(self, options: tuple[Option, ...], qid: str) -> None:
        for at, option in enumerate(options, start=1):
            aid = f"{qid}{at:03d}"
            self._add(
                "answers", aid=aid, qid=qid, code=option.code, sortorder=str(at), scale_id="0"
            )
            self._add("answer_l10ns", aid=aid, answer=self._text(option.label),
                      language=self.instrument.language)  # fmt: skip

    def _attribute(self, qid: str, name: str, value: str) -> None:
        self._add("question_attributes", qid=qid, attribute=name, value=value, language="")

    def _attributes(self, item: Item, qid: str, code: str, equation: str) -> None:
        given: dict[str, str] = {"simulacra_id": item.id if code != item.id else ""}
        if equation:
            given["equation"] = equation
        if item.shuffle or item.shuffle_rows:
            given["random_order"] = "1"
        if item.choose and item.kind in (Kind.MULTI, Kind.RANKING):
            given |= {"min_answers": str(item.choose[0]), "max_answers": str(item.choose[1])}
        bounds = {"min_num_value_n": item.minimum, "max_num_value_n": item.maximum}
        if item.kind.numeric:
            given |= {name: constant_text(n) for name, n in bounds.items() if n is not None}
            given |= {"num_value_int_only": "1"} if item.step == 1 else {}
        if item.cells == Kind.MULTI:
            given["multiflexible_checkbox"] = "1"
        if item.total is not None:
            given["equals_num_value"] = constant_text(item.total)
        alone = [option.code for option in item.options if option.exclusive]
        given["exclude_all_others"] = ";".join(alone) if item.kind == Kind.MULTI else ""
        if item.constraint:
            valid = self._logic(item.id, "constraint", item.constraint)
            given["em_validation_q"] = valid if valid != "1" else ""
        kept = self.instrument.extra.get("lss", {})
        rest = kept.get("items", {}).get(item.id, {}) if isinstance(kept, dict) else {}
        for name, value in {**rest, **given}.items():
            if value:
                self._attribute(qid, name, str(value))


def _letter(item: Item) -> str:
    if item.kind == Kind.MATRIX:
        if item.cells == Kind.MULTI:
            return ":"
        return "F" if item.cells in (Kind.SINGLE, Kind.RATING) else "Q"
    if item.kind == Kind.MULTI and all(option.text_entry for option in item.options):
        return "P"
    if item.kind == Kind.FORM and {row.kind for row in item.rows} == {Kind.NUMERIC}:
        return "K"
    scale = [(option.code, option.label) for option in item.options]
    if item.kind == Kind.RATING and scale == [(str(n), str(n)) for n in range(1, 6)]:
        return "5"
    return _LETTERS[item.kind]


def _said(row: Row) -> tuple[str, str, str | None]:
    label = f"{row.label}|{row.opposite}" if row.opposite else row.label
    return row.code, label, row.condition

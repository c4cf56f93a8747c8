"""LSS files become instruments: groups become blocks, relevance conditions, equations fields."""

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from simulacra.domain.flow import Block, Branch, Randomise, SetField, Show, Step
from simulacra.domain.survey import Instrument, Kind, Option, Row
from simulacra.errors import InputError
from simulacra.survey.expression import Selected
from simulacra.survey.formats.draft import Draft
from simulacra.survey.formats.lss.conditions import condition_of
from simulacra.survey.formats.lss.expressions import compile_em
from simulacra.survey.formats.lss.questions import ELSEWHERE, LETTERS, Source, values_of
from simulacra.survey.formats.lss.tables import Record, Tables, read_tables
from simulacra.survey.formats.lss.variables import OTHER, Variables
from simulacra.survey.formats.trees import Untranslatable, conjunction
from simulacra.survey.report import ReportEntry
from simulacra.survey.writing import condition_text

_USED = frozenset((
    "exclude_all_others", "random_order", "answer_order", "subquestion_order", "min_answers",
    "max_answers", "equals_num_value", "multiflexible_checkbox", "multiflexible_min",
    "multiflexible_max", "multiflexible_step", "min_num_value_n", "max_num_value_n",
    "num_value_int_only", "other_replace_text", "array_filter", "array_filter_exclude", "equation",
    "em_validation_q", "simulacra_id", "hidden",
))  # fmt: skip
_TABLES = frozenset((
    "answers", "answer_l10ns", "groups", "group_l10ns", "questions", "subquestions",
    "question_l10ns", "question_attributes", "surveys", "surveys_languagesettings", "conditions",
))  # fmt: skip


def read_lss(path: Path) -> tuple[Instrument, list[ReportEntry], dict[str, int]]:
    """Instrument and report; there are no line numbers.

    Raises InputError for what is no LSS file, and for rows that do not fit together.
    """
    reader = _Reader(read_tables(path), path)
    try:
        return reader.whole(), reader.draft.report, {}
    except (ValidationError, LookupError, RecursionError) as error:
        message = "a table of the survey has rows that do not fit together: export it again"
        raise InputError(message, path=path) from error


def _order(row: Record, name: str) -> int:
    text = row.get(name, "")
    return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else 0


def _by(name: str, rows: Iterable[Record]) -> dict[str, list[Record]]:
    """Rows by the value of a field."""
    found: defaultdict[str, list[Record]] = defaultdict(list)
    for row in rows:
        found[row.get(name, "")].append(row)
    return found


class _Reader:
    def __init__(self, tables: Tables, path: Path) -> None:
        self.tables, self.draft = tables, Draft(path)
        questions = tables.one_language("questions")
        parts = [q for q in questions if q.get("parent_qid", "0") not in ("", "0")]
        parts += tables.one_language("subquestions")
        self._questions = [q for q in questions if q.get("parent_qid", "0") in ("", "0")]
        self._parts_of = _by("parent_qid", parts)
        self._answer_rows = _by("qid", tables.one_language("answers"))
        self._all_answers = _by("qid", tables.all("answers"))
        self._conditions = _by("qid", tables.all("conditions"))
        names = ("questions", "subquestions", "question_l10ns")
        self._texts = tables.texts("qid", names)
        self._groups = tables.texts("gid", ("groups", "group_l10ns"))
        self._answers = tables.texts("aid", ("answer_l10ns",))
        self._attributes: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for row in tables.all("question_attributes"):
            if row.get("language", "") in ("", tables.language):
                self._attributes[row.get("qid", "")][row.get("attribute", "")] = row.get(
                    "value", ""
                )
        own = {
            qid: given["simulacra_id"]
            for qid, given in self._attributes.items()
            if given.get("simulacra_id")
        }
        self._variables = Variables(self._questions, own, self.draft)
        self._steps: defaultdict[str, list[Step]] = defaultdict(list)
        self._kept: dict[str, dict[str, str]] = {}

    def logic(self, question: str, what: str, text: str) -> str | None:
        """A condition of ours; None without, and where it has no counterpart, which is told."""
        text = text.strip()
        if text in ("", "1"):
            return None
        if text == "0":
            return "false"
        try:
            return condition_text(compile_em(text, self._variables.resolve))
        except Untranslatable as error:
            self.draft.tell(question, what, str(error), text)
            return None

    def whole(self) -> Instrument:
        """The instrument."""
        survey = next(iter(self.tables.all("surveys")), {})
        blocks: list[Block] = []
        order = sorted(self.tables.one_language("groups"), key=lambda g: _order(g, "group_order"))
        flow: list[Step] = []
        shuffled: dict[str, int] = {}
        for group in order:
            steps = self._group(group, blocks, alone=survey.get("format") == "S")
            name = group.get("randomization_group", "")
            if name and name in shuffled:
                first = flow[shuffled[name]]
                if isinstance(first, Randomise):
                    flow[shuffled[name]] = first.model_copy(
                        update={"steps": (*first.steps, *steps)}
                    )
                continue
            if name and steps:
                shuffled[name] = len(flow)
                steps = [Randomise(id=name, steps=tuple(steps), evenly=False)]
            flow += steps
        plain_way = flow == [Show(block=block.id) for block in blocks]
        self._tell_rest()
        settings = self.tables.all("surveys_languagesettings")
        mine = [one for one in settings if one.get("surveyls_language") == self.tables.language]
        title = next((one.get("surveyls_title", "") for one in (*mine, *settings)), "")
        extra = {"lss": {"items": self._kept}} if self._kept else {}
        return self.draft.instrument(
            blocks, [] if plain_way else flow, extra, id=self.draft.path.stem,
            title=self._variables.plain(title), language=self.tables.language,
        )  # fmt: skip

    def _group(self, group: Record, blocks: list[Block], *, alone: bool) -> list[Step]:
        gid = group.get("gid", "")
        texts = self._groups.get(gid, {})
        said = texts.get(self.tables.language) or next(iter(texts.values()), group)
        if said.get("description"):
            why = "what is said above a group plays no part"
            self.draft.tell("", f"description of group {gid}", why, said["description"])
        ids: list[str] = []
        steps: list[Step] = []
        mine = [q for q in self._questions if q.get("gid") == gid]
        for question in sorted(mine, key=lambda q: _order(q, "question_order")):
            ids += self._question(question)
        if ids:
            pages = tuple((one,) for one in ids) if alone else (tuple(ids),)
            block = Block(
                id=f"group{gid}",
                title=self._variables.plain(said.get("group_name", "")),
                pages=pages,
            )
            blocks.append(block)
            steps = [Show(block=block.id)]
        steps += self._steps.pop(gid, [])
        condition = self.logic("", f"group {gid}", group.get("grelevance", ""))
        return [Branch(condition=condition, then=tuple(steps))] if condition and steps else steps

    def _question(self, row: Record) -> list[str]:
        qid, letter, code = (
            row.get("qid", ""),
            row.get("type", ""),
            self._variables.codes[row.get("qid", "")],
        )
        own, attributes = self.draft.id_of(code), self._attributes[qid]
        self._keep(own, attributes)
        if letter in ELSEWHERE or letter not in LETTERS:
            why = ELSEWHERE.get(letter, "we know no such type")
            self.draft.leave_out(code, f"type {letter}", why, row)
            return []
        source = Source(letter, code, self._other(row, attributes), self._answers_of(own, qid),
                        self._rows_of(own, qid, attributes), attributes)  # fmt: skip
        base = self._base(row, own)
        items = values_of(source)
        if not items:
            self.draft.leave_out(code, f"type {letter}", "it has no answers or subquestions", row)
        if letter == "O":
            self.draft.tell(own, "type O", "the remark beside the answer is not asked for", code)
        found: list[str] = []
        for tail, values in items:
            column = values.pop("stem", "")
            text = " – ".join(part for part in (base["text"], column) if part)
            more = {"source": code} if tail else {}
            item = self.draft.add(f"{code}{tail}", **{**base, **values, "text": text, **more})
            if item.kind != Kind.FIELD:
                found.append(item.id)
            elif value := self.logic(own, "equation", _equation(attributes, base["text"])):
                self._steps[row.get("gid", "")].append(SetField(field=own, expression=value))
        return found

    def _base(self, row: Record, own: str) -> dict[str, Any]:
        qid = row.get("qid", "")
        said = self._said(qid, row)
        for language, one in self._texts.get(qid, {}).items():
            if language != self.tables.language and (one.get("question") or one.get("help")):
                self.draft.tell(own, f"language {language}", "it plays no part", one)
        condition = self.logic(own, "relevance", row.get("relevance", ""))
        if condition is None and row.get("relevance", "1") in ("", "1"):
            condition = condition_of(
                self._conditions.get(qid, []), self._variables.resolve, self.draft, own
            )
        hidden = "false" if self._attributes[qid].get("hidden") == "1" else None
        if row.get("type") == "*":
            hidden = None
        if row.get("preg"):
            self.draft.tell(own, "preg", "the pattern of its answers plays no part", row["preg"])
        valid = self._attributes[qid].get("em_validation_q", "")
        base = {
            "text": self._variables.plain(said.get("question", "")),
            "help": self._variables.plain(said.get("help", "")),
            "condition": conjunction(condition, hidden),
            "constraint": self.logic(own, "em_validation_q", valid),
            "required": row.get("mandatory") in ("Y", "S"),
        }  # fmt: skip
        return base if row.get("type") not in ("X", "*") else {**base, "required": True}

    def _said(self, qid: str, row: Record) -> Record:
        texts = self._texts.get(qid, {})
        return texts.get(self.tables.language) or next(iter(texts.values()), row)

    def _other(self, row: Record, attributes: dict[str, str]) -> Option | None:
        if row.get("other") != "Y":
            return None
        label = self._variables.plain(attributes.get("other_replace_text", "")) or "Other"
        return Option(code=OTHER, label=label, text_entry=True)

    def _answers_of(self, own: str, qid: str) -> dict[int, tuple[Option, ...]]:
        found: defaultdict[int, list[Option]] = defaultdict(list)
        for row in sorted(self._answer_rows.get(qid, ()), key=lambda one: _order(one, "sortorder")):
            texts = self._answers.get(row.get("aid", ""), {})
            if not texts:
                everywhere = self._all_answers.get(qid, ())
                key = ("code", "scale_id")
                same = [one for one in everywhere if all(one.get(k) == row.get(k) for k in key)]
                texts = {one.get("language", ""): one for one in same}
            said = texts.get(self.tables.language) or row
            others = [
                self._variables.plain(t.get("answer", "")) for t in texts.values() if t is not said
            ]
            code = row.get("code") or str(len(found[_order(row, "scale_id")]) + 1)
            label = self._variables.plain(said.get("answer", "")) or code
            found[_order(row, "scale_id")].append(
                Option(code=code, label=label, translations=tuple(one for one in others if one))
            )
        codes = {scale: [one.code for one in some] for scale, some in found.items()}
        if any(len(set(some)) < len(some) for some in codes.values()):
            self.draft.tell(own, "answers", "a code is there twice", codes)
        return {scale: tuple(some) for scale, some in found.items()}

    def _rows_of(
        self, own: str, qid: str, attributes: dict[str, str]
    ) -> dict[int, tuple[Row, ...]]:
        found: defaultdict[int, dict[str, Row]] = defaultdict(dict)
        for row in sorted(
            self._parts_of.get(qid, ()), key=lambda one: _order(one, "question_order")
        ):
            code = re.sub(r"[^A-Za-z0-9_]", "_", row.get("title", "")) or str(len(found[0]) + 1)
            label = self._variables.plain(self._said(row.get("qid", ""), row).get("question", ""))
            left, _, right = label.partition("|")
            condition = self.logic(own, f"row {code}", row.get("relevance", ""))
            shown = conjunction(condition, *self._filters(code, attributes))
            one = Row(code=code, label=left.strip(), opposite=right.strip(), condition=shown)
            if code in found[_order(row, "scale_id")]:
                self.draft.tell(own, f"row {code}", "one of this code is there already", row)
            found[_order(row, "scale_id")].setdefault(code, one)
        return {scale: tuple(some.values()) for scale, some in found.items()}

    def _filters(self, code: str, attributes: dict[str, str]) -> list[str]:
        """Conditions of a subquestion that is shown where it was chosen elsewhere, or was not."""
        found: list[str] = []
        for name, sign in (("array_filter", ""), ("array_filter_exclude", "not ")):
            for other in attributes.get(name, "").replace(",", ";").split(";"):
                if other.strip() in self._variables.letters:
                    chosen = Selected(item=self.draft.id_of(other.strip()), code=code)
                    found.append(f"{sign}{condition_text(chosen)}")
        return found

    def _keep(self, own: str, attributes: dict[str, str]) -> None:
        rest = {n: v for n, v in attributes.items() if n not in _USED and v not in ("", "0")}
        if rest:
            self._kept[own] = rest

    def _tell_rest(self) -> None:
        found: defaultdict[str, dict[str, str]] = defaultdict(dict)
        for own, attributes in self._kept.items():
            for name, value in attributes.items():
                found[name][own] = value
        why = "it has no place in our instruments; it is kept and plays no part"
        for name, values in found.items():
            self.draft.tell("", f"attribute {name}", why, values)
        for name, rows in self.tables.rows.items():
            if name not in _TABLES:
                self.draft.tell("", f"table {name}", "it plays no part", rows[:1000])
        for row in self.tables.all("surveys_languagesettings"):
            for name in ("surveyls_welcometext", "surveyls_endtext", "surveyls_description"):
                if row.get(name):
                    self.draft.tell("", name, "it plays no part", row[name])


def _equation(attributes: dict[str, str], text: str) -> str:
    """What an equation works out: its attribute, or its text, without the braces around it."""
    text = attributes.get("equation") or text.replace("${", "{")
    return text.strip().removeprefix("{").removesuffix("}")

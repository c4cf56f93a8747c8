"""Which items a question of the file becomes, so that logic and pipes can speak of them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from simulacra.domain.survey import Kind
from simulacra.errors import InputError
from simulacra.survey.formats.qsf.choices import (
    ANSWERS,
    Choice,
    choices_of,
    codes_of,
)
from simulacra.survey.formats.qsf.document import Document, Json, elements_of, mapping, text
from simulacra.survey.formats.qsf.loops import Turn, turns_of
from simulacra.survey.formats.qsf.names import Names, legal, legal_code
from simulacra.survey.formats.qsf.shapes import Layout, Shape, by_cell, shape_of
from simulacra.survey.report import ReportEntry

_MAX_ITEMS = 100_000


@dataclass(frozen=True)
class Target:
    """One question, or one column of a side-by-side question, and what it becomes.

    ``items`` are the ids of its items (none where nobody can be asked); ``codes`` those of its
    options by id of choice or answer (``renamed``: new ones of those that stand for missing
    answers), ``rows`` the ids of the items that its rows become when the instrument is unrolled.
    Both are keyed by ``row/answer`` where an answer belongs to a row.
    """

    qid: str
    question: Json
    shape: Shape
    items: tuple[str, ...]
    choices: tuple[Choice, ...] = ()
    answers: tuple[Choice, ...] = ()
    codes: dict[str, str] = field(default_factory=dict)
    rows: dict[str, str] = field(default_factory=dict)
    block: str = ""
    columns: tuple["Target", ...] = ()
    renamed: dict[str, str] = field(default_factory=dict)
    uncoded: str = ""

    @property
    def id(self) -> str:
        """Its first item, "" where nobody can be asked."""
        return self.items[0] if self.items else ""

    def in_turn(self, key: str) -> "Target":
        """The same question in one turn of its loop."""

        def renamed(item: str) -> str:
            own = next(one for one in self.items if item == one or item.startswith(f"{one}_"))
            return f"{own}.{key}{item.removeprefix(own)}"

        return replace(
            self,
            items=tuple(map(renamed, self.items)),
            rows={address: renamed(item) for address, item in self.rows.items()},
        )

    @property
    def source(self) -> str:
        """The question's own id, without that of a column."""
        return self.qid.partition("#")[0]


class Reading:
    """What is known of a survey while it is read, and what there is to report."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.names = Names()
        self.entries: list[ReportEntry] = []
        self.targets: dict[str, Target] = {}
        self.turns: dict[str, list[Turn]] = {}
        self.fields: dict[str, str] = {}
        self.within: set[str] = set()  # questions whose choices' logic is being read
        self.nested = 0
        self._tags = _tags(document)
        for block in document.blocks:
            self._name_block(block)

    def note(self, question: str, what: str, why: str, kept: Any = None) -> None:
        """Report something that is not mapped, or not as it was."""
        self.entries.append(ReportEntry(question=question, what=what, why=why, kept=kept))

    def field(self, name: str) -> str:
        """The id of the field of that name; it is made where there is none yet."""
        if name not in self.fields:
            self.fields[name] = self.names.take(name, f"{name}_field")
        return self.fields[name]

    def shown(self, target: Target) -> str:
        """The name by which the report speaks of a question."""
        return target.id or target.qid

    def _name_block(self, block: Json) -> None:
        block_id = text(block.get("ID"))
        turns = turns_of(self.document, block)
        self.turns[block_id] = turns
        for element in elements_of(block):
            qid = text(element.get("QuestionID"))
            question = self.document.questions.get(qid)
            if question is None or qid in self.targets or qid in self.document.trashed:
                continue
            target = self._target(qid, question, block_id, turns)
            self.targets[qid] = target
            for column in target.columns:
                self.targets[column.qid] = column

    def _target(self, qid: str, question: Json, block: str, turns: list[Turn]) -> Target:
        shape = shape_of(question)
        choices = tuple(choices_of(self.document, question))
        answers = tuple(_answers(self.document, question, shape))
        parts = _parts(shape, choices, answers, question)
        if len(parts) * max(len(turns), 1) > _MAX_ITEMS:
            message = f"question {qid} makes more than 100,000 items: shorten it"
            raise InputError(message, path=self.document.path)
        if shape.kind is None or not _complete(shape, choices, answers, question):
            return Target(qid, question, Shape(None), (), choices, answers, block=block)
        endings = [f"_{one}" for one in parts.values()]
        looped = [f".{turn.key}{end}" for turn in turns for end in ("", *endings)]
        tag = text(question.get("DataExportTag")).strip()
        wanted = (tag, qid) if self._tags[legal(tag).lower()] == 1 else (qid,)
        name = self.names.take(*filter(None, wanted), parts=[*endings, *looped])
        rows = {address: f"{name}_{part}" for address, part in parts.items()}
        if shape.layout is Layout.SIDE_BY_SIDE:
            return self._side_by_side(qid, question, name, block)
        codes, renamed, why = codes_of(question, _coded(shape, choices, answers))
        if shape.layout is Layout.PROFILE:
            codes, renamed = _profile_codes(question, list(rows)), {}
        one = shape.layout is Layout.ONE
        return Target(
            qid, question, shape, (name,) if one else tuple(rows.values()), choices, answers,
            codes, rows, block, renamed=renamed, uncoded=why,
        )  # fmt: skip

    def _side_by_side(self, qid: str, question: Json, name: str, block: str) -> Target:
        columns: list[Target] = []
        shared: Json = {key: question[key] for key in ("Choices", "ChoiceOrder") if key in question}
        for place, payload in mapping(question.get("AdditionalQuestions")).items():
            column: Json = {"QuestionType": "Matrix", **mapping(payload), **shared}
            shape = shape_of(column)
            choices, answers = (
                choices_of(self.document, column),
                _answers(self.document, column, shape),
            )
            if shape.kind is not Kind.MATRIX or not _complete(shape, choices, answers, column):
                continue
            codes, renamed, why = codes_of(column, list(answers))
            own = f"{name}_{legal_code(place)}"
            rows = {
                address: f"{own}_{part}"
                for address, part in _parts(shape, choices, answers, column).items()
            }
            columns.append(
                Target(f"{qid}#{place}", column, shape, (own,), tuple(choices), tuple(answers),
                       codes, rows, block, renamed=renamed, uncoded=why)
            )  # fmt: skip
        items = tuple(column.id for column in columns)
        shape = Shape(Kind.MATRIX, layout=Layout.SIDE_BY_SIDE) if items else Shape(None)
        return Target(qid, question, shape, items, tuple(choices_of(self.document, question)),
                      block=block, columns=tuple(columns))  # fmt: skip


def _tags(document: Document) -> Counter[str]:
    """How often each export tag, as an id, is given outside the trash."""
    return Counter(
        legal(text(question.get("DataExportTag")).strip()).lower()
        for qid, question in document.questions.items()
        if qid not in document.trashed
    )


def _answers(document: Document, question: Json, shape: Shape) -> list[Choice]:
    if text(question.get("QuestionType")) == "PGR":
        groups = mapping(question.get("Groups"))
        return [Choice(one, {"Display": text(label)}) for one, label in groups.items()]
    if shape.layout is Layout.PROFILE:
        return []
    return choices_of(document, question, ANSWERS)


def _of_row(question: Json, row: str) -> Json:
    """The answers of one row of a profile matrix, by id."""
    return mapping(mapping(question.get(ANSWERS)).get(row))


def _coded(shape: Shape, choices: Sequence[Choice], answers: Sequence[Choice]) -> list[Choice]:
    """What becomes options: the answers of a matrix, the choices of other closed questions."""
    kind = shape.cells or shape.kind
    if kind is None or not kind.optioned:
        return []
    by_answer = shape.kind is Kind.MATRIX or shape.layout is Layout.DRILL_DOWN
    return list(answers if by_answer else choices)


def _profile_codes(question: Json, rows: list[str]) -> dict[str, str]:
    return {f"{row}/{one}": one for row in rows for one in _of_row(question, row)}


def levels_of(question: Json) -> dict[str, str]:
    """Levels of a drill-down, from 1, by id of the answers that stand there."""
    above = {one: text(parent) for one, parent in mapping(question.get("AnswerMap")).items()}
    levels: dict[str, str] = {}
    for one in mapping(question.get(ANSWERS)):
        depth, at = 1, above.get(one, "")
        while at and depth <= 10:
            depth, at = depth + 1, above.get(at, "")
        levels[one] = str(depth)
    return levels


def _parts(
    shape: Shape, choices: Sequence[Choice], answers: Sequence[Choice], question: Json
) -> dict[str, str]:
    """Codes of the rows by their address in the file."""
    if shape.layout is Layout.SIDE_BY_SIDE:
        columns = mapping(question.get("AdditionalQuestions"))
        rows = {
            f"{at}/{row.id}": f"{legal_code(at)}_{legal_code(row.id)}"
            for at in columns
            for row in choices
        }
        return {**{at: legal_code(at) for at in columns}, **rows}
    if shape.layout is Layout.BEST_WORST:
        return {answer.id: legal_code(answer.id) for answer in answers}
    if shape.layout is Layout.DRILL_DOWN:
        return {level: level for level in sorted(set(levels_of(question).values()), key=int)}
    if shape.layout is Layout.PROFILE:
        return {row.id: legal_code(row.id) for row in choices if _of_row(question, row.id)}
    if by_cell(question):
        return {
            f"{row.id}/{answer.id}": f"{legal_code(row.id)}_{legal_code(answer.id)}"
            for row in choices
            for answer in answers
        }
    rowed = shape.kind is not None and shape.kind.rowed
    return {row.id: legal_code(row.id) for row in choices} if rowed else {}


def _complete(
    shape: Shape, choices: Sequence[Choice], answers: Sequence[Choice], question: Json
) -> bool:
    """Whether a question has the choices, rows and answers without which it cannot be asked."""
    if shape.layout is Layout.SIDE_BY_SIDE:
        return bool(choices and mapping(question.get("AdditionalQuestions")))
    if shape.layout is not Layout.ONE:
        return bool(_parts(shape, choices, answers, question)) and bool(choices or answers)
    kind = shape.kind
    if kind is Kind.MATRIX:
        needs = shape.cells is not None and (shape.cells.optioned or by_cell(question))
        return bool(choices) and (bool(answers) or not needs)
    return bool(choices) or kind is None or not (kind.optioned or kind is Kind.FORM)

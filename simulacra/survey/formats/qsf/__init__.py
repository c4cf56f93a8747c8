"""Qualtrics surveys (QSF), read with their logic.

Every question, choice, condition, branch, randomiser, field, loop and pipe becomes part of the
instrument or is named in the report, with what stood there kept verbatim.
"""

from pathlib import Path

from pydantic import ValidationError

from simulacra.domain.flow import Block, Show, Step, shown
from simulacra.domain.survey import Instrument, Item, Kind
from simulacra.errors import InputError
from simulacra.survey.formats.problems import first_problem
from simulacra.survey.formats.qsf.blocks import block_of, never_shown, skips_of
from simulacra.survey.formats.qsf.document import Document, Json, elements_of, load, mapping, text
from simulacra.survey.formats.qsf.flow import Flow
from simulacra.survey.formats.qsf.names import legal
from simulacra.survey.formats.qsf.options import NEVER
from simulacra.survey.formats.qsf.questions import items_of
from simulacra.survey.formats.qsf.remarks import extra_of, note_question, note_survey
from simulacra.survey.formats.qsf.targets import Reading
from simulacra.survey.formats.recoding import recoded
from simulacra.survey.report import ReportEntry


def read_qsf(path: Path) -> tuple[Instrument, list[ReportEntry], dict[str, int]]:
    """Instrument and report of a Qualtrics survey; the lines of items are not known.

    Raises InputError for a file that is no QSF, is damaged, or asks nothing.
    """
    document = load(path)
    try:
        return *_read(document), {}
    except ValidationError as error:
        raise InputError(
            f"the survey cannot be used: {first_problem(error)[1]}", path=path
        ) from error
    except RecursionError as error:
        raise InputError("the file is nested too deeply", path=path) from error


def _read(document: Document) -> tuple[Instrument, list[ReportEntry]]:
    reading = Reading(document)
    by_question = {
        qid: items_of(reading, target) for qid, target in reading.targets.items() if "#" not in qid
    }
    blocks = [_with_skips(reading, block, by_question) for block in document.blocks]
    flow = Flow(reading, {block.id for block in blocks})
    steps = flow.steps(document.flow.get("Flow"))
    steps = steps or tuple(Show(block=block.id) for block in blocks)
    _note_left_out(reading, blocks, steps)
    flow.note_unset()
    for qid, target in reading.targets.items():
        if "#" not in qid:
            note_question(reading, target)
    note_survey(reading)
    asked = _in_order([item for items in by_question.values() for item in items], blocks, steps)
    if not asked:
        raise InputError("the survey has no question that can be asked", path=document.path)
    fields = [
        Item(id=field, kind=Kind.FIELD, name=name, required=False)
        for name, field in reading.fields.items()
    ]
    entry = document.entry
    instrument = Instrument(
        id=legal(text(entry.get("SurveyID")) or document.path.stem),
        title=text(entry.get("SurveyName")),
        language=text(entry.get("SurveyLanguage")).lower() or "en",
        items=(*fields, *asked),
        blocks=tuple(blocks),
        flow=steps,
        unasked=tuple(qid for qid, items in by_question.items() if not items),
        extra=extra_of(reading),
    )
    return recoded(instrument, _renamed(reading)), reading.entries


def _renamed(reading: Reading) -> dict[str, dict[str, str]]:
    """Old and new codes by item, also by what it is called in each turn of a loop."""
    return {
        name: target.renamed
        for target in reading.targets.values()
        if target.renamed
        for one in (target, *(target.in_turn(turn.key) for turn in reading.turns[target.block]))
        for name in (*one.items, *one.rows.values())
    }


def _with_skips(reading: Reading, block: Json, by_question: dict[str, list[Item]]) -> Block:
    """The block; its questions' items get their skips, and the conditions of those never shown."""
    order = [text(element.get("QuestionID")) for element in elements_of(block)]
    own = {
        qid: by_question[qid]
        for qid in order
        if qid in by_question and reading.targets[qid].block == text(block.get("ID"))
    }
    never = never_shown(block)
    for element in elements_of(block):
        qid = text(element.get("QuestionID"))
        if qid not in own and text(element.get("Type")) != "Page Break":
            _note_missing(reading, qid, element)
        if not own.get(qid):
            continue
        if skips := skips_of(reading, element, reading.targets[qid], own):
            own[qid][-1] = own[qid][-1].model_copy(update={"skips": skips})
        if qid in never:
            own[qid][:] = [one.model_copy(update={"condition": NEVER}) for one in own[qid]]
    return block_of(reading, block, own)


def _note_missing(reading: Reading, qid: str, element: Json) -> None:
    there = qid in reading.document.questions
    why = "it stands in two blocks or in the trash" if there else "it is not in the file"
    reading.note("", f"question {qid or 'without id'} of a block", why, element)


def _note_left_out(reading: Reading, blocks: list[Block], steps: tuple[Step, ...]) -> None:
    """Report blocks that the flow never shows, and questions that stand in no block."""
    seen = set(shown(steps))
    for block in blocks:
        if block.id not in seen and block.items:
            why = "the flow does not show it, so nobody is asked its questions"
            reading.note("", f"block {block.title or block.id}", why, list(block.items))
    for qid in reading.document.questions:
        if qid not in reading.targets and qid not in reading.document.trashed:
            reading.note(
                "",
                f"question {qid}",
                "it stands in no block",
                mapping(reading.document.questions[qid]),
            )


def _in_order(items: list[Item], blocks: list[Block], steps: tuple[Step, ...]) -> list[Item]:
    """The items in the order in which the flow comes to them, then the others."""
    by_block = {block.id: block.items for block in blocks}
    order = [item for block in dict.fromkeys(shown(steps)) for item in by_block[block]]
    place = {item: at for at, item in enumerate(order)}
    return sorted(items, key=lambda item: place.get(item.id, len(place)))

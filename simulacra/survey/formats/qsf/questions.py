"""Questions become items."""

from collections.abc import Callable
from typing import Any

from simulacra.domain.survey import Item, Kind, Option
from simulacra.survey.expression import Expression, Not, Selected
from simulacra.survey.formats.qsf import operands
from simulacra.survey.formats.qsf.choices import ANSWERS, CHOICES, Choice
from simulacra.survey.formats.qsf.demands import demands_of, required
from simulacra.survey.formats.qsf.document import Json, mapping, text
from simulacra.survey.formats.qsf.logic import condition
from simulacra.survey.formats.qsf.options import label_of, note_order, options_of, order_of, rows_of
from simulacra.survey.formats.qsf.piping import piped
from simulacra.survey.formats.qsf.shapes import Layout
from simulacra.survey.formats.qsf.targets import Reading, Target, levels_of
from simulacra.survey.renaming import every
from simulacra.survey.writing import condition_text


def items_of(reading: Reading, target: Target) -> list[Item]:
    """The items of a question, in order; none where nobody can be asked it."""
    if target.shape.kind is None:
        return []
    makers: dict[Layout, Callable[[Reading, Target], list[Item]]] = {
        Layout.ONE: _one,
        Layout.SIDE_BY_SIDE: _side_by_side,
        Layout.PROFILE: _profile,
        Layout.BEST_WORST: _best_worst,
        Layout.DRILL_DOWN: _drill_down,
    }
    return makers[target.shape.layout](reading, target)


def _shared(reading: Reading, target: Target) -> dict[str, Any]:
    """What all items of a question have in common."""
    question, name = target.question, target.id
    note_order(reading, target)
    if target.uncoded:
        why = f"{target.uncoded}; the choices go by their ids"
        reading.note(target.id, "recode values", why, target.question.get("RecodeValues"))
    for old, new in target.renamed.items():
        why = f"the value {old} stands for missing answers here; it became {new}, in logic too"
        reading.note(target.id, "recode values", why, target.question.get("RecodeValues"))
    return {
        "text": wording_of(reading, target),
        "required": required(question),
        "condition": every(*(
            condition(reading, question[key], name, "display logic")
            for key in ("DisplayLogic", "InPageDisplayLogic")
            if question.get(key)
        )),
        "source": target.source,
        "name": text(question.get("DataExportTag")).strip(),
    }  # fmt: skip


def wording_of(reading: Reading, target: Target) -> str:
    """The text of a question; where it has none, what describes it."""
    question, name = target.question, reading.shown(target)
    found = piped(reading, text(question.get("QuestionText")), name)
    graphics = text(question.get("GraphicsDescription")) or text(question.get("Graphics"))
    if graphics:
        why = "a picture is shown as what it is called"
        reading.note(name, "picture", why, text(question.get("Graphics")))
        found = found if graphics in found else f"{found}\n[image: {graphics}]".strip()
    if found or target.shape.kind is Kind.MATRIX:
        return found
    described = piped(reading, text(question.get("QuestionDescription")), name)
    return described or text(question.get("DataExportTag")) or name


def _one(reading: Reading, target: Target) -> list[Item]:
    kind, cells = target.shape.kind, target.shape.cells
    assert kind is not None
    order = order_of(target)
    values = {**_shared(reading, target), **_scale(reading, target), **demands_of(reading, target)}
    values["id"], values["kind"], values["cells"] = target.id, kind, cells
    if kind.rowed:
        values["rows"], values["shuffle_rows"] = rows_of(reading, target), order.shuffle
        values["show_rows"] = order.show
        if cells is not None and cells.optioned:
            values["options"] = options_of(reading, target, target.answers, ANSWERS)
    elif kind.optioned:
        values["options"] = options_of(reading, target, target.choices, CHOICES)
        values["shuffle"], values["show"] = order.shuffle, order.show
    elif kind in (Kind.SLIDER, Kind.INFO) and target.choices:
        label = label_of(reading, target, target.choices[0])
        values["text"] = f"{values['text']}\n{label}".strip()
    if text(target.question.get("QuestionType")) == "PGR":
        why = "into which group each goes is asked, not its rank there"
        reading.note(target.id, "ranks within groups", why)
    return [Item(**values)]


def _scale(reading: Reading, target: Target) -> dict[str, Any]:
    """Names of the ends of a scale, what stands between them, and whether it can be left out."""
    question, name = target.question, target.id
    labels = [
        piped(reading, text(mapping(one).get("Display")), name)
        for key in ("Labels", "ColumnLabels")
        for one in mapping(question.get(key)).values()
    ]
    labels = [label for label in labels if label]
    values: dict[str, Any] = {}
    if labels and target.shape.kind is Kind.MATRIX and target.shape.cells is not Kind.SLIDER:
        values["help"] = " – ".join(labels)
    elif labels:
        values |= {"low": labels[0], "high": labels[-1] if len(labels) > 1 else ""}
        if len(labels) > 2:
            values["help"] = " – ".join(labels)
    configuration = mapping(question.get("Configuration"))
    if text(configuration.get("NotApplicable")) == "true":
        left_out = text(configuration.get("NotApplicableText")) or "Not applicable"
        why = "whoever does not answer counts as having skipped it"
        reading.note(name, f"the answer {left_out!r}", why, left_out)
        values["required"] = False
    return values


def _side_by_side(reading: Reading, target: Target) -> list[Item]:
    shared = _shared(reading, target)
    items: list[Item] = []
    if target.question.get("RecodeValues"):
        why = "each column has its own"
        reading.note(target.qid, "recode values", why, target.question["RecodeValues"])
    for column in target.columns:
        for item in _one(reading, column):
            changed = {
                **shared,
                "text": f"{shared['text']}\n{item.text}".strip(),
                "name": item.name or shared["name"],
                "required": shared["required"] or item.required,
                "condition": every(shared["condition"], item.condition),
            }
            items.append(item.model_copy(update=changed))
    return items


def _profile(reading: Reading, target: Target) -> list[Item]:
    """A matrix whose rows have answers of their own: one item a row."""
    shared = _shared(reading, target)
    items = []
    for row in target.choices:
        if row.id not in target.rows:
            continue
        answers = mapping(mapping(target.question.get(ANSWERS)).get(row.id))
        options = tuple(
            Option(
                code=target.codes[f"{row.id}/{one}"],
                label=label_of(reading, target, Choice(one, _payload(value))),
            )
            for one, value in answers.items()
        )
        label = label_of(reading, target, row)
        text_ = f"{shared['text']}\n{label}".strip()
        values = {**shared, "text": text_ or target.rows[row.id]}
        items.append(
            Item(id=target.rows[row.id], kind=target.shape.kind, options=options, **values)
        )
    return items


def _payload(value: Any) -> Json:
    return value if isinstance(value, dict) else {"Display": text(value)}


def _best_worst(reading: Reading, target: Target) -> list[Item]:
    """The best and the worst of the choices: one item for each end, no choice at both."""
    shared = _shared(reading, target)
    options = options_of(reading, target, target.choices, CHOICES)
    order = order_of(target)
    items: list[Item] = []
    for answer in target.answers:
        label = label_of(reading, target, answer)
        shown = tuple(
            one.model_copy(update={"condition": every(one.condition, _not_in(items, one.code))})
            for one in options
        )
        values = {**shared, "text": f"{shared['text']}\n{label}".strip() or label}
        items.append(
            Item(
                id=target.rows[answer.id],
                kind=Kind.SINGLE,
                options=shown,
                shuffle=order.shuffle,
                **values,
            )
        )
    return items


def _not_in(items: list[Item], code: str) -> str | None:
    chosen: list[Expression] = [Selected(item=item.id, code=code) for item in items]
    return condition_text(Not(term=operands.either(chosen))) if chosen else None


def _drill_down(reading: Reading, target: Target) -> list[Item]:
    """One item a level; an answer is shown where the one above it is chosen."""
    shared = _shared(reading, target)
    levels = levels_of(target.question)
    above = {one: text(up) for one, up in mapping(target.question.get("AnswerMap")).items()}
    items: list[Item] = []
    for level, item_id in target.rows.items():
        options = []
        for answer in target.answers:
            if levels.get(answer.id) != level:
                continue
            parent = target.codes.get(above.get(answer.id, ""))
            under = Selected(item=items[-1].id, code=parent) if items and parent else None
            options.append(
                Option(
                    code=target.codes[answer.id],
                    label=label_of(reading, target, answer),
                    condition=condition_text(under) if under else None,
                )
            )
        named = target.choices[int(level) - 1] if int(level) <= len(target.choices) else None
        label = label_of(reading, target, named) if named else ""
        values = {**shared, "text": f"{shared['text']}\n{label}".strip() or item_id}
        items.append(Item(id=item_id, kind=Kind.SINGLE, options=tuple(options), **values))
    return items

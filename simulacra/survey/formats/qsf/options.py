"""Choices and answers as options and rows, with what they are displayed under and their order."""

from collections.abc import Sequence
from typing import NamedTuple

from simulacra.domain.survey import Kind, Option, Row
from simulacra.survey.condition import parse_condition
from simulacra.survey.expression import Expression, Logic, Not
from simulacra.survey.formats.qsf import operands
from simulacra.survey.formats.qsf.choices import CHOICES, Choice
from simulacra.survey.formats.qsf.document import Json, mapping, text, texts, truth, whole
from simulacra.survey.formats.qsf.locators import Locator
from simulacra.survey.formats.qsf.logic import condition
from simulacra.survey.formats.qsf.operands import NotExpressed
from simulacra.survey.formats.qsf.piping import piped
from simulacra.survey.formats.qsf.shapes import Layout, entry_kind
from simulacra.survey.formats.qsf.targets import Reading, Target
from simulacra.survey.formats.qsf.wording import wording
from simulacra.survey.writing import condition_text

NEVER = "false"


class Order(NamedTuple):
    """How a question randomises its choices: whether, which stay, and which are never shown.

    ``show``: only so many of those that move are shown.
    """

    shuffle: bool = False
    fixed: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    show: int | None = None


def options_of(
    reading: Reading, target: Target, choices: Sequence[Choice], which: str
) -> tuple[Option, ...]:
    """The options of a question, in order."""
    order = order_of(target) if which == CHOICES else Order()
    return tuple(
        Option(
            code=target.codes[choice.id],
            label=label_of(reading, target, choice),
            exclusive=truth(choice.payload.get("ExclusiveAnswer")),
            fixed=choice.id in order.fixed,
            text_entry=_has_entry(choice),
            condition=NEVER if choice.id in order.never else shown_under(reading, target, choice),
            translations=translations_of(target.question, which, choice.id),
        )
        for choice in choices
        if choice.id in target.codes
    )


def rows_of(reading: Reading, target: Target) -> tuple[Row, ...]:
    """The rows of a matrix or form, in order; one for each cell where cells hold texts."""
    order, rows = order_of(target), []
    bipolar = text(target.question.get("Selector")) == "Bipolar"
    columns = {answer.id: label_of(reading, target, answer) for answer in target.answers}
    addresses: dict[str, list[str]] = {}
    for address in target.rows:
        addresses.setdefault(address.partition("/")[0], []).append(address)
    for choice in target.choices:
        label = label_of(reading, target, choice)
        left, _, right = label.partition(":") if bipolar else (label, "", "")
        for address in addresses.get(choice.id, ()):
            column = columns.get(address.partition("/")[2], "")
            many = len(columns) > 1 and column
            rows.append(
                Row(
                    code=target.rows[address].removeprefix(f"{target.id}_"),
                    label=f"{left.strip()} – {column}" if many else left.strip(),
                    opposite=right.strip(),
                    kind=_kind_of_row(target, choice),
                    condition=NEVER
                    if choice.id in order.never
                    else shown_under(reading, target, choice),
                    text_entry=_has_entry(choice),
                )
            )
    return tuple(rows)


def _kind_of_row(target: Target, choice: Choice) -> Kind | None:
    """The kind of a form's field that has to be a number or a date."""
    if target.shape.kind is not Kind.FORM:
        return None
    return entry_kind(target.question, text(choice.payload.get("TextEntryValidation")))


def _has_entry(choice: Choice) -> bool:
    return truth(choice.payload.get("TextEntry"))


def label_of(reading: Reading, target: Target, choice: Choice) -> str:
    """The label as plain text; an empty one is that of its picture."""
    label = piped(reading, choice.display, reading.shown(target))
    image = mapping(choice.payload.get("Image"))
    if image:
        name = text(image.get("Display")) or text(image.get("ImageLocation"))
        why = "a picture is shown as what it is called"
        reading.note(reading.shown(target), "picture of a choice", why, image)
        label = f"{label} [image: {name}]".strip()
    return label


def shown_under(reading: Reading, target: Target, choice: Choice) -> str | None:
    """The condition of a choice: its own display logic, and what carries it forward."""
    name = reading.shown(target)
    own = None
    if choice.carried is None and choice.payload.get("DisplayLogic"):
        own = condition(reading, choice.payload["DisplayLogic"], name, "display logic of a choice")
    if choice.carried is None:
        return own
    try:
        carried = _carried(reading, choice, choice.carried)
    except NotExpressed as error:
        reading.note(name, "choice carried forward", str(error), choice.carried._asdict())
        return None
    return None if carried is None else condition_text(carried)


def _carried(reading: Reading, choice: Choice, place: Locator) -> Expression | None:
    """Under what a choice is carried forward; None where it always is."""
    what = place.what
    if what in ("AllChoices", "AllAnswers"):
        return None
    source = operands.target_of(reading, place)
    origin = next((one for one in source.choices if one.id == choice.origin), choice)
    if what in ("DisplayedChoices", "NotDisplayedChoices"):
        own = shown_under(reading, source, origin)
        shown = operands.displayed(source)
        found = shown if own is None else Logic(operator="and", terms=(shown, parse_condition(own)))
        return found if what == "DisplayedChoices" else Not(term=found)
    if what.startswith("Entered") or source.shape.kind is Kind.FORM:
        return operands.value_given(source, choice.origin)
    answers = place.ids if "ForAnswer" in what else ()
    if "Answers" in what:  # answers of a matrix, chosen in any of its rows
        named = Locator("q", source.qid, ("SelectableAnswer", choice.origin))
        chosen = operands.chosen(source, named)
    else:
        chosen = operands.chosen_any(source, choice.origin, answers)
    if what.startswith("Selected"):
        return chosen
    if what.startswith(("Unselected", "NotSelected")):
        return Not(term=chosen)
    raise NotExpressed(f"{what or 'nothing'} is no way of carrying choices forward")


def order_of(target: Target) -> Order:
    """The randomisation of a question's choices."""
    options = mapping(target.question.get("Randomization"))
    kind, advanced = text(options.get("Type")), mapping(options.get("Advanced"))
    if not kind or kind == "None":
        return Order()
    many = whole(options.get("TotalRandSubset")) or whole(advanced.get("TotalRandSubset"))
    ids = {choice.id for choice in target.choices}
    if kind != "Advanced":
        some = many if kind == "SubSet" and many and 0 < many < len(ids) else None
        return Order(shuffle=True, show=some)
    moved = {*texts(advanced.get("RandomizeAll")), *texts(advanced.get("RandomSubSet"))}
    never = frozenset(texts(advanced.get("Undisplayed"))) - moved
    drawn = set(texts(advanced.get("RandomSubSet"))) & ids
    some = many if many and 0 < many < len(drawn) and drawn == moved & ids else None
    return Order(bool(moved), frozenset(ids - moved - never), never, some)


def note_order(reading: Reading, target: Target) -> None:
    """Report what of a randomisation cannot be done."""
    options = mapping(target.question.get("Randomization"))
    kind, advanced = text(options.get("Type")), mapping(options.get("Advanced"))
    if not kind or kind == "None":
        return
    order = order_of(target)
    some = text(options.get("TotalRandSubset")) or text(advanced.get("TotalRandSubset"))
    subset = kind == "SubSet" or texts(advanced.get("RandomSubSet"))
    whole_question = target.shape.layout is Layout.ONE and "#" not in target.qid
    if subset and not (order.show and whole_question):
        why = f"all are shown in random order, not {some or 'some'} of them"
        reading.note(target.id, "random subset of choices", why, options)
    elif order.show and not _shows_some(target, order):
        why = "rows that keep their place are drawn from, too"
        reading.note(target.id, "random subset of choices", why, options)
    if truth(options.get("EvenPresentation")) or truth(options.get("ConsistentScaleReversal")):
        why = "orders are balanced over the respondents of a study in any case"
        reading.note(target.id, "randomisation", why, options)
    if order.fixed and order.shuffle and target.shape.kind in (Kind.MATRIX, Kind.FORM):
        why = "rows that keep their place are shuffled with the others here"
        reading.note(target.id, "randomisation", why, sorted(order.fixed))


def _shows_some(target: Target, order: Order) -> bool:
    return target.shape.kind not in (Kind.MATRIX, Kind.FORM) or not order.fixed


def translations_of(question: Json, which: str, choice: str) -> tuple[str, ...]:
    """The labels of a choice in the other languages, as plain text."""
    from_all = mapping(question.get("Language")).values()
    labels = [
        text(mapping(mapping(mapping(one).get(which)).get(choice)).get("Display"))
        for one in from_all
    ]
    return tuple(dict.fromkeys(plain for plain in map(_plain, labels) if plain))


def _plain(html: str) -> str:
    return wording(html).text

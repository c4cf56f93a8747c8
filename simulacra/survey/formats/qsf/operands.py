"""What a condition of the file looks at, as expressions."""

from simulacra.domain.survey import Kind
from simulacra.survey.expression import (
    Answered,
    Call,
    Comparison,
    Constant,
    Count,
    Expression,
    Joined,
    Logic,
    Part,
    Reference,
    Selected,
    Shown,
)
from simulacra.survey.formats.qsf.document import Json, mapping, number, text
from simulacra.survey.formats.qsf.locators import Locator, locator
from simulacra.survey.formats.qsf.loops import NUMBER
from simulacra.survey.formats.qsf.names import legal_code
from simulacra.survey.formats.qsf.piping import PIPE, row_of
from simulacra.survey.formats.qsf.shapes import Layout
from simulacra.survey.formats.qsf.targets import Reading, Target


class NotExpressed(Exception):
    """A part of the file's logic that no expression stands for; the message says why."""


def either(terms: list[Expression]) -> Expression:
    """One expression that holds where any of the terms does."""
    return terms[0] if len(terms) == 1 else Logic(operator="or", terms=tuple(terms))


def target_of(reading: Reading, place: Locator) -> Target:
    """The question that an address names; raises NotExpressed where nobody can be asked it."""
    target = reading.targets.get(place.name)
    if target is None:
        raise NotExpressed(f"there is no question {place.name} outside the trash")
    if not target.items:
        raise NotExpressed(f"nobody can be asked question {place.name}")
    return target


def chosen(target: Target, place: Locator) -> Expression:
    """Whether the choice that an address names is chosen."""
    picks = _picks(target, place)
    if not picks:
        raise NotExpressed(f"{target.qid} has no choice {'/'.join(place.ids)}")
    return either([Selected(item=item, code=code) for item, code in picks])


def _picks(target: Target, place: Locator) -> list[tuple[str, str]]:
    """Pairs of item and code that an address of a choice stands for."""
    ids, layout, codes = place.ids, target.shape.layout, target.codes
    if not ids or target.shape.kind in (Kind.RANKING, Kind.CONSTANT_SUM):
        return []
    if layout is Layout.BEST_WORST:
        return [(target.rows[ids[-1]], codes[ids[0]])] if _both(target.rows, codes, ids) else []
    if layout is Layout.PROFILE:
        address = "/".join(ids)
        return [(target.rows[ids[0]], codes[address])] if address in codes else []
    if layout is Layout.DRILL_DOWN:
        return [(item, codes[ids[-1]]) for item in target.items if ids[-1] in codes]
    if not target.rows:
        return [(target.id, codes[ids[0]])] if ids[0] in codes else []
    if len(ids) == 1 and place.what == "SelectableAnswer" and ids[0] in codes:
        return [(row, codes[ids[0]]) for row in target.rows.values()]
    found = len(ids) > 1 and ids[0] in target.rows and ids[1] in codes
    return [(target.rows[ids[0]], codes[ids[1]])] if found else []


def _both(rows: dict[str, str], codes: dict[str, str], ids: tuple[str, ...]) -> bool:
    return len(ids) > 1 and ids[-1] in rows and ids[0] in codes


def chosen_any(target: Target, choice: str, answers: tuple[str, ...] = ()) -> Expression:
    """Whether a choice is chosen: in a matrix, whether its row has one of the answers, or any."""
    if not target.rows:
        return chosen(target, Locator("q", target.qid, ("SelectableChoice", choice)))
    row = row_of(target, (choice,))
    if row is None:
        raise NotExpressed(f"{target.qid} has no row {choice}")
    if not answers:
        return Answered(item=row)
    return either(
        [
            chosen(target, Locator("q", target.qid, ("SelectableChoice", choice, answer)))
            for answer in answers
        ]
    )


def only_value(target: Target) -> Expression:
    """The number or text of a question that has just one."""
    return Reference(
        item=_item(target, ()) if not target.rows else next(iter(target.rows.values()))
    )


def answered(target: Target) -> Expression:
    """Whether any part of a question is answered."""
    return either([Answered(item=item) for item in target.items])


def value_given(target: Target, choice: str) -> Expression:
    """Whether words were said with a choice, or the field of a form was filled in."""
    if row := row_of(target, (choice,)):
        return Answered(item=row)
    if choice not in target.codes:
        raise NotExpressed(f"{target.qid} has no choice {choice}")
    words = Call(function="length", arguments=(Part(item=target.id, code=target.codes[choice]),))
    return Comparison(operator=">", left=words, right=Constant(constant=0.0))


def displayed(target: Target) -> Expression:
    """Whether a question was put to the respondent."""
    return either([Shown(item=item) for item in target.items])


def value_of(target: Target, place: Locator) -> Expression:
    """What an address of a question's answer stands for as a value: a number, a text, a code."""
    if place.what in ("SelectedChoicesCount", "SelectedAnswerCount", "AnsweredCount"):
        return _count(target, place)
    if place.what in ("ChoiceTextEntryValue", "ChoiceNumericEntryValue", "ChoiceRank"):
        return _entry(target, place.ids)
    if place.what in ("SelectedChoicesRecode", "SelectedAnswerRecode", "SelectedChoiceRecode"):
        if target.uncoded:
            raise NotExpressed(f"the values of {target.qid} are no codes here: {target.uncoded}")
        return Reference(item=_item(target, place.ids))
    if not place.path and not target.rows:
        return Reference(item=target.id)
    raise NotExpressed(f"an answer's {place.what or 'whole'} is nothing that is known here")


def _item(target: Target, ids: tuple[str, ...]) -> str:
    row = row_of(target, ids) if ids else None
    if row is None and (target.rows or ids):
        raise NotExpressed(f"{target.qid} has no row {'/'.join(ids)}")
    return row or target.id


def _entry(target: Target, ids: tuple[str, ...]) -> Expression:
    if ids and (row := row_of(target, ids)):
        if target.shape.kind is Kind.MATRIX and target.shape.cells in _CHOSEN:
            raise NotExpressed("words said with a row of a matrix are not kept")
        return Reference(item=row)
    if ids and ids[0] in target.codes:
        return Part(item=target.id, code=target.codes[ids[0]])
    if target.rows or target.shape.kind in (*_CHOSEN, Kind.INFO):
        raise NotExpressed(f"{target.qid} has no entry {'/'.join(ids)}")
    return Reference(item=target.id)


_CHOSEN = (Kind.SINGLE, Kind.MULTI, Kind.RATING, Kind.RANKING)


def _count(target: Target, place: Locator) -> Expression:
    if not place.ids:
        return Count(items=tuple(target.items))
    if row := target.rows.get(place.ids[0]):
        return Count(items=(row,))
    code = target.codes.get(place.ids[0])
    if code is None or not target.rows or len(target.rows) > 200:
        raise NotExpressed(f"{target.qid} has no row or answer {'/'.join(place.ids)}")
    one, none = Constant(constant=1.0), Constant(constant=0.0)
    hits = [
        Call(function="if", arguments=(Selected(item=row, code=code), one, none))
        for row in target.rows.values()
    ]
    return Call(function="sum", arguments=tuple(hits))


def right_value(reading: Reading, leaf: Json) -> Expression:
    """The value that a condition compares with, pipes in it as what they stand for."""
    written = text(leaf.get("RightOperand"))
    parts: list[Expression] = []
    at = 0
    for found in PIPE.finditer(written):
        parts += [constant(written[at : found.start()])] if found.start() > at else []
        parts.append(pipe_value(reading, found[1] or ""))
        at = found.end()
    if at < len(written) or not parts:
        parts.append(constant(written[at:]))
    return parts[0] if len(parts) == 1 else Joined(parts=tuple(parts))


def pipe_value(reading: Reading, address: str) -> Expression:
    """The value that a pipe or an address stands for."""
    place = locator(address)
    if place is None:
        raise NotExpressed(f"{address or 'a computed value'} is nothing that is known here")
    if place.scheme in ("e", "m") and place.name:
        return Reference(item=reading.field(place.name))
    if place.scheme == "lm":
        return loop_value(place)
    if place.scheme == "q":
        return value_of(target_of(reading, place), place)
    raise NotExpressed(f"{place.scheme}:// is nothing that is known here")


def loop_value(place: Locator) -> Expression:
    """A field of the loop's round, which is filled in when the loop is written out."""
    name = legal_code(place.what) if place.name == "Field" and place.what else NUMBER
    return Constant(constant=f"${{loop|{name}}}")


def constant(written: str) -> Constant:
    """A number where the text is one and reads back the same, else the text."""
    found = number(written)
    exact = found is not None and abs(found) < 1e15 and text(found) == written
    return Constant(constant=found if exact and found is not None else written)


def assumed(leaf: Json) -> bool | None:
    """What is taken for true of quotas and areas on a map; None for other conditions."""
    kind, area = text(leaf.get("LogicType")), text(leaf.get("LeftOperand")) == "LocationMap"
    if kind not in ("Quota", "QuotaCheck") and not (kind == "GeoIP" and area):
        return None
    operator = text(leaf.get("Operator"))
    return operator in ("NotEqualTo", "IsNot") or operator.endswith("NotMet")


def outside_field(leaf: Json) -> tuple[str, Json] | None:
    """The field that stands for a device or a place, and the condition on it as one on a field.

    None for a condition on something else.
    """
    kind, left = text(leaf.get("LogicType")), text(leaf.get("LeftOperand"))
    if kind == "DeviceType":
        return kind, {**leaf, "RightOperand": left}
    if kind == "GeoIP":
        return f"GeoIP_{left.rpartition('/')[2]}", leaf
    return None


def keyed(tree: Json) -> list[Json]:
    """The parts of a logic tree's level, which are its mappings, in order."""
    return [value for value in mapping(tree).values() if isinstance(value, dict)]

"""Display logic, branches, skips and validation: Qualtrics' trees as conditions.

Within a group, and between groups, "and" binds stronger than "or". A device or a place is looked up
in a field that a study may set. Quotas count as not met, and nobody is found on a map: such parts
are false (their opposites true) and are reported. Where a part cannot be expressed, neither can the
whole.
"""

import re
from typing import Any

from simulacra.survey.expression import (
    Call,
    Comparison,
    Constant,
    Contains,
    Expression,
    Logic,
    Not,
    Reference,
)
from simulacra.survey.formats.qsf import operands
from simulacra.survey.formats.qsf.choices import Choice
from simulacra.survey.formats.qsf.document import Json, mapping, text, truth
from simulacra.survey.formats.qsf.locators import Locator, locator
from simulacra.survey.formats.qsf.loops import NUMBER
from simulacra.survey.formats.qsf.operands import NotExpressed
from simulacra.survey.formats.qsf.targets import Reading, Target
from simulacra.survey.writing import condition_text

_COMPARED = {
    "EqualTo": "=", "Is": "=", "GreaterThan": ">", "GreaterThanOrEqual": ">=", "LessThan": "<",
    "LessThanOrEqual": "<=",
}  # fmt: skip
_OPPOSITES = {
    "NotEqualTo": "EqualTo", "IsNot": "Is", "DoesNotContain": "Contains", "NotContain": "Contains",
    "DoesNotMatchRegex": "MatchesRegex", "NotMatchesRegex": "MatchesRegex",
    "NotMatchRegex": "MatchesRegex", "NotSelected": "Selected", "NotDisplayed": "Displayed",
    "NotEmpty": "Empty", "NotAnswered": "Answered",
}  # fmt: skip
_MAX_WITHIN, _MAX_NESTED = 4, 50_000  # what choices display one another multiplies
_SLASHED = re.compile(r"/(.*)/([a-z]*)", re.DOTALL)


def condition(reading: Reading, tree: Any, question: str, what: str) -> str | None:
    """The condition of a tree; None, and a report, where there is none or it cannot be written."""
    if not operands.keyed(mapping(tree)):
        if tree:
            reading.note(question, what, "it holds no condition", tree)
        return None
    try:
        return condition_text(expression(reading, mapping(tree), question, what))
    except NotExpressed as error:
        reading.note(question, what, str(error), tree)
        return None


def expression(reading: Reading, tree: Json, question: str, what: str) -> Expression:
    """The expression of a tree; raises NotExpressed where a part of it has none."""
    groups: list[tuple[bool, Expression]] = []
    for group in operands.keyed(tree):
        if "LogicType" in group or "Operator" in group:  # a single condition without a group
            leaves = [group]
            joined = _is_and(text(group.get("Conjuction")))
        else:
            leaves = operands.keyed(group)
            joined = _is_and(text(group.get("Type")))
        terms = [
            (_is_and(text(leaf.get("Conjuction"))), _leaf(reading, leaf, question, what))
            for leaf in leaves
        ]
        if terms:
            groups.append((joined, _together(terms)))
    if not groups:
        raise NotExpressed("it holds no condition")
    return _together(groups)


def _is_and(conjunction: str) -> bool:
    return conjunction.lower().startswith("and")


def _together(terms: list[tuple[bool, Expression]]) -> Expression:
    """Terms with how each is joined to those before it: an "or" of "and"s."""
    runs: list[list[Expression]] = []
    for joined_by_and, term in terms:
        if joined_by_and and runs:
            runs[-1].append(term)
        else:
            runs.append([term])
    return operands.either(
        [run[0] if len(run) == 1 else Logic(operator="and", terms=tuple(run)) for run in runs]
    )


def _leaf(reading: Reading, leaf: Json, question: str, what: str) -> Expression:
    reading.nested += bool(reading.within)
    if reading.nested > _MAX_NESTED:
        raise NotExpressed("the file has too many choices that are displayed by one another")
    assumed = operands.assumed(leaf)
    if assumed is not None:
        kind = text(leaf.get("LogicType"))
        why = f"nothing here stands for it, so it counts as {str(assumed).lower()}"
        reading.note(question, f"{what}: {kind}", why, leaf)
        return Constant(constant=assumed)
    operator = text(leaf.get("Operator"))
    if operator in _OPPOSITES:
        return _not(_asserted(reading, leaf, _OPPOSITES[operator]))
    return _asserted(reading, leaf, operator)


def _not(term: Expression) -> Expression:
    """The opposite; of a length that is 0 the plainer one."""
    left = term.left if isinstance(term, Comparison) else None
    if isinstance(term, Comparison) and isinstance(left, Call) and left.function == "length":
        return term.model_copy(update={"operator": ">"})
    return Not(term=term)


def _asserted(reading: Reading, leaf: Json, operator: str) -> Expression:
    kind = text(leaf.get("LogicType")) or "Question"
    if kind == "Question":
        return _of_question(reading, leaf, operator)
    if kind in ("EmbeddedField", "PanelData"):
        place = locator(leaf.get("LeftOperand"))
        name = place.name if place else text(leaf.get("LeftOperand"))
        if not name:
            raise NotExpressed("it names no field")
        return _compared(reading, Reference(item=reading.field(name)), leaf, operator)
    if kind == "LoopAndMerge":
        return _of_loop(reading, leaf, operator)
    if outside := operands.outside_field(leaf):
        return _compared(reading, Reference(item=reading.field(outside[0])), outside[1], operator)
    raise NotExpressed(f"conditions on {kind} are nothing that is known here")


def _of_loop(reading: Reading, leaf: Json, operator: str) -> Expression:
    left, right = (text(leaf.get(f"{side}Operand")) for side in ("Left", "Right"))
    if right == "lm://CurrentLoop":  # the left side names the block and the round
        number = operands.constant(left.rpartition(",")[2])
        return _compared_with(operands.loop_value(Locator("lm", "CurrentLoop")), number, operator)
    place = locator(left)
    if place is None or place.scheme != "lm":
        raise NotExpressed(f"{left or 'nothing'} is no field of a loop")
    return _compared(reading, operands.loop_value(place), leaf, operator)


def _of_question(reading: Reading, leaf: Json, operator: str) -> Expression:
    place = locator(leaf.get("LeftOperand")) or locator(leaf.get("ChoiceLocator"))
    if place is None or place.scheme != "q":
        raise NotExpressed("it names no question")
    target = operands.target_of(reading, place)
    turns, named = reading.turns.get(target.block, []), text(leaf.get("LoopAndMergeLoops"))
    which = named.rpartition(",")[2].strip()
    if turns and which.lower() == "all":
        every = [
            _of_target(reading, target.in_turn(one.key), place, leaf, operator) for one in turns
        ]
        return every[0] if len(every) == 1 else Logic(operator="and", terms=tuple(every))
    if turn := next((one for one in turns if one.fields[NUMBER] == which), None):
        target = target.in_turn(turn.key)
    return _of_target(reading, target, place, leaf, operator)


def _of_target(
    reading: Reading, target: Target, place: Locator, leaf: Json, operator: str
) -> Expression:
    if operator == "Selected":
        if place.what not in ("SelectableChoice", "SelectableAnswer"):
            place = locator(leaf.get("ChoiceLocator")) or place
        return operands.chosen(target, place)
    if operator == "Displayed":
        return _displayed(reading, target, place)
    if operator in ("Answered", "Empty") and not place.path:
        found = operands.answered(target)
        return found if operator == "Answered" else Not(term=found)
    return _compared(reading, operands.value_of(target, place), leaf, operator)


def _displayed(reading: Reading, target: Target, place: Locator) -> Expression:
    """Whether a question, or a choice with what it is displayed under, was shown."""
    shown = operands.displayed(target)
    choice = _named(target, place)
    logic = mapping(choice.payload.get("DisplayLogic")) if choice else {}
    if not logic:
        return shown
    if target.qid in reading.within or len(reading.within) > _MAX_WITHIN:
        raise NotExpressed("choices are displayed by one another")
    reading.within.add(target.qid)
    try:
        own = expression(reading, logic, reading.shown(target), "display logic of a choice")
    finally:
        reading.within.discard(target.qid)
    return Logic(operator="and", terms=(shown, own))


def _named(target: Target, place: Locator) -> Choice | None:
    choices = target.answers if "Answer" in place.what else target.choices
    if not place.ids:
        return None
    found = next((choice for choice in choices if choice.id == place.ids[0]), None)
    if found is None:
        raise NotExpressed(f"{target.qid} has no choice {place.ids[0]}")
    return found


def _compared(reading: Reading, left: Expression, leaf: Json, operator: str) -> Expression:
    right = operands.right_value(reading, leaf)
    if truth(leaf.get("IgnoreCase")):
        left, right = (Call(function="lower", arguments=(one,)) for one in (left, right))
    return _compared_with(left, right, operator)


def _compared_with(left: Expression, right: Expression, operator: str) -> Expression:
    nothing = isinstance(right, Constant) and right.constant == ""
    if operator == "Empty" or (nothing and operator in ("EqualTo", "Is")):
        length = Call(function="length", arguments=(left,))
        return Comparison(operator="=", left=length, right=Constant(constant=0.0))
    if operator in _COMPARED:
        return Comparison.model_validate(
            {"operator": _COMPARED[operator], "left": left, "right": right}
        )
    if operator == "Contains":
        return Contains(whole=left, part=right)
    if operator == "MatchesRegex":
        return Call(function="matches", arguments=(left, _pattern(right)))
    raise NotExpressed(f"the operator {operator or '(none)'} is nothing that is known here")


def _pattern(right: Expression) -> Expression:
    """A pattern without the slashes around it, its flags inside."""
    written = str(right.constant) if isinstance(right, Constant) else ""
    if isinstance(right, Constant) and isinstance(right.constant, float):
        return Constant(constant=text(right.constant))
    found = _SLASHED.fullmatch(written)
    if not found:
        return right
    flags = "".join(flag for flag in "imsx" if flag in found[2])
    return Constant(constant=f"(?{flags}){found[1]}" if flags else found[1])

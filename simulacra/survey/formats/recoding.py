"""Codes that files keep for missing answers get other names, in options and in all logic."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import cast

from simulacra.domain.answer import MissingCode
from simulacra.domain.flow import Block, Branch, Group, Randomise, SetField, Step
from simulacra.domain.survey import Instrument, Item, Option, Row, Skip
from simulacra.survey.condition import parse_condition
from simulacra.survey.expression import (
    Call,
    Comparison,
    Constant,
    Contains,
    Expression,
    Part,
    Reference,
    Selected,
    Within,
)
from simulacra.survey.renaming import with_parts
from simulacra.survey.values import equal, number
from simulacra.survey.writing import condition_text

RESERVED = frozenset(str(int(code)) for code in MissingCode)
Codes = Mapping[str, str]


def free_code(code: str, taken: Collection[str]) -> str:
    """A code for an option whose own stands for missing answers: ``m99`` for ``-99``."""
    new = f"m{code.removeprefix('-')}"
    while new in taken:
        new = f"{new}_"
    return new


def recoded(instrument: Instrument, renamed: Mapping[str, Codes]) -> Instrument:
    """The instrument whose logic names codes as they are now; ``renamed``: old to new, by item.

    The rows of a matrix share its codes. Where logic takes the code for a number, the old number
    stands for the new code.
    """
    names = dict(renamed)
    for item in instrument.items:
        if item.id in renamed:
            names |= {f"{item.id}_{row.code}": renamed[item.id] for row in item.rows}
    if not names:
        return instrument

    def change(condition: str | None) -> str | None:
        if condition is None or not any(name in condition for name in names):
            return condition
        return condition_text(_recoded(parse_condition(condition), names))

    return instrument.model_copy(
        update={
            "items": tuple(_item(item, change) for item in instrument.items),
            "blocks": tuple(_block(block, change) for block in instrument.blocks),
            "flow": _steps(instrument.flow, change),
        }
    )


_Change = Callable[[str | None], str | None]


def _recoded(tree: Expression, names: Mapping[str, Codes]) -> Expression:
    match tree:
        case Selected() | Part():
            code = names.get(tree.item, {}).get(tree.code, tree.code)
            return tree.model_copy(update={"code": code})
        case Comparison(operator="=" | "!=", left=Reference(), right=Constant()):
            return tree.model_copy(update={"right": _named(tree.left, tree.right, names)})
        case Comparison(operator="=" | "!=", left=Constant(), right=Reference()):
            return tree.model_copy(update={"left": _named(tree.right, tree.left, names)})
        case Contains(whole=Reference(), part=Constant()):
            return tree.model_copy(update={"part": _named(tree.whole, tree.part, names)})
        case Within(needle=Reference()) if all(isinstance(o, Constant) for o in tree.choices):
            choices = tuple(_named(tree.needle, one, names) for one in tree.choices)
            return tree.model_copy(update={"choices": choices})
        case Reference() if tree.item in names:
            return _as_number(tree, names[tree.item])
    return with_parts(tree, lambda part: _recoded(part, names))


def _named(item: Expression, value: Expression, names: Mapping[str, Codes]) -> Expression:
    """The constant that an item is compared with: the new code where it was an old one."""
    codes = names.get(cast(Reference, item).item, {})
    old = cast(Constant, value).constant
    new = next((new for one, new in codes.items() if equal(old, one)), None)
    return value if new is None else Constant(constant=new)


def _as_number(item: Reference, codes: Codes) -> Expression:
    """The answer, with the old number in place of each new code."""
    value: Expression = item
    for old, new in codes.items():
        then = Constant(constant=number(old) or 0.0)
        value = Call(function="if", arguments=(Selected(item=item.item, code=new), then, value))
    return value


def _item(item: Item, change: _Change) -> Item:
    def under(parts: Iterable[Option | Row | Skip]) -> tuple[Option | Row | Skip, ...]:
        return tuple(one.model_copy(update={"condition": change(one.condition)}) for one in parts)

    return item.model_copy(
        update={
            "condition": change(item.condition),
            "constraint": change(item.constraint),
            "options": under(item.options),
            "rows": under(item.rows),
            "skips": under(item.skips),
        }
    )


def _block(block: Block, change: _Change) -> Block:
    if block.loop is None:
        return block
    rounds = tuple(
        one.model_copy(update={"condition": change(one.condition)}) for one in block.loop.rounds
    )
    return block.model_copy(update={"loop": block.loop.model_copy(update={"rounds": rounds})})


def _steps(steps: tuple[Step, ...], change: _Change) -> tuple[Step, ...]:
    return tuple(_step(step, change) for step in steps)


def _step(step: Step, change: _Change) -> Step:
    match step:
        case Branch():
            then, otherwise = _steps(step.then, change), _steps(step.otherwise, change)
            update = {"condition": change(step.condition), "then": then, "otherwise": otherwise}
            return step.model_copy(update=update)
        case Randomise() | Group():
            return step.model_copy(update={"steps": _steps(step.steps, change)})
        case SetField():
            return step.model_copy(update={"expression": change(step.expression)})
    return step

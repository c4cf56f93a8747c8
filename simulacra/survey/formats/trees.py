"""What the readers of survey logic share: terms put together, and the one way to say no."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

from lark import Lark, LarkError, Token, Transformer

from simulacra.survey.condition import parse_condition
from simulacra.survey.expression import (
    Answered,
    Arithmetic,
    Call,
    Comparison,
    Constant,
    Expression,
    Logic,
    Not,
    Reference,
)
from simulacra.survey.writing import condition_text

MOST_SIGNS = 20_000


class Untranslatable(Exception):
    """Logic that the expression tree, or the other format, cannot say; the message says why."""


def all_of(terms: Sequence[Expression]) -> Expression:
    """The terms joined by ``and``; one alone stays as it is."""
    return terms[0] if len(terms) == 1 else Logic(operator="and", terms=tuple(terms))


def any_of(terms: Sequence[Expression]) -> Expression:
    """The terms joined by ``or``; one alone stays as it is."""
    return terms[0] if len(terms) == 1 else Logic(operator="or", terms=tuple(terms))


def conjunction(*conditions: str | None) -> str | None:
    """Conditions, as texts, that all have to hold; None without any."""
    trees = [parse_condition(one) for one in conditions if one and one.strip()]
    terms: list[Expression] = []
    for tree in trees:
        terms += tree.terms if isinstance(tree, Logic) and tree.operator == "and" else (tree,)
    return condition_text(all_of(terms)) if terms else None


def compared(operator: str, left: Expression, right: Expression) -> Expression:
    """A comparison as survey tools mean it.

    There an item without answer is an empty text: equal to ``''`` and different from all else.
    """
    if operator in ("=", "!="):
        for one, other in ((left, right), (right, left)):
            if isinstance(one, Reference) and other == Constant(constant=""):
                answered = Answered(item=one.item)
                return Not(term=answered) if operator == "=" else answered
        if isinstance(left, Constant) and not isinstance(right, Constant):
            left, right = right, left
        same = Comparison(operator="=", left=left, right=right)
        return same if operator == "=" else Not(term=same)
    sign: Literal["<", "<=", ">", ">="] = operator  # type: ignore[assignment]
    return Comparison(operator=sign, left=left, right=right)


def negative(term: Expression) -> Expression:
    """A term with the opposite sign."""
    if isinstance(term, Constant) and isinstance(term.constant, float):
        return Constant(constant=-term.constant)
    return Arithmetic(operator="-", left=Constant(constant=0.0), right=term)


def called(function: str, *arguments: Expression) -> Expression:
    """A call of one of our functions; Untranslatable where it takes other values."""
    try:
        return Call(function=function, arguments=arguments)
    except ValueError as error:
        raise Untranslatable(f"{function} is called with {len(arguments)} values") from error


def truncated(term: Expression) -> Expression:
    """A number without its decimals."""
    positive = Comparison(operator=">=", left=term, right=Constant(constant=0.0))
    return called("if", positive, called("floor", term), called("ceil", term))


def unquoted(token: Token) -> str:
    """The text in a token's quotes."""
    return str(token)[1:-1]


def compiled(parser: Lark, build: Callable[[], Transformer[Token, Any]], text: str) -> Expression:
    """The tree of a text in another tool's language.

    Raises Untranslatable with the reason; whatever comes back can be printed and read again.
    """
    if len(text) > MOST_SIGNS:
        raise Untranslatable("it is too long")
    try:
        tree: Expression = build().transform(parser.parse(text))
        condition_text(tree)
    except RecursionError as error:
        raise Untranslatable("it is nested too deeply") from error
    except LarkError as error:
        cause = getattr(error, "orig_exc", None)
        why = str(cause) if isinstance(cause, Untranslatable) else "it cannot be read"
        raise Untranslatable(why) from error
    return tree

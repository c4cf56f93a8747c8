"""The textual form of a condition becomes the expression tree."""

from functools import cache, lru_cache
from typing import Any, cast

from lark import Lark, LarkError, Token, Transformer, UnexpectedInput, UnexpectedToken

from simulacra.errors import InputError
from simulacra.survey.expression import (
    Answered,
    Arithmetic,
    Call,
    Comparison,
    Constant,
    Contains,
    Count,
    Expression,
    Joined,
    Logic,
    Not,
    Part,
    Reference,
    Selected,
    Shown,
    Within,
)
from simulacra.survey.functions import FUNCTIONS

_GRAMMAR = r"""
?start: either
?either: both (_OR both)*
?both: negated (_AND negated)*
?negated: _NOT negated -> negation
        | comparison
?comparison: joined
           | joined COMPARE joined -> compare
           | joined _IN "(" joined ("," joined)* ")" -> within
           | joined _NOT _IN "(" joined ("," joined)* ")" -> outside
           | joined _CONTAINS joined -> contains
?joined: sum ("&" sum)*
?sum: product
    | sum PLUS product -> arithmetic
    | sum MINUS product -> arithmetic
?product: signed
    | product TIMES signed -> arithmetic
?signed: MINUS signed -> minus
    | atom
?atom: NUMBER -> number
     | TEXT -> text
     | TRUE -> true
     | FALSE -> false
     | _SELECTED "(" NAME "," (TEXT | NUMBER) ")" -> selected
     | _ANSWERED "(" NAME ")" -> answered
     | _SHOWN "(" NAME ")" -> shown
     | _PART "(" NAME "," (TEXT | NUMBER) ")" -> part
     | FUNCTION "(" either ("," either)* ")" -> call
     | _COUNT "(" NAME ("," NAME)* ")" -> count
     | NAME -> reference
     | "(" either ")"
COMPARE: "<=" | ">=" | "!=" | "<>" | "==" | "=" | "<" | ">"
PLUS: "+"
MINUS: "-"
TIMES: "*" | "/"
NUMBER: /\d+(\.\d+)?(?![\w.])/
TEXT: /'(''|[^'])*'/ | /"(""|[^"])*"/
_OR.3: /or(?![\w.])/i
_AND.3: /and(?![\w.])/i
_NOT.3: /not(?![\w.])/i
_IN.3: /in(?![\w.])/i
_CONTAINS.3: /contains(?![\w.])/i
TRUE.3: /true(?![\w.])/i
FALSE.3: /false(?![\w.])/i
_SELECTED.3: /selected(?=\s*\()/i
_ANSWERED.3: /answered(?=\s*\()/i
_SHOWN.3: /shown(?=\s*\()/i
_PART.3: /part(?=\s*\()/i
_COUNT.3: /count(?=\s*\()/i
FUNCTION.3: /(?:FUNCTION_NAMES)(?=\s*\()/i
NAME: /[A-Za-z][A-Za-z0-9_.]*/
%ignore /\s+/
""".replace("FUNCTION_NAMES", "|".join(FUNCTIONS))


class _Builder(Transformer[Token, Any]):
    """From the parse tree to the expression tree."""

    def either(self, terms: list[Any]) -> Logic:
        return Logic(operator="or", terms=tuple(terms))

    def both(self, terms: list[Any]) -> Logic:
        return Logic(operator="and", terms=tuple(terms))

    def negation(self, terms: list[Any]) -> Not:
        return Not(term=terms[0])

    def compare(self, parts: list[Any]) -> Comparison:
        left, operator, right = parts
        same: dict[str, Any] = {"==": "=", "<>": "!="}
        return Comparison(operator=same.get(str(operator), str(operator)), left=left, right=right)

    def within(self, parts: list[Any]) -> Within:
        return Within(needle=parts[0], choices=tuple(parts[1:]))

    def outside(self, parts: list[Any]) -> Not:
        return Not(term=self.within(parts))

    def contains(self, parts: list[Any]) -> Contains:
        return Contains(whole=parts[0], part=parts[1])

    def joined(self, parts: list[Any]) -> Joined:
        return Joined(parts=tuple(parts))

    def arithmetic(self, parts: list[Any]) -> Arithmetic:
        left, operator, right = parts
        return Arithmetic(operator=cast(Any, str(operator)), left=left, right=right)

    def minus(self, parts: list[Any]) -> Arithmetic | Constant:
        term = parts[1]
        if isinstance(term, Constant) and isinstance(term.constant, float):
            return Constant(constant=-term.constant)
        return Arithmetic(operator="-", left=Constant(constant=0.0), right=parts[1])

    def number(self, parts: list[Token]) -> Constant:
        return Constant(constant=float(parts[0]))

    def text(self, parts: list[Token]) -> Constant:
        return Constant(constant=_unquoted(parts[0]))

    def true(self, _: list[Token]) -> Constant:
        return Constant(constant=True)

    def false(self, _: list[Token]) -> Constant:
        return Constant(constant=False)

    def selected(self, parts: list[Token]) -> Selected:
        return Selected(item=str(parts[0]), code=_unquoted(parts[1]))

    def answered(self, parts: list[Token]) -> Answered:
        return Answered(item=str(parts[0]))

    def shown(self, parts: list[Token]) -> Shown:
        return Shown(item=str(parts[0]))

    def part(self, parts: list[Token]) -> Part:
        return Part(item=str(parts[0]), code=_unquoted(parts[1]))

    def call(self, parts: list[Any]) -> Call:
        return Call(function=str(parts[0]).lower(), arguments=tuple(parts[1:]))

    def count(self, parts: list[Token]) -> Count:
        return Count(items=tuple(str(part) for part in parts))

    def reference(self, parts: list[Token]) -> Reference:
        return Reference(item=str(parts[0]))


def _unquoted(token: Token) -> str:
    if token[0] in "'\"":
        return str(token[1:-1].replace(token[0] * 2, token[0]))
    return str(token)


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", maybe_placeholders=False)


@lru_cache(maxsize=4096)
def parse_condition(text: str) -> Expression:
    """The expression tree of a condition's text.

    Raises InputError that points at the place where the text cannot be read.
    """
    try:
        tree = _parser().parse(text)
        return cast(Expression, _Builder().transform(tree))
    except UnexpectedInput as error:
        ended = isinstance(error, UnexpectedToken) and error.token.type == "$END"
        place = "at its end" if ended else f"at character {error.column}"
        raise InputError(f"the condition cannot be read {place}: {text}") from error
    except LarkError as error:
        raise InputError(f"the condition cannot be read: {text}") from error
    except RecursionError as error:
        raise InputError("the condition is nested too deeply") from error

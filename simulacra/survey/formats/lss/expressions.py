"""LimeSurvey's Expression Manager and the expression tree, both ways."""

from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar

from lark import Lark, Token

from simulacra.domain.survey import Kind
from simulacra.survey.expression import (
    Answered,
    Call,
    Constant,
    Count,
    Expression,
    Joined,
    Not,
    Reference,
    Selected,
)
from simulacra.survey.formats.building import ORDERED, SUMS, Builder
from simulacra.survey.formats.printing import Printer
from simulacra.survey.formats.trees import (
    Untranslatable,
    called,
    compared,
    compiled,
    truncated,
)

_GRAMMAR = (
    ORDERED
    + SUMS
    + r"""
?signed: MINUS signed -> minus
       | NOT signed -> negation
       | atom
?atom: NUMBER -> number
     | TEXT -> text
     | FUNCTION "(" [either ("," either)*] ")" -> call
     | NAME -> reference
     | "(" either ")"
EQUAL.3: "==" | "!=" | /(?:eq|ne)(?!\w)/i
ORDER.3: "<=" | ">=" | "<" | ">" | /(?:lt|le|gt|ge)(?!\w)/i
_OR.3: "||" | /or(?!\w)/i
_AND.3: "&&" | /and(?!\w)/i
NOT.3: /!(?!=)/ | /not(?!\w)/i
TIMES: "*" | "/"
NUMBER.2: /\d+(\.\d+)?(?![\w.])/
TEXT: /'(\\.|[^'\\])*'/ | /"(\\.|[^"\\])*"/
FUNCTION.4: /[A-Za-z]\w*(?=\s*\()/
NAME: /[A-Za-z_]\w*(\.\w+)?/ | /\d+X\w+(\.\w+)?/
"""
)
_SIGNS = {"==": "=", "eq": "=", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
_CALLS = {
    "if": "if", "sum": "sum", "min": "min", "max": "max", "abs": "abs", "floor": "floor",
    "ceil": "ceil", "round": "round", "strlen": "length", "trim": "trim", "strtolower": "lower",
    "strtoupper": "upper", "substr": "substring",
}  # fmt: skip
Resolve = Callable[[str], Expression]


class _Builder(Builder):
    def __init__(self, resolve: Resolve) -> None:
        super().__init__()
        self._resolve = resolve

    def compare(self, parts: list[Any]) -> Expression:
        left, sign, right = parts
        sign = _SIGNS.get(str(sign).lower(), str(sign))
        for one, other in ((left, right), (right, left)):
            if isinstance(one, Selected) and isinstance(other, Constant):
                return _ticked(one, sign, other)
        return compared(sign, left, right)

    def reference(self, parts: list[Token]) -> Expression:
        return self._resolve(str(parts[0]))

    def call(self, parts: list[Any]) -> Expression:
        name, arguments = str(parts[0]), [one for one in parts[1:] if one is not None]
        if name == "is_empty" and len(arguments) == 1:
            return _is_empty(arguments[0])
        if name == "count":
            return _count(arguments)
        if name in ("intval", "int") and len(arguments) == 1:
            return truncated(arguments[0])
        if name == "regexMatch" and len(arguments) == 2:
            return called("matches", arguments[1], Constant(constant=_pattern(arguments[0])))
        if name == "join" and len(arguments) > 1:
            return Joined(parts=tuple(arguments))
        if name not in _CALLS:
            raise Untranslatable(f"there is no counterpart of {name}()")
        return called(_CALLS[name], *arguments)


def _ticked(chosen: Selected, sign: str, value: Constant) -> Expression:
    """A box compared with "Y" or with nothing."""
    if value.constant not in ("Y", "") or sign not in ("=", "!="):
        raise Untranslatable(f"a box is compared with {value.constant!r}")
    return chosen if (value.constant == "Y") == (sign == "=") else Not(term=chosen)


def _is_empty(term: Expression) -> Expression:
    if isinstance(term, Selected):
        return Not(term=term)
    if isinstance(term, Reference):
        return Not(term=Answered(item=term.item))
    raise Untranslatable("only a question can be empty")


def _count(terms: list[Expression]) -> Expression:
    if terms and all(isinstance(one, Reference) for one in terms):
        return Count(items=tuple(one.item for one in terms if isinstance(one, Reference)))
    numbers = [
        called("if", one, Constant(constant=1.0), Constant(constant=0.0))
        for one in terms
        if isinstance(one, Selected)
    ]
    if not terms or len(numbers) < len(terms):
        raise Untranslatable("count() counts something else than answers")
    return called("sum", *numbers)


def _pattern(term: Expression) -> str:
    text = term.constant if isinstance(term, Constant) else None
    if not isinstance(text, str) or len(text) < 2 or text[0] != "/" or "/" not in text[1:]:
        raise Untranslatable("a pattern has no slashes around it")
    body, _, flags = text[1:].rpartition("/")
    return f"(?{flags}){body}" if flags and set(flags) <= set("ims") else body


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", maybe_placeholders=False)


def compile_em(text: str, resolve: Resolve) -> Expression:
    """The tree of an Expression Manager text.

    ``resolve`` gives what a variable stands for. Raises Untranslatable with the reason.
    """
    return compiled(_parser(), lambda: _Builder(resolve), text)


class Manager(Printer):
    """Prints Expression Manager texts; ``kinds`` are those of the items by id."""

    equal = "=="
    functions: ClassVar[dict[str, str]] = {ours: theirs for theirs, ours in _CALLS.items()}

    def __init__(self, name_of: Callable[[str], str], kinds: dict[str, Kind]) -> None:
        super().__init__(name_of)
        self._kinds = kinds

    def named(self, item: str) -> str:
        """A variable that may be without answer."""
        if self._kinds.get(item) in (Kind.MULTI, Kind.RANKING):
            raise Untranslatable("a question of several answers has no one variable")
        return f"{self._name_of(item)}.NAOK"

    def answered(self, item: str, *, yes: bool) -> str:
        """A call of ``is_empty``."""
        return f"{'!' if yes else ''}is_empty({self.named(item)})"

    def selected(self, item: str, code: str) -> str:
        """A box that is ticked, or the one answer."""
        if self._kinds.get(item) == Kind.MULTI:
            return f'{self._name_of(f"{item}|{code}")}.NAOK == "Y"'
        return f"{self.named(item)} == {self.constant(code)}"

    def contains(self, whole: Expression, part: Expression) -> str:  # noqa: ARG002
        """There is no such function."""
        raise Untranslatable("there is no counterpart of contains")

    def count(self, item: str) -> str:
        """A call of ``count``."""
        return f"count({self.named(item)})"

    def joined(self, parts: tuple[Expression, ...]) -> str:
        """A call of ``join``."""
        return f"join({', '.join(map(self.text, parts))})"

    def negated(self, text: str) -> str:
        """An exclamation mark."""
        return f"!({text})"

    def inside(self, tree: Expression) -> str:
        """``selected`` is a comparison here."""
        return f"({self.text(tree)})" if isinstance(tree, Selected) else super().inside(tree)

    def constant(self, value: bool | float | str) -> str:
        """There is no word for truth."""
        if isinstance(value, bool):
            raise Untranslatable("true and false are no values")
        if isinstance(value, str) and ("\\" in value or '"' in value):
            raise Untranslatable("a text holds a backslash or a quote")
        return f'"{value}"' if isinstance(value, str) else super().constant(value)

    def call(self, tree: Call) -> str:
        """Patterns stand between slashes."""
        if tree.function == "matches":
            value, pattern = tree.arguments
            if not isinstance(pattern, Constant) or "/" in str(pattern.constant):
                raise Untranslatable("a pattern is worked out or holds a slash")
            return f"regexMatch({self.constant(f'/{pattern.constant}/')}, {self.text(value)})"
        return super().call(tree)

"""SurveyJS expressions and the expression tree, both ways.

A question without answer is empty there: different from every value. Dates, functions over panels
and functions of the page's own have no counterpart.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, ClassVar

from lark import Lark, Token

from simulacra.domain.survey import Kind
from simulacra.survey.expression import (
    Answered,
    Call,
    Constant,
    Contains,
    Count,
    Expression,
    Not,
    Reference,
    Selected,
    Within,
)
from simulacra.survey.formats.building import SUMS, Builder
from simulacra.survey.formats.printing import Printer
from simulacra.survey.formats.trees import (
    Untranslatable,
    all_of,
    any_of,
    called,
    compared,
    compiled,
    truncated,
)

_GRAMMAR = (
    SUMS
    + r"""
?start: either
?either: both (_OR both)*
?both: comparison (_AND comparison)*
?comparison: sum
           | sum COMPARE sum -> compare
           | sum HOLDS sum -> holds
           | sum EMPTY -> emptiness
?signed: MINUS signed -> minus
       | NOT signed -> negation
       | atom
?atom: NUMBER -> number
     | TEXT -> text
     | NAME -> reference
     | TRUTH -> truth
     | FUNCTION "(" [either ("," either)*] ")" -> call
     | "[" [either ("," either)*] "]" -> several
     | WORD -> word
     | "(" either ")"
COMPARE.3: "<=" | ">=" | "<>" | "!=" | "==" | "=" | "<" | ">"
         | /(?:notequals?|equals?|lessorequal|greaterorequal|less|greater)(?!\w)/i
HOLDS.3: "*=" | /(?:notcontains?|contains?|anyof|allof|noneof)(?!\w)/i
EMPTY.3: /(?:notempty|empty)(?!\w)/i
_OR.3: "||" | /or(?!\w)/i
_AND.3: "&&" | /and(?!\w)/i
NOT: "!"
TIMES: "*" | "/" | "%"
NUMBER.2: /\d+(\.\d+)?(?![\w.])/
TRUTH.4: /(?:true|false)(?!\w)/i
TEXT: /'(\\.|[^'\\])*'/ | /"(\\.|[^"\\])*"/
NAME: /\{[^{}]+\}/
FUNCTION.4: /[A-Za-z]\w*(?=\s*\()/
WORD: /[A-Za-z]\w*/
"""
)
_SIGNS = {
    "==": "=", "<>": "!=", "equal": "=", "equals": "=", "notequal": "!=", "notequals": "!=",
    "less": "<", "greater": ">", "lessorequal": "<=", "greaterorequal": ">=",
}  # fmt: skip
_LISTED = (Kind.MULTI, Kind.RANKING, None)


class Names:
    """What the names in expressions stand for: ids and, where known, kinds."""

    def __init__(self, id_of: Callable[[str], str], kinds: dict[str, Kind], own: str = "") -> None:
        self.id_of, self.kinds, self.own = id_of, kinds, own


class _Builder(Builder):
    def __init__(self, names: Names) -> None:
        super().__init__()
        self._names = names

    def compare(self, parts: list[Any]) -> Expression:
        sign = str(parts[1]).lower()
        return compared(_SIGNS.get(sign, sign), _one(parts[0]), _one(parts[2]))

    def holds(self, parts: list[Any]) -> Expression:
        left, sign, right = parts
        word = str(sign).lower()
        values = right if isinstance(right, tuple) else (right,)
        if word in ("contains", "contain", "*=", "notcontains", "notcontain", "allof"):
            found = all_of([self._has(left, value) for value in values])
        else:
            found = self._any(left, values)
        return Not(term=found) if word.startswith("no") else found

    def _has(self, whole: Expression, part: Expression) -> Expression:
        if isinstance(whole, Reference) and isinstance(part, Constant):
            kind = self._names.kinds.get(whole.item)
            if kind in _LISTED:
                return Selected(item=whole.item, code=_code(part))
        return Contains(whole=whole, part=part)

    def _any(self, left: Expression, values: tuple[Expression, ...]) -> Expression:
        known = self._names.kinds.get(left.item) if isinstance(left, Reference) else Kind.SINGLE
        if known in _LISTED:
            return any_of([self._has(left, value) for value in values])
        return Within(needle=left, choices=values)

    def emptiness(self, parts: list[Any]) -> Expression:
        if not isinstance(parts[0], Reference):
            raise Untranslatable("only a question can be empty")
        answered = Answered(item=parts[0].item)
        return Not(term=answered) if str(parts[1]).lower() == "empty" else answered

    def arithmetic(self, parts: list[Any]) -> Expression:
        left, sign, right = parts
        if sign == "%":
            return called("modulo", left, right)
        return super().arithmetic(parts)

    def truth(self, parts: list[Token]) -> Expression:
        return Constant(constant=str(parts[0]).lower() == "true")

    def word(self, parts: list[Token]) -> Expression:
        return Constant(constant=str(parts[0]))

    def several(self, parts: list[Any]) -> tuple[Expression, ...]:
        values = tuple(one for one in parts if one is not None)
        if not values:
            raise Untranslatable("a list is empty")
        return values

    def reference(self, parts: list[Token]) -> Expression:
        name = str(parts[0])[1:-1].strip().lstrip("#")
        if name in ("$self.value", "$self"):
            if not self._names.own:
                raise Untranslatable("$self stands for no question here")
            return Reference(item=self._names.own)
        if name.endswith(".length"):
            return Count(items=(self._names.id_of(name.removesuffix(".length")),))
        return Reference(item=self._names.id_of(name))

    def call(self, parts: list[Any]) -> Expression:
        name, arguments = str(parts[0]), [one for one in parts[1:] if one is not None]
        if any(isinstance(one, tuple) for one in arguments):
            raise Untranslatable(f"{name}() is given a list")
        if name in _CALLS:
            return called(_CALLS[name], *arguments)
        if name == "trunc" and len(arguments) == 1:
            return truncated(arguments[0])
        raise Untranslatable(f"there is no counterpart of {name}()")


_CALLS = {"iif": "if", "sum": "sum", "avg": "mean", "min": "min", "max": "max", "round": "round"}


def _one(value: Any) -> Expression:
    if isinstance(value, tuple):
        raise Untranslatable("a list is compared as a whole")
    found: Expression = value
    return found


def _code(value: Constant) -> str:
    inside = value.constant
    whole = isinstance(inside, float) and inside == int(inside)
    return str(int(inside)) if whole else str(inside)


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", maybe_placeholders=False)


def compile_surveyjs(text: str, names: Names) -> Expression:
    """The tree of a SurveyJS expression; raises Untranslatable with the reason."""
    return compiled(_parser(), lambda: _Builder(names), text)


class SurveyJs(Printer):
    """Prints SurveyJS expressions; ``kinds`` are those of the items by id."""

    unequal = "<>"
    functions: ClassVar[dict[str, str]] = {ours: theirs for theirs, ours in _CALLS.items()}

    def __init__(self, name_of: Callable[[str], str], kinds: dict[str, Kind]) -> None:
        super().__init__(name_of)
        self._kinds = kinds

    def named(self, item: str) -> str:
        """A name in braces."""
        return f"{{{self._name_of(item)}}}"

    def answered(self, item: str, *, yes: bool) -> str:
        """A word after the name."""
        return f"{self.named(item)} {'notempty' if yes else 'empty'}"

    def selected(self, item: str, code: str) -> str:
        """A part of several answers, or equal to the one."""
        several = self._kinds.get(item) in _LISTED
        return f"{self.named(item)} {'contains' if several else '='} {self.constant(code)}"

    def contains(self, whole: Expression, part: Expression) -> str:
        """A comparison."""
        return f"{self.inside(whole)} contains {self.inside(part)}"

    def count(self, item: str) -> str:
        """The length of the list of answers."""
        return f"{{{self._name_of(item)}.length}}"

    def joined(self, parts: tuple[Expression, ...]) -> str:
        """A sum that begins with a text."""
        texts = [self.inside(part) for part in parts]
        texts = texts if texts[0][:1] == "'" else ["''", *texts]
        return f"({' + '.join(texts)})"

    def within(self, tree: Within) -> str:
        """``anyof`` where it is a list of values that one answer is looked for in."""
        needle = tree.needle
        if isinstance(needle, Reference) and self._kinds.get(needle.item) not in _LISTED:
            values = ", ".join(self.inside(one) for one in tree.choices)
            return f"{self.named(needle.item)} anyof [{values}]"
        return super().within(tree)

    def negated(self, text: str) -> str:
        """An exclamation mark."""
        return f"!({text})"

    def inside(self, tree: Expression) -> str:
        """``selected`` is a comparison here."""
        return f"({self.text(tree)})" if isinstance(tree, Selected) else super().inside(tree)

    def constant(self, value: bool | float | str) -> str:
        """Quotes inside a text are escaped; what would be taken for an escape cannot be said."""
        if not isinstance(value, str):
            return super().constant(value)
        if "\\" in value:
            raise Untranslatable("a text holds a backslash")
        escaped = value.replace("'", "\\'")
        return f"'{escaped}'"

    def call(self, tree: Call) -> str:
        """The remainder is an operator."""
        if tree.function == "modulo":
            left, right = (self.inside(one) for one in tree.arguments)
            return f"({left} % {right})"
        return super().call(tree)

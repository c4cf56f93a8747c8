"""The expression tree in the language of another tool: what these languages share."""

from collections.abc import Callable
from typing import ClassVar

from simulacra.survey.condition import parse_condition
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
    Reference,
    Selected,
    Within,
)
from simulacra.survey.formats.trees import Untranslatable
from simulacra.survey.writing import constant_text


class Printer:
    """Prints trees; a language says what is its own.

    ``name_of`` gives the name that the other tool knows an item by. Whatever the language cannot
    say raises Untranslatable with the reason.
    """

    equal: ClassVar[str] = "="
    unequal: ClassVar[str] = "!="
    divided: ClassVar[str] = "/"
    functions: ClassVar[dict[str, str]] = {}

    def __init__(self, name_of: Callable[[str], str]) -> None:
        self._name_of = name_of

    def condition(self, condition: str) -> str:
        """A condition of ours in the other language."""
        return self.text(parse_condition(condition))

    def text(self, tree: Expression) -> str:
        """A tree in the other language."""
        match tree:
            case Logic():
                return f" {tree.operator} ".join(self._term(term) for term in tree.terms)
            case Not():
                return self._not(tree.term)
            case Comparison():
                return self._comparison(tree)
            case Within():
                return self.within(tree)
            case Arithmetic():
                sign = self.divided if tree.operator == "/" else tree.operator
                return f"{self.inside(tree.left)} {sign} {self.inside(tree.right)}"
            case Answered():
                return self.answered(tree.item, yes=True)
        return self._atom(tree)

    def _atom(self, tree: Expression) -> str:
        match tree:
            case Constant():
                return self.constant(tree.constant)
            case Reference():
                return self.named(tree.item)
            case Selected():
                return self.selected(tree.item, tree.code)
            case Contains():
                return self.contains(tree.whole, tree.part)
            case Count():
                return " + ".join(self.count(one) for one in tree.items)
            case Joined():
                return self.joined(tree.parts)
            case Call():
                return self.call(tree)
        raise Untranslatable(f"there is no counterpart of {tree.node}()")

    def within(self, tree: Within) -> str:
        """Equal to one of several."""
        return " or ".join(self._same(tree.needle, one) for one in tree.choices)

    def _comparison(self, tree: Comparison) -> str:
        if tree.operator == "=":
            return self._same(tree.left, tree.right)
        if tree.operator == "!=":  # ours asks only those who answered, theirs everybody
            sides = (tree.left, tree.right)
            items = [one.item for one in sides if isinstance(one, Reference)]
            parts = [self.answered(item, yes=True) for item in items]
            return " and ".join([*parts, self.text(Not(term=_equality(tree)))])
        return f"{self.inside(tree.left)} {tree.operator} {self.inside(tree.right)}"

    def _same(self, left: Expression, right: Expression) -> str:
        return f"{self.inside(left)} {self.equal} {self.inside(right)}"

    def _not(self, term: Expression) -> str:
        match term:
            case Answered():
                return self.answered(term.item, yes=False)
            case Comparison(operator="="):
                return f"{self.inside(term.left)} {self.unequal} {self.inside(term.right)}"
        return self.negated(self.text(term))

    def _term(self, tree: Expression) -> str:
        weak = isinstance(tree, Logic | Within)
        weak |= isinstance(tree, Comparison) and tree.operator == "!="
        return f"({self.text(tree)})" if weak else self.text(tree)

    def inside(self, tree: Expression) -> str:
        """A tree as a part of another, in brackets unless it is one word or call."""
        simple = isinstance(tree, Constant | Reference | Selected | Joined | Call)
        simple |= isinstance(tree, Count) and len(tree.items) == 1
        text = self.text(tree)
        return text if simple and self.holds_together(text) else f"({text})"

    def holds_together(self, text: str) -> bool:
        """Whether a printed word or call needs no brackets."""
        return bool(text)

    def constant(self, value: bool | float | str) -> str:
        """A number, truth, or a text in quotes that it does not hold itself."""
        if not isinstance(value, str):
            return constant_text(value)
        if "'" in value and '"' in value:
            raise Untranslatable("a text holds both kinds of quotes")
        return f'"{value}"' if "'" in value else f"'{value}'"

    def call(self, tree: Call) -> str:
        """A call of one of our functions."""
        if tree.function not in self.functions:
            raise Untranslatable(f"there is no counterpart of {tree.function}()")
        arguments = ", ".join(self.text(one) for one in tree.arguments)
        return f"{self.functions[tree.function]}({arguments})"

    def negated(self, text: str) -> str:
        """The opposite."""
        return f"not({text})"

    def named(self, item: str) -> str:
        """The answer to an item."""
        raise NotImplementedError

    def answered(self, item: str, *, yes: bool) -> str:
        """Whether there is an answer."""
        raise NotImplementedError

    def selected(self, item: str, code: str) -> str:
        """Whether an option is chosen."""
        raise NotImplementedError

    def contains(self, whole: Expression, part: Expression) -> str:
        """Whether one is part of the other."""
        raise NotImplementedError

    def count(self, item: str) -> str:
        """How many options are chosen."""
        raise NotImplementedError

    def joined(self, parts: tuple[Expression, ...]) -> str:
        """Texts put together."""
        raise NotImplementedError


def _equality(tree: Comparison) -> Comparison:
    return Comparison(operator="=", left=tree.left, right=tree.right)

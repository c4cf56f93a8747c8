"""The expression tree as XLSForm writes it; ``xpath`` reads it back."""

import re
from collections.abc import Callable
from typing import ClassVar

from simulacra.survey.expression import Call, Constant, Expression
from simulacra.survey.formats.printing import Printer
from simulacra.survey.formats.trees import Untranslatable


class XPath(Printer):
    """Prints XPath; ``own`` is the item that ``.`` means."""

    divided = "div"
    functions: ClassVar[dict[str, str]] = {
        "length": "string-length", "lower": "lower-case", "upper": "upper-case",
        "trim": "normalize-space", "ceil": "ceiling",
        **{
            name: name
            for name in ("if", "coalesce", "number", "min", "max", "sum", "abs", "floor", "round")
        },
    }  # fmt: skip

    def __init__(self, name_of: Callable[[str], str], own: str = "") -> None:
        super().__init__(name_of)
        self._own = own

    def named(self, item: str) -> str:
        """A reference."""
        return "." if item == self._own else f"${{{self._name_of(item)}}}"

    def answered(self, item: str, *, yes: bool) -> str:
        """A comparison with the empty text."""
        return f"{self.named(item)} {'!=' if yes else '='} ''"

    def selected(self, item: str, code: str) -> str:
        """A call of ``selected``."""
        return f"selected({self.named(item)}, {self.constant(code)})"

    def contains(self, whole: Expression, part: Expression) -> str:
        """A call of ``contains``."""
        return f"contains({self.text(whole)}, {self.text(part)})"

    def count(self, item: str) -> str:
        """A call of ``count-selected``."""
        return f"count-selected({self.named(item)})"

    def joined(self, parts: tuple[Expression, ...]) -> str:
        """A call of ``concat``."""
        return f"concat({', '.join(map(self.text, parts))})"

    def constant(self, value: bool | float | str) -> str:
        """Truth is a call."""
        text = super().constant(value)
        return f"{text}()" if isinstance(value, bool) else text

    def holds_together(self, text: str) -> bool:
        """``mod`` is an operator."""
        return " mod " not in text

    def call(self, tree: Call) -> str:
        """Some functions have other arguments here."""
        arguments = [self.text(one) for one in tree.arguments]
        if tree.function == "modulo":
            left, right = (self.inside(one) for one in tree.arguments)
            return f"{left} mod {right}"
        if tree.function == "matches":
            return f"regex({arguments[0]}, {self._whole(tree.arguments[1])})"
        if tree.function != "substring":
            return super().call(tree)
        start, length = tree.arguments[1:]
        if not (isinstance(start, Constant) and isinstance(length, Constant)):
            raise Untranslatable("substring() has places that are worked out")
        end = self.constant(float(start.constant) + float(length.constant))
        return f"substr({arguments[0]}, {arguments[1]}, {end})"

    def _whole(self, pattern: Expression) -> str:
        """A pattern that has to match the whole answer, and finds what ours would find in it."""
        if not isinstance(pattern, Constant) or not isinstance(pattern.constant, str):
            raise Untranslatable("a pattern is worked out")
        text = pattern.constant
        if found := re.fullmatch(r"\^\(\?:(.*)\)\$", text, re.DOTALL):
            return self.constant(found[1])
        if text.startswith("^") and text.endswith("$") and "|" not in text:
            return self.constant(text)
        return self.constant(f"[\\s\\S]*(?:{text})[\\s\\S]*")

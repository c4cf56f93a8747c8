"""What the languages of survey logic have in common: sums and products, and how trees are built."""

from typing import Any

from lark import Token, Transformer

from simulacra.survey.expression import Arithmetic, Constant, Expression, Joined, Not
from simulacra.survey.formats.trees import all_of, any_of, negative, unquoted

SUMS = r"""
?sum: product
    | sum PLUS product -> arithmetic
    | sum MINUS product -> arithmetic
?product: signed
        | product TIMES signed -> arithmetic
PLUS: "+"
MINUS: "-"
%ignore /\s+/
"""
"""The part of a grammar that says how sums are made of ``signed`` terms and the sign TIMES."""
ORDERED = r"""
?start: either
?either: both (_OR both)*
?both: equality (_AND equality)*
?equality: relation
         | equality EQUAL relation -> compare
?relation: sum
         | relation ORDER sum -> compare
"""
"""The part of a grammar in which equality binds weaker than order."""


class Builder(Transformer[Token, Any]):
    """Builds the expression tree of what all these languages say alike."""

    def either(self, terms: list[Any]) -> Expression:
        """One of several terms holds."""
        return any_of(terms)

    def both(self, terms: list[Any]) -> Expression:
        """All terms hold."""
        return all_of(terms)

    def arithmetic(self, parts: list[Any]) -> Expression:
        """Two numbers combined; texts that are added are put together."""
        left, sign, right = parts
        if sign == "+" and (_is_text(left) or _is_text(right)):
            first = left.parts if isinstance(left, Joined) else (left,)
            return Joined(parts=(*first, right))
        operator: Any = str(sign)
        return Arithmetic(operator=operator, left=left, right=right)

    def minus(self, parts: list[Any]) -> Expression:
        """The opposite sign."""
        return negative(parts[1])

    def negation(self, parts: list[Any]) -> Expression:
        """The opposite; twice is none."""
        inner: Expression = parts[1]
        return inner.term if isinstance(inner, Not) else Not(term=inner)

    def number(self, parts: list[Token]) -> Expression:
        """A number."""
        return Constant(constant=float(parts[0]))

    def text(self, parts: list[Token]) -> Expression:
        """A text in quotes, which are escaped inside it."""
        return Constant(constant=unquoted(parts[0]).replace("\\'", "'").replace('\\"', '"'))


def _is_text(tree: Expression) -> bool:
    return isinstance(tree, Joined) or (
        isinstance(tree, Constant) and isinstance(tree.constant, str)
    )

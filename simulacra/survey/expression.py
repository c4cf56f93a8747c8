"""Survey logic as one small expression tree.

Its textual form (see ``simulacra.survey.condition``) reads like this::

    age >= 18 and (colour = 'red' or selected(pets, 'dog')) and not answered(q7)

=====================  ==================================================================
``and or not``         truth; words in any case, ``not`` binds strongest, ``or`` weakest
``= != < <= > >=``     comparison: as numbers where both sides are, otherwise as texts
``x in (1, 2)``        one of several values; ``x not in (...)``
``x contains 'y'``     a chosen code of a multi-select, a part of a text (any case)
``selected(x, 'y')``   the code is chosen
``answered(x)``        there is a substantive answer
``shown(x)``           the item was put to the respondent
``part(x, 'y')``       rank of an option (from 1), its share of a sum, or the words said with it
``count(x, y)``        how many codes are chosen in all; any other answer counts 1
``+ - * /``            arithmetic
``a & b``              texts joined
``if(c, a, b)`` ...    a function: see ``simulacra.survey.functions``
=====================  ==================================================================

A name is the answer to the item, or the value of the field, with that id: the code of a single
choice, the codes of a multi-select, a number or a text. **Without an answer** (not asked, skipped,
refused, ...) a comparison, ``in``, ``contains`` and ``selected`` are false, ``not`` of them
therefore true, arithmetic has no value, and ``&`` takes the answer as an empty text. So ``q1 != 2``
asks only those who answered q1, and ``not (q1 = 2)`` also those who did not.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Self, cast

from pydantic import Field, model_validator

from simulacra.domain.answer import Answer, Missing, MissingCode, Response
from simulacra.domain.base import Frozen
from simulacra.survey.functions import FUNCTIONS
from simulacra.survey.values import Value, equal, number, ordered, text, truth

Responses = Mapping[str, Response]


class Constant(Frozen):
    """A number, a text, true or false."""

    node: Literal["constant"] = "constant"
    constant: bool | float | str

    def value(self, responses: Responses) -> Value:  # noqa: ARG002
        """The constant itself."""
        return self.constant


class Reference(Frozen):
    """The answer to an item."""

    node: Literal["item"] = "item"
    item: str

    def value(self, responses: Responses) -> Value:
        """Code, codes, number or text; None without a substantive answer."""
        response = responses.get(self.item)
        if not isinstance(response, Answer):
            return None
        if response.number is not None:
            return response.number
        return response.text if response.text is not None else response.codes


class Logic(Frozen):
    """``and`` or ``or`` over at least two terms."""

    node: Literal["logic"] = "logic"
    operator: Literal["and", "or"]
    terms: tuple["Expression", ...] = Field(min_length=2)

    def value(self, responses: Responses) -> Value:
        """True or false."""
        truths = (truth(term.value(responses)) for term in self.terms)
        return all(truths) if self.operator == "and" else any(truths)


class Not(Frozen):
    """The opposite of a term."""

    node: Literal["not"] = "not"
    term: "Expression"

    def value(self, responses: Responses) -> Value:
        """True or false."""
        return not truth(self.term.value(responses))


class Comparison(Frozen):
    """Two values compared; false where either is missing."""

    node: Literal["comparison"] = "comparison"
    operator: Literal["=", "!=", "<", "<=", ">", ">="]
    left: "Expression"
    right: "Expression"

    def value(self, responses: Responses) -> Value:
        """True or false."""
        left, right = self.left.value(responses), self.right.value(responses)
        if left is None or right is None:
            return False
        if self.operator in ("=", "!="):
            return equal(left, right) == (self.operator == "=")
        return ordered(self.operator, left, right)


class Within(Frozen):
    """Whether a value is one of several."""

    node: Literal["in"] = "in"
    needle: "Expression"
    choices: tuple["Expression", ...] = Field(min_length=1)

    def value(self, responses: Responses) -> Value:
        """True or false; false without an answer."""
        needle = self.needle.value(responses)
        values = [choice.value(responses) for choice in self.choices]
        return needle is not None and any(
            value is not None and equal(needle, value) for value in values
        )


class Contains(Frozen):
    """Whether codes hold a code, or a text a part."""

    node: Literal["contains"] = "contains"
    whole: "Expression"
    part: "Expression"

    def value(self, responses: Responses) -> Value:
        """True or false; false without an answer."""
        whole, part = self.whole.value(responses), self.part.value(responses)
        if whole is None or part is None:
            return False
        if isinstance(whole, tuple):
            return text(part) in whole
        return text(part).casefold() in text(whole).casefold()


class Selected(Frozen):
    """Whether an option is chosen."""

    node: Literal["selected"] = "selected"
    item: str
    code: str

    def value(self, responses: Responses) -> Value:
        """True or false."""
        response = responses.get(self.item)
        return isinstance(response, Answer) and self.code in response.codes


class Answered(Frozen):
    """Whether there is a substantive answer."""

    node: Literal["answered"] = "answered"
    item: str

    def value(self, responses: Responses) -> Value:
        """True or false."""
        return isinstance(responses.get(self.item), Answer)


class Shown(Frozen):
    """Whether the item was put to the respondent, answered or not."""

    node: Literal["shown"] = "shown"
    item: str

    def value(self, responses: Responses) -> Value:
        """True or false."""
        response = responses.get(self.item)
        asked = not isinstance(response, Missing) or response.code != MissingCode.NOT_ASKED
        return response is not None and asked


class Part(Frozen):
    """What an answer says of one option: its rank (from 1), its share of a sum, or its words."""

    node: Literal["part"] = "part"
    item: str
    code: str

    def value(self, responses: Responses) -> Value:
        """A number or a text; None where the answer says nothing of the option."""
        response = responses.get(self.item)
        if not isinstance(response, Answer):
            return None
        if self.code in response.amounts:
            return response.amounts[self.code]
        if self.code in response.texts:
            return response.texts[self.code]
        return float(response.codes.index(self.code) + 1) if self.code in response.codes else None


class Count(Frozen):
    """How many codes are chosen over several items; any other answer counts 1."""

    node: Literal["count"] = "count"
    items: tuple[str, ...] = Field(min_length=1)

    def value(self, responses: Responses) -> Value:
        """A number, 0 without any answer."""
        values = [Reference(item=item).value(responses) for item in self.items]
        given = [value for value in values if value is not None]
        sizes = (len(value) if isinstance(value, tuple) else 1 for value in given)
        return float(sum(sizes))


class Arithmetic(Frozen):
    """Two numbers combined; no value where one is missing, no number, or divides by zero."""

    node: Literal["arithmetic"] = "arithmetic"
    operator: Literal["+", "-", "*", "/"]
    left: "Expression"
    right: "Expression"

    def value(self, responses: Responses) -> Value:
        """A number or None."""
        left, right = number(self.left.value(responses)), number(self.right.value(responses))
        if left is None or right is None or (self.operator == "/" and right == 0):
            return None
        return {
            "+": lambda: left + right,
            "-": lambda: left - right,
            "*": lambda: left * right,
            "/": lambda: left / right,
        }[self.operator]()


class Joined(Frozen):
    """Texts put together; a missing answer is an empty text."""

    node: Literal["joined"] = "joined"
    parts: tuple["Expression", ...] = Field(min_length=2)

    def value(self, responses: Responses) -> Value:
        """A text."""
        return "".join(text(part.value(responses)) for part in self.parts)


class Call(Frozen):
    """A function of ``simulacra.survey.functions`` over values."""

    node: Literal["call"] = "call"
    function: str
    arguments: tuple["Expression", ...]

    @model_validator(mode="after")
    def _known(self) -> Self:
        found = FUNCTIONS.get(self.function)
        if found is None:
            raise ValueError(f"there is no function {self.function}")
        if not found.least <= len(self.arguments) <= found.most:
            raise ValueError(f"{self.function} takes {found.least} to {found.most} values")
        return self

    def value(self, responses: Responses) -> Value:
        """What the function makes of the values of its arguments."""
        values = (argument.value(responses) for argument in self.arguments)
        return FUNCTIONS[self.function].apply(*values)


Expression = Annotated[
    Constant
    | Reference
    | Logic
    | Not
    | Comparison
    | Within
    | Contains
    | Selected
    | Answered
    | Shown
    | Part
    | Count
    | Call
    | Arithmetic
    | Joined,
    Field(discriminator="node"),
]
for _node in (Logic, Not, Comparison, Within, Contains, Arithmetic, Joined, Call):
    _node.model_rebuild()


def walk(expression: Expression) -> Iterator[Expression]:
    """The expression and all its parts, from the outside in."""
    yield expression
    for name in type(expression).model_fields:
        child = getattr(expression, name)
        for part in child if isinstance(child, tuple) else (child,):
            if isinstance(part, Frozen):
                yield from walk(cast(Expression, part))


def items_of(expression: Expression) -> list[str]:
    """Ids of the items an expression speaks of, in order, each once."""
    found: dict[str, None] = {}
    for part in walk(expression):
        if isinstance(part, Reference | Selected | Answered | Shown | Part):
            found[part.item] = None
        elif isinstance(part, Count):
            found.update(dict.fromkeys(part.items))
    return list(found)

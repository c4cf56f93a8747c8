"""The part of XPath that XLSForm's logic is written in becomes the expression tree.

An item without answer is an empty text there: equal to ``''`` and different from all else.
``regex`` holds for the whole answer. Dates, repeats and tables of other files have no counterpart.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, cast

from lark import Lark, Token

from simulacra.survey.expression import (
    Answered,
    Arithmetic,
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
)
from simulacra.survey.formats.building import ORDERED, SUMS, Builder
from simulacra.survey.formats.trees import (
    Untranslatable,
    all_of,
    any_of,
    called,
    compared,
    compiled,
    truncated,
    unquoted,
)

_GRAMMAR = (
    ORDERED
    + SUMS
    + r"""
?signed: MINUS signed -> minus
       | atom
?atom: NUMBER -> number
     | TEXT -> text
     | PIPE -> reference
     | DOT -> own
     | FUNCTION "(" [either ("," either)*] ")" -> call
     | NAME -> bare
     | "(" either ")"
EQUAL: "!=" | "="
ORDER: "<=" | ">=" | "<" | ">"
TIMES: "*" | /div(?![\w.\-])/ | /mod(?![\w.\-])/
NUMBER: /\d+(\.\d*)?(?![\w])|\.\d+/
TEXT: /'[^']*'/ | /"[^"]*"/
PIPE: /\$\{\s*[^}\s]+\s*\}/
DOT: /\.(?![\d.\/])/
_OR.3: /or(?![\w.\-])/
_AND.3: /and(?![\w.\-])/
FUNCTION.4: /[A-Za-z][\w\-:.]*(?=\s*\()/
NAME: /[A-Za-z_][\w.\-]*/
"""
)
_CURLY = str.maketrans("‘’“”\u00a0", "''\"\" ")


class _Builder(Builder):
    def __init__(self, id_of: Callable[[str], str], own: str, columns: frozenset[str]) -> None:
        super().__init__()
        self._id_of, self._own, self._columns = id_of, own, columns

    def compare(self, parts: list[Any]) -> Expression:
        return compared(str(parts[1]), parts[0], parts[2])

    def arithmetic(self, parts: list[Any]) -> Expression:
        left, operator, right = parts
        if operator == "mod":
            return called("modulo", left, right)
        sign: Any = "/" if operator == "div" else str(operator)
        return Arithmetic(operator=sign, left=left, right=right)

    def text(self, parts: list[Token]) -> Expression:
        return Constant(constant=unquoted(parts[0]))

    def reference(self, parts: list[Token]) -> Expression:
        name = str(parts[0])[2:-1].strip()
        if "#" in name:
            raise Untranslatable(f"there is no counterpart of {name}")
        return Reference(item=self._id_of(name))

    def own(self, _: list[Token]) -> Expression:
        if not self._own:
            raise Untranslatable("the dot stands for no question here")
        return Reference(item=self._own)

    def bare(self, parts: list[Token]) -> Expression:
        name = str(parts[0])
        if name in self._columns:
            return column(name)
        if self._columns:
            return Constant(constant=name)  # a word that was meant to stand in quotes
        raise Untranslatable(f"{name} is neither a question nor in quotes")

    def call(self, parts: list[Any]) -> Expression:
        name, arguments = str(parts[0]), [one for one in parts[1:] if one is not None]
        build = _FUNCTIONS.get(name)
        if build is None:
            raise Untranslatable(f"there is no counterpart of {name}()")
        try:
            return build(*arguments)
        except TypeError as error:
            raise Untranslatable(f"{name}() is called with {len(arguments)} values") from error


_COLUMN = "column."  # no question is called so: the dot comes from nowhere else


def column(name: str) -> Reference:
    """What stands for a column of the choices in a filter, until it is put in."""
    return Reference(item=f"{_COLUMN}{name.encode().hex()}")


def _item(term: Expression) -> str:
    if not isinstance(term, Reference):
        raise Untranslatable("a function of a question is given something else")
    return term.item


def _constant(term: Expression) -> str:
    if not isinstance(term, Constant):
        raise Untranslatable("what is looked for has to be written out")
    value = term.constant
    return str(int(value)) if isinstance(value, float) and value == int(value) else str(value)


def _regex(value: Expression, pattern: Expression) -> Expression:
    text = _constant(pattern)
    whole = text.startswith("^") and text.endswith("$") and "|" not in text
    return called("matches", value, Constant(constant=text if whole else f"^(?:{text})$"))


def _from_to(value: Expression, start: Expression, *end: Expression) -> Expression:
    places = [one.constant for one in (start, *end) if isinstance(one, Constant)]
    if len(places) != 1 + len(end) or len(end) > 1:
        raise Untranslatable("substr() has places that are worked out")
    first, last = float(places[0]), float(places[-1]) if end else 10_000.0
    length = Constant(constant=max(0.0, last - first))
    return called("substring", value, Constant(constant=first), length)


def _joined(*parts: Expression) -> Expression:
    return Joined(parts=parts) if len(parts) > 1 else parts[0]


def _plain(name: str) -> Callable[..., Expression]:
    return lambda *arguments: called(name, *arguments)


def _starts(value: Expression, start: Expression) -> Expression:
    text = _constant(start)
    head = called("substring", value, Constant(constant=0.0), Constant(constant=float(len(text))))
    return compared("=", head, Constant(constant=text))


_FUNCTIONS: dict[str, Callable[..., Expression]] = {
    "selected": lambda item, code: Selected(item=_item(item), code=_constant(code)),
    "count-selected": lambda item: Count(items=(_item(item),)),
    "not": lambda term: Not(term=term),
    "true": lambda: Constant(constant=True),
    "false": lambda: Constant(constant=False),
    "regex": _regex,
    "contains": lambda whole, part: Contains(whole=whole, part=part),
    "starts-with": _starts,
    "concat": _joined,
    "string": lambda value: value,
    "int": truncated,
    "substr": _from_to,
    "string-length": _plain("length"),
    "lower-case": _plain("lower"),
    "upper-case": _plain("upper"),
    "normalize-space": _plain("trim"),
    "ceiling": _plain("ceil"),
    **{
        name: _plain(name)
        for name in ("if", "coalesce", "number", "min", "max", "sum", "abs", "floor", "round")
    },
}


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", maybe_placeholders=False)


def compile_xpath(
    text: str,
    id_of: Callable[[str], str],
    *,
    own: str = "",
    columns: frozenset[str] = frozenset(),
) -> Expression:
    """The tree of an XLSForm expression.

    ``id_of`` gives the id of a question's name, ``own`` is the id of the one that ``.`` means,
    ``columns`` are those of the choices, in a filter. Raises Untranslatable with the reason.
    """
    builder = lambda: _Builder(id_of, own, columns)  # noqa: E731
    return compiled(_parser(), builder, text.translate(_CURLY))


def with_columns(tree: Expression, values: dict[str, str]) -> Expression:
    """A filter with the values of one choice in place of its columns, and what follows from them.

    A term that holds or fails for certain becomes true or false.
    """
    put_in = {column(name).item: Constant(constant=value) for name, value in values.items()}
    return _settled(tree, put_in)


def _settled(tree: Expression, put_in: dict[str, Constant]) -> Expression:
    if isinstance(tree, Reference):
        return put_in.get(tree.item, tree)
    if (name := getattr(tree, "item", None)) in put_in:
        value = str(put_in[str(name)].constant)
        if isinstance(tree, Answered):
            return Constant(constant=bool(value))
        if isinstance(tree, Selected):
            return Constant(constant=tree.code in value.split())
        raise Untranslatable("a function is called on a column of the choices")
    changed: dict[str, Any] = {}
    for name in type(tree).model_fields:
        part = getattr(tree, name)
        if isinstance(part, tuple):
            changed[name] = tuple(
                _settled(one, put_in) if not isinstance(one, str) else one for one in part
            )
        elif hasattr(part, "node"):
            changed[name] = _settled(part, put_in)
    return _certain(cast(Expression, tree.model_copy(update=changed)))


def _certain(tree: Expression) -> Expression:
    """Logic without the terms whose truth is known; a comparison of constants by its value."""
    match tree:
        case Logic():
            return _certain_logic(tree)
        case Not(term=Constant()) | Comparison(left=Constant(), right=Constant()):
            return Constant(constant=bool(tree.value({})))
        case Comparison(operator="=", left=Constant()):
            return compared("=", tree.left, tree.right)
    return tree


def _certain_logic(tree: Logic) -> Expression:
    decides = tree.operator == "or"
    if any(isinstance(one, Constant) and bool(one.constant) == decides for one in tree.terms):
        return Constant(constant=decides)
    open_terms = [one for one in tree.terms if not isinstance(one, Constant)]
    if not open_terms:
        return Constant(constant=not decides)
    return any_of(open_terms) if decides else all_of(open_terms)

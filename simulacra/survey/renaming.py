"""Conditions and texts in which items go by other names."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import cast

from simulacra.domain.base import Frozen
from simulacra.survey.condition import parse_condition
from simulacra.survey.expression import (
    Answered,
    Count,
    Expression,
    Logic,
    Part,
    Reference,
    Selected,
    Shown,
)
from simulacra.survey.piping import Pipe, replaced
from simulacra.survey.writing import condition_text

Names = Mapping[str, Sequence[str]]
"""What each item goes by: one name in a loop, several where a matrix became its rows."""


def renamed_condition(text: str | None, names: Names) -> str | None:
    """The condition with items renamed.

    Of an item that became several, ``answered``, ``shown`` and ``selected`` hold where they hold
    of any, ``count`` counts over all, and a bare name is the first.
    """
    if text is None or not text.strip() or not names:
        return text
    return condition_text(_renamed(parse_condition(text), names))


def renamed_text(text: str, names: Names, fields: Mapping[str, str] | None = None) -> str:
    """The text with its pipes renamed; ``fields`` are those of the round of a loop."""
    if "${" not in text:
        return text

    def instead(pipe: Pipe) -> str | None:
        if pipe.name == "loop" and fields is not None:
            return fields.get(pipe.how[0] if pipe.how else "", "")
        if pipe.name not in names:
            return None
        how = "".join(f"|{one}" for one in pipe.how)
        return ", ".join(f"${{{name}{how}}}" for name in names[pipe.name])

    return replaced(text, instead)


def every(*conditions: str | None) -> str | None:
    """One condition that holds where all do; None where there is none."""
    given = [text for text in conditions if text is not None and text.strip()]
    if len(given) < 2:
        return given[0] if given else None
    terms: list[Expression] = []
    for text in given:
        tree = parse_condition(text)
        terms += tree.terms if isinstance(tree, Logic) and tree.operator == "and" else (tree,)
    return condition_text(Logic(operator="and", terms=tuple(terms)))


def _renamed(tree: Expression, names: Names) -> Expression:
    if isinstance(tree, Reference):
        return tree.model_copy(update={"item": names.get(tree.item, (tree.item,))[0]})
    if isinstance(tree, Answered | Shown | Selected):
        return _any(tree, names.get(tree.item, (tree.item,)))
    if isinstance(tree, Part):
        return tree.model_copy(update={"item": names.get(tree.item, (tree.item,))[0]})
    if isinstance(tree, Count):
        items = (name for item in tree.items for name in names.get(item, (item,)))
        return tree.model_copy(update={"items": tuple(items)})
    return with_parts(tree, lambda part: _renamed(part, names))


def _any(tree: Answered | Shown | Selected, items: Sequence[str]) -> Expression:
    terms: Iterable[Expression] = (tree.model_copy(update={"item": item}) for item in items)
    terms = tuple(terms)
    return terms[0] if len(terms) == 1 else Logic(operator="or", terms=terms)


def with_parts(tree: Expression, change: Callable[[Expression], Expression]) -> Expression:
    """The node with each of its parts changed."""
    changed: dict[str, Expression | tuple[Expression, ...]] = {}
    for name in type(tree).model_fields:
        child = getattr(tree, name)
        if isinstance(child, Frozen):
            changed[name] = change(cast(Expression, child))
        elif isinstance(child, tuple) and child and isinstance(child[0], Frozen):
            changed[name] = tuple(change(part) for part in child)
    return tree.model_copy(update=changed)

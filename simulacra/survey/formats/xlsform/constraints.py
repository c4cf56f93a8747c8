"""Bounds that a constraint states: least and greatest value, how many choices."""

from typing import Any

from simulacra.domain.survey import Kind
from simulacra.survey.expression import Comparison, Constant, Count, Expression, Logic, Reference
from simulacra.survey.formats.trees import all_of
from simulacra.survey.writing import condition_text


def bounds(tree: Expression, own: str, kind: Kind, known: dict[str, Any]) -> dict[str, Any]:
    """``minimum``, ``maximum`` and ``choose`` as far as a constraint states them, and the rest.

    What is ``known`` already stays, and what states it again is part of the ``constraint``.
    """
    joined = isinstance(tree, Logic) and tree.operator == "and"
    terms: tuple[Expression, ...] = tree.terms if joined else (tree,)  # type: ignore[union-attr]
    found: dict[str, Any] = {}
    rest: list[Expression] = []
    for term in terms:
        stated = _bound(term, own, kind)
        if stated and stated[0] not in found and known.get(stated[0]) is None:
            found[stated[0]] = stated[1]
        else:
            rest.append(term)
    least, most = found.pop("least", None), found.pop("most", None)
    if least is not None or most is not None:
        many = len(known.get("options") or ()) or 1
        chosen = (int(least or 0), int(many if most is None else most))
        if 0 <= chosen[0] <= chosen[1] >= 1:
            found["choose"] = chosen
        else:
            rest = list(terms)
    if rest:
        found["constraint"] = condition_text(all_of(rest))
    return found


def _bound(term: Expression, own: str, kind: Kind) -> tuple[str, float] | None:
    """The bound that a term states."""
    if not isinstance(term, Comparison) or not isinstance(term.right, Constant):
        return None
    value = term.right.constant
    if isinstance(value, bool | str) or term.operator not in ("<=", ">="):
        return None
    if term.left == Reference(item=own) and kind.numeric:
        return ("minimum" if term.operator == ">=" else "maximum"), value
    if term.left == Count(items=(own,)) and kind in (Kind.MULTI, Kind.RANKING):
        return ("least" if term.operator == ">=" else "most"), value
    return None

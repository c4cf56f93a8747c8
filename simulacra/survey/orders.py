"""Orders that are balanced over the respondents of a study.

The rows of a Williams design (Williams, 1949, "Experimental designs balanced for the estimation of
residual effects of treatments") are orders in which each element stands equally often in each
place, and follows each other one equally often. Respondents get them in cycles: within a cycle each
row once, in a sequence drawn for that cycle, so that two designs of one study are independent.
"""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from simulacra.seeds import seed_of

T = TypeVar("T")


class Draw(NamedTuple):
    """What orders are drawn by: the study's seed, the respondent's place in it, their own seed."""

    study: int
    place: int
    respondent: int


def balanced(elements: Sequence[T], draw: Draw, name: str) -> list[T]:
    """The elements in this respondent's order; ``name`` is that of the thing put in order."""
    many = len(elements)
    if many < 2:
        return list(elements)
    rows = many if many % 2 == 0 else 2 * many
    cycle, within = divmod(draw.place, rows)
    row = _shuffled(rows, draw.study, name, "rows", cycle)[within]
    named = _shuffled(many, draw.study, name, "names")
    return [elements[named[position]] for position in _williams(many, row)]


def alone(elements: Sequence[T], draw: Draw, name: str) -> list[T]:
    """The elements in an order that this respondent draws without regard to others."""
    shuffled = _shuffled(len(elements), draw.respondent, name, "alone")
    return [elements[position] for position in shuffled]


def _williams(many: int, row: int) -> list[int]:
    """The row of the design: 0, 1, n-1, 2, n-2, ... moved on; for odd n also reversed."""
    zigzag = [(at + 1) // 2 if at % 2 else -(at // 2) for at in range(many)]
    order = [(one + row) % many for one in zigzag]
    return order[::-1] if row >= many else order


def _shuffled(many: int, *names: str | int) -> list[int]:
    return sorted(range(many), key=lambda at: (seed_of(*names, at), at))

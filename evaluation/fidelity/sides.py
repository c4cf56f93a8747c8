"""The two sides of a comparison, people and simulated people, as shares of answers a person."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np

from evaluation.intervals import Points
from simulacra.domain.survey import Item, Kind
from simulacra.errors import InputError

Told = Sequence[str | None]
"""What somebody answered to an item each time they were asked; None where the answer is missing."""


@dataclass(frozen=True)
class Scale:
    """An item as it is compared.

    ``codes`` are its answers, from low to high where they have an order; ``values`` then are their
    amounts, and ``span`` what lies between the lowest and the highest. ``continuous``: answers are
    numbers with no list of options.
    """

    item: str
    text: str
    codes: tuple[str, ...]
    values: Points | None
    span: float
    continuous: bool = False


@dataclass(frozen=True)
class Side:
    """People with their answers, by item and person, in the order of ``ids``.

    ``rows`` are the ids of the human rows that stand behind them, ``groups`` the group of each
    person on each variable; None where there is none.
    """

    ids: tuple[str, ...]
    weights: Points
    answers: Mapping[str, Sequence[Told]]
    groups: Mapping[str, Sequence[str | None]]
    rows: Sequence[str | None]

    def only(self, places: Sequence[int]) -> Self:
        """Some of the people."""
        return type(self)(
            ids=tuple(self.ids[at] for at in places),
            weights=self.weights[list(places)],
            answers={item: [told[at] for at in places] for item, told in self.answers.items()},
            groups={name: [some[at] for at in places] for name, some in self.groups.items()},
            rows=[self.rows[at] for at in places],
        )

    def in_group(self, variable: str, group: str) -> Self:
        """The people of a group."""
        found = self.groups[variable]
        return self.only([at for at, name in enumerate(found) if name == group])


def shares(side: Side, scale: Scale) -> Points:
    """Shape (people, codes): the share of each code in what a person answered.

    A row sums to 1, or to 0 where somebody never answered.
    """
    place = {code: at for at, code in enumerate(scale.codes)}
    found = np.zeros((len(side.ids), len(scale.codes)))
    for row, told in enumerate(side.answers[scale.item]):
        codes = [place[code] for code in told if code is not None]
        for at in codes:
            found[row, at] += 1 / len(codes)
    return found


def effective(weights: Points) -> float:
    """Kish's effective number of people (1965, Survey Sampling, section 11.7)."""
    squares = float((weights**2).sum())
    return float(weights.sum()) ** 2 / squares if squares else 0.0


def scale_of(item: Item, *, ordered: bool, seen: Iterable[str] = ()) -> Scale:
    """How the answers to an item are compared; ``seen`` are those to a number.

    Ratings have an order, and so have two options, where either way round is one.

    Raises:
        InputError: its answers are neither one option nor a number.
    """
    if item.kind.numeric:
        return _continuous(item, seen)
    if item.kind not in (Kind.SINGLE, Kind.RATING):
        raise InputError(
            f"{item.id} is a {item.kind} item: single choices, ratings and numbers can be compared"
        )
    codes = [option.code for option in item.options if option.missing is None]
    if not (ordered or item.kind is Kind.RATING or len(codes) == 2):
        return Scale(item.id, item.text, tuple(codes), None, 0.0)
    amounts = [number(code) for code in codes]
    if any(one is None for one in amounts):
        pairs = [(float(at), code) for at, code in enumerate(codes, start=1)]
    else:
        pairs = sorted((one or 0.0, code) for one, code in zip(amounts, codes, strict=True))
    values = np.array([one for one, _ in pairs])
    span = float(values[-1] - values[0])
    return Scale(item.id, item.text, tuple(code for _, code in pairs), values, span)


def _continuous(item: Item, seen: Iterable[str]) -> Scale:
    values = sorted({float(one) for one in seen})
    least = values[0] if item.minimum is None and values else item.minimum or 0.0
    most = values[-1] if item.maximum is None and values else item.maximum or 0.0
    codes = tuple(number_code(one) for one in values)
    return Scale(item.id, item.text, codes, np.array(values), most - least, continuous=True)


def number(code: str) -> float | None:
    """A code as a finite number, None where it is none."""
    try:
        value = float(code)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def number_code(value: float) -> str:
    """The one text of a number."""
    return repr(float(value))


def banded(text: str | None, cut: Sequence[float]) -> str | None:
    """The band of a number; None where there is none. Without ``cut``, the text itself."""
    if text is None or not cut:
        return text
    value = number(text)
    if value is None:
        return None
    return bands(cut)[sum(value >= end for end in cut)]


def bands(cut: Sequence[float]) -> list[str]:
    """The names of bands, from low to high; the upper end of each belongs to the next one."""
    if not cut:
        return []
    between = [f"{low:g} to {high:g}" for low, high in pairwise(cut)]
    return [f"under {cut[0]:g}", *between, f"{cut[-1]:g} and over"]

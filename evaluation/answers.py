"""Answers as what can be held against each other: amounts, levels of scales, and sameness."""

import math
from collections.abc import Iterable, Mapping, Sequence

from simulacra.domain.answer import Answer, Missing, MissingCode, Response
from simulacra.domain.survey import Item, Kind

_NOT_ANSWERS = (MissingCode.NOT_ASKED, MissingCode.TECHNICAL)
_COMPARED = (Kind.SINGLE, Kind.MULTI, Kind.RATING, Kind.NUMERIC, Kind.SLIDER, Kind.RANKING)


def is_amount(item: Item) -> bool:
    """Whether answers are amounts: a number, or a rating whose codes are numbers."""
    if item.kind.numeric:
        return True
    return item.kind is Kind.RATING and all(_number(one) is not None for one in _codes(item))


def amount(item: Item, response: Response | None) -> float | None:
    """An answer as an amount, reversed items turned round; None where it is missing."""
    if not isinstance(response, Answer):
        return None
    if item.kind.numeric:
        return response.number
    value = _number(response.codes[0]) if response.codes else None
    if value is None or response.codes[0] not in _codes(item):
        return None
    lowest, highest = bounds(item)
    return lowest + highest - value if item.reverse else value


def level(amounts: Sequence[float | None]) -> float | None:
    """Mean of the items answered; None where fewer than three quarters of them are."""
    known = [one for one in amounts if one is not None]
    return sum(known) / len(known) if known and 4 * len(known) >= 3 * len(amounts) else None


def level_of(items: Sequence[Item], responses: Mapping[str, Response]) -> float | None:
    """The level of a scale from the responses by item id; see ``level``."""
    return level([amount(item, responses.get(item.id)) for item in items])


def bounds(item: Item) -> tuple[float, float]:
    """The lowest and the highest code of a rating."""
    numbers = [value for code in _codes(item) if (value := _number(code)) is not None]
    return min(numbers), max(numbers)


def scales_of(items: Iterable[Item]) -> dict[str, list[Item]]:
    """The items of each scale, in the order in which scales first come."""
    scales: dict[str, list[Item]] = {}
    for item in items:
        if item.scale:
            scales.setdefault(item.scale, []).append(item)
    return scales


def is_compared(item: Item) -> bool:
    """Whether two answers to the item can be told to be the same or not."""
    return item.kind in _COMPARED


def told(item: Item, response: Response | None) -> str | None:
    """What was answered as one text, a reason for not answering included; None without either."""
    if isinstance(response, Missing):
        return None if response.code in _NOT_ANSWERS else str(int(response.code))
    if response is None:
        return None
    if item.kind.numeric:
        return repr(response.number)
    codes = response.codes if item.kind is Kind.RANKING else tuple(sorted(response.codes))
    return "|".join(codes)


def _codes(item: Item) -> list[str]:
    return [option.code for option in item.options if option.missing is None]


def _number(code: str) -> float | None:
    try:
        value = float(code)
    except ValueError:
        return None
    return value if math.isfinite(value) else None

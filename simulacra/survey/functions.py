"""The functions that survey logic may call: a closed set, none of which looks at the world."""

import math
from collections.abc import Callable
from typing import NamedTuple

import regex

from simulacra.survey.values import Value, number, text, truth

_MATCH_SECONDS = 0.2  # a pattern from a file may be made to run for ever


class Function(NamedTuple):
    """How many values a function takes, and what it makes of them."""

    least: int
    most: int
    apply: Callable[..., Value]


def _if(condition: Value, then: Value, otherwise: Value) -> Value:
    return then if truth(condition) else otherwise


def _coalesce(*values: Value) -> Value:
    return next((value for value in values if value not in (None, "", ())), None)


def _matches(value: Value, pattern: Value) -> Value:
    if value is None:
        return False
    try:
        return bool(regex.search(text(pattern), text(value), timeout=_MATCH_SECONDS))
    except (regex.error, TimeoutError):
        return False


def _of_numbers(function: Callable[[list[float]], float]) -> Callable[..., Value]:
    """A function of the values that are numbers; no value without any."""

    def apply(*values: Value) -> Value:
        numbers = [one for value in values if (one := number(value)) is not None]
        return function(numbers) if numbers else None

    return apply


def _of_number(function: Callable[[float], float]) -> Callable[..., Value]:
    def apply(value: Value) -> Value:
        one = number(value)
        return None if one is None or not math.isfinite(one) else function(one)

    return apply


def _round(value: Value, places: Value = 0.0) -> Value:
    one, digits = number(value), number(places)
    if one is None or digits is None or not math.isfinite(one) or not 0 <= digits <= 15:
        return None
    factor = 10 ** int(digits)
    return float(math.floor(one * factor + 0.5) / factor)  # halves go up, as in the survey tools


def _part(value: Value, start: Value, length: Value) -> Value:
    first, many = number(start), number(length)
    if first is None or many is None or first < 0 or many < 0:
        return None
    return text(value)[int(first) : int(first) + int(many)]


FUNCTIONS: dict[str, Function] = {
    "if": Function(3, 3, _if),
    "coalesce": Function(1, 50, _coalesce),
    "length": Function(1, 1, lambda value: float(len(text(value)))),
    "matches": Function(2, 2, _matches),
    "lower": Function(1, 1, lambda value: text(value).lower()),
    "upper": Function(1, 1, lambda value: text(value).upper()),
    "trim": Function(1, 1, lambda value: text(value).strip()),
    "substring": Function(3, 3, _part),
    "number": Function(1, 1, number),
    "min": Function(1, 50, _of_numbers(min)),
    "max": Function(1, 50, _of_numbers(max)),
    "sum": Function(1, 200, _of_numbers(math.fsum)),
    "mean": Function(1, 200, _of_numbers(lambda some: math.fsum(some) / len(some))),
    "abs": Function(1, 1, _of_number(abs)),
    "floor": Function(1, 1, _of_number(math.floor)),
    "ceil": Function(1, 1, _of_number(math.ceil)),
    "round": Function(1, 2, _round),
    "modulo": Function(2, 2, lambda a, b: _modulo(number(a), number(b))),
}


def _modulo(left: float | None, right: float | None) -> Value:
    return None if left is None or not right or not math.isfinite(left) else math.fmod(left, right)

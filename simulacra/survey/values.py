"""Values of survey logic: numbers, texts, truth and chosen codes, and how they compare."""

import operator as operators

Value = float | str | bool | tuple[str, ...] | None


def truth(value: Value) -> bool:
    """Whether a value counts as true: neither missing nor false, zero or empty."""
    return bool(value)


def number(value: Value) -> float | None:
    """A value as a number; None where it is none."""
    if isinstance(value, tuple):
        value = value[0] if len(value) == 1 else None
    if value is None or isinstance(value, bool):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def text(value: Value) -> str:
    """A value as a text; "" where it is missing."""
    if isinstance(value, tuple):
        return " ".join(value)
    if isinstance(value, float):
        return f"{value:g}" if value != int(value) else str(int(value))
    return "" if value is None else str(value)


def equal(left: Value, right: Value) -> bool:
    """Whether two values are equal: as numbers where both are, otherwise as texts."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    first, second = number(left), number(right)
    if first is not None and second is not None:
        return first == second
    return text(left) == text(right)


def ordered(operator: str, left: Value, right: Value) -> bool:
    """Whether ``<``, ``<=``, ``>`` or ``>=`` holds: as numbers where both are, else as texts."""
    compare = {
        "<": operators.lt,
        "<=": operators.le,
        ">": operators.gt,
        ">=": operators.ge,
    }[operator]
    first, second = number(left), number(right)
    if first is None or second is None:
        return bool(compare(text(left), text(right)))
    return bool(compare(first, second))

"""What would surprise the author of an instrument, found before a run."""

from collections.abc import Iterator, Mapping

from simulacra.domain.answer import MissingCode
from simulacra.domain.survey import Instrument, Item, Kind
from simulacra.survey.condition import parse_condition
from simulacra.survey.expression import (
    Comparison,
    Constant,
    Expression,
    Reference,
    Selected,
    Within,
    items_of,
    walk,
)
from simulacra.survey.report import ReportEntry


def check_instrument(instrument: Instrument) -> list[ReportEntry]:
    """What would surprise the author of a readable instrument, in item order.

    Raises InputError if a condition cannot be read.
    """
    order = {item.id: place for place, item in enumerate(instrument.items)}
    by_id = {item.id: item for item in instrument.items}
    return [
        finding
        for item in instrument.items
        for finding in (*_condition_findings(item, order, by_id), *_range_findings(item))
    ]


def _condition_findings(
    item: Item, order: Mapping[str, int], by_id: Mapping[str, Item]
) -> Iterator[ReportEntry]:
    if not item.condition or not item.condition.strip():
        return
    expression = parse_condition(item.condition)
    for name in items_of(expression):
        if name not in order:
            what = f"the condition names the item {name}"
            why = "there is no such item, so it counts as never answered"
        elif order[name] >= order[item.id]:
            what = f"the condition looks at {name}"
            why = "that item is asked later or is the item itself, so it has no answer yet"
        else:
            continue
        yield ReportEntry(question=item.id, what=what, why=why, kept=item.condition)
    for name, code in _codes_of(expression):
        options = by_id[name].options if name in by_id else ()
        if options and code not in {option.code for option in options}:
            yield ReportEntry(
                question=item.id,
                what=f"the condition compares {name} with {code!r}",
                why=f"that is no code of {name}; labels do not count",
                kept=item.condition,
            )


def _codes_of(expression: Expression) -> Iterator[tuple[str, str]]:
    """Pairs (item, text constant) that are compared for equality."""
    for part in walk(expression):
        if isinstance(part, Selected):
            yield part.item, part.code
        elif isinstance(part, Comparison) and part.operator in ("=", "!="):
            yield from _text_pairs(part.left, part.right)
            yield from _text_pairs(part.right, part.left)
        elif isinstance(part, Within):
            for choice in part.choices:
                yield from _text_pairs(part.needle, choice)


def _text_pairs(left: Expression, right: Expression) -> Iterator[tuple[str, str]]:
    if (
        isinstance(left, Reference)
        and isinstance(right, Constant)
        and isinstance(right.constant, str)
    ):
        yield left.item, right.constant


def _range_findings(item: Item) -> Iterator[ReportEntry]:
    reserved = range(min(MissingCode), max(MissingCode) + 1)
    least = float("-inf") if item.minimum is None else item.minimum
    most = float("inf") if item.maximum is None else item.maximum
    if item.kind == Kind.NUMERIC and item.minimum is not None and least <= reserved[-1] <= most:
        yield ReportEntry(
            question=item.id,
            what=f"answers may lie between {reserved[0]} and {reserved[-1]}",
            why="files use these numbers for missing answers; choose another unit",
        )

"""Every condition and every pipe of an instrument, with the item at which it stands."""

from collections.abc import Iterator

from simulacra.domain.flow import Branch, End, SetField, steps_of
from simulacra.domain.survey import Instrument, Item


def logic_of(instrument: Instrument) -> Iterator[tuple[str, str]]:
    """Pairs (item id, text of a condition or expression); "" for those of blocks and flow."""
    for item in instrument.items:
        yield from ((item.id, text) for text in _conditions(item) if text and text.strip())
    for block in instrument.blocks:
        for one in block.loop.rounds if block.loop else ():
            if one.condition:
                yield "", one.condition
    for step in steps_of(instrument.flow):
        if isinstance(step, Branch):
            yield "", step.condition
        elif isinstance(step, SetField) and step.expression is not None:
            yield "", step.expression


def texts_of(instrument: Instrument) -> Iterator[tuple[str, str]]:
    """Pairs (item id, text that may pipe); "" for those of the flow."""
    for item in instrument.items:
        yield from ((item.id, text) for text in (item.text, item.help, item.low, item.high))
        yield from ((item.id, option.label) for option in item.options)
        yield from ((item.id, row.label) for row in item.rows)
    for step in steps_of(instrument.flow):
        if isinstance(step, SetField):
            yield "", step.text
        elif isinstance(step, End):
            yield "", step.message


def _conditions(item: Item) -> Iterator[str | None]:
    yield item.condition
    yield item.constraint
    yield from (option.condition for option in item.options)
    yield from (row.condition for row in item.rows)
    yield from (skip.condition for skip in item.skips)

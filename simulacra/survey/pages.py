"""Pages: which items can be put together, since none depends on another's answer."""

from collections.abc import Iterator, Sequence

from simulacra.domain.flow import Block
from simulacra.domain.survey import Instrument, Item, Kind
from simulacra.survey.condition import parse_condition
from simulacra.survey.expression import items_of
from simulacra.survey.piping import pipes_of

ITEMS_ON_A_PAGE = 10
"""Of an instrument that says nothing of pages."""


def paged(instrument: Instrument) -> Instrument:
    """The instrument with pages; one without blocks gets them, ten items on each."""
    if instrument.blocks:
        return instrument
    ids = [item.id for item in instrument.items if item.kind != Kind.FIELD]
    starts = range(0, len(ids), ITEMS_ON_A_PAGE)
    pages = tuple(tuple(ids[start : start + ITEMS_ON_A_PAGE]) for start in starts)
    return instrument.model_copy(update={"blocks": (Block(id="items", pages=pages),)})


def needs(item: Item) -> frozenset[str]:
    """The items and fields whose values decide whether and how an item is shown."""
    conditions = [item.condition, *(option.condition for option in item.options)]
    texts = [item.text, item.help, item.low, item.high, *(one.label for one in item.options)]
    named = [
        name
        for text in conditions
        if text and text.strip()
        for name in items_of(parse_condition(text))
    ]
    return frozenset((*named, *(pipe.name for text in texts for pipe in pipes_of(text))))


def goes_on(items: Sequence[Item], at: int, block: Block) -> bool:
    """Whether the next of these items stands on the same page, whatever is answered up to here.

    An information text with a condition may be left out, so what comes after it must do so, too.
    """
    page = next(page for page in block.pages if items[at].id in page)
    before = {one.id for one in items[: at + 1] if one.id in page}
    if any(one.skips for one in items[: at + 1] if one.id in page):
        return False
    for item in items[at + 1 :]:
        if item.id not in page or needs(item) & before:
            return False
        if item.kind != Kind.INFO or not item.condition:
            return True
    return False


def requests_of(instrument: Instrument) -> int:
    """How many requests ask all items, where those that can be put together are."""
    by_id = {item.id: item for item in instrument.items}
    return sum(
        sum(1 for _ in _ends([by_id[one] for one in block.items], block))
        for block in paged(instrument).all_blocks
    )


def _ends(items: list[Item], block: Block) -> Iterator[int]:
    waiting = False
    for at, item in enumerate(items):
        waiting = waiting or item.kind.askable
        if waiting and not goes_on(items, at, block):
            waiting = False
            yield at

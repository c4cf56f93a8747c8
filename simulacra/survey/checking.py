"""What would surprise the author of an instrument, found before a run."""

from collections.abc import Collection, Iterator, Mapping

from simulacra.domain.answer import MissingCode
from simulacra.domain.flow import shown
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
from simulacra.survey.logic import logic_of, texts_of
from simulacra.survey.piping import LOOP, RANDOM, pipes_of
from simulacra.survey.report import ReportEntry
from simulacra.survey.unroll import unrolled
from simulacra.survey.walk import END_OF_BLOCK, END_OF_SURVEY


def check_instrument(instrument: Instrument) -> list[ReportEntry]:
    """What would surprise the author of a readable instrument, in item order.

    Found are conditions and pipes that name nothing, look at what comes later or compare with a
    code that is none; items that no way leads to; skips that lead nowhere; numbers that files keep
    for missing answers. The instrument is looked at as it is asked, with loops and rows written
    out; where an item was written out, the finding stands once, at the item it came from.

    Raises InputError if a condition cannot be read.
    """
    whole = unrolled(instrument)
    way = _way(whole)
    by_id = {item.id: item for item in whole.items}
    found = [
        finding
        for item in whole.items
        for finding in (
            *_unreachable(item, way),
            *_skip_findings(item, way),
            *_range_findings(item),
        )
    ]
    found += _logic_findings(whole, way, by_id)
    found += _pipe_findings(whole, way, by_id)
    written = {item.id for item in instrument.items}
    at = {item.id: place for place, item in enumerate(whole.items)}
    found.sort(key=lambda one: at.get(one.question, len(at)))
    entries = (one.model_copy(update={"question": _origin(one, by_id, written)}) for one in found)
    once: dict[tuple[str, str, str], ReportEntry] = {}
    for one in entries:
        once.setdefault((one.question, one.what, one.why), one)
    return list(once.values())


def _origin(entry: ReportEntry, by_id: Mapping[str, Item], written: Collection[str]) -> str:
    item = by_id.get(entry.question)
    return item.group if item and item.id not in written and item.group else entry.question


def _way(instrument: Instrument) -> dict[str, int]:
    """The place of each item on the way through the flow as it is written; fields come first."""
    blocks = {block.id: block for block in instrument.all_blocks}
    ids = [item for name in shown(instrument.steps) for item in blocks[name].items]
    way = {item.id: -1 for item in instrument.items if item.kind == Kind.FIELD}
    for place, name in enumerate(ids):
        way.setdefault(name, place)
    return way


def _unreachable(item: Item, way: Mapping[str, int]) -> Iterator[ReportEntry]:
    if item.id not in way:
        yield ReportEntry(
            question=item.id,
            what="nothing leads to the item",
            why="it stands in no block that the flow shows, so nobody is asked",
        )


def _skip_findings(item: Item, way: Mapping[str, int]) -> Iterator[ReportEntry]:
    for skip in item.skips:
        known = skip.to in (END_OF_BLOCK, END_OF_SURVEY)
        if not known and way.get(skip.to, -1) <= way.get(item.id, 0):
            yield ReportEntry(
                question=item.id,
                what=f"the skip leads to {skip.to}",
                why="that is no later item, so everything up to the end of the block is left out",
                kept=skip.condition,
            )


def _logic_findings(
    instrument: Instrument, way: Mapping[str, int], by_id: Mapping[str, Item]
) -> Iterator[ReportEntry]:
    own = {(item.id, text) for item in instrument.items for text in _after(item)}
    for where, text in logic_of(instrument):
        expression = parse_condition(text)
        for name in items_of(expression):
            later = where and way.get(name, -1) >= way.get(where, 0)
            if name not in by_id:
                what = f"the condition names the item {name}"
                why = "there is no such item, so it counts as never answered"
            elif later and not ((where, text) in own and name == where):
                what = f"the condition looks at {name}"
                why = "that item is asked later or is the item itself, so it has no answer yet"
            else:
                continue
            yield ReportEntry(question=where, what=what, why=why, kept=text)
        for name, code in _codes_of(expression):
            options = by_id[name].options if name in by_id else ()
            if options and code not in {option.code for option in options}:
                yield ReportEntry(
                    question=where,
                    what=f"the condition compares {name} with {code!r}",
                    why=f"that is no code of {name}; labels do not count",
                    kept=text,
                )


def _after(item: Item) -> Iterator[str]:
    """Conditions that hold of the item's own answer, once it is there."""
    if item.constraint:
        yield item.constraint
    yield from (skip.condition for skip in item.skips)


def _pipe_findings(
    instrument: Instrument, way: Mapping[str, int], by_id: Mapping[str, Item]
) -> Iterator[ReportEntry]:
    for where, text in texts_of(instrument):
        for pipe in pipes_of(text):
            if pipe.name in (RANDOM, LOOP) or pipe.how == ("text",):
                continue
            if pipe.name not in by_id:
                why = "there is no such item or field, so nothing stands in its place"
            elif where and way.get(pipe.name, -1) >= way.get(where, 0):
                why = "that item is asked later or is the item itself, so nothing stands there yet"
            else:
                continue
            what = f"the text fills in {pipe.name}"
            yield ReportEntry(question=where, what=what, why=why, kept=text)


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

"""Groups shown as a table become matrices.

A group with the appearance ``table-list`` whose questions share their choices and are called after
the group (``food_1``, ``food_2`` in ``food``) is one matrix; its rows keep their names.
"""

from typing import Any

from simulacra.domain.flow import Block
from simulacra.domain.survey import Instrument, Item, Kind, Row

_CELLS = (Kind.SINGLE, Kind.MULTI, Kind.RATING)
_OWN = frozenset(("id", "kind", "text", "options", "required", "condition", "shuffle", "choose"))


def tabulated(instrument: Instrument, kept: dict[str, Any]) -> Instrument:
    """The instrument with its tables as matrices; ``kept`` are the cells we have no place for."""
    tables = {
        group["name"]: group["appearance"].split()
        for group in kept.get("groups", ())
        if "table-list" in group.get("appearance", "")
    }
    by_id = {item.id: item for item in instrument.items}
    blocks: list[Block] = []
    instead: dict[str, Item | None] = {}
    for block in instrument.blocks:
        items = [by_id[item] for item in block.items]
        if block.id in tables and not block.loop and _is_table(block, items, by_id, kept):
            matrix = _matrix(block, items, tables[block.id])
            _share(kept, block)
            instead |= dict.fromkeys(block.items, None) | {items[0].id: matrix}
            block = block.model_copy(update={"pages": ((block.id,),), "title": ""})
        blocks.append(block)
    if not instead:
        return instrument
    new = [instead.get(item.id, item) for item in instrument.items]
    items_left = tuple(item for item in new if item is not None)
    return instrument.model_copy(update={"items": items_left, "blocks": tuple(blocks)})


def _is_table(
    block: Block, items: list[Item], by_id: dict[str, Item], kept: dict[str, Any]
) -> bool:
    first = items[0]
    shared = [
        (one.kind, one.options, one.required, one.shuffle, one.choose) == (
            first.kind, first.options, first.required, first.shuffle, first.choose,
        )
        and one.id.startswith(f"{block.id}_")
        and _kept_of(one, kept) == _kept_of(first, kept)
        and _only(one)
        for one in items
    ]  # fmt: skip
    return first.kind in _CELLS and all(shared) and block.id not in by_id


def _kept_of(item: Item, kept: dict[str, Any]) -> dict[str, Any]:
    """Cells kept for an item; those of its choices may be shared by a whole matrix."""
    cells: dict[str, Any] = kept.get("items", {}).get(item.id, {})
    return cells if cells.keys() <= {"choices"} else {**cells, "only": item.id}


def _only(item: Item) -> bool:
    """Whether an item says nothing that a row of a matrix cannot."""
    changed = set(item.model_dump(exclude_defaults=True))
    return changed <= _OWN


def _share(kept: dict[str, Any], block: Block) -> None:
    """Cells kept for the rows of a matrix become those of the matrix."""
    for item in block.items:
        if cells := kept.get("items", {}).pop(item, None):
            kept["items"][block.id] = cells
    if not kept.get("items", True):
        del kept["items"]


def _matrix(block: Block, items: list[Item], shown: list[str]) -> Item:
    first = items[0]
    rows = tuple(
        Row(code=one.id[len(block.id) + 1 :], label=one.text, condition=one.condition)
        for one in items
    )
    return Item(
        id=block.id,
        kind=Kind.MATRIX,
        text=block.title,
        cells=Kind.RATING if "likert" in shown and first.kind == Kind.SINGLE else first.kind,
        rows=rows,
        options=first.options,
        required=first.required,
        shuffle=first.shuffle,
        choose=first.choose,
    )

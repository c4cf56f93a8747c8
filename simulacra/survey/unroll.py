"""The instrument as it is asked: every item takes one answer, every loop is written out.

The row ``r`` of a matrix or form ``q`` becomes the item ``q_r``; the item ``q`` of a loop's round
``k`` becomes ``q.k``. Conditions, skips and pipes follow the new names. Unrolling an instrument
without rows and loops changes nothing.
"""

from collections.abc import Callable

from simulacra.domain.flow import (
    Block,
    Branch,
    Group,
    Loop,
    Randomise,
    Round,
    SetField,
    Show,
    Step,
)
from simulacra.domain.survey import Instrument, Item, Kind, Option, Row
from simulacra.errors import InputError
from simulacra.survey.renaming import Names, every, renamed_condition, renamed_text

_MAX_ITEMS = 100_000


def unrolled(instrument: Instrument) -> Instrument:
    """The instrument with rows and loops written out.

    Raises:
        InputError: a condition cannot be read, two items would get one name, or loops would make
            more than a hundred thousand items.
    """
    return _rows_written_out(loops_written_out(instrument))


def loops_written_out(
    instrument: Instrument, which: Callable[[Loop], bool] = lambda _: True
) -> Instrument:
    """The instrument with a block for each round of a loop; ``which`` may leave some loops.

    Raises InputError as ``unrolled`` does.
    """
    by_id = {item.id: item for item in instrument.items}
    looped = [block for block in instrument.blocks if block.loop and which(block.loop)]
    if not looped:
        return instrument
    if (
        sum(len(block.items) * len(block.loop.rounds) for block in looped if block.loop)
        > _MAX_ITEMS
    ):
        raise InputError("the loops of the survey make more than 100,000 items: shorten them")
    copies: dict[str, list[Item]] = {}
    blocks: list[Block] = []
    steps: dict[str, Step] = {}
    for block in instrument.blocks:
        if block.loop is None or not which(block.loop):
            blocks.append(block)
            continue
        rounds: list[Step] = []
        for one in block.loop.rounds:
            names = _in_turn(block, by_id, one)
            for item in block.items:
                copies.setdefault(item, []).append(_in_round(by_id[item], names, one))
            copy = _block_in_round(block, names, one)
            blocks.append(copy)
            show: Step = Show(block=copy.id)
            rounds.append(Branch(condition=one.condition, then=(show,)) if one.condition else show)
        steps[block.id] = (
            Randomise(id=block.id, steps=tuple(rounds), show=block.loop.show)
            if block.loop.shuffle or block.loop.show
            else Group(title=block.title, steps=tuple(rounds))
        )
    # Outside its loop, a looped item stands for the items of all its rounds.
    outside = {name: tuple(copy.id for copy in copied) for name, copied in copies.items()}
    outside |= {
        f"{name}_{row.code}": tuple(f"{copy.id}_{row.code}" for copy in copied)
        for name, copied in copies.items()
        for row in by_id[name].rows
    }
    items = [
        copy
        for item in instrument.items
        for copy in copies.get(item.id) or [_item_renamed(item, outside)]
    ]
    steps = {name: _step(step, outside, {}) for name, step in steps.items()}
    flow = tuple(_step(step, outside, steps) for step in instrument.steps)
    return _remade(instrument, items, blocks, flow)


def _in_turn(block: Block, by_id: dict[str, Item], one: Round) -> dict[str, tuple[str, ...]]:
    """What items of the block, and their rows, go by in a round."""
    names: dict[str, tuple[str, ...]] = {}
    for item in block.items:
        names[item] = (f"{item}.{one.key}",)
        for row in by_id[item].rows:
            names[f"{item}_{row.code}"] = (f"{item}.{one.key}_{row.code}",)
    return names


def _in_round(item: Item, names: Names, one: Round) -> Item:
    renamed = _item_renamed(item, names, dict(one.fields))
    return renamed.model_copy(
        update={
            "id": names[item.id][0],
            "source": item.source or item.id,
            "group": item.group or item.id,
            "name": f"{item.name}.{one.key}" if item.name else "",
        }
    )


def _block_in_round(block: Block, names: Names, one: Round) -> Block:
    return block.model_copy(
        update={
            "id": f"{block.id}.{one.key}",
            "pages": tuple(tuple(names[item][0] for item in page) for page in block.pages),
            "fixed": tuple(names[item][0] for item in block.fixed if item in names),
            "loop": None,
        }
    )


def _rows_written_out(instrument: Instrument) -> Instrument:
    names = {
        item.id: tuple(f"{item.id}_{row.code}" for row in item.rows)
        for item in instrument.items
        if item.rows
    }
    if not names:
        return instrument
    items: list[Item] = []
    for item in instrument.items:
        renamed = _item_renamed(item, names)
        rows = renamed.rows
        items += [_of_row(renamed, row, last=row is rows[-1]) for row in rows] or [renamed]
    blocks = [
        block.model_copy(
            update={
                "pages": tuple(
                    tuple(name for item in page for name in names.get(item, (item,)))
                    for page in block.pages
                ),
                "fixed": tuple(name for item in block.fixed for name in names.get(item, (item,))),
            }
        )
        for block in instrument.blocks
    ]
    flow = tuple(_step(step, names, {}) for step in instrument.flow)
    return _remade(instrument, items, blocks, flow)


def _of_row(item: Item, row: Row, *, last: bool) -> Item:
    """One row as an item; the skips of the matrix hang on its last row."""
    label = f"{row.label} – {row.opposite}" if row.opposite else row.label
    default = Kind.SHORT_TEXT if item.kind == Kind.FORM else item.cells
    kind = row.kind or default or Kind.SHORT_TEXT
    return Item(
        id=f"{item.id}_{row.code}",
        kind=kind,
        text=f"{item.text}\n{label}".strip() or f"{item.id}_{row.code}",
        options=item.options if kind.optioned else (),
        scale=row.scale if row.scale is not None else item.scale,
        reverse=row.reverse or item.reverse,
        required=item.required,
        condition=every(item.condition, row.condition),
        constraint=item.constraint,
        skips=item.skips if last else (),
        help=item.help,
        minimum=item.minimum,
        maximum=item.maximum,
        step=item.step,
        low=row.label if row.opposite else item.low,
        high=row.opposite or item.high,
        choose=item.choose if kind.optioned else None,
        total=item.total,
        shuffle=item.shuffle,
        shuffle_rows=item.shuffle_rows,
        show=item.show if kind.optioned else None,
        show_rows=item.show_rows,
        name=f"{item.name}_{row.code}" if item.name else "",
        source=item.source or item.id,
        group=item.id,
        stem=item.text,
    )


def _item_renamed(item: Item, names: Names, fields: dict[str, str] | None = None) -> Item:
    def text(value: str) -> str:
        return renamed_text(value, names, fields)

    def condition(value: str | None) -> str | None:
        return renamed_condition(None if value is None else _looped(value, fields), names)

    options: tuple[Option, ...] = tuple(
        option.model_copy(
            update={"label": text(option.label), "condition": condition(option.condition)}
        )
        for option in item.options
    )
    rows = tuple(
        row.model_copy(update={"label": text(row.label), "condition": condition(row.condition)})
        for row in item.rows
    )
    skips = tuple(
        skip.model_copy(
            update={
                "condition": condition(skip.condition),
                "to": names.get(skip.to, (skip.to,))[0],
            }
        )
        for skip in item.skips
    )
    return item.model_copy(
        update={
            "text": text(item.text),
            "help": text(item.help),
            "stem": text(item.stem),
            "condition": condition(item.condition),
            "constraint": condition(item.constraint),
            "options": options,
            "rows": rows,
            "skips": skips,
        }
    )


def _looped(condition: str, fields: dict[str, str] | None) -> str:
    """The condition with ``${loop|NAME}`` inside its texts filled in."""
    if fields is None or "${" not in condition:
        return condition
    doubled = {name: value.replace("'", "''") for name, value in fields.items()}
    return renamed_text(condition, {}, doubled)


def _step(step: Step, names: Names, loops: dict[str, Step]) -> Step:
    """The step with items renamed, and loops in place of the blocks that were written out."""
    if isinstance(step, Show):
        return loops.get(step.block, step)
    if isinstance(step, Branch):
        return step.model_copy(
            update={
                "condition": renamed_condition(step.condition, names),
                "then": tuple(_step(one, names, loops) for one in step.then),
                "otherwise": tuple(_step(one, names, loops) for one in step.otherwise),
            }
        )
    if isinstance(step, Randomise | Group):
        return step.model_copy(
            update={"steps": tuple(_step(one, names, loops) for one in step.steps)}
        )
    if isinstance(step, SetField):
        return step.model_copy(
            update={
                "text": renamed_text(step.text, names),
                "expression": renamed_condition(step.expression, names),
            }
        )
    return step.model_copy(update={"message": renamed_text(step.message, names)})


def _remade(
    instrument: Instrument, items: list[Item], blocks: list[Block], flow: tuple[Step, ...]
) -> Instrument:
    """The instrument with other parts, checked anew."""
    ids = [item.id for item in items]
    if len(set(ids)) != len(ids):
        twice = next(one for one in ids if ids.count(one) > 1)
        raise InputError(f"rows or rounds give two items the name {twice}: rename one of them")
    return instrument.model_copy(
        update={"items": tuple(items), "blocks": tuple(blocks), "flow": flow}
    )

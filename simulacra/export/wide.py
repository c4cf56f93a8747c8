"""Which columns of the wide table an instrument makes.

A closed item whose codes are all whole numbers is a numeric column of codes. One with other codes
is a text column of codes; SPSS and Stata, which label and mark as missing only numbers, get the
options numbered 1, 2, ... in the instrument's order instead, and the codebook lists both. A
multi-select is one 0/1 column an option, a ranking one column a rank (``q_r1``, ...), a constant
sum one number an option; what is said with an option such as "other" is a text column
(``q_CODE_text``). Missing answers are -99 to -94, as numbers in numeric columns and as text in text
columns. Options that stand for a missing answer have no value of their own. Where somebody answered
an open item with a number or a text that reads like one of these codes, the columns of that item
hold answers only, and beside each stands a column ``q_missing`` with the codes, 0 for an answer.
"""

import re
from collections.abc import Callable

from simulacra.domain.answer import MissingCode
from simulacra.domain.survey import Instrument, Item, Kind, Option
from simulacra.export.columns import Column, Measure, Role, ValueLabel
from simulacra.export.names import SPSS_SIZE, STATA_SIZE, spss_name, stata_name, unique_names

OPEN_ROLES: tuple[Role, ...] = ("number", "amount", "text", "other")
"""Columns that hold what somebody said in their own numbers or words."""

_WHOLE = re.compile(r"0|-?[1-9]\d{0,14}")
_CHOICES = (
    ValueLabel(value="0", number=0, label="Not chosen"),
    ValueLabel(value="1", number=1, label="Chosen"),
)
_FRAME = (
    Column(name="respondent_id", label="Simulated respondent", role="frame"),
    Column(name="persona_id", label="Persona that answers", role="frame"),
    Column(name="run_id", label="Run", role="frame"),
    Column(name="condition", label="Experimental condition", role="frame"),
    Column(
        name="replicate",
        label="Replicate of the persona, from 1",
        role="frame",
        numeric=True,
        whole=True,
    ),
    Column(name="wt", label="Weight", role="frame", numeric=True, measure="scale"),
    Column(
        name="simulated",
        label="Simulated respondent (always 1)",
        role="frame",
        numeric=True,
        whole=True,
        values=(ValueLabel(value="1", number=1, label="Simulated"),),
    ),
)


def wide_columns(
    instrument: Instrument, ambiguous: frozenset[str] = frozenset()
) -> tuple[Column, ...]:
    """All columns in order: who and how, then the items, with unique names.

    ``ambiguous`` are the items to which an answer was given that reads like a missing code.
    """
    columns = [*_FRAME]
    for item in instrument.items:
        for column in _item_columns(item):
            apart = item.id in ambiguous and column.role in OPEN_ROLES
            columns += _told_apart(column) if apart else [column]
    named = [column.name for column in columns]
    names = zip(
        unique_names(named),
        unique_names(map(spss_name, named), size=SPSS_SIZE),
        unique_names(map(stata_name, named), size=STATA_SIZE),
        strict=True,
    )
    return tuple(
        column.model_copy(update={"name": name, "spss": spss, "stata": stata})
        for column, (name, spss, stata) in zip(columns, names, strict=True)
    )


def _told_apart(column: Column) -> list[Column]:
    """A column of answers only, and one of the reasons why some are missing."""
    lost = (
        ValueLabel(value=str(int(one)), number=int(one), label=one.label) for one in MissingCode
    )
    reason = Column(
        name=f"{column.name}_missing",
        label=f"{column.label} - why it is missing",
        role="reason",
        item_id=column.item_id,
        code=column.code,
        numeric=True,
        whole=True,
        values=(ValueLabel(value="0", number=0, label="Answered"), *lost),
        about=column.role,
    )
    return [column.model_copy(update={"plain": True}), reason]


def _item_columns(item: Item) -> list[Column]:
    columns = _BY_KIND[item.kind](item)
    if item.kind.closed:
        columns += [
            _column(item, "other", f"_{one.code}_text", f" - {one.label} (text)", code=one.code)
            for one in item.options
            if one.text_entry
        ]
    if (item.shuffle or item.show) and item.kind.optioned:
        columns.append(_column(item, "order", "_DO", " - order shown (codes)"))
    return columns


def _column(
    item: Item,
    role: Role,
    ending: str = "",
    about: str = "",
    *,
    code: str | None = None,
    rank: int | None = None,
    numeric: bool = False,
    whole: bool = False,
    measure: Measure = "nominal",
    values: tuple[ValueLabel, ...] = (),
) -> Column:
    return Column(
        name=f"{item.id}{ending}",
        label=f"{item.text or item.name or item.id}{about}",
        role=role,
        item_id=item.id,
        code=code,
        rank=rank,
        numeric=numeric,
        whole=whole,
        measure=measure,
        values=values,
    )


def _substantive(item: Item) -> list[Option]:
    return [option for option in item.options if option.missing is None]


def _codes(item: Item) -> tuple[bool, tuple[ValueLabel, ...]]:
    """Whether all codes are whole numbers, and what they mean."""
    options = _substantive(item)
    whole = all(_WHOLE.fullmatch(option.code) for option in options)
    return whole, tuple(
        ValueLabel(value=option.code, number=int(option.code) if whole else at, label=option.label)
        for at, option in enumerate(options, start=1)
    )


def _closed(item: Item) -> list[Column]:
    whole, values = _codes(item)
    measure: Measure = "ordinal" if item.kind == Kind.RATING else "nominal"
    return [_column(item, "closed", numeric=whole, whole=whole, measure=measure, values=values)]


def _choices(item: Item) -> list[Column]:
    return [
        _column(
            item,
            "choice",
            f"_{one.code}",
            f" - {one.label}",
            code=one.code,
            numeric=True,
            whole=True,
            values=_CHOICES,
        )
        for one in _substantive(item)
    ]


def _ranks(item: Item) -> list[Column]:
    whole, values = _codes(item)
    ranks = min(item.choose[1], len(values)) if item.choose else len(values)
    return [
        _column(
            item,
            "rank",
            f"_r{rank}",
            f" - rank {rank}",
            rank=rank,
            numeric=whole,
            whole=whole,
            values=values,
        )
        for rank in range(1, ranks + 1)
    ]


def _amounts(item: Item) -> list[Column]:
    return [
        _column(
            item,
            "amount",
            f"_{one.code}",
            f" - {one.label}",
            code=one.code,
            numeric=True,
            measure="scale",
        )
        for one in _substantive(item)
    ]


def _number(item: Item) -> list[Column]:
    return [_column(item, "number", numeric=True, measure="scale")]


def _text(item: Item) -> list[Column]:
    return [_column(item, "text")]


def _day(item: Item) -> list[Column]:
    return [_column(item, "date", measure="scale")]


def _nothing(_: Item) -> list[Column]:
    """Nobody answers it, or its rows do."""
    return []


_BY_KIND: dict[Kind, Callable[[Item], list[Column]]] = {
    Kind.SINGLE: _closed,
    Kind.MULTI: _choices,
    Kind.RATING: _closed,
    Kind.MATRIX: _nothing,
    Kind.SLIDER: _number,
    Kind.NUMERIC: _number,
    Kind.SHORT_TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.FORM: _nothing,
    Kind.RANKING: _ranks,
    Kind.CONSTANT_SUM: _amounts,
    Kind.DATE: _day,
    Kind.INFO: _nothing,
    Kind.FIELD: _text,
}

"""The columns of the wide table: what each is called, holds and means.

A closed item whose codes are all whole numbers is a numeric column of codes. One with other codes
is a text column of codes; SPSS and Stata, which label and mark as missing only numbers, get the
options numbered 1, 2, ... in the instrument's order instead, and the codebook lists both. A
multi-select is one 0/1 column an option. Missing answers are -99 to -94, as numbers in numeric
columns and as text in text columns. Options that stand for a missing answer have no value of their
own.
"""

import re
from typing import Literal

from simulacra.domain.base import Frozen
from simulacra.domain.survey import Instrument, Item, Kind, Option
from simulacra.export.names import SPSS_SIZE, STATA_SIZE, spss_name, stata_name, unique_names

Role = Literal["frame", "choice", "closed", "number", "text", "order"]
Measure = Literal["nominal", "ordinal", "scale"]
_WHOLE = re.compile(r"0|-?[1-9]\d{0,14}")


class ValueLabel(Frozen):
    """A value as it stands in the tables, its number in SPSS and Stata, and what it means."""

    value: str
    number: int
    label: str


class Column(Frozen):
    """One column of the wide table; ``spss`` and ``stata`` are its names where their rules hold."""

    name: str
    spss: str = ""
    stata: str = ""
    label: str
    role: Role
    numeric: bool
    whole: bool = False
    measure: Measure = "nominal"
    item_id: str | None = None
    code: str | None = None
    values: tuple[ValueLabel, ...] = ()

    @property
    def renumbered(self) -> bool:
        """Whether SPSS and Stata get numbers in place of the codes."""
        return self.role == "closed" and not self.numeric

    @property
    def labelled(self) -> bool:
        """Whether it is an item's and holds numbers in SPSS and Stata, which can be missing."""
        return self.item_id is not None and (self.numeric or self.renumbered)


def wide_columns(instrument: Instrument) -> tuple[Column, ...]:
    """All columns in order: who and how, then the items, with unique names."""
    columns = [*_FRAME]
    for item in instrument.items:
        columns += _item_columns(item)
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


def _frame(name: str, label: str, *, numeric: bool = False, whole: bool = False) -> Column:
    return Column(
        name=name,
        label=label,
        role="frame",
        numeric=numeric,
        whole=whole,
        measure="scale" if name == "wt" else "nominal",
        values=(ValueLabel(value="1", number=1, label="Simulated"),) if name == "simulated" else (),
    )


_FRAME = (
    _frame("respondent_id", "Simulated respondent"),
    _frame("persona_id", "Persona that answers"),
    _frame("run_id", "Run"),
    _frame("condition", "Experimental condition"),
    _frame("replicate", "Replicate of the persona, from 1", numeric=True, whole=True),
    _frame("wt", "Weight", numeric=True),
    _frame("simulated", "Simulated respondent (always 1)", numeric=True, whole=True),
)


def _item_columns(item: Item) -> list[Column]:
    if item.kind == Kind.MULTI:
        columns = [_choice(item, option) for option in _substantive(item)]
    elif item.kind.closed:
        columns = [_closed(item)]
    else:
        number = item.kind == Kind.NUMERIC
        columns = [
            Column(
                name=item.id,
                label=item.text,
                role="number" if number else "text",
                numeric=number,
                measure="scale" if number else "nominal",
                item_id=item.id,
            )
        ]
    if item.shuffle and item.kind.closed:
        columns.append(
            Column(
                name=f"{item.id}_DO",
                label=f"{item.text} - order shown (codes)",
                role="order",
                numeric=False,
                item_id=item.id,
            )
        )
    return columns


def _substantive(item: Item) -> list[Option]:
    return [option for option in item.options if option.missing is None]


def _choice(item: Item, option: Option) -> Column:
    return Column(
        name=f"{item.id}_{option.code}",
        label=f"{item.text} - {option.label}",
        role="choice",
        numeric=True,
        whole=True,
        item_id=item.id,
        code=option.code,
        values=(
            ValueLabel(value="0", number=0, label="Not chosen"),
            ValueLabel(value="1", number=1, label="Chosen"),
        ),
    )


def _closed(item: Item) -> Column:
    options = _substantive(item)
    whole = all(_WHOLE.fullmatch(option.code) for option in options)
    return Column(
        name=item.id,
        label=item.text,
        role="closed",
        numeric=whole,
        whole=whole,
        measure="ordinal" if item.kind == Kind.RATING else "nominal",
        item_id=item.id,
        values=tuple(
            ValueLabel(
                value=option.code, number=int(option.code) if whole else at, label=option.label
            )
            for at, option in enumerate(options, start=1)
        ),
    )

"""The columns of the wide table: what each is called, holds and means.

A closed item whose codes are all whole numbers is a numeric column of codes. One with other codes
is a text column of codes; SPSS, whose user-missing ranges are numeric, gets the options numbered
1, 2, ... in the instrument's order instead, and the codebook lists both. A multi-select is one 0/1
column an option. Missing answers are -99 to -94, as numbers in numeric columns and as text in text
columns. Options that stand for a missing answer have no value of their own.
"""

import re
from collections.abc import Iterable
from typing import Literal

from simulacra.domain.base import Frozen
from simulacra.domain.survey import Instrument, Item, Kind, Option

Role = Literal["frame", "choice", "closed", "number", "text", "order"]
Measure = Literal["nominal", "ordinal", "scale"]
_WHOLE = re.compile(r"0|-?[1-9]\d{0,14}")
_SPSS_BYTES = 64
_SPSS_WORDS = frozenset(
    ("ALL", "AND", "BY", "EQ", "GE", "GT", "LE", "LT", "NE", "NOT", "OR", "TO", "WITH")
)


class ValueLabel(Frozen):
    """A value as it stands in the tables, its number in SPSS, and what it means."""

    value: str
    number: int
    label: str


class Column(Frozen):
    """One column of the wide table; ``spss`` is its name where SPSS's rules hold."""

    name: str
    spss: str = ""
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
        """Whether SPSS gets numbers in place of the codes."""
        return self.role == "closed" and not self.numeric


def wide_columns(instrument: Instrument) -> tuple[Column, ...]:
    """All columns in order: who and how, then the items, with unique names."""
    columns = [*_FRAME]
    for item in instrument.items:
        columns += _item_columns(item)
    names = unique_names((column.name for column in columns), fold=False)
    spss = unique_names((spss_name(column.name) for column in columns), fold=True)
    return tuple(
        column.model_copy(update={"name": name, "spss": short})
        for column, name, short in zip(columns, names, spss, strict=True)
    )


def spss_name(name: str) -> str:
    """A legal SPSS name: at most 64 bytes of letters, digits, _ . $ # @, letter first."""
    name = re.sub(r"[^A-Za-z0-9_.$#@]", "_", name)
    if not name[:1].isalpha():
        name = f"v{name}"
    name = name[:_SPSS_BYTES].rstrip("._") or "v"
    return f"{name}_v" if name.upper() in _SPSS_WORDS else name


def unique_names(names: Iterable[str], *, fold: bool) -> list[str]:
    """Names with _2, _3, ... where one is taken; ``fold`` takes A and a for the same."""
    taken: set[str] = set()
    result: list[str] = []
    for name in names:
        candidate, number = name, 1
        while (candidate.casefold() if fold else candidate) in taken:
            number += 1
            ending = f"_{number}"
            candidate = (name[: _SPSS_BYTES - len(ending)] if fold else name) + ending
        taken.add(candidate.casefold() if fold else candidate)
        result.append(candidate)
    return result


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

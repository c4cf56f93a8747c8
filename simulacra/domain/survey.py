"""Instruments, items and the question as one respondent sees it."""

from enum import StrEnum
from typing import Any, Self

from pydantic import Field, model_validator

from simulacra.domain.base import Frozen, content_hash


class Kind(StrEnum):
    """What an item asks for."""

    SINGLE = "single"
    MULTI = "multi"
    RATING = "rating"
    NUMERIC = "numeric"
    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"

    @property
    def closed(self) -> bool:
        """Whether the answer is one or more of given options."""
        return self in (Kind.SINGLE, Kind.MULTI, Kind.RATING)


class Option(Frozen):
    """One answer option.

    ``missing``: choosing it means "don't know" (-96) or "refused" (-97). ``translations`` are its
    labels in the instrument's other languages; a reply may use any of them.
    """

    code: str = Field(min_length=1)
    label: str
    exclusive: bool = False
    fixed: bool = False
    missing: int | None = None
    translations: tuple[str, ...] = ()


class Item(Frozen):
    """One item of an instrument.

    ``scale`` and ``reverse`` serve scoring; ``condition`` is the text of a logic expression under
    which the item is asked; ``minimum``/``maximum`` bound a number, ``choose`` the options of a
    multi-select (least, most).
    """

    id: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_.]*$")
    kind: Kind
    text: str = Field(min_length=1)
    options: tuple[Option, ...] = ()
    scale: str | None = None
    reverse: bool = False
    required: bool = True
    condition: str | None = None
    help: str = ""
    minimum: float | None = None
    maximum: float | None = None
    choose: tuple[int, int] | None = None
    shuffle: bool = False

    @model_validator(mode="after")
    def _options_fit(self) -> Self:
        codes = [option.code for option in self.options]
        if self.kind.closed and len(codes) < 2:
            raise ValueError(f"item {self.id}: a {self.kind} item needs at least two options")
        if not self.kind.closed and codes:
            raise ValueError(f"item {self.id}: a {self.kind} item has no options")
        if twice := sorted({code for code in codes if codes.count(code) > 1}):
            raise ValueError(f"item {self.id}: option code used twice: {', '.join(twice)}")
        return self

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        least, most = self.choose or (0, 1)
        if not 0 <= least <= most or most < 1:
            raise ValueError(f"item {self.id}: choose {least} to {most} cannot be met")
        return self


class Instrument(Frozen):
    """A questionnaire: items in order, with what a reader could not map kept in ``extra``."""

    id: str
    title: str = ""
    version: str = "1"
    language: str = "en"
    instructions: str = ""
    notice: str = ""
    source: str = ""
    items: tuple[Item, ...] = Field(min_length=1)
    extra: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _unique_ids(self) -> Self:
        ids = [item.id for item in self.items]
        if twice := sorted({one for one in ids if ids.count(one) > 1}):
            raise ValueError(f"item ids must be unique: {', '.join(twice)}")
        return self

    def hash(self) -> str:
        """Content hash of the instrument."""
        return content_hash(self)


class Question(Frozen):
    """An item as shown to one respondent: its wording and the options in their shown order."""

    item_id: str
    kind: Kind
    text: str
    options: tuple[Option, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    choose: tuple[int, int] | None = None
    required: bool = True
    language: str = "en"
    instructions: str = ""

    @property
    def order(self) -> tuple[str, ...]:
        """Codes in the order shown."""
        return tuple(option.code for option in self.options)

"""Instruments, items and the question as one respondent sees it.

An instrument is written with matrices, forms and loops; before it is asked it is *unrolled*
(``simulacra.survey.unroll``) into items that take one answer each.
"""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from simulacra.domain.base import Frozen, content_hash
from simulacra.domain.flow import Block, Show, Step, shown

Finite = Annotated[float, Field(allow_inf_nan=False)]
ID = r"^[A-Za-z][A-Za-z0-9_.]*$"


def _twice(names: Iterable[str]) -> list[str]:
    """The names that are there more than once."""
    return sorted(name for name, many in Counter(names).items() if many > 1)


class Kind(StrEnum):
    """What an item asks for.

    ``matrix`` has rows that each take an answer of the kind ``cells``, ``form`` rows of one field
    each. ``info`` is shown and not answered, ``field`` is set by the survey and never shown.
    """

    SINGLE = "single"
    MULTI = "multi"
    RATING = "rating"
    MATRIX = "matrix"
    SLIDER = "slider"
    NUMERIC = "numeric"
    SHORT_TEXT = "short_text"
    LONG_TEXT = "long_text"
    FORM = "form"
    RANKING = "ranking"
    CONSTANT_SUM = "constant_sum"
    DATE = "date"
    INFO = "info"
    FIELD = "field"

    @property
    def closed(self) -> bool:
        """Whether the answer is one or more of given options."""
        return self in (Kind.SINGLE, Kind.MULTI, Kind.RATING)

    @property
    def numeric(self) -> bool:
        """Whether the answer is a number."""
        return self in (Kind.NUMERIC, Kind.SLIDER)

    @property
    def rowed(self) -> bool:
        """Whether it stands for several questions, one a row."""
        return self in (Kind.MATRIX, Kind.FORM)

    @property
    def askable(self) -> bool:
        """Whether a respondent can be asked it as it is: it is shown and takes one answer."""
        return not self.rowed and self not in (Kind.INFO, Kind.FIELD)

    @property
    def optioned(self) -> bool:
        """Whether the answer is made of given options, by choosing, ranking or sharing out."""
        return self.closed or self in (Kind.RANKING, Kind.CONSTANT_SUM)


class Option(Frozen):
    """One answer option.

    ``missing``: choosing it means "don't know" (-96) or "refused" (-97). ``text_entry``: whoever
    chooses it says more in words. ``condition``: shown only where it holds. ``translations`` are
    its labels in the instrument's other languages; a reply may use any of them.
    """

    code: str = Field(min_length=1)
    label: str
    exclusive: bool = False
    fixed: bool = False
    missing: int | None = None
    text_entry: bool = False
    condition: str | None = None
    translations: tuple[str, ...] = ()


class Row(Frozen):
    """One question of a matrix or form; ``opposite`` is the right end of a bipolar row.

    ``kind`` is that of its answer, where it is not the matrix's ``cells``.
    """

    code: str = Field(pattern=r"^[A-Za-z0-9_]+$")
    label: str
    opposite: str = ""
    kind: Kind | None = None
    condition: str | None = None
    text_entry: bool = False
    scale: str | None = None
    reverse: bool = False


class Skip(Frozen):
    """Where the condition holds after the answer, go on at ``to``.

    ``to``: the id of a later item of the same block, ``end_of_block`` or ``end_of_survey``.
    """

    condition: str = Field(min_length=1)
    to: str


class Item(Frozen):
    """One item of an instrument.

    ``scale`` and ``reverse`` serve scoring; ``condition`` is the text of a logic expression under
    which the item is asked, ``constraint`` one that its answer has to meet; ``minimum``/``maximum``
    bound a number (``step`` its grain) or a date in days since 1970, ``choose`` the options of a
    multi-select or ranking (least, most), ``total`` a constant sum; ``low``/``high`` name the ends
    of a slider. ``shuffle`` moves options, ``shuffle_rows`` rows; of those that can move only
    ``show`` or ``show_rows`` are shown, each respondent's drawn. ``source`` is the question of the
    file that the item came from, ``name`` what that file calls it; ``group`` the matrix, form or
    loop that an unrolled item came from, ``stem`` the wording that it shares with it.
    """

    id: str = Field(pattern=ID)
    kind: Kind
    text: str = ""
    options: tuple[Option, ...] = ()
    rows: tuple[Row, ...] = ()
    cells: Kind | None = None
    scale: str | None = None
    reverse: bool = False
    required: bool = True
    condition: str | None = None
    constraint: str | None = None
    skips: tuple[Skip, ...] = ()
    help: str = ""
    minimum: Finite | None = None
    maximum: Finite | None = None
    step: Finite | None = None
    low: str = ""
    high: str = ""
    choose: tuple[int, int] | None = None
    total: Finite | None = None
    shuffle: bool = False
    shuffle_rows: bool = False
    show: int | None = Field(default=None, ge=1)
    show_rows: int | None = Field(default=None, ge=1)
    name: str = ""
    source: str = ""
    group: str = ""
    stem: str = ""

    @model_validator(mode="after")
    def _options_fit(self) -> Self:
        codes = [option.code for option in self.options]
        kind = self.cells or self.kind
        if kind.optioned and not codes:
            raise ValueError(f"item {self.id}: a {self.kind} item needs options")
        if not kind.optioned and codes:
            raise ValueError(f"item {self.id}: a {self.kind} item has no options")
        if twice := _twice(codes):
            raise ValueError(f"item {self.id}: option code used twice: {', '.join(twice)}")
        return self

    @model_validator(mode="after")
    def _rows_fit(self) -> Self:
        codes = [row.code for row in self.rows]
        if self.kind.rowed != bool(codes):
            needs = "needs rows" if self.kind.rowed else "has no rows"
            raise ValueError(f"item {self.id}: a {self.kind} item {needs}")
        if (self.kind == Kind.MATRIX) != (self.cells is not None):
            raise ValueError(f"item {self.id}: a matrix, and nothing else, says what cells are")
        if self.cells in (Kind.MATRIX, Kind.FORM, Kind.INFO, Kind.FIELD):
            raise ValueError(f"item {self.id}: the cells of a matrix cannot be {self.cells}")
        if twice := _twice(codes):
            raise ValueError(f"item {self.id}: row code used twice: {', '.join(twice)}")
        return self

    @model_validator(mode="after")
    def _worded(self) -> Self:
        if not self.text and not self.kind.rowed and self.kind != Kind.FIELD:
            raise ValueError(f"item {self.id}: text is empty")
        return self

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        least, most = self.choose or (0, 1)
        if not 0 <= least <= most or most < 1:
            raise ValueError(f"item {self.id}: choose {least} to {most} cannot be met")
        return self


class Instrument(Frozen):
    """A questionnaire: its items, the blocks that hold them and the way through.

    Without ``blocks`` the items are asked in order, without ``flow`` the blocks are. ``unasked``
    are questions of the file that nobody can be asked, such as timers. What a reader could not map
    is kept in ``extra``.
    """

    id: str
    title: str = ""
    version: str = "1"
    language: str = "en"
    instructions: str = ""
    notice: str = ""
    source: str = ""
    items: tuple[Item, ...] = Field(min_length=1)
    blocks: tuple[Block, ...] = ()
    flow: tuple[Step, ...] = ()
    unasked: tuple[str, ...] = ()
    extra: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _unique_ids(self) -> Self:
        ids = [item.id for item in self.items]
        if twice := _twice(ids):
            raise ValueError(f"item ids must be unique: {', '.join(twice)}")
        return self

    @model_validator(mode="after")
    def _blocks_fit(self) -> Self:
        ids, names = {item.id for item in self.items}, [block.id for block in self.blocks]
        if twice := _twice(names):
            raise ValueError(f"block ids must be unique: {', '.join(twice)}")
        placed: set[str] = set()
        for block in self.blocks:
            for item in block.items:
                if item not in ids:
                    raise ValueError(f"block {block.id} names the item {item}, which is not there")
                if item in placed:
                    raise ValueError(f"item {item} stands in two places of the blocks")
                placed.add(item)
        if self.flow and (unknown := [one for one in shown(self.flow) if one not in names]):
            raise ValueError(f"the flow shows the block {unknown[0]}, which is not there")
        return self

    @property
    def all_blocks(self) -> tuple[Block, ...]:
        """The blocks; where there are none, one with all items that are shown, each on a page."""
        ids = ((item.id,) for item in self.items if item.kind != Kind.FIELD)
        return self.blocks or (Block(id="items", pages=tuple(ids)),)

    @property
    def steps(self) -> tuple[Step, ...]:
        """The flow; where there is none, all blocks in order."""
        return self.flow or tuple(Show(block=block.id) for block in self.all_blocks)

    @property
    def answerable(self) -> tuple[Item, ...]:
        """The items that have a response: all but information texts. A run has a cell for each."""
        return tuple(item for item in self.items if item.kind != Kind.INFO)

    @property
    def questions(self) -> int:
        """How many questions the file asks: a matrix is one, so are items of one source."""
        asked = {item.source or item.id for item in self.items if item.kind != Kind.FIELD}
        return len(asked | set(self.unasked))

    def hash(self) -> str:
        """Content hash of the instrument."""
        return content_hash(self)


class Question(Frozen):
    """An item as shown to one respondent: its wording and the options in their shown order.

    ``lead`` are the information texts that were shown since the question before.
    """

    item_id: str
    kind: Kind
    lead: str = ""
    text: str
    options: tuple[Option, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    step: float | None = None
    choose: tuple[int, int] | None = None
    total: float | None = None
    low: str = ""
    high: str = ""
    required: bool = True
    language: str = "en"
    instructions: str = ""

    @property
    def shown(self) -> str:
        """The wording with the texts that led up to it."""
        return f"{self.lead}\n\n{self.text}" if self.lead else self.text

    @property
    def order(self) -> tuple[str, ...]:
        """Codes in the order shown."""
        return tuple(option.code for option in self.options)

"""A column of the wide table: what it is called, holds and means.

Roles: ``frame`` says who answered and how; ``choice`` is 0 or 1 for one option of a multi-select;
``closed`` the code of the option chosen, ``rank`` of that on one rank; ``number`` a number,
``amount`` the share of one option in a constant sum; ``text`` a text, ``other`` the words said with
one option, ``date`` a day; ``order`` the codes in the order shown; ``reason`` why the column before
it has no answer.
"""

from typing import Literal

from simulacra.domain.base import Frozen

Role = Literal[
    "frame",
    "choice",
    "closed",
    "rank",
    "number",
    "amount",
    "text",
    "other",
    "date",
    "order",
    "reason",
]
Measure = Literal["nominal", "ordinal", "scale"]


class ValueLabel(Frozen):
    """A value as it stands in the tables, its number in SPSS and Stata, and what it means."""

    value: str
    number: int
    label: str


class Column(Frozen):
    """One column of the wide table; ``spss`` and ``stata`` are its names where their rules hold.

    ``code`` is the option that it is about, ``rank`` (from 1) the place in a ranking. ``plain``:
    some answer reads like a missing code, so none stands here, and the next column says why answers
    are missing; that one has the role of this one as ``about``.
    """

    name: str
    spss: str = ""
    stata: str = ""
    label: str
    role: Role
    numeric: bool = False
    whole: bool = False
    measure: Measure = "nominal"
    item_id: str | None = None
    code: str | None = None
    rank: int | None = None
    values: tuple[ValueLabel, ...] = ()
    plain: bool = False
    about: Role | None = None

    @property
    def takes_codes(self) -> bool:
        """Whether missing codes stand in it."""
        return self.item_id is not None and not self.plain and self.role != "reason"

    @property
    def coded(self) -> bool:
        """Whether it holds codes of options."""
        return self.role in ("closed", "rank")

    @property
    def continuous(self) -> bool:
        """Whether it holds numbers that can be added up."""
        return self.role in ("number", "amount")

    @property
    def renumbered(self) -> bool:
        """Whether SPSS and Stata get numbers in place of the codes."""
        return self.coded and not self.numeric

    @property
    def labelled(self) -> bool:
        """Whether it is an item's and holds numbers in SPSS and Stata, which can be missing."""
        numbers = self.numeric or self.renumbered or self.role == "date"
        return self.takes_codes and numbers

"""How a closed item is asked for its answer: by choice, or by a distribution over its options."""

from typing import Any, Literal, get_args

from pydantic import Field, model_validator

from simulacra.domain.base import Frozen
from simulacra.domain.survey import Kind
from simulacra.errors import UnknownName

Way = Literal["choice", "logprobs", "stated", "draws"]
WAYS: tuple[Way, ...] = get_args(Way)
MOST_DRAWS = 200
MOST_LETTERS = 20
"""As many options a service lists log-probabilities for."""

_MOST_ORDERS = 6
_FORMS = "choice, logprobs, stated, draws:N"


class Elicitation(Frozen):
    """One of the ways to ask, written ``choice``, ``logprobs``, ``stated`` or ``draws:N``.

    ``choice``: the model chooses (a small one by the options' own probabilities). ``logprobs``: the
    likeliest option by the model's log-probabilities, averaged over orders of the options and taken
    relative to those of the same options for nobody in particular. ``stated``: the model states a
    percentage for each option, and the answer is drawn by them. ``draws``: so many choices, of
    which the majority counts. All but the first keep the distribution.
    """

    way: Way = "choice"
    draws: int = Field(default=1, ge=1, le=MOST_DRAWS)

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        way, _, number = value.strip().partition(":")
        if way not in WAYS or (way == "draws") != number.isdecimal():
            raise UnknownName(f"there is no elicitation {value!r}; choose one of: {_FORMS}")
        if way == "draws" and not 2 <= int(number) <= MOST_DRAWS:
            raise UnknownName(f"{number} draws are none to count: take 2 to {MOST_DRAWS}")
        return {"way": way, "draws": int(number or 1)}

    @classmethod
    def named(cls, label: str) -> "Elicitation":
        """The elicitation of a label such as ``draws:10``.

        Raises:
            UnknownName: the label names none.
        """
        return cls.model_validate(label)

    @property
    def label(self) -> str:
        """The name under which it stands in tables; ``named`` reads it."""
        return f"draws:{self.draws}" if self.way == "draws" else self.way

    def way_for(self, kind: Kind, options: int) -> Way:
        """The way that is taken with an item: a choice where the other has no meaning.

        A distribution is one over options of which one is taken; draws count sets of options, too.
        """
        if self.way == "draws":
            return "draws" if kind.closed else "choice"
        one = kind in (Kind.SINGLE, Kind.RATING)
        if self.way == "logprobs" and options > MOST_LETTERS:
            return "choice"
        return self.way if one else "choice"

    def calls_for(self, kind: Kind, options: int) -> int:
        """Model calls that an answer of an item takes, what all respondents share apart."""
        way = self.way_for(kind, options)
        if way == "logprobs":
            return orders_needed(kind, options)
        return self.draws if way == "draws" else 1


BY_CHOICE = Elicitation()


def orders_needed(kind: Kind, options: int) -> int:
    """In how many orders options are put, so that no place or letter is favoured.

    Both directions of a rating; else as many as there are options, up to six.
    """
    return min(options, 2 if kind == Kind.RATING else _MOST_ORDERS)

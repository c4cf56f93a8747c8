"""How simulated respondents with known traits behave: what a behavioural model is made of."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from simulacra.domain.base import Frozen

Rate = Annotated[float, Field(ge=0, le=1)]


class Curve(Frozen):
    """How a rating hangs on its trait: Samejima's discrimination, and the thresholds in order.

    Without thresholds they are spread evenly from -2 to 2 standard deviations.
    """

    discrimination: float = Field(gt=0)
    thresholds: tuple[float, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if list(self.thresholds) != sorted(self.thresholds):
            raise ValueError("thresholds go from low to high")
        return self


class _Effect(Frozen):
    """Where and when it works.

    ``items`` (also names of matrices and loops) or a ``scale``; everywhere without them. ``seen``:
    only once the respondent has been shown a text with these words (any case); ``condition``: only
    in that condition of the study.
    """

    items: tuple[str, ...] = ()
    scale: str | None = None
    seen: str | None = None
    condition: str | None = None


class Shift(_Effect):
    """A treatment: the trait behind an item moves by ``by`` standard deviations of the trait."""

    effect: Literal["shift"] = "shift"
    by: float


class Follow(_Effect):
    """Conformity: with probability ``rate`` the answer is ``code``, whatever the trait."""

    effect: Literal["follow"] = "follow"
    code: str
    rate: Rate


class OptionOrder(_Effect):
    """The option shown first gains ``first`` in log-odds over the one shown last, in even steps."""

    effect: Literal["option_order"] = "option_order"
    first: float


class ItemOrder(_Effect):
    """The trait behind an item moves by ``by`` for each item that was answered before it."""

    effect: Literal["item_order"] = "item_order"
    by: float


class Acquiescence(_Effect):
    """The highest code of a rating gains ``by`` in log-odds over the lowest, in even steps."""

    effect: Literal["acquiescence"] = "acquiescence"
    by: float


class NonResponse(_Effect):
    """With probability ``rate`` the respondent says "don't know", refuses or mumbles."""

    effect: Literal["non_response"] = "non_response"
    rate: Rate
    why: Literal["dont_know", "refused", "unreadable"] = "refused"


Effect = Annotated[
    Shift | Follow | OptionOrder | ItemOrder | Acquiescence | NonResponse,
    Field(discriminator="effect"),
]


class Behaviour(Frozen):
    """A population of simulated respondents.

    Each has a level on each scale, in standard deviations: drawn from the standard normal, or
    (``levels: personality``) that of the persona's Big Five domain, facet or function of the
    same name. Items follow the graded response model (Samejima, 1969): curves by item id, or
    discriminations drawn around ``discrimination`` (log-normal, ``spread`` in log units). Items
    without a scale have a trait of their own.
    """

    name: str = "behavioural"
    seed: int = 0
    levels: Literal["drawn", "personality"] = "drawn"
    discrimination: float = Field(default=1.7, gt=0)
    spread: float = Field(default=0.2, ge=0)
    curves: dict[str, Curve] = Field(default_factory=dict)
    effects: tuple[Effect, ...] = ()

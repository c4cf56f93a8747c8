"""Perturbations as data: read from YAML, applied to an instrument item by item."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, NamedTuple, Self

from pydantic import Field, model_validator

from evaluation.documents import parsed
from evaluation.robustness.base import Given, Perturbation
from evaluation.robustness.options import DontKnow, Relabel, Reorder
from evaluation.robustness.wording import Distract, Misspell, Negate, Paraphrase
from simulacra.domain.base import Frozen
from simulacra.domain.survey import Instrument, Item
from simulacra.errors import InputError, UnknownName

SHIPPED = Path(__file__).with_name("perturbations.yaml")
ORIGINAL, RETEST = "original", "retest"

Any_ = Annotated[
    Paraphrase | Reorder | Relabel | Distract | Misspell | Negate | DontKnow,
    Field(discriminator="change"),
]


class Perturbations(Frozen):
    """A list of perturbations with names of their own."""

    perturbations: tuple[Any_, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _own_names(self) -> Self:
        names = [ORIGINAL, RETEST, *(one.name for one in self.perturbations)]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"the name {twice[0]} is taken")
        return self


class Perturbed(NamedTuple):
    """An instrument put another way.

    ``changed`` are the ids of the items that were, ``spared`` those that were not, with the reason.
    ``back`` leads from the codes of an item to those of before, where these are others.
    """

    instrument: Instrument
    changed: tuple[str, ...]
    spared: dict[str, str]
    back: Mapping[str, Mapping[str, str]]


def chosen(names: str = "", path: Path = SHIPPED) -> tuple[Perturbation, ...]:
    """The perturbations of a file, or those with the given names (with commas) in its order.

    Raises:
        InputError: the file cannot be read or holds something else, or ``names`` names nothing.
        UnknownName: there is no perturbation of a name.
    """
    known = parsed(Perturbations, path).perturbations
    if not names:
        return known
    wanted = [one.strip() for one in names.split(",") if one.strip()]
    there = [one.name for one in known]
    if unknown := [one for one in wanted if one not in there]:
        raise UnknownName(
            f"there is no perturbation {unknown[0]!r}; choose from: {', '.join(there)}"
        )
    if not wanted:
        raise InputError(f"no perturbation is named; choose from: {', '.join(there)}")
    return tuple(one for one in known if one.name in wanted)


def perturb(instrument: Instrument, perturbation: Perturbation, given: Given) -> Perturbed:
    """The instrument, which has to be unrolled, with every item that it applies to put otherwise.

    Ids, order, logic and codes stay.
    """
    items: list[Item] = []
    changed: list[str] = []
    spared: dict[str, str] = {}
    back: dict[str, Mapping[str, str]] = {}
    for item in instrument.items:
        made = perturbation.apply(item, given) if item.kind.askable else item
        if isinstance(made, str):
            spared[item.id] = made
        elif made is not item:
            changed.append(item.id)
            if made.reverse != item.reverse:
                back[item.id] = _turned_round(item)
        items.append(item if isinstance(made, str) else made)
    whole = instrument.model_copy(update={"items": tuple(items)})
    return Perturbed(whole, tuple(changed), spared, back)


def unused(given: Given, instrument: Instrument) -> tuple[str, ...]:
    """Ids in the supplied wordings that no item has."""
    ids = {item.id for item in instrument.items}
    return tuple(sorted(_named(given) - ids))


def _named(given: Given) -> set[str]:
    names: Iterable[str] = (*given.wordings.paraphrase, *given.wordings.negation)
    return set(names)


def _turned_round(item: Item) -> dict[str, str]:
    codes = sorted((one.code for one in item.options if one.missing is None), key=float)
    return dict(zip(codes, codes[::-1], strict=True))

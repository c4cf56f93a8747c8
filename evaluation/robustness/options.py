"""Perturbations of the options of an item: their order, their labels, "don't know"."""

from typing import Literal

from pydantic import Field

from evaluation.robustness.base import Given, Perturbation, whole
from simulacra.domain.answer import MissingCode
from simulacra.domain.survey import Item, Kind, Option

_WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NOMINAL = (Kind.SINGLE, Kind.MULTI, Kind.RANKING)


class Reorder(Perturbation):
    """Options in another order; each label keeps its code.

    ``of``: ``options`` of choices and rankings, or ``scale``, those of ratings. Options that are
    fixed, exclusive or stand for a missing answer keep their places.
    """

    change: Literal["reorder"] = "reorder"
    of: Literal["options", "scale"]
    order: Literal["reversed", "shuffled"] = "reversed"

    def apply(self, item: Item, given: Given) -> Item | str:
        """The item with its options in the other order."""
        fits = item.kind in _NOMINAL if self.of == "options" else item.kind is Kind.RATING
        if not fits:
            if self.of == "options" and item.kind is Kind.RATING:
                return "its options are a scale, which scale_reversed turns round"
            return f"it has no {'options to choose from' if self.of == 'options' else 'scale'}"
        if item.shuffle or item.show:
            return "every respondent is shown an order of their own"
        movable = [one for one in item.options if not _stays(one)]
        if len(movable) < 2:
            return "it has fewer than two options that can move"
        moved = iter(movable[::-1] if self.order == "reversed" else _shuffled(movable, item, given))
        options = tuple(one if _stays(one) else next(moved) for one in item.options)
        return item.model_copy(update={"options": options})


class Relabel(Perturbation):
    """Options with numbers, letters or number words for labels, which a legend explains.

    Numbers are the codes where these are whole numbers, else they count the options. A reply that
    uses the label of before is still read.
    """

    change: Literal["relabel"] = "relabel"
    labels: Literal["numbers", "letters", "words"]
    legend: str = "{label} = {meaning}"

    def apply(self, item: Item, given: Given) -> Item | str:  # noqa: ARG002
        """The item with the other labels."""
        if not item.kind.closed:
            return "it has no options to choose from"
        options = [one for one in item.options if one.missing is None]
        labels = self._labels(options)
        if isinstance(labels, str):
            return labels
        old = [one.label for one in options]
        if [one.casefold() for one in labels] == [one.casefold() for one in old]:
            return "its labels are such already"
        new = dict(zip([one.code for one in options], labels, strict=True))
        legend = ", ".join(
            self.legend.format(label=label, meaning=meaning)
            for label, meaning in zip(labels, old, strict=True)
        )
        return item.model_copy(
            update={
                "help": f"{item.help} {legend}.".strip(),
                "options": tuple(_relabelled(one, new.get(one.code)) for one in item.options),
            }
        )

    def _labels(self, options: list[Option]) -> list[str] | str:
        codes = [one.code for one in options]
        if self.labels == "letters":
            if any(len(code) == 1 and code.isalpha() for code in codes):
                return "its codes are letters"
            return list(_LETTERS[: len(codes)]) if len(codes) <= len(_LETTERS) else _MANY
        if all(code.isdecimal() for code in codes):
            numbers = codes
        elif any(whole(code) for code in codes):
            return "numbers would be taken for others of its codes"
        else:
            numbers = [str(place) for place in range(1, len(codes) + 1)]
        if self.labels == "numbers":
            return numbers
        if any(int(one) >= len(_WORDS) for one in numbers):
            return _MANY
        return [_WORDS[int(one)] for one in numbers]


_MANY = "it has too many options for that"


class DontKnow(Perturbation):
    """An option "don't know" where there was none, or without the one that there was."""

    change: Literal["dont_know"] = "dont_know"
    offer: bool
    label: str = "Don't know"
    code: str = Field(default="88", min_length=1)

    def apply(self, item: Item, given: Given) -> Item | str:
        """The item with or without the option."""
        if not item.kind.closed:
            return "it has no options to choose from"
        kept = tuple(one for one in item.options if one.missing != MissingCode.DONT_KNOW)
        there = len(kept) < len(item.options)
        if not self.offer:
            if not there:
                return "it offers no “don't know”"
            return item.model_copy(update={"options": kept}) if kept else "no option would be left"
        if there:
            return "it offers “don't know” already"
        if not given.english:
            return "it is not in English"
        code = self.code
        while code in {one.code for one in item.options}:
            code += self.code[-1]
        more = Option(
            code=code,
            label=self.label,
            exclusive=item.kind is Kind.MULTI,
            fixed=True,
            missing=MissingCode.DONT_KNOW,
        )
        return item.model_copy(update={"options": (*kept, more)})


def _stays(option: Option) -> bool:
    return option.fixed or option.exclusive or option.missing is not None


def _shuffled(options: list[Option], item: Item, given: Given) -> list[Option]:
    """The options in an order drawn for the item, which is never the one of before."""
    order = sorted(options, key=lambda one: given.draw(2**31, "order", item.id, one.code))
    return order if order != options else [*options[1:], options[0]]


def _relabelled(option: Option, label: str | None) -> Option:
    if label is None:
        return option
    names = (*option.translations, option.label)
    return option.model_copy(update={"label": label, "translations": names})

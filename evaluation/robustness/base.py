"""What all perturbations share."""

import re
from pathlib import Path
from typing import NamedTuple

from pydantic import Field

from evaluation.documents import parsed
from simulacra.domain.base import Frozen
from simulacra.domain.survey import Item
from simulacra.seeds import seed_of

NOT_ENGLISH = "it is not in English, and no wording was supplied"
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


class Wordings(Frozen):
    """Other wordings of items, by item id: with the same meaning, and with the opposite one.

    ``unparaphrased`` says of items why nobody found one of the first kind: they get no other.
    """

    paraphrase: dict[str, str] = Field(default_factory=dict)
    negation: dict[str, str] = Field(default_factory=dict)
    unparaphrased: dict[str, str] = Field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> "Wordings":
        """The wordings in a YAML file.

        Raises:
            InputError: the file cannot be read or holds something else.
        """
        return parsed(cls, path)


class Given(NamedTuple):
    """What a perturbation may draw on beside the item: a seed, wordings, the language."""

    seed: int
    wordings: Wordings = Wordings()
    language: str = "en"

    @property
    def english(self) -> bool:
        """Whether the shipped words fit the instrument."""
        return self.language.casefold().startswith("en")

    def draw(self, many: int, *names: str | int) -> int:
        """One of the first ``many`` numbers from 0, by the seed and names."""
        return seed_of(self.seed, *names) % many


class Perturbation(Frozen):
    """A change of items that should leave the answers as they are; ``what`` says it in words."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    what: str = Field(min_length=1)

    def apply(self, item: Item, given: Given) -> Item | str:
        """The item put another way, or why it cannot be."""
        raise NotImplementedError


def whole(text: str) -> bool:
    """Whether a code is a number."""
    return _NUMBER.fullmatch(text) is not None


def drawn_from(choices: tuple[str, ...], given: Given, *names: str | int) -> str:
    """One of several texts, by the seed and names."""
    return choices[given.draw(len(choices), *names)]

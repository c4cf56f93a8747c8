"""Perturbations of the words of an item: paraphrase, distraction, typing errors, negation."""

import random
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from evaluation.robustness.base import NOT_ENGLISH, Given, Perturbation, drawn_from, whole
from simulacra.domain.base import Frozen
from simulacra.domain.survey import Item, Kind
from simulacra.seeds import seed_of


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"no regular expression: {error}") from None
    return text


def _frame(text: str) -> str:
    if text.count("{text}") != 1:
        raise ValueError("a frame holds {text} once")
    return text


Pattern = Annotated[str, AfterValidator(_pattern)]
Frame = Annotated[str, AfterValidator(_frame)]
# What a pipe fills in is no word of the item.
_WORD = re.compile(r"\$\{[^}]*\}|[^\W\d_]{4,}")


class Rule(Frozen):
    """A rewording: where ``find`` (a regular expression) begins the text, ``put`` stands there."""

    find: Pattern
    put: str


class Paraphrase(Perturbation):
    """Other words of the same meaning: those supplied for the item, else a frame around its text.

    A text that ends in a question mark gets a frame for questions, any other one for statements.
    """

    change: Literal["paraphrase"] = "paraphrase"
    statement: tuple[Frame, ...] = Field(min_length=1)
    question: tuple[Frame, ...] = Field(min_length=1)

    def apply(self, item: Item, given: Given) -> Item | str:
        """The item in other words."""
        if supplied := given.wordings.paraphrase.get(item.id):
            return item.model_copy(update={"text": supplied})
        if why := given.wordings.unparaphrased.get(item.id):
            return why
        if not given.english:
            return NOT_ENGLISH
        head, text = _last_line(item.text)
        frames = self.question if text.rstrip().endswith("?") else self.statement
        framed = drawn_from(frames, given, "frame", item.id).replace("{text}", text)
        return item.model_copy(update={"text": head + framed})


class Distract(Perturbation):
    """A sentence that has nothing to do with the item, before it."""

    change: Literal["distract"] = "distract"
    sentences: tuple[str, ...] = Field(min_length=1)

    def apply(self, item: Item, given: Given) -> Item | str:
        """The item after the sentence."""
        if not given.english:
            return "it is not in English"
        sentence = drawn_from(self.sentences, given, "sentence", item.id)
        return item.model_copy(update={"text": f"{sentence} {item.text}"})


class Misspell(Perturbation):
    """Typing errors in a share of the words of four letters or more, one a word, at least one.

    Two letters change places, or a letter is left out or doubled; the first letter stays.
    """

    change: Literal["misspell"] = "misspell"
    rate: float = Field(gt=0, le=0.5)

    def apply(self, item: Item, given: Given) -> Item | str:
        """The item with typing errors."""
        words = [one for one in _WORD.finditer(item.text) if not one[0].startswith("$")]
        if not words:
            return "it has no word of four letters"
        chance = random.Random(seed_of(given.seed, "misspell", item.id))
        many = max(1, round(self.rate * len(words)))
        text = item.text
        for word in sorted(chance.sample(words, many), key=lambda one: -one.start()):
            text = text[: word.start()] + _misspelt(word[0], chance) + text[word.end() :]
        return item.model_copy(update={"text": text})


class Negate(Perturbation):
    """The opposite statement, scored the other way round: supplied for the item, or by a rule.

    A rule is used only where what follows holds none of the words in ``unless``: with them the
    opposite is not certain.
    """

    change: Literal["negate"] = "negate"
    rules: tuple[Rule, ...] = ()
    unless: Pattern

    def apply(self, item: Item, given: Given) -> Item | str:
        """The item with the opposite meaning, and scored so."""
        if item.kind is not Kind.RATING:
            return "it is no rating"
        if not all(whole(one.code) for one in item.options if one.missing is None):
            return "its codes are no numbers, so they cannot be turned round"
        text = given.wordings.negation.get(item.id) or self._opposite(item.text, given)
        if text is None:
            return "no negation is certain, and none was supplied"
        return item.model_copy(update={"text": text, "reverse": not item.reverse})

    def _opposite(self, whole_text: str, given: Given) -> str | None:
        if not given.english:
            return None
        head, text = _last_line(whole_text)
        for rule in self.rules:
            found = re.match(rule.find, text)
            if not found:
                continue
            rest = text[found.end() :]
            if not rest.strip(" .") or re.search(self.unless, rest, re.IGNORECASE):
                return None
            opposite = f"{rule.put}{rest}"
            return head + opposite[0].upper() + opposite[1:]
        return None


def _last_line(text: str) -> tuple[str, str]:
    """What a row shares with its matrix, and the row's own words."""
    head, line, last = text.rpartition("\n")
    return head + line, last


def _misspelt(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    error = chance.choice(("swap", "drop", "double"))
    if error == "swap" and word[at] != word[at + 1]:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if error == "drop":
        return word[:at] + word[at + 1 :]
    return word[:at] + word[at] + word[at:]

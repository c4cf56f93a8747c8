"""What people are asked beside a questionnaire: situations, an open interview, trait sentences."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

from pydantic import Field

from evaluation.documents import parsed
from personas.personality.data import function_model
from personas.personality.phrasing import function_traits
from simulacra.domain.base import Frozen
from simulacra.domain.persona import Facet, Function, Persona
from simulacra.domain.survey import Instrument, Item, Kind, Option
from simulacra.seeds import seed_of

_FOLDER = Path(__file__).parent
AGREE, DISAGREE = "1", "0"
_RANKS = 8
_WRITTEN = "Written for this project."


class Scenario(Frozen):
    """A situation that is aimed at a facet, and what people low, average and high on it do."""

    facet: Facet
    text: str = Field(min_length=1)
    low: str = Field(min_length=1)
    middle: str = Field(min_length=1)
    high: str = Field(min_length=1)


class Scenarios(Frozen):
    """Situations as they stand in their file."""

    id: str
    title: str
    instructions: str
    scenarios: tuple[Scenario, ...] = Field(min_length=1)

    def instrument(self) -> Instrument:
        """The situations as single choices in a shuffled order; codes are levels of the facet."""
        return Instrument(
            id=self.id,
            title=self.title,
            instructions=self.instructions,
            source=_WRITTEN,
            items=tuple(_situation(at, one) for at, one in enumerate(self.scenarios, start=1)),
        )


@cache
def scenarios() -> Scenarios:
    """The shipped situations, two for each facet."""
    return parsed(Scenarios, _FOLDER / "scenarios.yaml")


@cache
def interview() -> Instrument:
    """The open interview that observers rate."""
    return parsed(Instrument, _FOLDER / "interview.yaml").model_copy(update={"source": _WRITTEN})


class Sentence(NamedTuple):
    """A sentence on a function at a rank; ``own``: of the person's rank, else a counterpart."""

    item: str
    text: str
    function: Function
    rank: int
    own: bool


def trait_sentences(persona: Persona, seed: int = 0) -> tuple[Sentence, ...]:
    """Sentences for the ranks of a person's functions, mixed with as many counterparts.

    They are the person's own traits where these speak of all eight functions, else drawn for the
    order that the person was given, 4, 3, 2, 1, 1, 2, 3 and 4 from ranks 1 to 8. A counterpart
    speaks of the same function at the opposite rank (9 minus the person's), so that somebody who
    agrees with everything says nothing of any function. ``seed`` decides what is drawn, and the
    order. Empty for a person who was given no order.
    """
    functions = persona.personality.functions
    given = _given(persona) if functions else {}
    texts: list[tuple[str, Function, int, bool]] = []
    for rank, function in enumerate(functions, start=1):
        mine = given.get(function) or _drawn(persona, function, rank, seed)
        others = _drawn(persona, function, _RANKS + 1 - rank, seed)
        texts += [(text, function, rank, True) for text in mine]
        texts += [(text, function, _RANKS + 1 - rank, False) for text in others[: len(mine)]]
    texts.sort(key=lambda one: (seed_of(seed, persona.id, "order", one[0]), one[0]))
    return tuple(Sentence(f"s{at:02d}", *one) for at, one in enumerate(texts, start=1))


def _given(persona: Persona) -> dict[Function, list[str]]:
    """The person's own sentences by function; empty where one has none at its rank."""
    functions = persona.personality.functions
    found: dict[Function, list[str]] = {}
    for trait in persona.personality.traits:
        if trait.function and trait.rank == functions.index(trait.function) + 1:
            found.setdefault(trait.function, []).append(trait.text)
    return found if set(found) == set(functions) else {}


def _drawn(persona: Persona, function: Function, rank: int, seed: int) -> list[str]:
    """As many sentences of a function at a rank as a person gets of that rank."""
    texts = [trait.text for trait in function_traits(function, rank)]
    texts.sort(key=lambda text: (seed_of(seed, persona.id, text), text))
    return texts[: function_model().drawn[rank]]


def sentence_instrument(sentences: tuple[Sentence, ...]) -> Instrument:
    """Trait sentences to agree or disagree with; the scale of each is its function."""
    options = (Option(code=AGREE, label="Agree"), Option(code=DISAGREE, label="Disagree"))
    return Instrument(
        id="eight_functions",
        title="Sentences on the eight functions",
        instructions="Do you agree or disagree that the sentence describes you?",
        source=_WRITTEN,
        items=tuple(
            Item(
                id=one.item,
                kind=Kind.SINGLE,
                text=one.text,
                options=options,
                scale=one.function,
                reverse=2 * one.rank > _RANKS,
                shuffle=True,
            )
            for one in sentences
        ),
    )


def _situation(at: int, one: Scenario) -> Item:
    labels = (("1", one.low), ("3", one.middle), ("5", one.high))
    return Item(
        id=f"situation{at:02d}",
        kind=Kind.SINGLE,
        text=f"{one.text} What do you do?",
        options=tuple(Option(code=code, label=label) for code, label in labels),
        scale=one.facet,
        shuffle=True,
    )

"""Drift: how far the written life moves the answers.

Personas that language models write are known to drift: the more of a life is written, the further
the answers move, and often to one side (Li et al., 2025, arXiv 2503.16527). So the same person
answers the same items three times: with the attributes alone, with the biography, with the whole
life. Items, their order, the seeds of every answer, the replicates and the temperature are the
same; what differs is what the respondent is given, and with the whole life the method, since
memories need one that recalls them.

A shift is the mean over replicates of the later answer minus the earlier one, replicate by
replicate, on the item's own codes with reversed items turned round. Its interval resamples
replicates.
"""

from collections.abc import Mapping, Sequence

from pydantic import Field

from evaluation.answers import amount, bounds, is_amount, level_of, scales_of
from evaluation.intervals import Interval, mean_interval
from evaluation.sentiment import Sentiment, sentiment_of
from simulacra.cognition.persona_prompt import facts_of
from simulacra.domain.answer import Response
from simulacra.domain.base import Frozen
from simulacra.domain.persona import Persona
from simulacra.domain.run import Method
from simulacra.domain.stage import STAGES, Stage
from simulacra.domain.survey import Instrument, Item, Kind
from simulacra.errors import InputError
from simulacra.seeds import seed_of

STEPS: tuple[tuple[Stage, Stage], ...] = (
    ("attributes", "biography"),
    ("biography", "life"),
    ("attributes", "life"),
)
GIVEN: dict[Stage, str] = {
    "attributes": "the profile, the personality and its sentences",
    "biography": "that and the biography",
    "life": "that and what is recalled of story and memories for each item",
}
SAME_NOTE = (
    "Every replicate gave the same answers, so the intervals hold nothing of chance and have no "
    "width: ask at a temperature above 0."
)
Answers = Mapping[Stage, Sequence[Mapping[str, Response]]]
"""By stage: one mapping of responses by item id for each replicate, in their order."""


class Shift(Frozen):
    """How far answers move from one stage to a later one.

    ``replicates`` counts those with an answer at both; ``mean`` is None without any, ``interval``
    with fewer than three.
    """

    start: Stage
    end: Stage
    mean: float | None
    interval: Interval | None
    replicates: int

    @property
    def clear(self) -> bool:
        """Whether the interval leaves out zero."""
        return self.interval is not None and not self.interval.low <= 0 <= self.interval.high


class Drifted(Frozen):
    """The drift of one item or scale: its level at each stage, and the shifts of each step."""

    id: str
    text: str = ""
    lowest: float | None = None
    highest: float | None = None
    items: int = 1
    levels: dict[Stage, float | None]
    shifts: tuple[Shift, ...]


class DriftResult(Frozen):
    """The drift of one person on one instrument.

    ``methods`` and ``given`` say how each stage was asked; ``left_out`` names items whose answers
    are no amounts; ``missing`` counts answers that are missing, by stage.
    """

    simulated: bool = True
    persona: str
    name: str
    version: int
    instrument: str
    title: str
    model: str
    replicates: int
    seed: int
    temperature: float
    methods: dict[Stage, Method]
    given: dict[Stage, str]
    scales: tuple[Drifted, ...]
    items: tuple[Drifted, ...]
    sentiment: dict[Stage, Sentiment]
    left_out: tuple[str, ...]
    missing: dict[Stage, int]
    notes: tuple[str, ...] = ()
    runs: dict[Stage, str] = Field(default_factory=dict)


class Asked(Frozen):
    """How the stages were asked, for the record."""

    model: str
    replicates: int
    seed: int
    temperature: float
    methods: dict[Stage, Method]
    runs: dict[Stage, str] = Field(default_factory=dict)
    notes: tuple[str, ...] = ()


def drift_of(
    persona: Persona, instrument: Instrument, answers: Answers, asked: Asked
) -> DriftResult:
    """The drift, from the answers of all three stages.

    Raises:
        InputError: no item of the instrument has answers that are amounts.
    """
    measured = [item for item in instrument.items if is_amount(item)]
    if not measured:
        raise InputError(
            f"{instrument.id} has no rating or numeric items, so there is nothing that can shift"
        )
    scales = scales_of(measured)
    texts = texts_of(persona)
    return DriftResult(
        persona=persona.id,
        name=persona.name,
        version=persona.version,
        instrument=instrument.id,
        title=instrument.title or instrument.id,
        given=GIVEN,
        scales=tuple(
            _drifted(name, "", items, answers, asked.seed) for name, items in scales.items()
        ),
        items=tuple(_drifted(one.id, one.text, [one], answers, asked.seed) for one in measured),
        sentiment={
            stage: sentiment_of(texts[stage], seed=seed_of(asked.seed, "sentiment", stage))
            for stage in STAGES
        },
        left_out=tuple(item.id for item in instrument.items if item not in measured),
        missing={stage: _missing(measured, answers[stage]) for stage in STAGES},
        **asked.model_dump(exclude={"notes"}),
        notes=(*asked.notes, *((SAME_NOTE,) if _all_the_same(measured, answers) else ())),
    )


def texts_of(persona: Persona) -> dict[Stage, list[str]]:
    """The words that each stage adds."""
    facts = [f"{label}: {value}." for label, value in facts_of(persona)]
    memories = [
        text for one in persona.memories for text in (one.content, one.thought, one.feeling) if text
    ]
    return {
        "attributes": [*facts, *(trait.text for trait in persona.personality.traits)],
        "biography": [persona.biography],
        "life": [persona.story, *memories],
    }


def _drifted(id_: str, text: str, items: Sequence[Item], answers: Answers, seed: int) -> Drifted:
    values = {
        stage: [level_of(items, responses) for responses in answers[stage]] for stage in STAGES
    }
    ends = [bounds(item) for item in items if item.kind is Kind.RATING]
    whole = len(ends) == len(items)
    return Drifted(
        id=id_,
        text=text,
        lowest=min(low for low, _ in ends) if whole else None,
        highest=max(high for _, high in ends) if whole else None,
        items=len(items),
        levels={stage: _mean(values[stage]) for stage in STAGES},
        shifts=tuple(
            _shift(start, end, values[start], values[end], seed_of(seed, "drift", id_, start, end))
            for start, end in STEPS
        ),
    )


def _shift(
    start: Stage,
    end: Stage,
    before: Sequence[float | None],
    after: Sequence[float | None],
    seed: int,
) -> Shift:
    moved = [
        later - earlier
        for earlier, later in zip(before, after, strict=True)
        if earlier is not None and later is not None
    ]
    return Shift(
        start=start,
        end=end,
        mean=_mean(moved),
        interval=mean_interval(moved, seed=seed),
        replicates=len(moved),
    )


def _missing(items: Sequence[Item], replicates: Sequence[Mapping[str, Response]]) -> int:
    return sum(
        amount(item, responses.get(item.id)) is None for responses in replicates for item in items
    )


def _all_the_same(items: Sequence[Item], answers: Answers) -> bool:
    """Whether several replicates answer, and differ nowhere."""
    told = {
        stage: {tuple(amount(item, one.get(item.id)) for item in items) for one in answers[stage]}
        for stage in STAGES
    }
    several = all(len(answers[stage]) > 1 for stage in STAGES)
    answered = any(value is not None for some in told.values() for one in some for value in one)
    return several and answered and all(len(one) == 1 for one in told.values())


def _mean(values: Sequence[float | None]) -> float | None:
    known = [one for one in values if one is not None]
    return sum(known) / len(known) if known else None

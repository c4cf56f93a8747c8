"""What a run will ask: its interviews with their seeds, and how many answers and calls that is."""

from typing import NamedTuple

from simulacra.domain.elicitation import Way, orders_needed
from simulacra.domain.run import Interview, Mechanism, RunSpec
from simulacra.domain.survey import Item
from simulacra.runs.assignment import assigned
from simulacra.seeds import seed_of
from simulacra.survey.pages import requests_of


class Estimate(NamedTuple):
    """The size of a run; ``calls`` counts no re-asks, checks of suspect replies, repeats."""

    interviews: int
    cells: int
    calls: int


def plan(spec: RunSpec) -> list[Interview]:
    """All interviews of a run: persona by persona, within each by condition, then by replicate.

    Ids and seeds come from the run's seed, the persona, the place of the condition and the
    replicate (counted from 1), never from the run's id: the same plan gives the same interviews.
    A person has the same seed under all conditions, so that only the condition differs.
    """
    personas = tuple(dict.fromkeys(spec.personas))
    places = {one.name: f".c{at}" for at, one in enumerate(spec.design.conditions, start=1)}
    cells = [
        (persona, condition, replicate)
        for persona, condition in assigned(personas, spec.design, spec.seed)
        for replicate in range(1, spec.replicates + 1)
    ]
    return [
        Interview(
            id=f"{persona.id}.v{persona.version}{places.get(condition, '')}.r{replicate}",
            persona=persona,
            condition=condition,
            replicate=replicate,
            seed=seed_of(spec.seed, persona.id, replicate),
            position=position,
        )
        for position, (persona, condition, replicate) in enumerate(cells)
    ]


def item_seed(spec: RunSpec, interview: Interview, item_id: str) -> int:
    """The seed of one cell; a retest or a resumed run has the same one."""
    return seed_of(spec.seed, interview.persona.id, item_id, interview.replicate)


def estimate(spec: RunSpec) -> Estimate:
    """How much a run will ask, before anything is asked; items under a condition count as asked."""
    conditions = max(1, len(spec.design.conditions)) if spec.design.within else 1
    interviews = len(set(spec.personas)) * spec.replicates * conditions
    items = [item for item in spec.instrument.items if item.kind.askable]
    cells = interviews * len(spec.instrument.answerable)
    if spec.behavioural:  # simulated respondents make no calls
        return Estimate(interviews, cells, 0)
    scored = spec.settings.get("elicitation") == "score"
    spoken = [spec.elicit.calls_for(item.kind, len(item.options)) for item in items]
    calls = interviews * sum(
        calls_of_an_answer(spec.mechanism, scored=scored, spoken=many) for many in spoken
    )
    if spec.page:
        calls = (
            interviews
            * requests_of(spec.instrument)
            * calls_of_an_answer(spec.mechanism, scored=False)
        )
    if not scored and spec.elicit.way == "logprobs":  # priors, one for each order of options
        weighed = [item for item in items if _way(spec, item) == "logprobs"]
        calls += sum(orders_needed(item.kind, len(item.options)) for item in weighed)
    if scored:  # priors, which all respondents share
        calls += sum(item.kind.optioned for item in items) + spec.mechanism.has("emotion")
    elif spec.learn:
        calls += interviews
    return Estimate(interviews, cells, calls)


def _way(spec: RunSpec, item: Item) -> Way:
    return spec.elicit.way_for(item.kind, len(item.options))


def calls_of_an_answer(mechanism: Mechanism, *, scored: bool, spoken: int = 1) -> int:
    """Model calls that one answer takes, re-asks and shared priors apart.

    ``scored``: the model scores options, and names of emotions, by log-probability. ``spoken``:
    calls for the answer itself, of a model that does not score.
    """
    names_feelings = scored and mechanism.has("emotion")
    if mechanism.fuses:
        return 1 + scored + names_feelings
    return (1 if scored else spoken) + len(mechanism.inner) + names_feelings

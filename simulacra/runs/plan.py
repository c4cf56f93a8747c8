"""What a run will ask: its interviews with their seeds, and how many answers and calls that is."""

from typing import NamedTuple

from simulacra.domain.run import Interview, Mechanism, RunSpec
from simulacra.seeds import seed_of


class Estimate(NamedTuple):
    """The size of a run; ``calls`` counts neither re-asks nor repeated attempts."""

    interviews: int
    cells: int
    calls: int


def plan(spec: RunSpec) -> list[Interview]:
    """All interviews of a run: persona by persona, within each by replicate.

    Ids and seeds come from the run's seed, the persona and the replicate (counted from 1), never
    from the run's id: the same plan gives the same interviews.
    """
    pairs = [
        (persona, replicate)
        for persona in dict.fromkeys(spec.personas)
        for replicate in range(1, spec.replicates + 1)
    ]
    return [
        Interview(
            id=f"{persona.id}.v{persona.version}.r{replicate}",
            persona=persona,
            replicate=replicate,
            seed=seed_of(spec.seed, persona.id, replicate),
            position=position,
        )
        for position, (persona, replicate) in enumerate(pairs)
    ]


def item_seed(spec: RunSpec, interview: Interview, item_id: str) -> int:
    """The seed of one cell; a retest or a resumed run has the same one."""
    return seed_of(spec.seed, interview.persona.id, item_id, interview.replicate)


def estimate(spec: RunSpec) -> Estimate:
    """How much a run will ask, before anything is asked; items under a condition count as asked."""
    interviews = len(set(spec.personas)) * spec.replicates
    items = spec.instrument.items
    scored = spec.settings.get("elicitation") == "score"
    calls = interviews * len(items) * calls_of_an_answer(spec.mechanism, scored=scored)
    if scored:  # priors, which all respondents share
        calls += sum(item.kind.closed for item in items) + spec.mechanism.has("emotion")
    elif spec.learn:
        calls += interviews
    return Estimate(interviews, interviews * len(items), calls)


def calls_of_an_answer(mechanism: Mechanism, *, scored: bool) -> int:
    """Model calls that one answer takes, re-asks and shared priors apart.

    ``scored``: the model scores options, and names of emotions, by log-probability.
    """
    names_feelings = scored and mechanism.has("emotion")
    if mechanism.fuses:
        return 1 + scored + names_feelings
    return 1 + len(mechanism.inner) + names_feelings

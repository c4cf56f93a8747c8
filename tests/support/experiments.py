"""Experiments on simulated respondents with planted effects, by the engine but without a store."""

from collections.abc import Sequence
from typing import Any

from evaluation.experiments.analyses import analysed
from evaluation.experiments.experiment import Conformity, Experiment
from evaluation.experiments.files import find
from evaluation.experiments.observations import Observation, observed
from evaluation.experiments.result import Analysed, Named
from evaluation.experiments.stimuli import built
from simulacra.behaviour.respondent import SimulatedRespondent
from simulacra.domain.behaviour import Behaviour
from simulacra.domain.persona import Persona
from simulacra.domain.run import Cell, Interview, PersonaRef, RunSpec
from simulacra.runs.interview import conduct
from simulacra.runs.plan import plan
from simulacra.survey.unroll import unrolled
from tests.support.robustness import behaviour, crowd

__all__ = ["behaviour", "found", "observations", "planted", "planted_conformity", "value"]


async def observations(
    experiment: Experiment,
    how: Behaviour,
    *,
    people: int = 40,
    seed: int = 1,
    replicates: int = 1,
) -> tuple[Observation, ...]:
    """What such people answer, at the orders and seeds that the engine gives them."""
    made = built(experiment)
    who = {one.id: one for one in crowd(people)}
    spec = RunSpec(
        name="experiment",
        instrument=unrolled(made.instrument),
        personas=tuple(PersonaRef(id=one, version=1) for one in who),
        method="profile",
        model="behavioural",
        replicates=replicates,
        seed=seed,
        earlier_visible=experiment.earlier_visible,
        design=made.design,
    )
    records: list[tuple[Interview, Cell]] = []
    for interview in plan(spec):
        one = SimulatedRespondent(_person(who, interview), spec.instrument, how)
        async for cell in conduct(
            spec,
            interview,
            one,
            temperature=0,
            finished={},
            opening=one.opening(interview.condition),
        ):
            assert isinstance(cell, Cell)
            records.append((interview, cell))
    return observed(records, [one.id for one in made.measured])


async def found(
    experiment: Experiment | str, how: Behaviour, *, seed: int = 1, **choices: Any
) -> Analysed:
    """The analysis of what they answer."""
    one = find(experiment) if isinstance(experiment, str) else experiment
    told = await observations(one, how, seed=seed, **choices)
    return analysed(one, built(one), told, seed)


def value(analysis: Analysed, name: str) -> Named:
    """The estimate of a name."""
    return next(one for one in analysis.estimates if one.name == name)


def planted(name: str, size: float, *, seed: int = 0) -> Behaviour:
    """A population with an effect of such a size in one of the shipped experiments.

    ``conformity``: the rate of yielding. ``anchoring``: by how many standard deviations of the
    trait a high anchor and a low one pull apart. ``framing``: the rate at which losses make people
    choose the risk, whatever they would have chosen.
    """
    if name == "conformity":
        return planted_conformity(find("conformity"), size, seed=seed)
    if name == "anchoring":
        halves = (("high", size / 2), ("low", -size / 2))
        effects: list[dict[str, Any]] = [
            {"effect": "shift", "condition": condition, "by": by} for condition, by in halves
        ]
    else:
        effects = [{"effect": "follow", "condition": "loss", "code": "risky", "rate": size}]
    return Behaviour.model_validate({"seed": seed, "effects": effects})


def planted_conformity(
    experiment: Experiment, rate: float, *, seed: int = 0, blind: Sequence[str] = ()
) -> Behaviour:
    """People who see the lengths, but for those comparisons to which they are ``blind``.

    After others they say with probability ``rate`` what these said, else what is right.
    """
    analysis = experiment.analysis
    assert isinstance(analysis, Conformity)
    follow = [
        {"effect": "follow", "items": [one.id], "code": one.texts["group"], "rate": rate,
         "condition": analysis.first}
        for one in experiment.stimuli
        if one.texts["group"] != one.texts["correct"]
    ]  # fmt: skip
    see = [
        {"effect": "follow", "items": [one.id], "code": one.texts["correct"], "rate": 1.0}
        for one in experiment.stimuli
        if one.id not in blind
    ]
    return Behaviour.model_validate({"seed": seed, "effects": [*follow, *see]})


def _person(who: dict[str, Persona], interview: Interview) -> Persona:
    return who[interview.persona.id]

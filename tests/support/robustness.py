"""Simulated respondents who answer an instrument and its perturbations, without the engine."""

from collections.abc import Sequence
from typing import Any

from evaluation.joint_runs import Answered
from evaluation.robustness.base import Given
from evaluation.robustness.measures import Three
from evaluation.robustness.perturbations import chosen, perturb
from simulacra.behaviour.respondent import SimulatedRespondent
from simulacra.domain.behaviour import Behaviour
from simulacra.domain.persona import Persona
from simulacra.domain.survey import Instrument, Item, Kind, Option
from simulacra.seeds import seed_of
from simulacra.survey.orders import Draw
from simulacra.survey.parse import read_reply
from simulacra.survey.present import present
from tests.support.studies import person

AGREE = tuple(Option(code=str(n), label=f"Level {n}") for n in range(1, 6))
FRUIT = tuple(Option(code=code, label=f"Fruit {code}") for code in ("ap", "pe", "qu", "me"))


def rating(at: int, **changes: Any) -> Item:
    """A rating whose opposite is certain."""
    said = {"id": f"r{at}", "kind": Kind.RATING, "text": f"I am of the kind {at}."}
    return Item(**{**said, "options": AGREE, **changes})


def choice(at: int) -> Item:
    """A choice of one of four."""
    return Item(id=f"c{at}", kind=Kind.SINGLE, text=f"Which fruit on day {at}?", options=FRUIT)


def instrument(*items: Item) -> Instrument:
    """Items as an instrument."""
    return Instrument(id="small", title="A few items", items=items)


def crowd(many: int) -> list[Persona]:
    """People with nothing to tell them apart but their names."""
    return [person(f"Person {at}") for at in range(many)]


def behaviour(*effects: dict[str, Any]) -> Behaviour:
    """A population with these effects."""
    return Behaviour.model_validate({"effects": effects})


async def answers(
    people: Sequence[Persona], asked: Instrument, how: Behaviour, seed: int
) -> Answered:
    """What everybody answers, at the seeds that the engine would give them."""
    told: Answered = {}
    for at, one in enumerate(people):
        respondent = SimulatedRespondent(one, asked, how)
        state, row = respondent.opening(), told.setdefault((one.id, 1), {})
        for item in asked.items:
            shown = present(item, asked, Draw(seed, at, seed), {})
            of_item = seed_of(seed, one.id, item.id, 1)
            reply = await respondent.ask(shown, state, seed=of_item, temperature=0)
            row[item.id] = read_reply(shown, reply)
    return told


async def asked_three_times(
    name: str, asked: Instrument, how: Behaviour, *, people: int, seed: int = 1, again: int = 1
) -> Three:
    """Perturbed (at the seed ``again``), original (at ``seed``), and retest."""
    made, who = perturb(asked, chosen(name)[0], Given(seed)), crowd(people)
    return Three(
        await answers(who, made.instrument, how, again),
        await answers(who, asked, how, seed),
        await answers(who, asked, how, seed + 1_000),
        made.back,
    )

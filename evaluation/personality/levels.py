"""From answers to levels: a person's traits over replicates, and the tables of them."""

from collections.abc import Mapping, Sequence

from evaluation.joint_runs import Answered
from evaluation.personality.result import PersonLevels
from evaluation.personality.scoring import (
    DOMAIN_OF,
    domain_means,
    measures_facets,
    score_big_five,
    score_facets,
)
from simulacra.domain.answer import Response
from simulacra.domain.persona import DOMAINS, FACETS
from simulacra.domain.survey import Instrument


def by_person(told: Answered) -> dict[str, list[Mapping[str, Response]]]:
    """The responses of each person, a mapping for each replicate."""
    found: dict[str, list[Mapping[str, Response]]] = {}
    for (person, _), responses in sorted(told.items()):
        found.setdefault(person, []).append(responses)
    return found


def own_levels(
    instrument: Instrument, replicates: Sequence[Mapping[str, Response]]
) -> dict[str, float]:
    """A person's levels from closed answers: means over the replicates that have one."""
    items = instrument.items
    found: dict[str, list[float]] = {}
    facets = measures_facets(items)
    for responses in replicates:
        scores = score_facets(items, responses) if facets else score_big_five(items, responses)
        for one in scores:
            if one.mean is not None:
                name = one.scale if facets else DOMAIN_OF[one.scale]
                found.setdefault(name, []).append(one.mean)
    means = {name: sum(levels) / len(levels) for name, levels in found.items()}
    return {**means, **domain_means(means)}


def tabled(
    levels: Mapping[str, Mapping[str, Mapping[str, float]]],
) -> tuple[PersonLevels, ...]:
    """Levels by method, person and trait as rows; people without any level are left out."""
    return tuple(
        PersonLevels(
            person=person,
            method=method,
            domains={name: found[name] for name in DOMAINS if name in found},
            facets={name: found[name] for name in FACETS if name in found},
        )
        for method, by in levels.items()
        for person, found in by.items()
        if found
    )

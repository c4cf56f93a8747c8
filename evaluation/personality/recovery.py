"""Assigned against recovered traits: over people for each facet, over facets for each person.

Over people: the correlation of assigned with recovered levels, and the mean difference. Over the 30
facets of one person: the profile correlation, which is high already where people resemble each
other (Furr, 2008, A framework for profile similarity, Journal of Personality 76, 1267-1316); beside
it stands the mean correlation with the profiles that the other people were given.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from evaluation.intervals import mean_interval
from evaluation.personality.mtmm import FEWEST_PEOPLE
from evaluation.sections import Estimate
from evaluation.statistics.correlation import pearson
from simulacra.domain.base import Frozen

Profiles = Mapping[str, Mapping[str, float]]
"""Levels by person and trait."""


class TraitRecovery(Frozen):
    """One trait by one method, over people.

    ``r`` is that of assigned with recovered levels, ``bias`` the mean recovered less assigned one.
    """

    trait: str
    method: str
    r: Estimate
    bias: Estimate


class ProfileAgreement(Frozen):
    """One person by one method: ``r`` over facets; ``others`` the mean r with others' profiles.

    ``distance`` is the mean absolute difference in levels, ``facets`` how many have a level.
    """

    person: str
    method: str
    r: Estimate
    others: float | None
    distance: float | None
    facets: int


class Recovery(Frozen):
    """How far the levels that people were given come back by one method."""

    method: str
    domains: tuple[TraitRecovery, ...]
    facets: tuple[TraitRecovery, ...]
    profiles: tuple[ProfileAgreement, ...]
    profile_mean: Estimate
    others_mean: float | None


def recovered(
    method: str,
    assigned: Profiles,
    found: Profiles,
    domains: Sequence[str],
    facets: Sequence[str],
    *,
    seed: int = 0,
) -> Recovery:
    """Recovery by one method, of people who were given levels; others are passed over."""
    people = [person for person in found if assigned.get(person)]
    agreements = [_agreement(method, one, people, assigned, found, facets) for one in people]
    values = [one.r.value for one in agreements if one.r.value is not None]
    others = [one.others for one in agreements if one.others is not None]
    return Recovery(
        method=method,
        domains=tuple(_trait(method, one, people, assigned, found, seed) for one in domains),
        facets=tuple(_trait(method, one, people, assigned, found, seed) for one in facets),
        profiles=tuple(agreements),
        profile_mean=Estimate(
            value=sum(values) / len(values) if values else None,
            interval=mean_interval(values, seed=seed),
            n=len(values),
        ),
        others_mean=sum(others) / len(others) if others else None,
    )


def _trait(
    method: str,
    trait: str,
    people: Sequence[str],
    assigned: Profiles,
    found: Profiles,
    seed: int,
) -> TraitRecovery:
    pairs = [
        (assigned[person][trait], found[person][trait])
        for person in people
        if trait in found[person] and trait in assigned[person]
    ]
    differences = [after - before for before, after in pairs]
    if len(pairs) < FEWEST_PEOPLE:
        r = Estimate(n=len(pairs), why=f"{len(pairs)} people: {FEWEST_PEOPLE} are needed")
    else:
        r = pearson([one for one, _ in pairs], [one for _, one in pairs])
    return TraitRecovery(
        trait=trait,
        method=method,
        r=r,
        bias=Estimate(
            value=sum(differences) / len(differences) if differences else None,
            interval=mean_interval(differences, seed=seed),
            n=len(differences),
        ),
    )


def _agreement(
    method: str,
    person: str,
    people: Sequence[str],
    assigned: Profiles,
    found: Profiles,
    facets: Sequence[str],
) -> ProfileAgreement:
    known = [facet for facet in facets if facet in found[person]]
    mine = np.array([found[person][facet] for facet in known])
    given = np.array([assigned[person][facet] for facet in known])
    theirs = [
        pearson(mine, np.array([assigned[other][facet] for facet in known])).value
        for other in people
        if other != person
    ]
    defined = [one for one in theirs if one is not None]
    return ProfileAgreement(
        person=person,
        method=method,
        r=pearson(mine, given),
        others=sum(defined) / len(defined) if defined else None,
        distance=float(np.abs(mine - given).mean()) if known else None,
        facets=len(known),
    )

"""Assigned against recovered levels, over people and over facets."""

import numpy as np
import pytest

from evaluation.personality.recovery import Recovery, recovered
from simulacra.domain.persona import DOMAINS, FACETS
from tests.support.personality import population

ASSIGNED = {
    one.id: {**one.personality.facets, **one.personality.domain_levels()} for one in population(30)
}


def noisy(size: float, *, bias: float = 0.0) -> dict[str, dict[str, float]]:
    rng = np.random.default_rng(1)
    return {
        person: {trait: level + bias + size * rng.standard_normal() for trait, level in row.items()}
        for person, row in ASSIGNED.items()
    }


def of(found: dict[str, dict[str, float]]) -> Recovery:
    return recovered("self", ASSIGNED, found, tuple(DOMAINS), FACETS)


def test_what_comes_back_whole_has_no_bias_and_correlates_perfectly() -> None:
    result = of(noisy(0))
    assert [part.r.value for part in result.facets] == pytest.approx([1.0] * 30)
    assert [part.bias.value for part in result.domains] == pytest.approx([0.0] * 5)
    assert [one.r.value for one in result.profiles] == pytest.approx([1.0] * 30)
    assert result.others_mean is not None and abs(result.others_mean) < 0.1


def test_noise_and_bias_are_found() -> None:
    result = of(noisy(1.0, bias=0.5))
    # A level has a variance of 1.02, so half of what is measured is noise.
    assert np.mean([part.r.value for part in result.facets]) == pytest.approx(0.71, abs=0.04)
    biases = [part.bias for part in result.facets]
    assert sum(one.covers(0.5) for one in biases) >= 26
    assert result.profile_mean.value == pytest.approx(0.71, abs=0.04)


def test_other_peoples_levels_do_not_count_as_recovery() -> None:
    people = list(ASSIGNED)
    swapped = {
        one: ASSIGNED[other] for one, other in zip(people, people[1:] + people[:1], strict=True)
    }
    result = of(swapped)
    assert abs(np.mean([part.r.value for part in result.facets])) < 0.15
    assert result.profile_mean.value is not None and abs(result.profile_mean.value) < 0.15
    assert result.others_mean is not None
    assert result.others_mean > result.profile_mean.value


def test_one_person_has_a_profile_and_nothing_over_people() -> None:
    person = next(iter(ASSIGNED))
    result = of({person: noisy(0.5)[person]})
    assert all(part.r.value is None for part in result.facets)
    assert result.facets[0].r.why == "1 people: 4 are needed"
    assert result.profiles[0].others is None and result.others_mean is None
    assert result.profiles[0].r.interval is not None and result.profiles[0].facets == 30


def test_without_assigned_levels_nothing_is_compared() -> None:
    result = recovered("self", {"p": {}}, {"p": {"anxiety": 3.0}}, tuple(DOMAINS), FACETS)
    assert (result.profiles, result.profile_mean.value) == ((), None)
    assert all(part.r.value is None for part in result.facets)

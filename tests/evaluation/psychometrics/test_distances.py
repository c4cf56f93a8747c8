"""Distance between correlations: none between samples of one population, whatever their size."""

import numpy as np
import pytest

from evaluation.psychometrics.distances import correlation_distance
from evaluation.psychometrics.result import Distance
from evaluation.psychometrics.sample import Sample
from tests.support.answers import rated, sample, scored


def two(people: int, *, seed: int, mixed: bool = False) -> Sample:
    """Two scales of four items; ``mixed``: which item is on which is not that of the others."""
    data = np.hstack([rated(people, 4, seed=seed), rated(people, 4, seed=seed + 500)])
    if mixed:
        data = data[:, [0, 4, 1, 5, 2, 6, 3, 7]]
    return sample(data, items=scored(8))


def far(one: Sample, other: Sample) -> Distance:
    return correlation_distance(one, other, seed=1)


def test_samples_of_one_population_are_no_further_apart_than_chance() -> None:
    small = [far(two(60, seed=seed), two(600, seed=99)) for seed in range(6)]
    assert all((one.rms.value or 0) > 0.05 for one in small), "sampling error alone"
    beyond = [one.beyond.value or 0 for one in small]
    assert float(np.mean(beyond)) < 0.06
    assert sum(one.beyond.covers(0) for one in small) >= 4


def test_other_correlations_are_far() -> None:
    found = far(two(300, seed=1, mixed=True), two(600, seed=99))
    assert found.beyond.ends and found.beyond.ends[0] > 0.2
    assert found.alike.value is not None and found.alike.value < 0.5
    assert found.pairs == 28 and found.items == 8


def test_unreversed_items_are_far_from_reversed_ones() -> None:
    there = two(300, seed=1)
    turned = sample(np.where(np.arange(8) < 2, 6 - there.answers[0], there.answers[0]))
    assert (far(turned, two(600, seed=99)).beyond.value or 0) > 0.2
    # Keyed as they are worded, they are not.
    keyed = turned._replace(items=scored(8, reverse=(0, 1)))
    assert (far(keyed, two(600, seed=99)).beyond.value or 0) < 0.1


def test_replicates_do_not_make_the_interval_narrower() -> None:
    one = two(50, seed=3)
    often = one._replace(answers=np.repeat(one.answers, 4, axis=0))
    human = two(400, seed=99)
    assert far(often, human).beyond == far(one, human).beyond


@pytest.mark.parametrize(
    ("people", "items", "why"), [(2, 4, "three are needed"), (30, 2, "items in common")]
)
def test_where_there_is_none_there_is_a_reason(people: int, items: int, why: str) -> None:
    found = far(sample(rated(people, items)), sample(rated(40, items)))
    assert found.rms.value is None and why in found.rms.why


def test_constant_items_are_left_out_pair_by_pair() -> None:
    data = rated(50, 4)
    data[:, 0] = 3
    found = far(sample(data), sample(rated(60, 4)))
    assert found.pairs == 3 and found.rms.value is not None
    flat = far(sample(np.full((50, 4), 3.0)), sample(rated(60, 4)))
    assert flat.rms.value is None and "no two items" in flat.rms.why

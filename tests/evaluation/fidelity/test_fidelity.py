"""Known likeness is found; known-wrong answers are told from right ones."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from evaluation.fidelity.groups import clear
from evaluation.fidelity.mapping import FidelityMapping
from evaluation.fidelity.measure import Comparison, fidelity_of
from evaluation.fidelity.people import Pairs, overall_accuracy
from evaluation.fidelity.result import FidelityResult
from evaluation.fidelity.section import section_of
from tests.support.fidelity import cut, humans, likeness, scales, side


def shuffled(answers: np.ndarray, seed: int) -> np.ndarray:
    """Each item dealt out to the people anew: the same marginals, nobody's own answers."""
    rng = np.random.default_rng(seed)
    return np.column_stack([rng.permutation(column) for column in answers.T])


def test_a_copy_of_the_humans_is_flagged_as_better_than_their_retest() -> None:
    first = humans(120, 6, 1)
    rng = np.random.default_rng(2)
    again = np.where(rng.random(first.shape) < 0.7, first, humans(120, 6, 3))
    result = likeness(first, first, again=again, matched=True)
    accuracy = result.accuracy
    assert accuracy is not None
    assert accuracy.accuracy.value == 1
    assert accuracy.retest.value == pytest.approx((first == again).mean())
    assert accuracy.normalised.value == pytest.approx(1 / (first == again).mean(), rel=0.01)
    assert accuracy.above_retest
    assert "known to them" in " ".join(section_of(result).warnings)
    assert result.moved is not None
    assert result.moved.value == 0
    assert result.correlations.item_means.value == pytest.approx(1)
    assert result.correlations.elements.value == pytest.approx(1)
    assert [one.spread_ratio.value for one in result.items if one.spread_ratio] == [1] * 6


def test_answers_by_the_marginals_are_near_the_floor_and_accurate_by_chance_only() -> None:
    first = humans(300, 6, 1)
    result = likeness(first, shuffled(first, 5), again=first, matched=True)
    accuracy = result.accuracy
    assert accuracy is not None
    assert accuracy.beyond_chance.covers(0)
    assert accuracy.chance == pytest.approx(accuracy.accuracy.value, abs=0.03)
    assert not any(one.moved and one.moved.beyond for one in result.items)
    # The marginals are right; what goes together is gone, and that shows.
    assert result.correlations.root_mean_square is not None
    assert result.correlations.root_mean_square.beyond
    assert result.correlations.sizes is not None
    assert result.correlations.sizes[1] < 0.5 * result.correlations.sizes[0]


def test_accuracy_by_hand() -> None:
    theirs = np.array([[1], [1], [2], [2]])
    again = np.array([[1], [2], [2], [0]])
    ours = np.array([[1], [2], [2], [1]])
    found = likeness(theirs, ours, again=again, matched=True).items[0].accuracy
    assert found is not None
    assert (found.accuracy.value, found.chance, found.modal) == (0.5, 0.5, 0.5)
    assert found.retest.value == pytest.approx(2 / 3)
    # Among the three with a retest two simulated answers are right, and so are two retests.
    assert found.normalised.value is None or found.normalised.value == pytest.approx(1.0)
    assert found.retest.n == 3


def test_an_accuracy_that_is_a_tie_is_no_leak() -> None:
    first = humans(80, 4, 1)
    result = likeness(first, first, again=first, matched=True)
    assert result.accuracy is not None
    assert result.accuracy.normalised.value == 1
    assert not result.accuracy.above_retest


def test_halved_spread_is_flagged_and_whole_spread_is_not() -> None:
    rng = np.random.default_rng(3)
    levels = rng.normal(size=(400, 5))
    theirs = cut(1.2 * levels)
    narrow = likeness(theirs, cut(0.6 * rng.normal(size=(400, 5))))
    wide = likeness(theirs, cut(1.2 * rng.normal(size=(400, 5))))
    assert all(one.under_dispersed for one in narrow.items)
    assert not any(one.under_dispersed for one in wide.items)
    for one in narrow.items:
        assert one.spread_ratio is not None
        assert one.spread_ratio.interval is not None
        assert one.spread_ratio.interval.high < 0.8
    assert "under-dispersed on 5 of 5" in " ".join(section_of(narrow).findings)


def test_a_bias_in_one_group_is_found_there_and_nowhere_else() -> None:
    people = 240
    groups = ["north", "south", "west"] * (people // 3)
    theirs, ours = humans(people, 6, 1), humans(people, 6, 2)
    south = np.array([one == "south" for one in groups])
    ours[south] = np.clip(ours[south] + 1, 1, 5)
    found = {one.group: one for one in likeness(theirs, ours, groups=(groups, groups)).groups}
    assert {name: one.distance.beyond for name, one in found.items() if one.distance} == {
        "north": False, "south": True, "west": False,
    }  # fmt: skip
    assert all(clear(item) for item in found["south"].items)
    assert sum(clear(item) for name in ("north", "west") for item in found[name].items) <= 2


def test_small_groups_get_wide_intervals_or_none_with_the_reason() -> None:
    groups = ["many"] * 200 + ["some"] * 25 + ["few"] * 5
    theirs, ours = humans(230, 4, 1), humans(230, 4, 2)
    found = {one.group: one for one in likeness(theirs, ours, groups=(groups, groups)).groups}
    assert found["few"].distance is None
    assert found["few"].reason == "5 humans and 5 simulated: fewer than 10"
    assert found["few"].items == ()

    def width(group: str) -> float:
        ends = [one.difference.ends for one in found[group].items if one.difference]
        return float(np.mean([high - low for low, high in filter(None, ends)]))

    assert width("some") > 2 * width("many")
    assert found["some"].distance and found["many"].distance
    assert (found["some"].distance.floor or 0) > 2 * (found["many"].distance.floor or 1)


def test_wrong_inputs_stand_out() -> None:
    first = humans(200, 6, 1)
    rng = np.random.default_rng(2)
    again = np.where(rng.random(first.shape) < 0.7, first, humans(200, 6, 3))
    right = likeness(first, again, again=again, matched=True)
    turned = again.copy()
    turned[:, 2] = 6 - turned[:, 2]
    reversed_ = likeness(first, turned, again=again, matched=True)
    assert right.warnings == ()
    assert "on i2:" in reversed_.warnings[0]
    assert normalised(right) == pytest.approx(1, abs=0.1)
    mixed = likeness(first, again[rng.permutation(200)], again=again, matched=True)
    assert normalised(mixed) < 0.6
    # The people are all there, so what they answer in sum and what goes together is untouched.
    assert mixed.moved == right.moved
    assert mixed.correlations.elements.value == pytest.approx(right.correlations.elements.value)


def normalised(result: FidelityResult) -> float:
    assert result.accuracy is not None
    assert result.accuracy.normalised.value is not None
    return result.accuracy.normalised.value


def test_missing_answers_are_left_out_and_told() -> None:
    first = humans(200, 3, 1)
    rng = np.random.default_rng(4)
    gaps = np.where(rng.random(first.shape) < 0.4, 0, first)
    result = likeness(gaps, first)
    for at, one in enumerate(result.items):
        assert one.humans == int((gaps[:, at] > 0).sum())
        assert one.missing_human == pytest.approx(1 - one.humans / 200)
        assert one.mean_human is not None
        assert one.mean_human.value == pytest.approx(gaps[gaps[:, at] > 0, at].mean())


def test_too_few_answers_get_a_reason() -> None:
    theirs = humans(20, 2, 1)
    theirs[2:, 0] = 0
    one, other = likeness(theirs, humans(20, 2, 2)).items
    assert (one.reason, one.moved) == ("fewer than 3 humans answered", None)
    assert other.moved is not None


def test_the_floor_is_what_two_samples_of_humans_differ_by() -> None:
    pool = humans(4000, 1, 1)
    found = likeness(pool[:150], humans(60, 1, 2)).items[0].moved
    assert found is not None
    rng = np.random.default_rng(5)
    apart = []
    for _ in range(400):
        few, many = rng.choice(pool[:, 0], 60), rng.choice(pool[:, 0], 150)
        levels = np.arange(1, 5)
        below = [(one[:, None] <= levels).mean(axis=0) for one in (few, many)]
        apart.append(np.abs(below[0] - below[1]).sum() / 4)
    assert found.floor == pytest.approx(np.mean(apart), rel=0.2)
    assert found.floor_high == pytest.approx(np.quantile(apart, 0.95), rel=0.25)


def test_weights_count() -> None:
    theirs = np.array([[1]] * 30 + [[5]] * 10)
    people = replace(side(theirs), weights=np.array([1.0] * 30 + [3.0] * 10))
    mapping = FidelityMapping.model_validate({"items": {"i0": {"column": "i0"}}})
    ours = side(np.array([[1]] * 20 + [[5]] * 20))
    found = fidelity_of(Comparison(people, ours, {}, scales(1)), mapping).items[0]
    assert found.moved is not None
    assert found.moved.value == pytest.approx(0)


def test_replicates_are_not_people() -> None:
    """Four equal interviews with everybody tell as much as one, and give no narrower interval."""
    mapping = FidelityMapping.model_validate({"items": {"i0": {"column": "i0"}}})
    theirs, once = side(humans(60, 1, 1)), side(humans(40, 1, 2))
    often = replace(once, answers={"i0": [one * 4 for one in once.answers["i0"]]})
    first, second = (
        fidelity_of(Comparison(theirs, one, {}, scales(1)), mapping).items[0]
        for one in (once, often)
    )
    assert second.people == 40
    assert second.moved == first.moved
    assert second.mean_simulated == first.mean_simulated


def test_the_order_of_people_changes_no_number() -> None:
    theirs, ours = humans(80, 4, 1), humans(80, 4, 2)
    turned = likeness(theirs[::-1], ours[::-1], matched=True)
    found = likeness(theirs, ours, matched=True)
    assert turned.accuracy and found.accuracy
    assert turned.accuracy.accuracy.value == pytest.approx(found.accuracy.accuracy.value)
    for one, other in zip(found.items, turned.items, strict=True):
        assert one.moved and other.moved
        assert one.moved.value == pytest.approx(other.moved.value)
    assert found.correlations.elements.value == pytest.approx(turned.correlations.elements.value)


def test_inter_item_correlations_are_those_of_pandas() -> None:
    theirs, ours = humans(150, 4, 1), humans(90, 4, 2)
    rng = np.random.default_rng(3)
    theirs = np.where(rng.random(theirs.shape) < 0.2, 0, theirs)
    tables = [pd.DataFrame(one).where(lambda cells: cells > 0) for one in (theirs, ours)]
    first, second = (one.corr().to_numpy()[np.triu_indices(4, 1)] for one in tables)
    found = likeness(theirs, ours).correlations
    assert found.root_mean_square is not None
    assert found.root_mean_square.value == pytest.approx(np.sqrt(((first - second) ** 2).mean()))
    assert found.elements.value == pytest.approx(np.corrcoef(first, second)[0, 1])
    assert found.sizes == pytest.approx((np.abs(first).mean(), np.abs(second).mean()))
    means = [one.mean().to_numpy() for one in tables]
    assert found.item_means.value == pytest.approx(np.corrcoef(*means)[0, 1])


@pytest.mark.slow
def test_false_alarms_are_near_the_nominal_rate() -> None:
    """Two samples of one population: a twentieth of items and groups lies beyond the floor."""
    flags, group_flags, differences = [], [], []
    groups = ["a", "b"] * 75
    for seed in range(60):
        result = likeness(
            humans(150, 5, seed), humans(150, 5, 10_000 + seed), groups=(groups, groups), seed=seed
        )
        flags += [one.moved.beyond for one in result.items if one.moved]
        group_flags += [one.distance.beyond for one in result.groups if one.distance]
        differences += [clear(item) for one in result.groups for item in one.items]
    assert 0.02 <= np.mean(flags) <= 0.12
    assert 0.01 <= np.mean(group_flags) <= 0.13
    assert 0.02 <= np.mean(differences) <= 0.09


@pytest.mark.slow
def test_accuracy_beyond_chance_is_told_apart_from_chance_as_often_as_it_should() -> None:
    """Of people who answer by nobody's row, one interval in twenty leaves out zero."""
    ids = [f"p{at}" for at in range(50)]
    covered = []
    for seed in range(80):
        theirs, ours = side(humans(50, 5, seed), rows=ids), humans(50, 5, 5_000 + seed)
        pairs = Pairs.of(theirs, side(ours, rows=ids), {}, seed=seed)
        assert pairs is not None
        found = overall_accuracy([one for scale in scales(5) if (one := pairs.item(scale))])
        assert found is not None
        covered.append(found.beyond_chance.covers(0))
    assert 0.88 <= np.mean(covered) <= 1

"""Occasions are the same people again; no number of them makes more people."""

import numpy as np
import pytest

from evaluation.psychometrics.reliability import Occasions
from evaluation.psychometrics.retest import retest_icc, retest_r, scale_levels
from evaluation.psychometrics.sample import Sample
from evaluation.sections import Estimate
from evaluation.statistics.reliability import mean_r
from tests.support.answers import rated, sample, scored

NAN = float("nan")


def levels(people: int = 60, occasions: int = 2, *, noise: float = 0.5) -> np.ndarray:
    rng = np.random.default_rng(3)
    return rng.normal(size=people) + noise * rng.normal(size=(occasions, people))


def test_people_who_keep_their_level_correlate_and_shuffled_ones_do_not() -> None:
    kept = levels()
    found = retest_r(kept, seed=1)
    assert found.value == pytest.approx(np.corrcoef(kept)[0, 1])
    assert found.interval and found.interval.low < found.value < found.interval.high  # type: ignore[operator]
    shuffled = np.array([kept[0], np.random.default_rng(1).permutation(kept[1])])
    lost = retest_r(shuffled, seed=1)
    assert lost.covers(0) and not found.covers(0)
    assert (retest_icc(shuffled).value or 0) < 0.3 < (retest_icc(kept).value or 0)


def test_more_occasions_are_no_more_people() -> None:
    """The same two answers six times over leave the interval as wide as it was."""
    data = rated(40, 6)
    once, often = (Occasions(sample(*[data] * many), "one", range(6), seed=1) for many in (1, 6))
    assert once.people == often.people == 40
    for one, other in (
        (once.alpha(), often.alpha()),
        (once.of_correlations(mean_r), often.of_correlations(mean_r)),
    ):
        assert one.value == pytest.approx(other.value)
        assert one.ends == pytest.approx(other.ends)


def test_averaging_replicates_first_would_give_another_alpha() -> None:
    rng = np.random.default_rng(6)
    trait = rng.normal(size=(200, 1))
    one, other = (np.clip(np.round(trait + rng.normal(size=(200, 5)) + 3), 1, 5) for _ in range(2))
    right = Occasions(sample(one, other), "one", range(5), seed=1).alpha().value
    averaged = Occasions(sample((one + other) / 2), "one", range(5), seed=1).alpha().value
    assert right is not None and averaged is not None and averaged > right + 0.05


def test_a_shift_of_everybody_lowers_agreement_and_not_correlation() -> None:
    kept = levels(noise=0.1)
    moved = np.array([kept[0], kept[1] + 3])
    assert retest_r(moved, seed=1).value == pytest.approx(retest_r(kept, seed=1).value)
    assert (retest_icc(moved).value or 0) < 0.4


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (np.array([[1.0, 2.0, 3.0]]), "once"),
        (np.array([[1.0, 2.0, NAN], [1.0, 3.0, 2.0]]), "three are needed"),
        (np.array([[1.0, 1.0, 1.0], [1.0, 3.0, 2.0]]), "same level"),
    ],
)
def test_where_there_is_none_there_is_a_reason(data: np.ndarray, why: str) -> None:
    assert retest_r(data, seed=1).value is None
    assert why in retest_r(data, seed=1).why


def test_a_level_takes_three_quarters_of_the_items() -> None:
    cube = np.array([[[1, 2, 3, NAN], [1, NAN, 3, NAN], [4, 4, 4, 4]]])
    assert scale_levels(cube)[0] == pytest.approx([2, NAN, 4], nan_ok=True)


def test_halves_keyed_both_ways() -> None:
    reverse = (1, 3, 5)
    data = rated(300, 6, reverse=reverse)
    items = scored(6, reverse=reverse)

    def halves(sampled: Sample) -> Estimate:
        return Occasions(sampled, "one", range(6), seed=1).halves()

    right = halves(sample(data, items=items))
    assert right.value is not None and right.value > 0.6 and not right.covers(0)
    # Who says yes to everything answers both halves alike as given, so not as keyed.
    yes = np.clip(data + np.random.default_rng(1).normal(scale=2, size=(300, 1)), 1, 5)
    swayed = halves(sample(yes, items=items))
    assert swayed.value is not None and swayed.value < right.value - 0.3
    none = halves(sample(data))
    assert none.value is None and "other way" in none.why


def test_keying_twice_is_none() -> None:
    reverse = (0, 2)
    items = scored(5, reverse=reverse)
    data = rated(50, 5)
    once = sample(data, items=items).keyed(range(5))[0]
    assert sample(once, items=items).keyed(range(5))[0] == pytest.approx(data)


def test_a_replicate_in_which_an_item_is_constant_is_left_out() -> None:
    data = rated(50, 4)
    dull = data.copy()
    dull[:, 0] = 3
    both = Occasions(sample(data, dull), "one", range(4), seed=1)
    assert both.alpha() == Occasions(sample(data), "one", range(4), seed=1).alpha()
    none = Occasions(sample(dull), "one", range(4), seed=1)
    assert none.alpha().why == "an item is constant"

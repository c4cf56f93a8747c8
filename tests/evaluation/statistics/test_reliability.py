"""Alpha is the textbook's; unreversed, mixed and constant items are told apart."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.intervals import Points
from evaluation.statistics.correlation import correlations, covariances
from evaluation.statistics.reliability import alpha, feldt, item_total, mean_r

NAN = float("nan")


def scale(people: int, items: int, *, seed: int = 1, noise: float = 1.0) -> Points:
    """Parallel items: one trait and noise of the same size, on five steps."""
    rng = np.random.default_rng(seed)
    raw = rng.normal(size=(people, 1)) + noise * rng.normal(size=(people, items))
    return np.clip(np.round(raw + 3), 1, 5)


def value(data: Points) -> float:
    found = alpha(data).value
    assert found is not None
    return found


def test_by_hand() -> None:
    """Item variances 1, 1 and 4/3 (sum 10/3), variance of sums 25/3: 3/2 (1 - 10/25) = .9."""
    data = np.array([[1, 1, 1], [2, 2, 1], [3, 3, 3]], dtype=float)
    sums = data.sum(axis=1)
    expected = 1.5 * (1 - data.var(axis=0, ddof=1).sum() / sums.var(ddof=1))
    assert value(data) == pytest.approx(expected)


def test_parallel_items_have_the_reliability_of_spearman_and_brown() -> None:
    rng = np.random.default_rng(8)
    data = rng.normal(size=(4000, 1)) + rng.normal(size=(4000, 6))
    assert value(data) == pytest.approx(6 / 7, abs=0.01)
    assert mean_r(correlations(covariances(data))) == pytest.approx(0.5, abs=0.02)


def test_unreversed_items_are_seen() -> None:
    data = scale(300, 6)
    turned = data.copy()
    turned[:, :3] = 6 - turned[:, :3]
    assert value(data) > 0.8
    assert value(turned) < 0.1
    worst = [one.value for one in item_total(turned)]
    assert all(one is not None and one < 0 for one in worst)


def test_items_of_two_scales_mixed_are_seen() -> None:
    one, other = scale(300, 6, seed=1), scale(300, 6, seed=2)
    mixed = np.hstack([one[:, :3], other[:, :3]])
    assert value(mixed) < value(one) - 0.15


def test_replicates_counted_as_people_would_narrow_the_interval() -> None:
    data = scale(30, 5)
    whole, doubled = alpha(data), alpha(np.vstack([data, data, data, data]))
    assert whole.interval and doubled.interval
    width = whole.interval.high - whole.interval.low
    assert doubled.interval.high - doubled.interval.low < 0.6 * width


@given(st.integers(4, 40), st.integers(2, 8), st.integers(0, 99), st.floats(0.1, 5))
@settings(max_examples=40)
def test_order_and_units_do_not_matter_and_two_turns_are_none(
    people: int, items: int, seed: int, unit: float
) -> None:
    rng = np.random.default_rng(seed)
    data = rng.normal(size=(people, 1)) + rng.normal(size=(people, items))
    moved = rng.permutation(rng.permutation(data), axis=1) * unit - 7
    assert value(moved) == pytest.approx(value(data), abs=1e-7)
    assert value(6 - data) == pytest.approx(value(data), abs=1e-7)
    assert value(data) <= 1


def test_the_interval_holds_the_true_alpha_as_often_as_it_says() -> None:
    rng, held = np.random.default_rng(5), 0
    for _ in range(400):
        data = rng.normal(size=(25, 1)) + rng.normal(size=(25, 4))
        held += alpha(data).covers(0.8)
    assert held / 400 == pytest.approx(0.95, abs=0.03)


def test_feldts_interval() -> None:
    """By the F distribution: alpha .8 of 41 people and 5 items, F(.975; 40, 160) = 1.5738."""
    found = feldt(0.8, 41, 5)
    assert found.low == pytest.approx(1 - 0.2 * 1.5425, abs=0.01)
    assert found.high == pytest.approx(0.884, abs=0.01)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (np.array([[1.0], [2.0], [3.0]]), "one item"),
        (np.array([[1.0, 2.0], [2.0, 1.0]]), "three"),
        (np.array([[1.0, 3.0], [2.0, 3.0], [3.0, 3.0]]), "constant"),
        (np.array([[1.0, NAN], [2.0, NAN], [NAN, 1.0], [NAN, 2.0]]), "same people"),
        (np.full((4, 2), NAN), "three"),
    ],
)
def test_where_there_is_none_there_is_a_reason(data: Points, why: str) -> None:
    found = alpha(data)
    assert found.value is None and found.interval is None and why in found.why


def test_missing_answers_are_not_zeros() -> None:
    data = scale(200, 6)
    holed = data.copy()
    holed[np.random.default_rng(1).random(data.shape) < 0.1] = NAN
    assert value(holed) == pytest.approx(value(data), abs=0.03)
    assert value(np.nan_to_num(holed)) < value(data) - 0.08
    assert alpha(np.vstack([holed, np.full((5, 6), NAN)])) == alpha(holed)

"""Correlations are those of scipy, on whole pairs only, with the intervals of their papers."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from evaluation.statistics.correlation import (
    correlations,
    covariances,
    kendall,
    pearson,
    weighted_covariances,
)

NAN = float("nan")


def test_the_interval_of_fisher() -> None:
    """By hand: r = .5, n = 28: atanh(.5) = .5493, 1.96 / 5 = .392; tanh gives .1561 and .7358."""
    x = np.random.default_rng(1).normal(size=28)
    rest = np.random.default_rng(2).normal(size=28)
    x = (x - x.mean()) / np.linalg.norm(x - x.mean())
    rest -= rest.mean()
    rest -= x * (rest @ x)
    y = 0.5 * x + math.sqrt(0.75) * rest / np.linalg.norm(rest)
    found = pearson(x, y)
    assert found.value == pytest.approx(0.5)
    assert found.ends == pytest.approx((0.1561, 0.7358), abs=1e-4)
    assert found.n == 28


@given(st.integers(3, 30), st.integers(2, 9), st.integers(0, 999))
@settings(max_examples=40)
def test_values_are_those_of_scipy(pairs: int, values: int, seed: int) -> None:
    x, y = np.random.default_rng(seed).integers(0, values, size=(2, pairs)).astype(float)
    if np.ptp(x) and np.ptp(y):
        assert pearson(x, y).value == pytest.approx(stats.pearsonr(x, y).statistic)
        assert kendall(x, y).value == pytest.approx(stats.kendalltau(x, y).statistic)
        assert kendall(-x, y).value == pytest.approx(-kendall(x, y).value or 0)  # type: ignore[operator]


def test_labels_in_place_of_ranks_give_another_tau() -> None:
    """What is held against each other are ranks: the same orders of other things do not agree."""
    assert kendall([1, 2, 3, 4], [1, 2, 3, 4]).value == pytest.approx(1)
    assert kendall([2, 4, 1, 3], [3, 1, 4, 2]).value == pytest.approx(-1)


def test_the_interval_of_tau() -> None:
    """Fieller, Hartley and Pearson (1957): a variance of .437 / (n - 4) after the transform."""
    x = list(range(10))
    y = [0, 1, 2, 3, 4, 9, 8, 7, 6, 5]
    found = kendall(x, y)
    assert found.value == pytest.approx(25 / 45)
    middle, half = math.atanh(25 / 45), 1.959964 * math.sqrt(0.437 / 6)
    assert found.ends == pytest.approx((math.tanh(middle - half), math.tanh(middle + half)))


def test_missing_pairs_are_left_out_and_counted_out() -> None:
    whole = pearson([1, 2, 4, 4.5], [2, 1, 4, 6])
    assert pearson([1, 2, NAN, 4, 4.5, 9], [2, 1, 3, 4, 6, NAN]) == whole
    assert whole.n == 4


@pytest.mark.parametrize(
    ("x", "y", "why"),
    [
        ([1, 1, 1, 1], [1, 2, 3, 4], "constant"),
        ([1, 2], [1, 2], "three"),
        ([NAN, 1, 2, NAN], [1, 2, 3, 4], "three"),
        ([], [], "three"),
    ],
)
def test_where_there_is_none_there_is_a_reason(x: list[float], y: list[float], why: str) -> None:
    for found in (pearson(x, y), kendall(x, y)):
        assert found.value is None and why in found.why


def test_pairs_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="pairs"):
        pearson([1, 2, 3], [1, 2])


def test_a_whole_line_has_no_interval() -> None:
    assert pearson([1, 2, 3, 4], [2, 4, 6, 8]).interval is None


@given(st.integers(2, 30), st.integers(1, 5), st.integers(0, 999), st.floats(0, 0.4))
@settings(max_examples=40)
def test_covariances_are_of_the_rows_that_have_both(
    rows: int, columns: int, seed: int, lacking: float
) -> None:
    rng = np.random.default_rng(seed)
    data = rng.normal(1000, 2, size=(rows, columns))
    data[rng.random(data.shape) < lacking] = NAN
    found = covariances(data)
    for a in range(columns):
        for b in range(columns):
            both = data[~np.isnan(data[:, [a, b]]).any(axis=1)]
            if len(both) > 1:
                assert found[a, b] == pytest.approx(np.cov(both[:, a], both[:, b])[0, 1], abs=1e-8)
            else:
                assert np.isnan(found[a, b])


def test_weights_are_rows_drawn_so_often() -> None:
    rng = np.random.default_rng(3)
    data = rng.normal(size=(6, 3))
    often = np.array([[2, 0, 1, 3, 0, 0], [1, 1, 1, 1, 1, 1]], dtype=float)
    found = weighted_covariances(data, often)
    assert found[0] == pytest.approx(np.cov(np.repeat(data, [2, 0, 1, 3, 0, 0], axis=0).T))
    assert found[1] == pytest.approx(np.cov(data.T))


def test_a_constant_column_has_no_correlation() -> None:
    data = np.array([[1.0, 5.1], [2.0, 5.1], [4.0, 5.1]])
    found = correlations(covariances(data))
    assert found[0, 0] == pytest.approx(1) and np.isnan(found[1]).all()

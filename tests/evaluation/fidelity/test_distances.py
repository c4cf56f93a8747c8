"""Distances against scipy and against values worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import jensenshannon
from scipy.stats import wasserstein_distance

from evaluation.fidelity.distances import (
    jensen_shannon,
    means,
    total_variation,
    variances,
    wasserstein,
)

_counts = st.lists(st.integers(0, 30), min_size=2, max_size=7).filter(any)


@given(st.integers(2, 7).flatmap(
    lambda many: st.tuples(*[st.lists(st.integers(0, 30), min_size=many, max_size=many).filter(any)
                             for _ in range(2)])
))  # fmt: skip
def test_distances_are_those_of_scipy(counts: tuple[list[int], list[int]]) -> None:
    first, second = (np.array(one) / sum(one) for one in counts)
    values = np.cumsum(np.arange(1.0, len(first) + 1))
    area = wasserstein_distance(values, values, first, second)
    assert wasserstein(first, second, values) == pytest.approx(area)
    # Near zero the root magnifies rounding.
    assert jensen_shannon(first, second) == pytest.approx(
        np.nan_to_num(jensenshannon(first, second, base=2)), abs=1e-7
    )
    assert total_variation(first, second) == pytest.approx(np.abs(first - second).sum() / 2)


@given(_counts)
def test_a_distribution_is_at_no_distance_from_itself(counts: list[int]) -> None:
    shares = np.array(counts) / sum(counts)
    assert wasserstein(shares, shares, np.arange(float(len(shares)))) == 0
    assert jensen_shannon(shares, shares) == pytest.approx(0, abs=1e-7)
    assert total_variation(shares, shares) == 0


def test_distances_by_hand() -> None:
    half, sure = np.array([0.5, 0.5]), np.array([1.0, 0.0])
    # Half of the answers move by one unit of 3.
    assert wasserstein(half, sure, np.array([1.0, 4.0])) == pytest.approx(1.5)
    assert total_variation(half, sure) == pytest.approx(0.5)
    # Divergence: (0.5 log2(0.5/0.75) + 0.5 log2(0.5/0.25) + log2(1/0.75)) / 2 = 0.3113 bits.
    assert jensen_shannon(half, sure) ** 2 == pytest.approx(0.311278, abs=1e-6)
    assert jensen_shannon(sure, sure[::-1]) == 1  # nothing in common


def test_the_order_of_categories_counts_in_one_distance_only() -> None:
    first, near, far = np.eye(3)
    values = np.arange(3.0)
    assert wasserstein(first, near, values) < wasserstein(first, far, values)
    assert jensen_shannon(first, near) == jensen_shannon(first, far)


def test_mean_and_variance_by_hand() -> None:
    shares, values = np.array([0.5, 0.25, 0.25]), np.array([1.0, 2.0, 5.0])
    assert means(shares, values) == pytest.approx(2.25)
    assert variances(shares, values) == pytest.approx(2.6875)
    assert variances(shares, None) == pytest.approx(0.625)


@given(st.floats(0.01, 0.99))
def test_both_kinds_of_spread_agree_on_two_options(share: float) -> None:
    shares = np.array([share, 1 - share])
    assert variances(shares, None) == pytest.approx(2 * variances(shares, np.array([0.0, 1.0])))

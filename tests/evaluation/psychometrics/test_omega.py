"""Omega finds the share of variance that planted factors have."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.intervals import Points
from evaluation.psychometrics.omega import omega_hierarchical, omega_total, one_factor, quartimin
from evaluation.statistics.correlation import correlations, covariances
from evaluation.statistics.reliability import alpha_of
from tests.support.answers import rated

LOADINGS = np.array([0.8, 0.7, 0.6, 0.5, 0.4])


def of_loadings(loadings: Points) -> Points:
    found = np.outer(loadings, loadings)
    np.fill_diagonal(found, 1)
    return found


def grouped(general: float, group: float, *, items: int = 4) -> Points:
    """Three groups of items: each has the general factor, and its own."""
    found = np.full((3 * items, 3 * items), general**2)
    for at in range(3):
        part = slice(items * at, items * (at + 1))
        found[part, part] += group**2
    np.fill_diagonal(found, 1)
    return found


def test_one_planted_factor_is_found() -> None:
    found = of_loadings(LOADINGS)
    assert one_factor(found) == pytest.approx(LOADINGS, abs=1e-6)
    expected = LOADINGS.sum() ** 2 / (LOADINGS.sum() ** 2 + (1 - LOADINGS**2).sum())
    assert omega_total(found) == pytest.approx(expected)


def test_alpha_is_lower_where_loadings_differ() -> None:
    found = of_loadings(LOADINGS)
    assert alpha_of(found) < omega_total(found) - 0.01
    equal = of_loadings(np.full(5, 0.6))
    assert alpha_of(equal) == pytest.approx(float(omega_total(equal)))


def test_an_unreversed_item_is_not_turned_round_in_secret() -> None:
    signs = np.array([1, 1, 1, 1, -1])
    right, wrong = of_loadings(LOADINGS), of_loadings(LOADINGS * signs)
    assert one_factor(wrong) == pytest.approx(LOADINGS * signs, abs=1e-6)
    assert omega_total(wrong) < omega_total(right) - 0.05


@given(st.integers(0, 999), st.integers(3, 7))
def test_the_order_of_items_does_not_matter(seed: int, items: int) -> None:
    found = correlations(covariances(rated(60, items, seed=seed)))
    order = np.random.default_rng(seed).permutation(items)
    again = omega_total(found[np.ix_(order, order)])
    assert again == pytest.approx(float(omega_total(found)), abs=1e-5)


def test_many_at_once_are_each_as_alone_and_the_undefined_stay_so() -> None:
    one, other = of_loadings(LOADINGS), of_loadings(LOADINGS[::-1] / 2)
    gone = one.copy()
    gone[2] = gone[:, 2] = np.nan
    found = omega_total(np.array([one, gone, other]))
    assert found[0] == pytest.approx(float(omega_total(one)))
    assert np.isnan(found[1])
    assert found[2] == pytest.approx(float(omega_total(other)))


def test_the_general_factor_of_planted_groups() -> None:
    matrix = grouped(0.6, 0.5)
    hierarchical, total = omega_hierarchical(matrix)
    whole = matrix.sum()
    assert hierarchical.value == pytest.approx((12 * 0.6) ** 2 / whole, abs=1e-4)
    assert total.value == pytest.approx(1 - 12 * (1 - 0.36 - 0.25) / whole, abs=1e-4)


def test_groups_without_a_general_factor_have_next_to_none() -> None:
    hierarchical, total = omega_hierarchical(grouped(0.1, 0.7))
    assert hierarchical.value is not None and hierarchical.value < 0.1
    assert total.value is not None and total.value > 0.75


def test_rotation_finds_the_simple_structure() -> None:
    simple = np.kron(np.eye(3), np.full((4, 1), 0.7))
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))[0]
    pattern, between = quartimin(simple @ turn)
    assert np.sort(np.abs(pattern).max(axis=1)) == pytest.approx(np.full(12, 0.7), abs=1e-4)
    assert between == pytest.approx(np.eye(3), abs=1e-3)


@pytest.mark.parametrize(
    ("matrix", "why"),
    [
        (of_loadings(LOADINGS), "need 9"),
        (np.full((9, 9), np.nan), "constant"),
        (np.ones((9, 9)), "as many respondents"),
    ],
)
def test_where_there_is_none_there_is_a_reason(matrix: Points, why: str) -> None:
    for found in omega_hierarchical(matrix):
        assert found.value is None and why in found.why

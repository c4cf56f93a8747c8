"""Agreement is that of the published examples; what only looks like agreement is told apart."""

import krippendorff as oracle
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluation.intervals import Points
from evaluation.statistics.agreement import FORMS, Form, Metric, icc, iccs, krippendorff, stepped_up

NAN = float("nan")
JUDGES = np.array([
    [9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7],
], dtype=float)  # fmt: skip
"""Six targets by four judges: table 2 of Shrout and Fleiss (1979)."""
CODERS = np.array([
    [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
    [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN],
]).T  # fmt: skip
"""Twelve units by four observers, some of them missing: the example of Krippendorff (2011)."""


def value(data: Points, form: Form) -> float:
    found = icc(data, form).value
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("form", "published", "low", "high"),
    [
        # Values and intervals as psych::ICC of R prints them for the same table.
        ("ICC1", 0.16574, -0.13290, 0.72258),
        ("ICC2", 0.28976, 0.01879, 0.76108),
        ("ICC3", 0.71484, 0.34247, 0.94583),
        ("ICC1k", 0.44280, -0.88444, 0.91242),
        ("ICC2k", 0.62005, 0.07114, 0.92724),
        ("ICC3k", 0.90932, 0.67568, 0.98589),
    ],
)
def test_the_six_forms_are_those_of_shrout_and_fleiss(
    form: Form, published: float, low: float, high: float
) -> None:
    found = icc(JUDGES, form)
    assert found.value == pytest.approx(published, abs=5e-5)
    assert found.ends == pytest.approx((low, high), abs=5e-4)
    assert found.n == 6


def test_raters_taken_for_targets_give_another_number() -> None:
    assert value(JUDGES.T, "ICC2") != pytest.approx(value(JUDGES, "ICC2"), abs=0.05)


def test_a_rater_who_is_always_two_higher_breaks_agreement_but_not_consistency() -> None:
    shifted = np.stack([JUDGES[:, 0], JUDGES[:, 0] + 2], axis=1)
    assert value(shifted, "ICC3") == pytest.approx(1)
    assert value(shifted, "ICC2") < 0.6


@given(
    st.integers(3, 8), st.integers(2, 5), st.integers(0, 999),
    st.floats(0.1, 9), st.floats(-50, 50),
)  # fmt: skip
@settings(max_examples=25)
def test_order_and_units_do_not_matter(
    targets: int, raters: int, seed: int, scale: float, shift: float
) -> None:
    rng = np.random.default_rng(seed)
    data = rng.normal(size=(targets, 1)) + rng.normal(size=(targets, raters))
    moved = rng.permutation(rng.permutation(data), axis=1) * scale + shift
    for form, one in iccs(data).items():
        if one.value is None or one.value < -1:  # near the end of the formula anything goes
            continue
        assert icc(moved, form).value == pytest.approx(one.value, abs=1e-6)
        assert one.value <= 1
        assert one.interval is None or one.interval.low <= one.value <= one.interval.high


def test_a_target_that_a_rater_left_out_is_left_out() -> None:
    holed = np.vstack([JUDGES, [3, NAN, 3, 3]])
    assert icc(holed, "ICC2") == icc(JUDGES, "ICC2")


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (np.ones((5, 3)), "the same"),
        (np.array([[1.0, 2.0]]), "two of each"),
        (np.array([[1.0], [2.0]]), "two of each"),
        (np.array([[NAN, 1.0], [2.0, NAN]]), "two of each"),
        (np.empty((0, 3)), "two of each"),
    ],
)
def test_where_there_is_no_icc_there_is_a_reason(data: Points, why: str) -> None:
    for form in FORMS:
        found = icc(data, form)
        assert found.value is None and found.interval is None
        assert why in found.why


def test_targets_that_raters_do_not_tell_apart() -> None:
    same = np.tile([1.0, 2.0, 3.0], (4, 1))
    assert "less than chance" in icc(same, "ICC3").why
    assert value(same, "ICC1") == pytest.approx(-1 / 2)


def test_the_mean_of_raters_is_stepped_up() -> None:
    assert value(JUDGES, "ICC3k") == pytest.approx(stepped_up(value(JUDGES, "ICC3"), 4))


def test_the_interval_holds_the_true_agreement_as_often_as_it_says() -> None:
    """A half of the variance lies between targets: ICC1 is .5."""
    rng, held = np.random.default_rng(4), 0
    for _ in range(400):
        data = rng.normal(size=(20, 1)) + rng.normal(size=(20, 3))
        found = icc(data, "ICC1")
        assert found.interval
        held += found.covers(0.5)
    assert held / 400 == pytest.approx(0.95, abs=0.03)


@pytest.mark.parametrize(
    ("metric", "published"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)]
)
def test_krippendorffs_example(metric: Metric, published: float) -> None:
    found = krippendorff(CODERS, metric, resamples=200)
    assert found.value == pytest.approx(published, abs=5e-4)
    assert found.n == 11, "the last unit has one rating, which nothing can be held against"
    assert found.interval and found.interval.low < published < found.interval.high


@given(st.integers(3, 12), st.integers(2, 4), st.integers(2, 6), st.integers(0, 999))
@settings(max_examples=40)
def test_krippendorffs_alpha_agrees_with_another_program(
    units: int, raters: int, values: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    data = rng.integers(0, values, size=(units, raters)).astype(float)
    data[rng.random(data.shape) < 0.2] = NAN
    for metric in ("nominal", "ordinal", "interval"):
        found = krippendorff(data, metric, resamples=2)
        if found.value is not None:
            theirs = oracle.alpha(reliability_data=data.T, level_of_measurement=metric)
            assert found.value == pytest.approx(theirs, abs=1e-9)


def test_values_that_are_near_agree_more_unless_they_are_names() -> None:
    near = np.array([[1, 2], [2, 3], [3, 2], [4, 5], [5, 4], [1, 1]], dtype=float)
    as_names, as_numbers = (krippendorff(near, one, resamples=2) for one in ("nominal", "interval"))
    assert as_names.value is not None and as_numbers.value is not None
    assert as_numbers.value > as_names.value + 0.4


@pytest.mark.parametrize(
    "data", [np.ones((5, 2)), np.array([[1.0, 2.0]]), np.array([[1.0, NAN], [NAN, 2.0]])]
)
def test_where_there_is_no_alpha_there_is_a_reason(data: Points) -> None:
    found = krippendorff(data, "nominal", resamples=2)
    assert found.value is None and found.why

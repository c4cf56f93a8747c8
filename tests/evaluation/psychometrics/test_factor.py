"""Factor models fit what they are true of, and nothing else."""

import numpy as np
import pytest
from scipy import stats

from evaluation.psychometrics.factor import fit, rmsea
from tests.support.answers import rated


def test_a_true_model_fits_and_a_wrong_one_does_not() -> None:
    rng = np.random.default_rng(2)
    traits = rng.normal(size=(500, 2))
    data = np.repeat(traits, 4, axis=1) + rng.normal(size=(500, 8))
    true = fit(data, {"a": range(4), "b": range(4, 8)})
    assert true.p is not None and true.p > 0.01 and (true.factors, true.df) == (2, 19)
    assert true.rmsea and true.rmsea.value is not None and true.rmsea.value < 0.04
    assert true.cfi is not None and true.cfi > 0.99 and true.srmr is not None and true.srmr < 0.05
    mixed = fit(data, {"a": (0, 1, 4, 5), "b": (2, 3, 6, 7)})
    assert mixed.p is not None and mixed.p < 1e-6
    assert mixed.rmsea and mixed.rmsea.ends and mixed.rmsea.ends[0] > 0.1
    assert mixed.cfi is not None and mixed.cfi < 0.8


def test_the_interval_of_rmsea() -> None:
    """The noncentral chi-square has the square found at its 95th and 5th percentiles."""
    found = rmsea(70.0, 20, 300)
    assert found.value == pytest.approx(np.sqrt(50 / 6000))
    assert found.ends
    low, high = (end**2 * 6000 for end in found.ends)
    assert stats.ncx2.cdf(70, 20, low) == pytest.approx(0.95, abs=1e-6)
    assert stats.ncx2.cdf(70, 20, high) == pytest.approx(0.05, abs=1e-6)
    assert rmsea(5.0, 20, 300).ends == pytest.approx((0, 0), abs=1e-6)


@pytest.mark.parametrize(
    ("people", "items", "why"),
    [(10, 12, "too few"), (100, 2, "no scale has 3"), (100, 3, "whatever"), (100, 61, "not fit")],
)
def test_where_there_is_no_fit_there_is_a_reason(people: int, items: int, why: str) -> None:
    found = fit(rated(people, items), {"a": range(items)})
    assert found.chi2 is None and found.rmsea is None and why in found.why


def test_a_constant_item_and_missing_answers() -> None:
    data = rated(100, 5)
    data[:20, 0] = np.nan
    assert fit(data, {"a": range(5)}).n == 80
    data[:, 3] = 2
    assert "constant" in fit(data, {"a": range(5)}).why

"""What psych and lavaan of R find on the same data; tests/reference/psychometrics.R made it."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluation.intervals import Points
from evaluation.psychometrics.factor import fit
from evaluation.psychometrics.omega import omega_hierarchical, omega_total
from evaluation.statistics.agreement import icc
from evaluation.statistics.correlation import correlations, covariances, kendall, pearson
from evaluation.statistics.reliability import alpha, item_total, mean_r

FILE = Path(__file__).parents[2] / "reference" / "psychometrics.json"
REFERENCE: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
FOUR = 5e-5
"""Four decimals."""


@pytest.fixture(scope="module")
def spi(shared_data: Path) -> dict[str, Points]:
    """The keyed answers of 2,000 people to each scale."""
    folder = shared_data / "spi"
    if not folder.is_dir():
        pytest.skip("shared data absent: no spi in SIMULACRA_TEST_DATA")
    with (folder / "respondents.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    keys = json.loads((folder / "keys.json").read_text(encoding="utf-8"))

    def column(key: str) -> list[float]:
        values = [float(row[key.removeprefix("-")]) for row in rows]
        return [7 - one for one in values] if key.startswith("-") else values

    return {name: np.array([column(one) for one in items]).T for name, items in keys.items()}


def holed(data: Points) -> Points:
    rows, columns = np.indices(data.shape)
    return np.where((rows * 7 + columns * 3) % 11 == 0, np.nan, data)


@pytest.mark.parametrize("scale", REFERENCE["inner"])
@pytest.mark.parametrize("part", ["inner", "inner_holed"])
def test_alpha_item_total_and_mean_r(spi: dict[str, Points], part: str, scale: str) -> None:
    theirs = REFERENCE[part][scale]
    data = holed(spi[scale]) if part == "inner_holed" else spi[scale]
    found = alpha(data)
    assert found.value == pytest.approx(theirs["alpha"], abs=FOUR)
    assert found.ends == pytest.approx((theirs["low"], theirs["high"]), abs=FOUR)
    assert mean_r(correlations(covariances(data))) == pytest.approx(theirs["mean_r"], abs=FOUR)
    totals = [one.value for one in item_total(data)]
    assert totals == pytest.approx(theirs["item_total"], abs=FOUR)
    assert np.nanmean(data, axis=0) == pytest.approx(theirs["means"], abs=FOUR)


@pytest.mark.parametrize("scale", REFERENCE["omega_one"])
def test_omega_total(spi: dict[str, Points], scale: str) -> None:
    found = omega_total(correlations(covariances(spi[scale])))
    assert found == pytest.approx(REFERENCE["omega_one"][scale]["total"], abs=FOUR)


@pytest.mark.parametrize("scale", REFERENCE["omega_three"])
def test_omega_hierarchical(spi: dict[str, Points], scale: str) -> None:
    theirs = REFERENCE["omega_three"][scale]
    hierarchical, total = omega_hierarchical(correlations(covariances(spi[scale])))
    assert total.value == pytest.approx(theirs["total"], abs=FOUR)
    if scale == "Open":  # psych warns of an ultra-Heywood case and gives a number all the same
        assert hierarchical.value is None and "Heywood" in hierarchical.why
    else:
        assert hierarchical.value == pytest.approx(theirs["hierarchical"], abs=FOUR)


@pytest.mark.parametrize(
    ("model", "scales"), [("Trust", ("Trust",)), ("three", ("Trust", "Order", "Anxiety"))]
)
def test_factor_models(spi: dict[str, Points], model: str, scales: tuple[str, ...]) -> None:
    """Within one in a hundred of lavaan."""
    check_fit(spi, model, scales)


@pytest.mark.slow
def test_a_model_of_five_factors(spi: dict[str, Points]) -> None:
    check_fit(spi, "five", ("Trust", "Order", "Anxiety", "Humor", "Sociability"))


def check_fit(spi: dict[str, Points], model: str, scales: tuple[str, ...]) -> None:
    theirs = REFERENCE["cfa"][model]
    places = {name: range(5 * at, 5 * at + 5) for at, name in enumerate(scales)}
    found = fit(np.hstack([spi[name] for name in scales]), places)
    assert found.n == theirs["n"] and found.df == theirs["df"] and not found.why
    assert found.chi2 == pytest.approx(theirs["chisq"], rel=0.01)
    assert found.cfi == pytest.approx(theirs["cfi"], rel=0.01)
    assert found.tli == pytest.approx(theirs["tli"], rel=0.01)
    assert found.srmr == pytest.approx(theirs["srmr"], rel=0.01)
    assert found.rmsea and found.rmsea.value == pytest.approx(theirs["rmsea"], rel=0.01)
    ends = (theirs["rmsea.ci.lower"], theirs["rmsea.ci.upper"])
    assert found.rmsea.ends == pytest.approx(ends, rel=0.01)


@pytest.mark.parametrize("form", REFERENCE["shrout_fleiss"])
def test_intraclass_correlations(form: Any) -> None:
    judges = np.array([
        [9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7],
    ], dtype=float)  # fmt: skip
    theirs = REFERENCE["shrout_fleiss"][form]
    found = icc(judges, form)
    assert found.value == pytest.approx(theirs["value"], abs=FOUR)
    assert found.ends == pytest.approx((theirs["low"], theirs["high"]), abs=FOUR)


def test_pairs(spi: dict[str, Points]) -> None:
    x, y = spi["Trust"][:, 0], spi["Trust"][:, 1]
    assert pearson(x, y).ends == pytest.approx(REFERENCE["pairs"]["pearson"], abs=FOUR)
    assert kendall(x, y).value == pytest.approx(REFERENCE["pairs"]["kendall"], abs=FOUR)


@pytest.mark.parametrize("scale", ["Agree", "Consc", "Neuro"])
def test_wrong_keys_and_mixed_scales_give_other_values(spi: dict[str, Points], scale: str) -> None:
    data = spi[scale].copy()
    right = REFERENCE["inner"][scale]["alpha"]
    data[:, :5] = 7 - data[:, :5]
    assert abs((alpha(data).value or 0) - right) > 0.2
    mixed = np.hstack([spi[scale][:, :7], spi["Open"][:, :7]])
    assert abs((alpha(mixed).value or 0) - right) > 0.05

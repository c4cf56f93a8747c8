"""The multitrait-multimethod matrix on planted traits and methods."""

import numpy as np
import pytest

from evaluation.personality.mtmm import Mtmm, mtmm
from tests.support.personality import TRAITS, measured


def matrix(**how: float | int) -> Mtmm:
    found = mtmm(measured(**how), TRAITS)
    assert found is not None
    return found


def test_planted_traits_and_methods_are_told_apart() -> None:
    found = matrix(many=3000, loading=0.5, method=0.3)
    assert found.convergent.value == pytest.approx(0.5, abs=0.04)
    assert found.heteromethod.value == pytest.approx(0, abs=0.04)
    assert found.monomethod.value == pytest.approx(0.3, abs=0.04)
    assert found.gain.covers(0.5) or found.gain.value == pytest.approx(0.5, abs=0.05)
    assert found.requirements.convergent_above_zero == found.requirements.convergent == 3
    assert found.requirements.over_heteromethod == found.requirements.over_monomethod == 1.0
    assert found.people == 3000


def test_every_value_is_the_correlation_of_its_two_measures() -> None:
    levels = measured(20, loading=0.5, method=0.2)
    found = mtmm(levels, TRAITS)
    assert found is not None and len(found.correlations) == 15
    for one in found.correlations:
        pairs = [
            [by[method][person][trait] for person in by["one"]]
            for by, method, trait in (
                (levels, one.method, one.trait),
                (levels, one.other_method, one.other_trait),
            )
        ]
        assert one.r.value == pytest.approx(np.corrcoef(pairs)[0, 1])
        assert one.r.n == 20
    kinds = [one.kind for one in found.correlations]
    assert (kinds.count("convergent"), kinds.count("heteromethod")) == (3, 6)
    assert kinds.count("monomethod") == 6
    assert len(found.between("convergent", "two", "one")) == 3


def test_methods_alone_are_no_validity() -> None:
    found = matrix(many=300, loading=0.0, method=0.8)
    assert found.convergent.covers(0)
    assert found.method_gain.value is not None and found.method_gain.value < -0.5
    assert found.requirements.over_monomethod == 0.0


def test_levels_of_other_people_do_not_converge() -> None:
    levels = measured(60, loading=0.8, method=0.0)
    people = list(levels["two"])
    shifted = dict(
        zip(people, [levels["two"][one] for one in people[7:] + people[:7]], strict=True)
    )
    right, wrong = (mtmm({**levels, "two": two}, TRAITS) for two in (levels["two"], shifted))
    assert right is not None and wrong is not None
    assert right.convergent.ends is not None and right.convergent.ends[0] > 0.5
    assert wrong.convergent.value is not None and abs(wrong.convergent.value) < 0.25


def test_intervals_hold_what_was_planted() -> None:
    held = 0
    for seed in range(40):
        found = mtmm(measured(60, loading=0.5, method=0.2, seed=seed), TRAITS, seed=seed)
        assert found is not None
        held += found.convergent.covers(0.5)
    assert held >= 34  # 38 are expected; fewer than 34 has a chance of 1 in 100


def test_reliability_is_alpha_over_the_parts() -> None:
    rng = np.random.default_rng(2)
    common = rng.standard_normal(200)
    levels = {
        name: {
            f"p{at}": {"trait": one, **{f"part{n}": one + rng.normal() for n in range(4)}}
            for at, one in enumerate(common)
        }
        for name in ("one", "two")
    }
    found = mtmm(levels, ["trait"], {"trait": [f"part{n}" for n in range(4)]})
    assert found is not None
    # Four parts that share half their variance: 4 x .5 / (1 + 3 x .5).
    assert found.reliabilities["one"]["trait"].value == pytest.approx(0.8, abs=0.05)


def test_too_few_people_or_methods_give_no_matrix() -> None:
    assert mtmm(measured(3, loading=0.5, method=0.2), TRAITS) is None
    one = {"one": measured(9, loading=0.5, method=0.2)["one"]}
    assert mtmm(one, TRAITS) is None


def test_what_is_missing_or_constant_has_no_value_and_breaks_nothing() -> None:
    levels = {
        method: {person: dict(row) for person, row in by.items()}
        for method, by in measured(12, loading=0.5, method=0.2).items()
    }
    for person in list(levels["one"])[:5]:
        del levels["one"][person]["openness"]
    for row in levels["two"].values():
        row["neuroticism"] = 3.0
    found = mtmm(levels, TRAITS)
    assert found is not None
    by = {(one.trait, one.kind): one.r for one in found.correlations}
    assert by["neuroticism", "convergent"].value is None
    assert by["neuroticism", "convergent"].why == "one side is constant"
    assert by["openness", "convergent"].n == 7
    assert found.requirements.convergent == 2
    assert found.convergent.value is not None and found.convergent.interval is not None

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from personas.population.raking import cube, effective_size, fit, integerised, quotas, rake


def test_raking_gives_the_table_of_the_textbook():
    # 2 x 2: the odds ratio of the seed stays, the margins are met (Deming & Stephan 1940).
    codes = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    targets = [np.array([60.0, 40.0]), np.array([30.0, 70.0])]
    found = rake(np.array([10.0, 20.0, 30.0, 40.0]), codes, targets)
    assert fit(found, codes[:, 0], 2) == pytest.approx([60, 40])
    assert fit(found, codes[:, 1], 2) == pytest.approx([30, 70])
    assert found[0] * found[3] / (found[1] * found[2]) == pytest.approx(10 * 40 / (20 * 30))


def test_empty_units_stay_empty_and_a_share_of_nothing_takes_all_weight():
    codes = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    found = rake(np.array([0.0, 1, 1, 1]), codes, [np.array([0.5, 0.5]), np.array([0.4, 0.6])])
    assert found == pytest.approx([0, 0.5, 0.4, 0.1])
    one = rake(np.ones(4), codes, [np.array([1.0, 0.0]), np.array([0.4, 0.6])])
    assert one == pytest.approx([0.4, 0.6, 0, 0])


@st.composite
def tables(draw: st.DrawFn):
    sizes = draw(st.lists(st.integers(2, 4), min_size=1, max_size=3))
    codes = np.array(list(np.ndindex(*sizes)))
    positive = st.floats(0.05, 5)
    seed = np.array(draw(st.lists(positive, min_size=len(codes), max_size=len(codes))))
    targets = []
    for size in sizes:
        raw = np.array(draw(st.lists(positive, min_size=size, max_size=size)))
        targets.append(raw / raw.sum())
    return seed, codes, targets, sizes


@given(tables())
def test_raked_weights_meet_every_margin(table):
    seed, codes, targets, sizes = table
    found = rake(seed, codes, targets)
    assert (found > 0).all()
    for place, (target, size) in enumerate(zip(targets, sizes, strict=True)):
        assert fit(found, codes[:, place], size) == pytest.approx(target, abs=1e-6)


@given(tables(), st.integers(1, 3000), st.integers(0, 2**31))
def test_whole_numbers_keep_the_total_and_nearly_the_margins(table, n, seed):
    weights, codes, targets, sizes = table
    whole = [quotas(target, n).astype(float) for target in targets]
    expected = rake(weights, codes, whole)
    expected *= n / expected.sum()
    found = integerised(expected, codes, sizes, np.random.default_rng(seed))
    assert found.sum() == n
    assert (found >= 0).all()
    assert (np.abs(found - expected) < 1 + 1e-6).all()
    for place, (target, size) in enumerate(zip(whole, sizes, strict=True)):
        assert np.abs(fit(found.astype(float), codes[:, place], size) - target).max() <= 4


def test_the_cube_keeps_each_chance():
    chances = np.array([0.1, 0.35, 0.5, 0.25, 0.8])
    balanced = np.vstack([np.ones(5), [1, 1, 0, 0, 0]])
    rng = np.random.default_rng(1)
    draws = np.array([cube(chances, balanced, rng) for _ in range(4000)])
    assert set(np.unique(draws)) <= {0.0, 1.0}
    assert (draws.sum(axis=1) == 2).all()
    # three standard errors of a share of 4,000 draws
    assert np.abs(draws.mean(axis=0) - chances).max() < 3 * np.sqrt(0.25 / 4000)


@given(st.lists(st.floats(0, 10), min_size=1, max_size=8), st.integers(1, 500))
def test_quotas_are_whole_and_near(shares, total):
    shares = np.array(shares) + 1e-3
    found = quotas(shares, total)
    assert found.sum() == total
    assert (np.abs(found - shares / shares.sum() * total) < 1 + 1e-6).all()


def test_effective_size_after_kish():
    assert effective_size(np.ones(50)) == 50
    assert effective_size(np.array([1.0, 3.0])) == pytest.approx(16 / 10)

import numpy as np
import pytest

from evaluation.intervals import Points, share_interval


def test_a_perfect_score_has_no_width() -> None:
    maxima = np.array([2.0, 2.0, 6.0])
    found = share_interval(np.tile(maxima, (4, 1)), maxima, ["a", "a", "b"], seed=1)
    assert (found.low, found.high, found.level) == (100, 100, 0.95)


def test_the_same_seed_gives_the_same_interval() -> None:
    points = np.random.default_rng(0).uniform(0, 2, size=(3, 15))
    maxima = np.full(15, 2.0)
    one = share_interval(points, maxima, ["a"] * 15, seed=5)
    assert one == share_interval(points, maxima, ["a"] * 15, seed=5)
    assert one != share_interval(points, maxima, ["a"] * 15, seed=6)
    assert one.low < 100 * points.mean() / 2 < one.high


def test_it_agrees_with_theory_for_many_items() -> None:
    """One replicate of 400 items right or wrong: a binomial share of about one half."""
    points = np.array([[2.0, 0.0] * 200])
    found = share_interval(points, np.full(400, 2.0), ["a"] * 400, seed=3, resamples=4000)
    half_width = 100 * 1.96 * (0.25 / 400) ** 0.5
    assert found.low == pytest.approx(50 - half_width, abs=0.6)
    assert found.high == pytest.approx(50 + half_width, abs=0.6)


def test_strata_keep_their_share() -> None:
    """All of one stratum right, all of the other wrong: drawing within strata leaves no doubt."""
    points = np.array([[2.0, 2.0, 2.0, 0.0, 0.0, 0.0]])
    within = share_interval(points, np.full(6, 2.0), ["a"] * 3 + ["b"] * 3, seed=1)
    across = share_interval(points, np.full(6, 2.0), ["a"] * 6, seed=1)
    assert (within.low, within.high) == (50, 50)
    assert across.low < 30 < 70 < across.high


def test_more_spread_between_replicates_widens_it() -> None:
    steady = np.tile([[2.0, 0.0]], (10, 4))
    swaying = np.repeat([[2.0], [0.0]], 5, axis=0) * np.ones((1, 8))
    maxima, strata = np.full(8, 2.0), [f"{n % 2}" for n in range(8)]
    one = share_interval(steady, maxima, strata, seed=2)
    other = share_interval(swaying, maxima, strata, seed=2)
    assert other.high - other.low > one.high - one.low + 20


@pytest.mark.parametrize(
    ("points", "maxima", "strata"),
    [
        (np.ones((1, 2)), np.ones(3), ["a", "a"]),
        (np.ones((1, 2)), np.ones(2), ["a"]),
        (np.ones((0, 2)), np.ones(2), ["a", "a"]),
        (np.zeros((1, 2)), np.zeros(2), ["a", "a"]),
    ],
)
def test_nonsense_is_refused(points: Points, maxima: Points, strata: list[str]) -> None:
    with pytest.raises(ValueError):
        share_interval(points, maxima, strata, seed=0)

"""Personalities come from the stated distribution."""

from collections import Counter

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import chi2, norm

from personas.personality import draw_personalities, draw_personality
from personas.personality.data import facet_correlations, facet_model
from personas.personality.draw import draw_levels, draw_rankings
from simulacra.domain.persona import DOMAINS, FACETS, FUNCTIONS, JUDGING, PERCEIVING, Personality

PEOPLE = 20_000
# Five levels instead of scores, and 20,000 people instead of all, change a correlation by less.
TOLERANCE = 0.04
# Mean observed correlations among the domains over 61,538 to 92,111 people: Davies, Connelly, Ones
# and Birkland (2015), Personality and Individual Differences 81, 13-22, with the sign of emotional
# stability turned; as kept in the R package configural.
DAVIES_2015 = {
    ("neuroticism", "agreeableness"): -0.24,
    ("neuroticism", "conscientiousness"): -0.27,
    ("neuroticism", "extraversion"): -0.22,
    ("neuroticism", "openness"): -0.07,
    ("agreeableness", "conscientiousness"): 0.32,
    ("extraversion", "agreeableness"): 0.16,
    ("openness", "agreeableness"): 0.15,
    ("extraversion", "conscientiousness"): 0.15,
    ("openness", "conscientiousness"): 0.09,
    ("extraversion", "openness"): 0.26,
}


@pytest.fixture(scope="module")
def levels() -> NDArray[np.int64]:
    return draw_levels(np.random.default_rng(20), PEOPLE)


def domain_correlations(facets: NDArray[np.float64]) -> NDArray[np.float64]:
    """Correlations of the domains' sums, from those (or the covariances) of the facets."""
    sums = np.array([[facet in DOMAINS[domain] for facet in FACETS] for domain in DOMAINS], float)
    between = sums @ facets @ sums.T
    spread = np.sqrt(np.diag(between))
    return between / np.outer(spread, spread)


def test_the_correlations_are_a_positive_definite_matrix() -> None:
    matrix = facet_correlations()
    assert matrix.shape == (30, 30)
    assert (matrix == matrix.T).all() and (np.diag(matrix) == 1).all()
    assert np.linalg.eigvalsh(matrix)[0] > 0.05


def test_domain_correlations_are_recovered(levels: NDArray[np.int64]) -> None:
    wanted = domain_correlations(facet_correlations())
    drawn = domain_correlations(np.cov(levels, rowvar=False))
    assert np.abs(drawn - wanted).max() < TOLERANCE


def test_facet_correlations_are_recovered(levels: NDArray[np.int64]) -> None:
    """Cutting two normal scores at these points leaves nine tenths of their correlation."""
    drawn, wanted = np.corrcoef(levels, rowvar=False), facet_correlations()
    assert np.abs(drawn - 0.9 * wanted)[wanted < 1].max() < 0.03


def test_the_source_agrees_with_the_meta_analysis() -> None:
    """In sign where the meta-analysis finds more than a trace, and at 0.3 at most in size."""
    ours, places = domain_correlations(facet_correlations()), list(DOMAINS)
    for (one, other), theirs in DAVIES_2015.items():
        here = ours[places.index(one), places.index(other)]
        assert np.sign(here) == np.sign(theirs)
        assert abs(here - theirs) < 0.3, (one, other)


def test_levels_have_the_stated_shares(levels: NDArray[np.int64]) -> None:
    shares = np.diff(norm.cdf([-np.inf, *facet_model().cuts, np.inf]))
    for place in range(len(FACETS)):
        counted = np.bincount(levels[:, place], minlength=6)[1:] / PEOPLE
        assert np.abs(counted - shares).max() < 0.015
    assert list(shares.round(3)) == [0.067, 0.242, 0.383, 0.242, 0.067]


def test_rankings_follow_the_rule() -> None:
    rankings = draw_rankings(np.random.default_rng(8), PEOPLE)
    assert (np.sort(rankings, axis=1) == np.arange(8)).all()
    names = np.array(FUNCTIONS)[rankings]
    for rank, allowed, share in ((0, PERCEIVING, 1 / 4), (1, JUDGING, 1 / 4)):
        counts = Counter(names[:, rank].tolist())
        assert set(counts) == allowed
        assert all(abs(count / PEOPLE - share) < 0.015 for count in counts.values())
    for rank in range(2, 8):
        counts = Counter(names[:, rank].tolist())
        assert all(abs(counts[one] / PEOPLE - 1 / 8) < 0.015 for one in FUNCTIONS)


def test_the_six_others_come_in_every_order_alike() -> None:
    others = draw_rankings(np.random.default_rng(9), 72_000)[:, 2:]
    orders = Counter(map(tuple, others.argsort(axis=1).tolist()))
    assert len(orders) == 720
    chi_squared = sum((count - 100) ** 2 / 100 for count in orders.values())
    assert chi_squared < chi2.ppf(0.999, 719)


def test_the_two_models_are_independent(levels: NDArray[np.int64]) -> None:
    people = draw_personalities(np.random.default_rng(5), 4000)
    facets = np.array([[one.facets[facet] for facet in FACETS] for one in people])
    ranks = np.array([[one.functions.index(name) for name in FUNCTIONS] for one in people])
    between = np.corrcoef(facets, ranks, rowvar=False)[:30, 30:]
    assert np.abs(between).max() < 0.07


def test_equal_generators_give_equal_people() -> None:
    one, other = (draw_personalities(np.random.default_rng(3), 5) for _ in range(2))
    assert one == other
    assert len({person.functions + tuple(person.facets.values()) for person in one}) == 5
    assert draw_personality(np.random.default_rng(4)) == draw_personality(np.random.default_rng(4))
    assert draw_personality(np.random.default_rng(3)) != draw_personality(np.random.default_rng(4))


def test_what_is_drawn_is_valid_and_complete() -> None:
    for person in draw_personalities(np.random.default_rng(6), 50):
        assert Personality.model_validate(person.model_dump()) == person
        assert set(person.facets) == set(FACETS)

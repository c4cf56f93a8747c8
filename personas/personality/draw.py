"""Draws of personalities.

Facets: 30 jointly normal scores with the correlations of ``correlations.yaml``, cut into levels 1
to 5. The cuts leave nine tenths of the correlation of two facets; correlations among the means of
whole domains change by less than 0.04. Functions: rank 1 is one of the four perceiving ones, rank 2
one of the four judging ones, each equally likely, and the other six follow shuffled (Xie et al.,
2025, arXiv 2402.18180).

The two models are drawn independently of each other and of all attributes. What is published on
them together (McCrae & Costa, 1989, Journal of Personality 57, 17-40) relates the five domains to
four scales of preference, which do not decide a ranking of eight.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from personas.personality.data import facet_correlations, facet_model
from personas.personality.phrasing import phrase
from simulacra.domain.persona import FACETS, FUNCTIONS, PERCEIVING, Personality

_KINDS = len(PERCEIVING)


def draw_personality(rng: np.random.Generator) -> Personality:
    """One person's facets, functions and traits; equal generators give equal people."""
    return draw_personalities(rng, 1)[0]


def draw_personalities(rng: np.random.Generator, count: int) -> tuple[Personality, ...]:
    """``count`` independent people."""
    people = zip(draw_levels(rng, count).tolist(), draw_rankings(rng, count).tolist(), strict=True)
    bare = [
        Personality(
            facets=dict(zip(FACETS, levels, strict=True)),
            functions=tuple(FUNCTIONS[place] for place in ranking),
        )
        for levels, ranking in people
    ]
    return tuple(one.model_copy(update={"traits": phrase(one, rng)}) for one in bare)


def draw_levels(rng: np.random.Generator, count: int) -> NDArray[np.int64]:
    """Levels 1 to 5 of the facets in the order of ``FACETS``, count x 30."""
    scores = rng.standard_normal((count, len(FACETS))) @ _root().T
    return np.searchsorted(np.array(facet_model().cuts), scores) + 1


def draw_rankings(rng: np.random.Generator, count: int) -> NDArray[np.int64]:
    """Places in ``FUNCTIONS``, strongest first, count x 8."""
    first = rng.integers(0, _KINDS, count)
    second = rng.integers(_KINDS, 2 * _KINDS, count)
    keys = rng.random((count, len(FUNCTIONS)))
    people = np.arange(count)
    keys[people, first], keys[people, second] = -2.0, -1.0
    return keys.argsort(axis=1)


@cache
def _root() -> NDArray[np.floating]:
    return np.linalg.cholesky(facet_correlations())

from collections import Counter
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from simulacra.memory.bm25 import Bm25

WORDS = st.lists(st.sampled_from("abcdef"), max_size=8)


def by_hand(bags: list[Counter[str]], query: set[str], at: int) -> float:
    """The textbook formula, word by word."""
    mean = sum(sum(bag.values()) for bag in bags) / len(bags)
    total = 0.0
    for word in query:
        holders = sum(word in bag for bag in bags)
        rarity = log(1 + (len(bags) - holders + 0.5) / (holders + 0.5))
        count, length = bags[at][word], sum(bags[at].values())
        total += rarity * count * 2.2 / (count + 1.2 * (0.25 + 0.75 * length / (mean or 1)))
    return total


@given(st.lists(WORDS, min_size=1, max_size=6), WORDS)
def test_the_scores_are_those_of_the_formula(texts: list[list[str]], query: list[str]) -> None:
    bags = [Counter(text) for text in texts]
    scores = Bm25(bags).alone(query)
    assert scores == pytest.approx([by_hand(bags, set(query), at) for at in range(len(bags))])


def test_a_neighbours_word_counts_for_less_than_ones_own() -> None:
    bags = [Counter("ab"), Counter("cd"), Counter("ef")]
    around = sparse.csr_array(np.array([[0, 0.5, 0], [0.5, 0, 0], [0, 0, 0]]))
    bm25 = Bm25(bags, around)
    first, second, third = bm25.scores(["a"])
    assert first > second > third == 0
    assert list(bm25.alone(["a"])[1:]) == [0, 0]


def test_the_unit_is_a_word_that_one_text_has_once() -> None:
    bm25 = Bm25([Counter("a"), Counter("b"), Counter("c")])
    assert bm25.alone(["a"])[0] == pytest.approx(bm25.unit)


@given(st.lists(WORDS, min_size=1, max_size=6), st.lists(WORDS, max_size=6), WORDS)
def test_texts_that_are_not_known_from_change_no_score_of_the_known(
    known: list[list[str]], others: list[list[str]], query: list[str]
) -> None:
    bags = [Counter(text) for text in known]
    more = Bm25(
        [*bags, *map(Counter, others)], None, np.arange(len(known) + len(others)) < len(known)
    )
    assert more.unit == pytest.approx(Bm25(bags).unit)
    assert more.alone(query)[: len(known)] == pytest.approx(Bm25(bags).alone(query))


def test_a_word_that_only_the_others_have_is_as_rare_as_among_all() -> None:
    known = np.array([True, True, True, False, False, False])
    bags = [Counter("ab"), Counter("ac"), Counter("ad"), *map(Counter, ("xy", "xz", "xa"))]
    bm25 = Bm25(bags, None, known)
    common, rare = bm25.alone(["x"])[3], bm25.alone(["y"])[3]
    assert 0 < common < rare == pytest.approx(bm25.unit)


def test_texts_are_like_themselves_and_unlike_others() -> None:
    likeness = Bm25([Counter("ab"), Counter("ab"), Counter("cd"), Counter()]).likeness([0, 1, 2, 3])
    assert np.allclose(likeness, [[1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]])


def test_nothing_to_score() -> None:
    assert list(Bm25([]).scores(["a"])) == []
    assert list(Bm25([Counter()]).scores(["a"])) == [0]

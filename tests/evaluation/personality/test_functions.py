"""The test of the eight functions, its ties, its chance level and the error of the original."""

import random
from collections.abc import Callable
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau

from evaluation.personality.functions import FunctionScore, score_functions, summed_up, tau_b
from evaluation.personality.materials import (
    AGREE,
    DISAGREE,
    Sentence,
    sentence_instrument,
    trait_sentences,
)
from personas.library import library
from personas.personality import draw_personality
from simulacra.domain.answer import Answer, Missing, MissingCode, Response
from simulacra.domain.persona import FUNCTIONS, Persona, Personality
from simulacra.survey.checking import check_instrument

PERSON = library()[0]
SENTENCES = trait_sentences(PERSON, seed=1)
ORDER = PERSON.personality.functions


def told(agrees: Callable[[Sentence], bool]) -> dict[str, Response]:
    return {one.item: Answer(codes=(AGREE if agrees(one) else DISAGREE,)) for one in SENTENCES}


def scored(agrees: Callable[[Sentence], bool]) -> FunctionScore:
    return score_functions("A", ORDER, SENTENCES, [told(agrees)])


def test_twenty_own_sentences_and_their_counterparts() -> None:
    own = [one for one in SENTENCES if one.own]
    others = [one for one in SENTENCES if not one.own]
    assert len(own) == len(others) == 20
    assert len({one.text for one in SENTENCES}) == 40
    assert all(ORDER[one.rank - 1] == one.function for one in own)
    assert sorted((one.function, one.rank) for one in own) == sorted(
        (one.function, 9 - one.rank) for one in others
    )
    assert [one.own for one in SENTENCES] != sorted((one.own for one in SENTENCES), reverse=True)
    assert check_instrument(sentence_instrument(SENTENCES)) == []
    assert trait_sentences(PERSON, seed=1) == SENTENCES != trait_sentences(PERSON, seed=2)


def test_a_persons_own_sentences_are_used_where_they_speak_of_all_functions() -> None:
    drawn = draw_personality(np.random.default_rng(3))
    person = PERSON.model_copy(update={"personality": drawn})
    texts = {one.text for one in trait_sentences(person) if one.own}
    assert texts == {trait.text for trait in drawn.traits if trait.function}


def test_a_person_without_function_sentences_is_asked_nothing() -> None:
    bare: Persona = PERSON.model_copy(update={"personality": Personality()})
    assert trait_sentences(bare) == ()


def test_whoever_agrees_with_the_own_sentences_alone_has_the_order() -> None:
    found = scored(lambda one: one.own)
    assert found.order == ORDER
    assert (found.own.value, found.balanced.value, found.agreed) == (1.0, 1.0, 0.5)
    assert (found.balanced.tied, found.answered) == (0, 40)


def test_whoever_agrees_with_the_counterparts_alone_has_it_upside_down() -> None:
    assert scored(lambda one: not one.own).balanced.value == -1.0


def test_agreeing_with_everything_is_perfect_on_own_sentences_and_nothing_when_balanced() -> None:
    found = scored(lambda _: True)
    assert (found.own.value, found.own.chance) == (1.0, 1.0)
    assert found.balanced.value is None and found.balanced.tied == 28 and found.order == ()
    none = scored(lambda _: False)
    assert none.own.value is None and none.balanced.value is None


def test_a_random_respondent_is_at_the_chance_that_is_told() -> None:
    rng = random.Random(5)
    people = [scored(lambda _: rng.random() < 0.5) for _ in range(30)]
    own, balanced = summed_up(people).own, summed_up(people).balanced
    one = people[0]
    assert one.own.chance is not None and one.balanced.chance is not None
    assert one.own.chance > 0.6  # a test on own sentences alone rewards answering at random
    assert abs(one.balanced.chance) < 0.05
    assert own.value == pytest.approx(one.own.chance, abs=0.1)
    assert balanced.interval is not None and balanced.covers(0)


def test_replicates_are_averaged_and_missing_answers_left_out() -> None:
    gone = Missing(code=MissingCode.REFUSED)
    first = told(lambda one: one.own)
    some = {**first, **dict.fromkeys([one.item for one in SENTENCES[:10]], gone)}
    assert score_functions("A", ORDER, SENTENCES, [some]).answered == 30
    assert score_functions("A", ORDER, SENTENCES, [some, first]).answered == 40
    few = {**first, **dict.fromkeys([one.item for one in SENTENCES[:11]], gone)}
    found = score_functions("A", ORDER, SENTENCES, [few])
    assert (found.order, found.own.value, found.balanced.value) == ((), None, None)
    half = score_functions("A", ORDER, SENTENCES, [first, told(lambda _: False)])
    assert half.agreed == 0.25


ROWS = st.lists(st.integers(-6, 6), min_size=8, max_size=8)


@settings(max_examples=60)
@given(ranks=st.permutations(range(1, 9)), sums=ROWS)
def test_tau_b_is_that_of_scipy_with_ties(ranks: list[int], sums: list[int]) -> None:
    ours = tau_b(ranks, np.array([sums], dtype=float))[0]
    known = kendalltau([-rank for rank in ranks], sums).statistic
    assert ours == pytest.approx(known, nan_ok=True)


def test_tau_over_labels_is_another_number() -> None:
    """The published code ranked the labels of the functions by the alphabet at each place."""

    def over_labels(one: tuple[str, ...], two: tuple[str, ...]) -> float:
        place = {name: at for at, name in enumerate(sorted(FUNCTIONS))}
        return float(kendalltau([place[a] for a in one], [place[b] for b in two]).statistic)

    def over_ranks(one: tuple[str, ...], two: tuple[str, ...]) -> float:
        sums = np.array([[-float(two.index(name)) for name in FUNCTIONS]])
        return float(tau_b([one.index(name) + 1 for name in FUNCTIONS], sums)[0])

    swapped = (*ORDER[:6], ORDER[7], ORDER[6])
    assert over_ranks(ORDER, swapped) == pytest.approx(1 - 2 / 28)
    differ = [
        over_labels(ORDER, other) != pytest.approx(over_ranks(ORDER, other))
        for other in list(permutations(ORDER))[1:2000:37]
    ]
    assert sum(differ) > 0.8 * len(differ)

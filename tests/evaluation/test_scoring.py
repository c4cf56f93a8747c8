import random
from itertools import combinations, product
from statistics import fmean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.scoring import (
    chance,
    chance_points,
    maximum,
    profile_ceiling,
    profile_ceiling_with_guessing,
    score,
    score_question,
)
from simulacra.domain.answer import Answer, Missing, MissingCode
from simulacra.domain.persona import SelfReportQuestion
from tests.support.self_report import guess, oracle, standard_questions

QUESTIONS = standard_questions()
SINGLE, MULTIPLE = QUESTIONS[5], QUESTIONS[10]
LETTERS = sorted(MULTIPLE.options)


def total(questions: tuple[SelfReportQuestion, ...], respond: object) -> float:
    assert callable(respond)
    scored = score(questions, {one.id: respond(one) for one in questions})
    return 100 * sum(one.points for one in scored) / sum(one.maximum for one in scored)


@given(seed=st.integers(0, 10_000))
def test_an_oracle_gets_everything(seed: int) -> None:
    assert total(standard_questions(seed), oracle) == 100


def test_fifty_points_in_all() -> None:
    assert [maximum(one) for one in QUESTIONS] == [2] * 10 + [6] * 5


def test_who_says_nothing_gets_nothing() -> None:
    assert total(QUESTIONS, lambda one: Missing(code=MissingCode.REFUSED)) == 0
    scored = score_question(SINGLE, Missing(code=MissingCode.UNREADABLE))
    assert (scored.points, scored.missing) == (0, -95)


@pytest.mark.parametrize(
    ("right", "wrong", "points"),
    [(3, 0, 6), (2, 0, 4), (3, 1, 4), (2, 1, 2), (3, 2, 2), (3, 3, 0), (1, 2, 0), (0, 3, 0),
     (1, 0, 2), (1, 1, 0), (0, 0, 0)],
)  # fmt: skip
def test_two_for_a_key_minus_two_for_another_never_below_zero(
    right: int, wrong: int, points: int
) -> None:
    others = [one for one in LETTERS if one not in MULTIPLE.answer]
    codes = (*others[:wrong], *MULTIPLE.answer[:right])
    assert score_question(MULTIPLE, Answer(codes=codes)).points == points


def test_a_single_choice_is_one_choice() -> None:
    key = SINGLE.answer[0]
    other = next(one for one in SINGLE.options if one != key)
    assert score_question(SINGLE, Answer(codes=(key,))).points == 2
    assert score_question(SINGLE, Answer(codes=(other,))).points == 0
    assert score_question(SINGLE, Answer(codes=(key, other))).points == 0
    assert score_question(SINGLE, Answer()).points == 0


def test_cloze_reads_text_or_number() -> None:
    age = SelfReportQuestion(id="q", kind="cloze", text="Age?", answer=("46",))
    assert score_question(age, Answer(number=46.0)).points == 2
    assert score_question(age, Answer(number=46.5)).points == 0
    assert score_question(age, Answer(text="forty-six")).points == 2
    assert score_question(age, Answer()).points == 0


def test_every_question_needs_a_response() -> None:
    with pytest.raises(KeyError):
        score(QUESTIONS, {})


def test_chance_is_seventeen_exactly() -> None:
    assert chance(QUESTIONS) == pytest.approx(17.0, abs=1e-12)


@pytest.mark.parametrize(("options", "keys"), list(product((4, 6), (1, 2, 3))))
def test_chance_equals_going_through_all_guesses(options: int, keys: int) -> None:
    letters = "ABCDEF"[:options]
    question = SelfReportQuestion(
        id="q", kind="multiple", text="Which?", options=dict.fromkeys(letters, "x"),
        answer=tuple(letters[-keys:]),
    )  # fmt: skip
    guesses = [Answer(codes=one) for one in combinations(letters, keys)]
    enumerated = fmean(score_question(question, one).points for one in guesses)
    assert chance_points(question) == pytest.approx(enumerated)


def test_a_random_respondent_lands_on_chance() -> None:
    rng = random.Random(20260)
    totals = [total(QUESTIONS, lambda one: guess(one, rng)) for _ in range(3000)]
    margin = 3.3 * stdev(totals) / len(totals) ** 0.5  # 99.9%
    assert 0 < margin < 1
    assert abs(fmean(totals) - 17) < margin


def test_profile_ceilings() -> None:
    assert profile_ceiling(QUESTIONS) == pytest.approx(56)
    # 28 points known, and of the rest two singles at 0.5 and three multiples at 1.2.
    assert profile_ceiling_with_guessing(QUESTIONS) == pytest.approx(2 * (28 + 2 * 0.5 + 3 * 1.2))
    unknown = tuple(one.model_copy(update={"basis": None}) for one in QUESTIONS)
    assert profile_ceiling(unknown) == 0
    assert profile_ceiling_with_guessing(unknown) == pytest.approx(17)
    assert chance(()) == profile_ceiling(()) == 0


@given(st.sets(st.sampled_from(LETTERS)), st.sampled_from(LETTERS))
def test_points_stay_within_bounds_and_a_key_never_hurts(chosen: set[str], extra: str) -> None:
    points = score_question(MULTIPLE, Answer(codes=tuple(chosen))).points
    more = score_question(MULTIPLE, Answer(codes=tuple(chosen | {extra}))).points
    assert 0 <= points <= 6
    assert more >= points if extra in MULTIPLE.answer else more <= points

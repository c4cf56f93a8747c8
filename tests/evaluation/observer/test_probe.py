"""Raters that reward length are found; raters without bias are marked no more often than chance."""

import pytest
from scipy import stats

from evaluation.observer.measures import Measures, judgements_of
from evaluation.observer.probe import (
    Shift,
    fillers,
    flattered,
    mean_difference,
    padded,
    shift_of,
)
from evaluation.observer.scenarios import first
from evaluation.observer.targets import Played, expect_views, similarity_targets
from evaluation.raters.base import Rating
from evaluation.raters.panel import Panel
from tests.support.observers import NoisyRater

SCENARIOS = first(30)


def person(id_: str, other: str) -> Played:
    answers = {one.id: f"I {id_} it away, as is my way in {one.id}." for one in SCENARIOS}
    return Played(id=id_, name=id_, life="A life.", answers={1: answers}, other=other)


async def shifts(rater: NoisyRater) -> dict[str, Shift]:
    everybody = {"stow": person("stow", "tell"), "tell": person("tell", "stow")}
    expected = expect_views([everybody["stow"]], SCENARIOS)
    texts = {view.id: {"reader": Rating(text="I stow it away.")} for view in expected.values()}
    targets = similarity_targets([everybody["stow"]], everybody, SCENARIOS, expected, texts)
    ratings = await Panel([rater]).rate([one.view for one in targets])
    probe = Measures(judgements_of(targets, ratings), seed=1).probe()
    return {one.variant: one for one in probe}


async def test_a_rater_that_rewards_length_is_found() -> None:
    for seed in range(20):
        found = await shifts(NoisyRater(seed, per_word=1.0))
        assert found["padded"].flagged and (found["padded"].shift.value or 0) > 5
        assert found["padded"].pairs == 30


async def test_a_rater_without_bias_is_marked_no_more_often_than_nominal() -> None:
    many = 150
    marked = 0
    for seed in range(many):
        found = await shifts(NoisyRater(seed))
        marked += found["padded"].flagged + found["flattered"].flagged
    assert stats.binomtest(marked, 2 * many, 0.05, alternative="greater").pvalue > 0.01


@pytest.mark.parametrize("answer", ["I wait.", "I go home, since it is late. " * 6])
def test_padding_says_nothing_and_doubles_the_answer(answer: str) -> None:
    longer = padded(answer)
    assert longer.startswith(answer) and len(longer.split()) >= 2 * len(answer.split())
    assert padded(answer) == longer
    praised = flattered(answer)
    assert answer in praised and praised.endswith(tuple(fillers().flattery))


def test_shifts_are_paired_and_have_students_interval() -> None:
    pairs = [(50.0, 54.0), (60.0, 62.0), (40.0, 46.0)]
    one = shift_of("r", "padded", pairs)
    assert one is not None and one.flagged is False
    by_scipy = stats.ttest_1samp([4.0, 2.0, 6.0], 0).confidence_interval()
    assert one.shift.ends == pytest.approx((by_scipy.low, by_scipy.high))
    assert (one.own, one.scored, one.shift.value) == (50, 54, 4)


def test_without_pairs_or_with_few_nothing_is_marked() -> None:
    assert shift_of("r", "padded", []) is None
    few = shift_of("r", "other", [(50.0, 90.0)] * 2)
    assert few is not None and few.shift.interval is None and not few.flagged


def test_a_rater_that_never_changes_is_unmarked_but_tells_nobody_apart() -> None:
    same = [(50.0, 50.0)] * 5
    assert mean_difference([0.0] * 5) is not None
    padding, other = shift_of("r", "padded", same), shift_of("r", "other", same)
    assert padding is not None and not padding.flagged
    assert other is not None and other.flagged

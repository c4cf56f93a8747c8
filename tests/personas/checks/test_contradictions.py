"""The bar of the checks: sixty planted contradictions, and lives that have none.

What counts as found, and what the two levels measure, stands in ``tests/support/recall.py``.
"""

import pytest

from tests.benchmarks.contradictions import BAR, measure
from tests.support.contradictions import KINDS
from tests.support.recall import Level, Trial, false_alarms, misses, plain_trials, recall, trials

pytestmark = pytest.mark.slow

# As measured; may rise, never fall.
TEXT_ALONE = 19 / 60
PLAIN_TEXT = 62 / 80
FACTS_READ = 45 / 60
BESIDE_READ = 1  # found wrongly in all sixty lives together


@pytest.fixture(scope="module")
def with_facts() -> tuple[Trial, ...]:
    return trials("facts")


@pytest.fixture(scope="module")
def text_alone() -> tuple[Trial, ...]:
    return trials("text")


def test_with_facts_nine_of_ten_are_found(with_facts: tuple[Trial, ...]) -> None:
    assert len(with_facts) == 60
    assert recall(with_facts) >= BAR["recall"], misses(with_facts)


def test_every_kind_is_found_somewhere(with_facts: tuple[Trial, ...]) -> None:
    found = {one.kind for one in with_facts if one.found}
    assert found == set(KINDS), misses(with_facts)


def test_text_alone_finds_no_less_than_it_did(text_alone: tuple[Trial, ...]) -> None:
    assert recall(text_alone) >= TEXT_ALONE, misses(text_alone)


def test_plain_words_are_found_without_facts() -> None:
    found = plain_trials()
    assert len(found) == 80
    assert recall(found) >= PLAIN_TEXT, misses(found)


def test_with_facts_read_unknowing_no_less_is_found_than_was() -> None:
    found = trials("read")
    assert recall(found) >= FACTS_READ, misses(found)
    assert sum(len(one.beside) for one in found) <= BESIDE_READ


@pytest.mark.parametrize("level", ["text", "facts"])
def test_at_most_one_false_alarm_a_story(level: Level) -> None:
    alarms = false_alarms(level)
    assert len(alarms) >= 8
    assert all(many <= BAR["false_alarms"] for many in alarms.values()), alarms


def test_the_benchmark_reports_every_kind(text_alone: tuple[Trial, ...]) -> None:
    result = measure(text_alone, {})
    assert list(result["by_kind"]) == list(KINDS)
    missed = sum(result["misses_by_kind"].values())
    assert result["recall"] == pytest.approx(1 - missed / 60)

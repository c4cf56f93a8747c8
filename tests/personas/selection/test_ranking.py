"""Who stands where, and who is kept."""

from datetime import UTC, datetime
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personas.selection.ranking import kept_ids, standing
from simulacra.domain.run import PersonaRef
from simulacra.domain.selection import Override, Score, Selection, SelectionSpec, Verdict
from tests.support.candidates import verdict

NOW = datetime(2026, 11, 24, tzinfo=UTC)
Word = tuple[str, Literal["keep", "drop"]]


def selection(scores: dict[str, Any], keep: int = 1, *words: Word) -> Selection:
    """A selection of the people named, None for one without a verdict, "" for one not asked."""
    spec = SelectionSpec(
        candidates=tuple(PersonaRef(id=one, version=1) for one in scores), keep=keep, model="m"
    )
    return Selection(
        id=spec.id,
        created=NOW,
        spec=spec,
        scores=tuple(
            Score(persona_id=one, note="no usable reply")
            if reply is None
            else Score(persona_id=one, verdict=Verdict.model_validate(reply))
            for one, reply in scores.items()
            if reply != ""
        ),
        overrides=tuple(
            Override(persona_id=one, decision=word, by="Eva", reason="because", at=NOW)
            for one, word in words
        ),
    )


def order(found: Selection) -> list[str]:
    return [place.persona_id for place in standing(found)]


def test_the_total_decides_then_coherence_then_the_id() -> None:
    found = selection(
        {
            "d": verdict(5, 5),
            "c": verdict(5, 5),
            "b": verdict(4, 6),
            "a": verdict(9, 9, "one", "two", "three"),
        }
    )
    assert order(found) == ["a", "c", "d", "b"]
    assert [place.rank for place in standing(found)] == [1, 2, 3, 4]


def test_each_contradiction_costs_a_point() -> None:
    assert order(selection({"a": verdict(8, 8, "x", "y"), "b": verdict(8, 7)})) == ["b", "a"]


def test_without_a_verdict_nobody_is_kept_by_rank() -> None:
    found = selection({"a": None, "b": "", "c": verdict(1, 1)}, 3)
    assert order(found) == ["c", "a", "b"]
    assert kept_ids(found) == ("c",)
    assert kept_ids(selection({"a": None, "c": verdict(1, 1)}, 1, ("a", "keep"))) == ("a",)


def test_a_person_stands_above_the_scores() -> None:
    scores = {"a": verdict(9, 9), "b": verdict(8, 8), "c": verdict(7, 7), "d": verdict(1, 1)}
    assert kept_ids(selection(scores, 2)) == ("a", "b")
    assert kept_ids(selection(scores, 2, ("a", "drop"))) == ("b", "c")
    assert kept_ids(selection(scores, 2, ("d", "keep"))) == ("a", "d")
    assert kept_ids(selection(scores, 1, ("d", "keep"), ("c", "keep"))) == ("c", "d")
    assert kept_ids(selection(scores, 2, ("b", "keep"))) == ("a", "b")


def test_the_latest_word_counts() -> None:
    scores = {"a": verdict(9, 9), "b": verdict(8, 8)}
    assert kept_ids(selection(scores, 1, ("a", "drop"), ("a", "keep"))) == ("a",)
    place = standing(selection(scores, 1, ("a", "keep"), ("a", "drop")))[0]
    assert place.override is not None and place.override.decision == "drop" and not place.kept


SCORES = st.dictionaries(
    st.text("abcdef", min_size=1, max_size=3),
    st.none() | st.builds(verdict, st.integers(1, 10), st.integers(1, 10), st.just("x")),
    min_size=1,
    max_size=8,
)


@given(SCORES, st.data())
def test_rules_hold_for_all_scores(scores: dict[str, Any], data: st.DataObject) -> None:
    keep = data.draw(st.integers(1, len(scores)))
    word = st.tuples(st.sampled_from(sorted(scores)), st.sampled_from(["keep", "drop"]))
    words = data.draw(st.lists(word, max_size=4))
    found = selection(scores, keep, *words)
    latest, kept = dict(words), kept_ids(found)
    assert sorted(order(found)) == sorted(scores)
    assert not {one for one in kept if latest.get(one) == "drop"}
    by_word = {one for one, said in latest.items() if said == "keep"}
    assert by_word <= set(kept)
    eligible = {one for one, said in scores.items() if said and one not in latest}
    assert len(kept) == max(len(by_word), min(keep, len(by_word) + len(eligible)))
    again = selection(dict(reversed(scores.items())), keep, *words)
    assert order(again) == order(found) and kept_ids(again) == kept


def test_no_more_can_be_kept_than_there_are() -> None:
    with pytest.raises(ValueError, match="keep 3 of 2"):
        selection({"a": None, "b": None}, 3)

"""Moods: where they rest, how they move, and that they keep within their bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulacra.domain.emotion import (
    EMOTION_HALF_LIFE,
    EMOTIONS,
    INERTIA,
    MOOD_HALF_LIFE,
    EmotionalState,
    baseline_of,
    trajectory,
)
from simulacra.domain.persona import DOMAINS

LEVELS = st.dictionaries(st.sampled_from(EMOTIONS), st.floats(0, 10), max_size=6)


@st.composite
def states(draw: st.DrawFn) -> EmotionalState:
    levels = draw(LEVELS)
    named = draw(st.lists(st.sampled_from(sorted(levels)), unique=True)) if levels else []
    return EmotionalState(
        valence=draw(st.floats(-1, 1)),
        arousal=draw(st.floats(0, 1)),
        intensities=levels,
        sources={name: f"because of {name}" for name in named},
        feeling=draw(st.text(max_size=20)),
    )


TURNS = st.floats(0, 50)


@given(state=states(), baseline=states(), turns=TURNS)
def test_what_is_left_lies_between_the_state_and_the_baseline(
    state: EmotionalState, baseline: EmotionalState, turns: float
) -> None:
    left = state.decayed(baseline, turns)
    for name in ("valence", "arousal"):
        ends = sorted((getattr(state, name), getattr(baseline, name)))
        assert ends[0] - 1e-4 <= getattr(left, name) <= ends[1] + 1e-4
    assert set(left.sources) <= set(left.intensities) <= set(state.intensities)
    for name, level in left.intensities.items():
        assert 0.5 <= level <= state.intensities[name] + 0.05


@given(state=states(), baseline=states())
def test_after_a_half_life_half_is_left_and_in_the_end_nothing(
    state: EmotionalState, baseline: EmotionalState
) -> None:
    half = state.decayed(baseline, MOOD_HALF_LIFE)
    assert half.valence == pytest.approx((state.valence + baseline.valence) / 2, abs=1e-4)
    named = state.decayed(baseline, EMOTION_HALF_LIFE)
    for name, level in state.intensities.items():
        assert named.intensities.get(name, 0) == pytest.approx(
            level / 2 if level >= 1 else 0, abs=0.06
        )
    end = state.decayed(baseline, 200)
    assert (end.valence, end.arousal) == pytest.approx(
        (baseline.valence, baseline.arousal), abs=1e-3
    )
    assert end.intensities == {} == end.sources


@given(state=states(), baseline=states(), turns=st.integers(1, 40))
def test_turn_by_turn_everything_returns(
    state: EmotionalState, baseline: EmotionalState, turns: int
) -> None:
    away = abs(state.valence - baseline.valence)
    for _ in range(turns):
        state = state.decayed(baseline)
        assert abs(state.valence - baseline.valence) <= away + 1e-4
        away = abs(state.valence - baseline.valence)
    assert turns < 15 or state.intensities == {}


@given(before=states(), appraisal=states())
def test_an_appraisal_keeps_the_bounds_and_the_sources(
    before: EmotionalState, appraisal: EmotionalState
) -> None:
    after = before.moved(appraisal)
    assert EmotionalState.model_validate(after.model_dump()) == after
    assert after.valence == pytest.approx(
        INERTIA * before.valence + (1 - INERTIA) * appraisal.valence, abs=1e-4
    )
    for name, level in after.intensities.items():
        was, now = before.intensities.get(name, -1), appraisal.intensities.get(name, -1)
        assert level == max(was, now) > 0
        stronger = appraisal if now >= was else before
        assert after.sources.get(name) == stronger.sources.get(name)
    assert set(after.sources) <= set(after.intensities)
    assert after.feeling == appraisal.feeling
    ranked = list(after.intensities.values())
    assert ranked == sorted(ranked, reverse=True)


LEVEL = st.floats(1, 5)


@given(levels=st.fixed_dictionaries(dict.fromkeys(DOMAINS, LEVEL)))
def test_a_baseline_keeps_the_bounds(levels: dict[str, float]) -> None:
    base = baseline_of(levels)
    assert -1 <= base.valence <= 1 and 0 <= base.arousal <= 0.6
    assert base.intensities == {} and base.feeling == ""
    calmer = baseline_of({**levels, "neuroticism": 1.0})
    assert calmer.valence >= base.valence and calmer.arousal <= base.arousal
    kinder = baseline_of({**levels, "agreeableness": 5.0})
    assert kinder.valence >= base.valence


def test_the_baseline_follows_the_published_weights() -> None:
    middle = dict.fromkeys(DOMAINS, 3.0)
    assert baseline_of(middle) == baseline_of({}) == EmotionalState(valence=0, arousal=0.3)
    warm = baseline_of({**middle, "agreeableness": 5.0})
    assert (warm.valence, warm.arousal) == (0.59, pytest.approx(0.3 + 0.3 * 0.30))
    nervous = baseline_of({**middle, "neuroticism": 5.0})
    assert (nervous.valence, nervous.arousal) == (-0.19, pytest.approx(0.3 + 0.3 * 0.57))
    outgoing = baseline_of({**middle, "extraversion": 1.0})
    assert (outgoing.valence, outgoing.arousal) == (-0.21, 0.3)
    assert baseline_of({**middle, "openness": 5.0}).arousal == pytest.approx(0.3 + 0.3 * 0.15)


def test_a_state_in_words() -> None:
    assert EmotionalState().words == "even and calm"
    assert EmotionalState(valence=-0.4, arousal=0.8).words == "low and restless"
    named = EmotionalState(valence=0.4, intensities={"joy": 3.4}, feeling="Fine.")
    assert named.words == "Fine. (joy 3 of 10)"


def test_states_of_earlier_versions_are_read() -> None:
    old = '{"valence": 0.2, "arousal": 0.3, "intensities": {"joy": 4}, "feeling": "light"}'
    state = EmotionalState.model_validate_json(old)
    assert state.intensities == {"joy": 4} and state.sources == {}


def test_a_trajectory_counts_its_turns() -> None:
    states_ = [("Where?", EmotionalState(valence=0.1)), ("Why?", None)]
    first, second = trajectory(states_)
    assert (first.turn, first.stimulus, second.turn, second.emotion) == (1, "Where?", 2, None)

"""Methods, modes and agents: which go together, and what they are called."""

import json
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulacra.domain.answer import Reply
from simulacra.domain.plan import Plan
from simulacra.domain.run import AGENTS, METHODS, MODES, Agent, Mechanism, Method, Mode, RunSpec
from simulacra.errors import InputError, UnknownName
from tests.support.studies import spec

COGNITIVE = st.builds(
    Mechanism,
    mode=st.sampled_from(MODES),
    without=st.lists(st.sampled_from(AGENTS), unique=True).map(tuple),
)


def test_the_names_are_those_of_the_command_line() -> None:
    assert get_args(Method) == METHODS and MODES == get_args(Mode) == ("full", "fused")
    assert AGENTS == get_args(Agent) == ("emotion", "planning", "memory")


@given(COGNITIVE)
def test_a_label_names_its_mechanism(way: Mechanism) -> None:
    assert Mechanism.named(way.label) == way
    assert "," not in way.label


@given(st.permutations(AGENTS), st.integers(0, 3))
def test_the_order_in_which_agents_are_named_says_nothing(order: list[Agent], count: int) -> None:
    some = order[:count]
    assert Mechanism(without=tuple(some)) == Mechanism(without=tuple(reversed(some)))


@pytest.mark.parametrize("method", ["blank", "profile", "retrieval"])
@pytest.mark.parametrize("choice", [{"mode": "fused"}, {"without": ("emotion",)}])
def test_only_cognitive_has_agents(method: str, choice: dict[str, object]) -> None:
    with pytest.raises(InputError, match=f"{method} has no agents: --mode and --without"):
        Mechanism.model_validate({"method": method, **choice})
    with pytest.raises(InputError, match="no agents"):
        RunSpec.model_validate({**spec().model_dump(), "method": method, **choice})


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("clever", "no method 'clever'; choose one of: blank"),
        ("cognitive:slow", "no mode 'slow'; choose one of: full, fused"),
        ("cognitive:without-soul", "no agent 'soul'; choose one of: emotion"),
        ("", "no method ''"),
    ],
)
def test_what_is_unknown_is_named(label: str, said: str) -> None:
    with pytest.raises(UnknownName, match=said):
        Mechanism.named(label)


def test_what_is_at_work() -> None:
    full, fused = Mechanism(), Mechanism(mode="fused", without=("memory",))
    assert full.recalls and full.inner == ("emotion", "planning") and not full.fuses
    assert not fused.recalls and fused.fuses and fused.label == "cognitive:fused:without-memory"
    nothing = Mechanism(mode="fused", without=("emotion", "planning"))
    assert nothing.inner == () and not nothing.fuses
    retrieval = Mechanism.of("retrieval")
    assert retrieval.recalls and retrieval.inner == () and not retrieval.has("memory")


def test_a_plan_of_an_earlier_version_is_a_full_one() -> None:
    old = spec().model_dump(mode="json")
    del old["mode"], old["without"]
    assert RunSpec.model_validate(old).mechanism == Mechanism(method="profile")
    assert RunSpec.model_validate_json(json.dumps(old)) == spec()


def test_plans_of_earlier_versions_are_read() -> None:
    assert Reply.model_validate_json('{"text": "x", "plan": "I say no."}').plan == Plan(
        say="I say no."
    )
    assert Reply.model_validate_json('{"text": "x", "plan": ""}').plan is None
    assert Reply.model_validate_json('{"text": "x"}').plan is None
    whole = Reply(text="x", plan=Plan(asked="Who?", knows="part", unknown="The year."))
    assert Reply.model_validate_json(whole.model_dump_json()) == whole


def test_a_plan_in_words() -> None:
    assert str(Plan(say="I say no.")) == "I say no."
    told = str(
        Plan(asked="Who?", knows="nothing", unknown="The year.", say="I say so.", tone="dry")
    )
    assert told.splitlines() == [
        "Asked: Who?",
        "I do not know: The year.",
        "I will say: I say so.",
        "Tone: dry",
    ]

"""What all domain values share, and the small ones among them."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from simulacra.domain.answer import Answer, Missing, MissingCode, Reply
from simulacra.domain.base import canonical_json, content_hash
from simulacra.domain.call import Message, OutputSchema, Request
from simulacra.domain.emotion import EMOTIONS, EmotionalState
from simulacra.domain.memory import Memory
from simulacra.domain.run import METHODS, Cell, Interview, PersonaRef, RunSpec
from simulacra.domain.survey import Instrument, Item, Kind, Question
from simulacra.errors import (
    BadReply,
    BudgetSpent,
    FatalModelError,
    InputError,
    ModelError,
    RateLimited,
    SimulacraError,
    StorageError,
    TransientModelError,
    UnknownName,
)

SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
JSON = st.recursive(
    SCALARS, lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=3), part)
)


@given(st.dictionaries(st.text(max_size=4), JSON, max_size=5))
def test_one_json_text_for_equal_values(value: dict[str, Any]) -> None:
    turned = dict(reversed(value.items()))
    assert canonical_json(value) == canonical_json(turned)
    assert content_hash(value) == content_hash(turned)
    assert json.loads(canonical_json(value)) == value


def test_canonical_json_is_short_and_keeps_letters() -> None:
    assert canonical_json({"b": [1, None], "a": "é"}) == '{"a":"é","b":[1,null]}'


def test_a_value_does_not_change_and_takes_no_unknown_fields() -> None:
    answer = Answer(codes=("1",))
    with pytest.raises(ValidationError, match="frozen"):
        answer.codes = ()  # type: ignore[misc]
    with pytest.raises(ValidationError, match="Extra inputs"):
        Answer.model_validate({"codes": ["1"], "sure": True})


def test_an_equal_value_comes_back_from_json() -> None:
    reply = Reply(
        text="Yes",
        selection=("1",),
        probabilities={"1": 0.75, "2": 0.25},
        emotion=EmotionalState(valence=-0.4, intensities={"fear": 3}),
    )
    assert Reply.model_validate_json(reply.model_dump_json()) == reply
    for response in (Answer(number=3.5), Missing(code=MissingCode.REFUSED)):
        assert type(response).model_validate_json(response.model_dump_json()) == response


def request(**changes: Any) -> Request:
    plain = Request(
        agent="top",
        prompt_name="answer",
        prompt_hash="abc",
        messages=(Message(role="user", text="Well?"),),
        seed=1,
    )
    return plain.model_copy(update=changes)


def test_the_key_of_a_request_is_what_reaches_the_model() -> None:
    same = [request(agent="emotion"), request(prompt_name="x"), request(prompt_hash="y")]
    assert {one.key() for one in same} == {request().key()}
    different = [
        request(),
        request(seed=2),
        request(temperature=0.5),
        request(max_tokens=9),
        request(stop=(".",)),
        request(messages=(Message(role="system", text="Well?"),)),
        request(messages=(Message(role="user", text="Well? "),)),
        request(output=OutputSchema(name="answer", definition={})),
    ]
    keys = [one.key() for one in different]
    keys += [request().key(("a", "b")), request().key(("b", "a"))]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("wrong", [{"max_tokens": 0}, {"temperature": -0.1}])
def test_a_request_within_bounds(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        Request.model_validate({**request().model_dump(), **wrong})


def test_missing_codes_and_their_labels() -> None:
    assert {code.name: int(code) for code in MissingCode} == {
        "NOT_ASKED": -99,
        "SKIPPED": -98,
        "REFUSED": -97,
        "DONT_KNOW": -96,
        "UNREADABLE": -95,
        "TECHNICAL": -94,
    }
    assert len({code.label for code in MissingCode}) == 6
    assert MissingCode(-96).label == "Don't know"


@pytest.mark.parametrize(
    "wrong",
    [
        {"valence": -1.1},
        {"valence": 1.1},
        {"arousal": -0.1},
        {"arousal": 1.1},
        {"intensities": {"envy": 3}},
        {"intensities": {"joy": 11}},
        {"intensities": {"joy": -1}},
    ],
)
def test_a_feeling_within_bounds(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        EmotionalState.model_validate(wrong)


def test_sixteen_emotions() -> None:
    assert len(set(EMOTIONS)) == len(EMOTIONS) == 16


@pytest.mark.parametrize(
    "wrong", [{"importance": 0}, {"importance": 11}, {"emotions": {"joy": 12}}, {"origin": "x"}]
)
def test_a_memory_within_bounds(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        Memory.model_validate({"id": "m", "content": "I saw it.", **wrong})


ONE_ITEM = Instrument(id="i", items=(Item(id="q", kind=Kind.NUMERIC, text="How many?"),))


@pytest.mark.parametrize(
    "wrong", [{"personas": ()}, {"replicates": 0}, {"concurrency": 0}, {"method": "rag"}]
)
def test_a_plan_that_cannot_run_is_refused(wrong: dict[str, Any]) -> None:
    people = (PersonaRef(id="ada", version=1),)
    plain = {"name": "n", "instrument": ONE_ITEM, "personas": people}
    assert RunSpec.model_validate(plain).method in METHODS
    with pytest.raises(ValidationError, match=next(iter(wrong))):
        RunSpec.model_validate({**plain, **wrong})


def test_the_last_reply_of_a_cell_counts() -> None:
    interview = Interview(id="x", persona=PersonaRef(id="ada", version=1), seed=1, position=0)
    cell = Cell(
        interview_id=interview.id,
        item_id="q",
        position=0,
        question=Question(item_id="q", kind=Kind.NUMERIC, text="How many?"),
        replies=(Reply(text="Hm."), Reply(text="3")),
        response=Answer(number=3),
        seed=1,
    )
    assert cell.reply == Reply(text="3")
    assert cell.model_copy(update={"replies": ()}).reply is None


def test_the_error_tree() -> None:
    assert issubclass(UnknownName, InputError) and InputError.exit_code == 2
    assert SimulacraError.exit_code == BudgetSpent.exit_code == StorageError.exit_code == 1
    assert issubclass(RateLimited, TransientModelError) and issubclass(BadReply, ModelError)
    assert not issubclass(FatalModelError, TransientModelError)
    assert not issubclass(BudgetSpent, ModelError)
    assert RateLimited("slow", retry_after=2).retry_after == 2


def test_an_input_error_says_where() -> None:
    assert str(InputError("no such thing.")) == "no such thing."
    error = InputError("no code.", path="a.csv", line=3, field="options")
    assert str(error) == "a.csv, line 3, field options: no code."
    assert (error.path, error.line, error.field) == ("a.csv", 3, "options")

import json
from enum import StrEnum
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, create_model

from simulacra.errors import InputError
from simulacra.llm.schema_values import value_for
from simulacra.llm.scripted import Rule, ScriptedModel
from simulacra.llm.structured import MisfitReply, complete_as, output_schema
from tests.support.requests import request_of


class Mood(StrEnum):
    CALM = "calm"
    ANGRY = "angry"


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: str = Field(default="x", min_length=5, max_length=9)
    weight: float = Field(ge=0.5, le=0.75)


class Plan(BaseModel):
    """A plan."""

    model_config = ConfigDict(extra="forbid")
    mood: Mood
    kind: Literal["a", "b"]
    parts: list[Part] = Field(min_length=2, max_length=3)
    note: str | None = None
    sure: bool = True
    properties: int = Field(default=3, gt=2, lt=5)


def test_the_schema_is_strict_all_the_way_down() -> None:
    schema = output_schema(Plan)
    assert schema.name == "Plan"
    top, part = schema.definition, schema.definition["$defs"]["Part"]
    assert top["required"] == ["mood", "kind", "parts", "note", "sure", "properties"]
    assert top["additionalProperties"] is False and part["additionalProperties"] is False
    # A field may be called title; the schema word of that name goes.
    assert set(part["properties"]) == {"title", "weight"} and part["required"] == [
        "title",
        "weight",
    ]
    assert "default" not in json.dumps(top) and "title" not in top


async def test_a_reply_comes_back_as_a_value() -> None:
    model = ScriptedModel([Rule(choose=True)])
    for seed in range(20):
        plan, call = await complete_as(model, request_of("s", "u", seed=seed), Plan)
        assert isinstance(plan, Plan) and 3 <= plan.properties <= 4
        assert call.request.output == output_schema(Plan)


@pytest.mark.parametrize("text", ["nonsense", '{"mood": "calm"}', "[]"])
async def test_a_misfit_keeps_its_text(text: str) -> None:
    model = ScriptedModel([Rule(reply=text)])
    with pytest.raises(MisfitReply, match="no Plan") as caught:
        await complete_as(model, request_of("s", "u"), Plan)
    assert caught.value.text == text and caught.value.call.reply == text


@given(
    seed=st.integers(0, 10**6),
    low=st.integers(-50, 50),
    span=st.integers(0, 20),
    size=st.integers(0, 30),
)
def test_made_up_values_are_valid(seed: int, low: int, span: int, size: int) -> None:
    kind = create_model(
        "Kind",
        number=(int, Field(ge=low, le=low + span)),
        text=(str, Field(min_length=size, max_length=size + 5)),
        picks=(list[Literal["a", "b", "c"]], Field(min_length=1, max_length=3)),
    )
    value = value_for(output_schema(kind).definition, seed)
    assert kind.model_validate(value).model_dump() == value
    assert value == value_for(output_schema(kind).definition, seed)


def test_unique_items_are_unique() -> None:
    schema = {
        "type": "array",
        "items": {"enum": ["a", "b", "c"]},
        "minItems": 3,
        "uniqueItems": True,
    }
    assert sorted(value_for(schema, 1)) == ["a", "b", "c"]


def test_what_cannot_be_made_up_is_said() -> None:
    with pytest.raises(InputError, match="cannot make up"):
        value_for({"type": "string", "pattern": "^a+$"}, 1)
    with pytest.raises(InputError, match="cannot make up"):
        value_for({}, 1)

"""What every model behind the port must do, asked of each adapter in turn."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from simulacra.domain.call import Completion
from simulacra.errors import FatalModelError
from simulacra.llm.budgets import Budget, Budgeted, Purse
from simulacra.llm.limits import Bounded, Retrying, Throttled
from simulacra.llm.port import Model, ModelInfo
from simulacra.llm.recorded import RecordingModel, ReplayModel
from simulacra.llm.registry import open_model
from simulacra.llm.scripted import Rule, ScriptedModel
from simulacra.llm.structured import complete_as
from simulacra.settings import ModelSettings
from tests.support.openai_server import OpenAIServer
from tests.support.requests import request_of


class Mood(BaseModel):
    model_config = ConfigDict(extra="forbid")
    strength: int = Field(ge=0, le=3)
    calm: bool


ASKED = request_of("You are Ann, a nurse.", "What is your job?", max_tokens=10, seed=1)
OPTIONS = ["nurse", "judge", "nurse of animals"]
SCRIPT = [
    Rule.model_validate({"when": {"schema": "Mood"}, "choose": True}),
    Rule(reply="I am a nurse."),
]


@asynccontextmanager
async def _hosted(kind: str) -> AsyncIterator[Model]:
    async with OpenAIServer(keys={"k"}) as server:
        settings = ModelSettings(openai_api_key=SecretStr("k"), openai_base_url=server.url)
        model = open_model(f"{kind}:m", settings)
        yield model
        await model.aclose()


@asynccontextmanager
async def _embedded() -> AsyncIterator[Model]:
    from simulacra.llm.embedded import EmbeddedModel

    model = EmbeddedModel(reproducible=True, context_tokens=512)
    yield model
    await model.aclose()


@asynccontextmanager
async def _scripted() -> AsyncIterator[Model]:
    yield ScriptedModel(SCRIPT)


@asynccontextmanager
async def _replay(folder: Path) -> AsyncIterator[Model]:
    recorder = RecordingModel(ScriptedModel(SCRIPT), folder / "record.jsonl")
    await recorder.complete(ASKED)
    await recorder.score(ASKED, OPTIONS)
    await complete_as(recorder, ASKED, Mood)
    yield ReplayModel.from_file(folder / "record.jsonl")


@asynccontextmanager
async def _limited() -> AsyncIterator[Model]:
    inner = Throttled(Bounded(ScriptedModel(SCRIPT), 2), 1000, 100_000)
    yield Budgeted(Retrying(inner), Purse(Budget(calls=100, tokens=100_000, cost=1.0)))


@pytest.fixture(
    params=[
        "openai",
        "langchain:openai",
        "scripted",
        "replay",
        "limited",
        pytest.param("embedded", marks=pytest.mark.embedded),
    ]
)
async def model(request: Any, tmp_path: Path) -> AsyncIterator[Model]:
    openers = {
        "scripted": _scripted,
        "embedded": _embedded,
        "limited": _limited,
        "replay": lambda: _replay(tmp_path),
    }
    opener = openers.get(request.param, lambda: _hosted(request.param))
    async with opener() as opened:
        yield opened


async def test_facts_are_there_before_the_first_call(model: Model) -> None:
    assert isinstance(model.info, ModelInfo)
    assert model.info.spec and model.info.name
    assert model.info.parallel >= 1 and model.info.context_tokens > 0


async def test_a_completion_carries_its_call(model: Model) -> None:
    completion = await model.complete(ASKED)
    call = completion.call
    assert completion.text.strip() and call.reply == completion.text
    assert call.request == ASKED and call.options == ()
    assert call.usage.tokens_in > 0 and call.usage.tokens_out > 0
    assert 0 <= call.usage.tokens_cached <= call.usage.tokens_in
    assert call.model == model.info.name and call.fingerprint
    assert call.latency >= 0 and call.attempts == 1 and call.cost >= 0


async def test_equal_requests_give_equal_replies(model: Model) -> None:
    first, second = await model.complete(ASKED), await model.complete(ASKED)
    assert first.text == second.text


async def test_a_stream_ends_with_the_whole(model: Model) -> None:
    pieces = [piece async for piece in model.stream(ASKED)]
    *texts, whole = pieces
    assert isinstance(whole, Completion) and texts and all(isinstance(t, str) for t in texts)
    assert "".join(map(str, texts)) == whole.text == (await model.complete(ASKED)).text
    assert whole.call.usage.tokens_in > 0 and whole.call.usage.tokens_out > 0


async def test_a_structured_reply_fits_its_class(model: Model) -> None:
    asked = ASKED.model_copy(update={"max_tokens": 60})
    if isinstance(model, ReplayModel):
        asked = ASKED
    mood, call = await complete_as(model, asked, Mood)
    assert json.loads(call.reply) == mood.model_dump()
    assert call.request.output is not None


async def test_scores_come_in_the_order_given(model: Model) -> None:
    scores = await model.score(ASKED, OPTIONS)
    assert len(scores.logprobs) == len(scores.tokens) == 3
    assert all(value <= 0 for value in scores.logprobs) and all(n >= 1 for n in scores.tokens)
    assert scores.call.options == tuple(OPTIONS) and scores.call.request == ASKED
    assert scores.call.usage.tokens_in > 0
    if isinstance(model, ReplayModel):
        return
    turned = await model.score(ASKED, OPTIONS[::-1])
    assert len(turned.logprobs) == 3


async def test_nothing_to_score_is_refused(model: Model) -> None:
    with pytest.raises(FatalModelError):
        await model.score(ASKED, [])


async def test_closing_twice_does_no_harm(model: Model) -> None:
    before = (await model.complete(ASKED)).text
    await model.aclose()
    await model.aclose()
    try:  # asked again, it opens again, or says that it is closed
        assert (await model.complete(ASKED)).text == before
    except FatalModelError as error:
        assert "closed" in str(error)
    await model.aclose()

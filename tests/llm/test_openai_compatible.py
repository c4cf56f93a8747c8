import asyncio
import math
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from pydantic import SecretStr

from simulacra.domain.call import Completion
from simulacra.errors import (
    BadReply,
    ConnectionLost,
    FatalModelError,
    ModelError,
    ModelTimeout,
    RateLimited,
    ServerFailed,
)
from simulacra.llm.openai_compatible import OpenAICompatibleModel
from simulacra.llm.port import ModelInfo
from simulacra.settings import Price
from tests.support.openai_server import OpenAIServer
from tests.support.requests import FEELING, request_of

KEY = "sk-very-secret-0123456789"


@pytest.fixture
async def server() -> AsyncIterator[OpenAIServer]:
    async with OpenAIServer(keys={KEY}, models={"m"}) as running:
        yield running


@pytest.fixture
async def model(server: OpenAIServer) -> AsyncIterator[OpenAICompatibleModel]:
    opened = _model(server.url)
    yield opened
    await opened.aclose()


def _model(url: str, *, name: str = "m", key: str = KEY, **more: object) -> OpenAICompatibleModel:
    info = ModelInfo(spec=f"openai:{name}", name=name)
    return OpenAICompatibleModel(
        info,
        base_url=url,
        api_key=SecretStr(key),
        **{"timeout": 0.5, **more},  # type: ignore[arg-type]
    )


async def test_a_reply_carries_what_it_took(
    server: OpenAIServer, model: OpenAICompatibleModel
) -> None:
    request = request_of("You are Ann. " * 20, "Hello?", seed=3, stop=("END",))
    first, second = await model.complete(request), await model.complete(request)
    assert first.text == second.text and first.text
    assert first.call.usage.tokens_cached == 0
    # 260 characters of system text hold four whole blocks of 16 tokens.
    assert second.call.usage.tokens_cached == 64
    assert second.call.usage.tokens_in == math.ceil(len("<system><user>Hello?" + "x" * 260) / 4)
    assert second.call.fingerprint == "fp_test" and second.call.finish == "stop"
    assert second.call.latency > 0 and second.call.attempts == 1
    body = server.requests[0].body
    assert (body["seed"], body["stop"], body["max_tokens"]) == (3, ["END"], 40)
    assert [m["role"] for m in body["messages"]] == ["system", "user"]


async def test_cost_counts_cached_tokens_at_their_own_price(server: OpenAIServer) -> None:
    model = _model(server.url, price=Price(input=2.0, cached_input=0.5, output=10.0))
    request = request_of("You are Ann. " * 20, "Hello?")
    await model.complete(request)
    call = (await model.complete(request)).call
    await model.aclose()
    fresh = call.usage.tokens_in - 64
    assert call.cost == pytest.approx((2 * fresh + 0.5 * 64 + 10 * call.usage.tokens_out) / 1e6)


async def test_structured_output_is_asked_for_strictly(
    server: OpenAIServer, model: OpenAICompatibleModel
) -> None:
    await model.complete(request_of("You are Ann.", "How are you?", output=FEELING))
    wanted = server.requests[0].body["response_format"]
    assert wanted["type"] == "json_schema"
    assert wanted["json_schema"] == {
        "name": "Feeling",
        "schema": FEELING.definition,
        "strict": True,
    }


@pytest.mark.parametrize(
    ("trouble", "error", "says"),
    [
        ("rate_limited", RateLimited, "too many requests"),
        ("quota", FatalModelError, "no quota left"),
        ("failed", ServerFailed, "status 500"),
        ("hang", ModelTimeout, "within 0.5 s"),
        ("drop", ConnectionLost, "cannot reach m at http"),
        ("truncated", BadReply, "not valid JSON"),
        ("not_json", BadReply, "not valid JSON"),
        ("malformed", BadReply, "no chat completion"),
        ("no_text", BadReply, "without text"),
        ("too_long", FatalModelError, "longer than"),
    ],
)
async def test_misbehaviour_has_a_name(
    server: OpenAIServer,
    model: OpenAICompatibleModel,
    trouble: str,
    error: type[ModelError],
    says: str,
) -> None:
    server.misbehave(trouble)
    with pytest.raises(error, match=says) as caught:
        await model.complete(request_of("You are Ann.", "Hello?"))
    assert type(caught.value) is error and KEY not in str(caught.value)
    assert (await model.complete(request_of("You are Ann.", "Hello?"))).text


async def test_a_cut_off_structured_reply_is_a_bad_reply(
    server: OpenAIServer, model: OpenAICompatibleModel
) -> None:
    server.misbehave("length", times=2)
    with pytest.raises(BadReply, match="cut off"):
        await model.complete(request_of("You are Ann.", "Hello?", output=FEELING))
    assert (await model.complete(request_of("You are Ann.", "Hello?"))).call.finish == "length"


async def test_retry_after_is_read_in_seconds_and_as_a_date(
    server: OpenAIServer, model: OpenAICompatibleModel
) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    server.misbehave("rate_limited", retry_after=7)
    server.misbehave("rate_limited", retry_after=later)
    server.misbehave("failed", retry_after="soon")
    told = []
    for _ in range(3):
        with pytest.raises((RateLimited, ServerFailed)) as caught:
            await model.complete(request_of("You are Ann.", "Hello?"))
        told.append(caught.value.retry_after)
    assert told[0] == 7 and 90 < told[1] <= 100 and told[2] is None


async def test_a_wrong_key_is_fatal_and_never_shown(server: OpenAIServer) -> None:
    wrong = "sk-wrong-9876543210"
    model = _model(server.url, key=wrong)
    for ask in (model.complete, lambda r: model.score(r, ["a", "b"]), lambda r: _last(model, r)):
        with pytest.raises(FatalModelError, match="OPENAI_API_KEY") as caught:
            await ask(request_of("You are Ann.", "Hello?"))
        assert wrong not in str(caught.value) and "[key]" in str(caught.value)
        assert caught.value.__cause__ is None
    await model.aclose()
    assert wrong not in repr(model.__dict__)


async def test_an_unknown_model_is_fatal(server: OpenAIServer) -> None:
    model = _model(server.url, name="nobody")
    with pytest.raises(FatalModelError, match="nobody at http"):
        await model.complete(request_of("You are Ann.", "Hello?"))
    await model.aclose()


async def test_nobody_listens(unused_tcp_port: int) -> None:
    model = _model(f"http://127.0.0.1:{unused_tcp_port}/v1")
    with pytest.raises(ConnectionLost, match="cannot reach"):
        await model.complete(request_of("You are Ann.", "Hello?"))
    await model.aclose()


async def _last(model: OpenAICompatibleModel, request: object) -> Completion:
    pieces = [piece async for piece in model.stream(request)]  # type: ignore[arg-type]
    assert isinstance(pieces[-1], Completion)
    return pieces[-1]


async def test_a_stream_that_breaks_off_is_no_reply(
    server: OpenAIServer, model: OpenAICompatibleModel
) -> None:
    server.misbehave("drop_midway")
    pieces: list[object] = []
    with pytest.raises((ConnectionLost, BadReply)):
        async for piece in model.stream(request_of("You are Ann.", "Hello?")):
            pieces.append(piece)
    assert 0 < len(pieces) <= 2


async def test_letters_are_scored_by_the_likeliest_tokens(
    server: OpenAIServer, model: OpenAICompatibleModel
) -> None:
    options = ["Agree", "Neither", "Disagree"]
    scores = await model.score(request_of("You are Ann.", "Parties?", output=FEELING), options)
    assert sum(math.exp(value) for value in scores.logprobs) == pytest.approx(1)
    assert scores.tokens == (1, 1, 1) and scores.call.options == tuple(options)
    body = server.requests[0].body
    assert body["messages"][-1]["content"].startswith("A. Agree\nB. Neither\nC. Disagree")
    assert (body["max_tokens"], body["top_logprobs"], "response_format" in body) == (1, 20, False)
    best = "ABC"[max(range(3), key=lambda i: scores.logprobs[i])]
    assert scores.call.reply == best


async def test_scoring_without_logprobs_and_with_too_many_options(
    server: OpenAIServer, model: OpenAICompatibleModel
) -> None:
    server.misbehave("no_logprobs")
    with pytest.raises(BadReply, match="no log-probabilities"):
        await model.score(request_of("You are Ann.", "Parties?"), ["a", "b"])
    with pytest.raises(FatalModelError, match="1 to 20"):
        await model.score(request_of("You are Ann.", "Parties?"), [str(n) for n in range(21)])
    assert len(server.requests) == 1


async def test_a_hundred_calls_share_one_client(server: OpenAIServer) -> None:
    server.latency = 0.05
    model = _model(server.url, timeout=10)
    replies = await asyncio.gather(
        *(model.complete(request_of("You are Ann.", f"Hello {n}?")) for n in range(100))
    )
    await model.aclose()
    assert len(replies) == 100 and server.most_in_flight > 50


def test_a_model_outlives_its_event_loop() -> None:
    from tests.support.openai_server import serve_in_thread

    with serve_in_thread() as server:
        model = _model(server.url)

        async def once() -> str:
            text = (await model.complete(request_of("You are Ann.", "Hello?"))).text
            await model.aclose()
            return text

        assert asyncio.run(once()) == asyncio.run(once())

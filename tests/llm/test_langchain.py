import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from langchain_core.language_models.fake_chat_models import (
    FakeListChatModel,
    GenericFakeChatModel,
)
from langchain_core.messages import AIMessage
from pydantic import SecretStr

from simulacra.domain.call import Completion
from simulacra.errors import BadReply, FatalModelError, RateLimited, ServerFailed
from simulacra.llm.langchain_chat import LangChainModel
from simulacra.llm.registry import open_model
from simulacra.settings import ModelSettings
from tests.support.openai_server import OpenAIServer
from tests.support.requests import FEELING, request_of

KEY = "sk-langchain-secret-42"
ASKED = request_of("You are Ann.", "Hello?")


@pytest.fixture
async def server() -> AsyncIterator[OpenAIServer]:
    async with OpenAIServer(keys={KEY}) as running:
        yield running


def _settings(server: OpenAIServer, key: str = KEY) -> ModelSettings:
    return ModelSettings(
        openai_api_key=SecretStr(key), openai_base_url=server.url, max_attempts=1, timeout=5
    )


async def test_any_chat_model_object_replies_and_streams() -> None:
    model = LangChainModel(FakeListChatModel(responses=["Good night."]))
    assert (await model.complete(ASKED)).text == "Good night."
    *pieces, whole = [piece async for piece in model.stream(ASKED)]
    assert isinstance(whole, Completion) and whole.text == "Good night." == "".join(
        map(str, pieces)
    )


async def test_settings_of_a_request_are_sent(server: OpenAIServer) -> None:
    model = open_model("langchain:openai:m", _settings(server))
    request = request_of("You are Ann.", "Hello?", temperature=0.7, seed=5, stop=("END",))
    call = (await model.complete(request)).call
    body = server.requests[0].body
    assert (body["temperature"], body["seed"], body["stop"]) == (0.7, 5, ["END"])
    assert body["max_completion_tokens"] == 40
    assert call.usage.tokens_in == server.prompt_tokens and call.usage.tokens_out > 0
    assert call.fingerprint == "fp_test"
    await model.aclose()


async def test_structured_output_through_langchain(server: OpenAIServer) -> None:
    model = open_model("langchain:openai:m", _settings(server))
    await model.complete(request_of("You are Ann.", "Hello?", output=FEELING))
    sent = server.requests[0].body["response_format"]["json_schema"]
    assert sent["name"] == "Feeling"
    assert sent["schema"]["properties"] == FEELING.definition["properties"]
    await model.aclose()


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        ("rate_limited", RateLimited),
        ("failed", ServerFailed),
        ("truncated", BadReply),
        ("too_long", FatalModelError),
    ],
)
async def test_errors_have_names(
    server: OpenAIServer, trouble: str, error: type[Exception]
) -> None:
    model = open_model("langchain:openai:m", _settings(server))
    server.misbehave(trouble)
    with pytest.raises(error):
        await model.complete(ASKED)
    await model.aclose()


async def test_a_wrong_key_is_fatal_and_never_shown(server: OpenAIServer) -> None:
    model = open_model("langchain:openai:m", _settings(server, key="sk-wrong-777"))
    with pytest.raises(FatalModelError) as caught:
        await model.complete(ASKED)
    assert "sk-wrong-777" not in str(caught.value)
    await model.aclose()


async def test_a_model_without_logprobs_or_structure_says_so() -> None:
    model = LangChainModel(FakeListChatModel(responses=["A"]))
    with pytest.raises(BadReply, match="no log-probabilities"):
        await model.score(ASKED, ["a", "b"])
    with pytest.raises(FatalModelError, match="no structured output"):
        await model.complete(request_of("You are Ann.", "Hello?", output=FEELING))


async def test_errors_of_other_packages_have_names() -> None:
    class Odd(Exception):
        status_code = 503

    def raising(error: Exception) -> LangChainModel:
        def replies() -> object:
            raise error
            yield AIMessage("")

        chat = GenericFakeChatModel(messages=replies())  # type: ignore[arg-type]
        return LangChainModel(chat, key=SecretStr(KEY))

    with pytest.raises(ServerFailed):
        await raising(Odd("busy")).complete(ASKED)
    with pytest.raises(FatalModelError, match="KeyError") as caught:
        await raising(KeyError(KEY)).complete(ASKED)
    assert KEY not in str(caught.value)


PROVIDER = """
from langchain_core.language_models.fake_chat_models import FakeListChatModel


class ChatOllama(FakeListChatModel):
    model: str
    temperature: float = 1.0
    responses: list[str] = ["first", "second"]

    def _call(self, messages, stop=None, run_manager=None, **more):
        asked = messages[-1].content
        return f"{self.model} at {self.temperature} was asked: {asked}"
"""


async def test_another_provider_is_found_by_its_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "langchain_ollama"
    package.mkdir()
    (package / "__init__.py").write_text(PROVIDER, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "langchain_ollama", raising=False)
    model = open_model("langchain:ollama:smollm:135m", ModelSettings())
    assert model.info.name == "smollm:135m"
    reply = await model.complete(request_of("You are Ann.", "Hello?", temperature=0.25))
    assert reply.text == "smollm:135m at 0.25 was asked: Hello?"
    pieces = [piece async for piece in model.stream(ASKED)]
    assert isinstance(pieces[-1], Completion)
    with pytest.raises(BadReply, match="no log-probabilities"):
        await model.score(ASKED, ["a", "b"])
    await model.aclose()


@pytest.mark.parametrize("provider", ["groq", "nobody"])
def test_a_provider_without_its_package_says_what_to_install(provider: str) -> None:
    with pytest.raises(FatalModelError, match=rf"simulacra\[langchain\].*langchain-{provider}"):
        open_model(f"langchain:{provider}:m", ModelSettings())

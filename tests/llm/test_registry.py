import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from simulacra.errors import FatalModelError, InputError, UnknownName
from simulacra.llm.registry import open_model
from simulacra.settings import ModelSettings, Price
from tests.support.openai_server import OpenAIServer
from tests.support.requests import request_of

EXAMPLE = Path(__file__).parent.parent / "data" / "scripted_example.yaml"
ASKED = request_of("You are Ann.", "What do you do for a living?")


@pytest.mark.parametrize(
    "spec", ["", "openai", "openai:", "gpt", "scripted:", "replay", "langchain:openai", "record:f"]
)
def test_an_unknown_spec_names_the_known_forms(spec: str) -> None:
    with pytest.raises(UnknownName, match="There is no model"):
        open_model(spec, ModelSettings(openai_api_key=SecretStr("k")))


def test_an_openai_model_needs_a_key_or_a_server() -> None:
    for spec in ("openai:m", "langchain:openai:m"):
        with pytest.raises(InputError, match="OPENAI_API_KEY"):
            open_model(spec, ModelSettings())


def test_langchain_says_which_package_it_needs() -> None:
    with pytest.raises(FatalModelError, match="langchain-anthropic"):
        open_model("langchain:anthropic:claude", ModelSettings())


async def test_openai_with_all_settings() -> None:
    async with OpenAIServer(keys={"k"}) as server:
        settings = ModelSettings(
            openai_api_key=SecretStr("k"),
            openai_base_url=server.url,
            prices={"m": Price(input=1.0)},
            detail="brief",
            in_flight=2,
            requests_per_minute=100,
            tokens_per_minute=100_000,
        )
        model = open_model("openai:m", settings)
        assert (model.info.spec, model.info.name, model.info.detail) == ("openai:m", "m", "brief")
        server.misbehave("rate_limited", retry_after=0)
        call = (await model.complete(ASKED)).call
        assert call.attempts == 2 and call.cost == pytest.approx(call.usage.tokens_in / 1e6)
        await model.aclose()


async def test_an_unreachable_server_stops_with_one_sentence(unused_tcp_port: int) -> None:
    settings = ModelSettings(
        openai_base_url=f"http://127.0.0.1:{unused_tcp_port}/v1", max_attempts=1
    )
    model = open_model("openai:m", settings)
    with pytest.raises(FatalModelError, match="cannot reach"):
        await model.complete(ASKED)
    await model.aclose()


async def test_record_and_replay(tmp_path: Path) -> None:
    file = tmp_path / "r.jsonl"
    model = open_model(f"record:{file}:scripted:{EXAMPLE}", ModelSettings())
    text = (await model.complete(ASKED)).text
    replay = open_model(f"replay:{file}", ModelSettings())
    assert (await replay.complete(ASKED)).text == text == "I repair clocks."


def test_a_wrong_gguf_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read the model file"):
        open_model(f"embedded:{tmp_path / 'none.gguf'}", ModelSettings())
    wrong = tmp_path / "wrong.gguf"
    wrong.write_text("nonsense")
    with pytest.raises(InputError, match="no GGUF file"):
        open_model("embedded", ModelSettings(gguf=wrong))


def test_heavy_packages_are_loaded_only_when_asked_for() -> None:
    code = (
        "import sys, simulacra.llm.registry as r;"
        "heavy = {'openai', 'langchain_core', 'langchain_openai', 'xllamacpp', 'aiohttp'};"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or None)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")

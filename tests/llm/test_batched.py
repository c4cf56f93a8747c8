"""Waves of requests as files, joined by name; what an earlier process sent is not sent again."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from pydantic import SecretStr

from simulacra.domain.call import Completion, Message, Request
from simulacra.errors import FatalModelError, ServerFailed
from simulacra.llm import batch_files
from simulacra.llm.batched import BatchedModel
from simulacra.llm.limits import Retrying, RetryPolicy
from simulacra.llm.openai_compatible import OpenAICompatibleModel
from simulacra.llm.port import ModelInfo
from simulacra.settings import Price
from tests.support.openai_server import OpenAIServer


def request(number: int, agent: str = "top") -> Request:
    message = Message(role="user", text=f"Question {number}?")
    return Request(
        agent=agent, prompt_name="p", prompt_hash="h", messages=(message,), temperature=1.0, seed=1
    )


@asynccontextmanager
async def batched(
    server: OpenAIServer, run_id: str = "r", name: str = "m"
) -> AsyncIterator[BatchedModel]:
    model = OpenAICompatibleModel(
        ModelInfo(spec=f"openai:{name}", name=name),
        base_url=server.url,
        api_key=SecretStr("sk-any"),
        price=Price(input=1.0),
    )
    batches = BatchedModel(model, run_id, quiet=0.05, poll=0.01)
    try:
        yield batches
    finally:
        await batches.aclose()


async def asked(model: BatchedModel, *numbers: int) -> list[Completion]:
    return await asyncio.gather(*(model.complete(request(number)) for number in numbers))


async def test_a_wave_is_one_batch_and_answers_find_their_requests() -> None:
    async with OpenAIServer() as server, batched(server) as model:
        server.batches.looks = 3
        online = OpenAICompatibleModel(model.info, base_url=server.url, price=Price(input=1.0))
        found = await asked(model, *range(20))
        assert server.batches.sizes == [20]
        assert server.billed_calls == 20
        for number, completion in enumerate(found):
            expected = await online.complete(request(number))
            assert completion.text == expected.text
            assert completion.call.usage.tokens_in == expected.call.usage.tokens_in
            assert completion.call.cost == expected.call.cost > 0
        await asked(model, 7)
        assert server.batches.sizes == [20, 1]
        await online.aclose()


async def test_equal_requests_get_an_answer_each() -> None:
    async with OpenAIServer() as server, batched(server) as model:
        first, second = await asked(model, 1, 1)
        assert first.text == second.text
        assert server.billed_calls == 2


async def test_a_later_process_takes_over_what_was_sent() -> None:
    async with OpenAIServer() as server:
        server.batches.looks = 10_000
        async with batched(server) as model:
            waiting = asyncio.create_task(asked(model, 1, 2, 3))
            while not server.batches.sizes:
                await asyncio.sleep(0.01)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        server.batches.looks = 1
        async with batched(server) as model:
            assert len(await asked(model, 1, 2, 3, 4)) == 4
        assert server.batches.sizes == [3, 1]
        assert server.billed_calls == 4
        async with batched(server, run_id="another") as model:
            await asked(model, 1)
        assert server.billed_calls == 5


async def test_a_request_that_failed_goes_with_a_later_wave() -> None:
    async with OpenAIServer() as server, batched(server) as model:
        server.misbehave("failed")
        policy = RetryPolicy(first_wait=0.0, max_attempts=2)
        retrying = Retrying(model, policy)
        found = await asyncio.gather(*(retrying.complete(request(one)) for one in range(4)))
        assert server.batches.sizes == [4, 1]
        assert sorted(one.call.attempts for one in found) == [1, 1, 1, 2]


async def test_what_a_batch_expired_without_is_told() -> None:
    async with OpenAIServer() as server, batched(server) as model:
        server.batches.loses = {2}
        found = await asyncio.gather(
            *(model.complete(request(one)) for one in range(3)), return_exceptions=True
        )
        lost = [one for one in found if isinstance(one, BaseException)]
        assert len(lost) == 1 and isinstance(lost[0], ServerFailed)
        assert "did not answer in a batch: expired" in str(lost[0])


async def test_a_refused_batch_is_fatal_and_holds_no_key() -> None:
    async with OpenAIServer() as server, batched(server) as model:
        server.batches.refuse = "the model is unknown to sk-any"
        with pytest.raises(FatalModelError, match="refused a batch: the model is") as caught:
            await asked(model, 1)
        assert "sk-any" not in str(caught.value)


async def test_a_refused_key_is_fatal() -> None:
    async with OpenAIServer(keys={"sk-other"}) as server, batched(server) as model:
        with pytest.raises(FatalModelError, match="refused the key"):
            await asked(model, 1)


async def test_results_that_cannot_be_fetched_are_asked_for_again_and_never_bought_again() -> None:
    async with OpenAIServer() as server, batched(server) as model:
        server.batches.fails["GET /v1/files/ID/content"] = 3
        server.batches.fails["GET /v1/batches/ID"] = 3
        assert len(await asked(model, 1, 2)) == 2
        assert (server.batches.sizes, server.billed_calls) == ([2], 2)


async def test_results_that_stay_away_stop_the_run_which_takes_them_over_later() -> None:
    async with OpenAIServer() as server:
        server.batches.fails["GET /v1/files/ID/content"] = 1_000
        async with batched(server) as model:
            retrying = Retrying(model, RetryPolicy(first_wait=0.0))
            with pytest.raises(FatalModelError, match="resume the run later"):
                await retrying.complete(request(1))
        server.batches.fails.clear()
        async with batched(server) as model:
            await asked(model, 1)
        assert (server.batches.sizes, server.billed_calls) == ([1], 1)


async def test_a_batch_that_began_although_the_server_said_no_is_not_sent_again() -> None:
    async with OpenAIServer() as server, batched(server) as model:
        server.batches.fails["POST /v1/batches"] = 1
        assert len(await asked(model, 1, 2)) == 2
        assert server.batches.sizes == [2]
        server.batches.fails["POST /v1/files"] = 1
        retrying = Retrying(model, RetryPolicy(first_wait=0.0))
        await retrying.complete(request(3))
        assert server.batches.sizes == [2, 1]


async def test_lines_that_come_twice_or_for_nobody_or_broken_harm_no_other() -> None:
    def spoilt(content: bytes) -> bytes:
        first, *rest = content.split(b"\n")
        stranger = first.replace(b'"custom_id": "top-', b'"custom_id": "nobody-')
        return b"\n".join([b"[]", stranger, *rest[:1], *rest, b'{"custom_id": 3}', b"{broken", b""])

    async with OpenAIServer() as server, batched(server) as model:
        server.batches.spoil = spoilt
        alike = [model.complete(request(1)) for _ in range(3)]
        found = await asyncio.gather(*alike, return_exceptions=True)
        lost = [one for one in found if isinstance(one, BaseException)]
        assert len(lost) == 1 and isinstance(lost[0], ServerFailed)
        assert "without an answer to a request" in str(lost[0])


async def test_signs_that_end_lines_elsewhere_do_not_break_results() -> None:
    async with OpenAIServer() as server, batched(server) as model:
        server.batches.spoil = lambda content: content.replace(b"chatcmpl-", "\u2028\x85".encode())
        assert len(await asked(model, 1, 2)) == 2


async def test_who_no_longer_waits_keeps_nobody_else_waiting() -> None:
    async with OpenAIServer() as server, batched(server) as model:
        server.batches.looks = 5
        gone = asyncio.create_task(model.complete(request(1)))
        stays = asyncio.create_task(model.complete(request(2)))
        while not server.batches.sizes:
            await asyncio.sleep(0.01)
        gone.cancel()
        assert (await stays).text
        assert server.batches.sizes == [2]


async def test_two_models_of_a_run_do_not_take_each_others_batches() -> None:
    async with OpenAIServer() as server:
        async with batched(server) as model:
            await asked(model, 1)
        async with batched(server, name="other") as model:
            (answer,) = await asked(model, 1)
        assert answer.call.model == "other"
        assert server.billed_calls == 2


async def test_recovery_that_broke_off_does_not_count_results_twice() -> None:
    async with OpenAIServer() as server:
        async with batched(server) as model:
            await asked(model, 1)
            await asked(model, 2)
        async with batched(server) as model:
            server.batches.fails["GET /v1/batches"] = 1
            with pytest.raises(ServerFailed):
                await asked(model, 1)
            await asked(model, 1, 2)
            assert server.billed_calls == 2
            await asked(model, 1)
            assert server.billed_calls == 3


def test_a_file_holds_no_more_than_the_service_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_files, "MOST_BYTES", 100)
    monkeypatch.setattr(batch_files, "MOST", 3)
    assert batch_files.that_fit([40, 60, 1]) == 2
    assert batch_files.that_fit([1_000, 1]) == 1
    assert batch_files.that_fit([1] * 9) == 3
    assert batch_files.that_fit([]) == 0


async def test_a_wave_beyond_one_file_goes_in_several(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_files, "MOST_BYTES", 600)
    async with OpenAIServer() as server, batched(server) as model:
        found = await asked(model, *range(6))
        assert len({one.text for one in found}) > 1
        assert sum(server.batches.sizes) == 6 and len(server.batches.sizes) > 1

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest

from simulacra.domain.call import Call, Completion, Request, Scores, Spent, Usage
from simulacra.errors import (
    BadReply,
    BudgetSpent,
    ConnectionLost,
    FatalModelError,
    Interrupted,
    ModelError,
    ModelTimeout,
    RateLimited,
    ServerFailed,
)
from simulacra.llm.budgets import Budget, Budgeted, Purse
from simulacra.llm.limits import (
    Bounded,
    Retrying,
    RetryPolicy,
    Stoppable,
    Throttled,
    expected,
)
from simulacra.llm.port import ModelInfo
from simulacra.settings import Price
from tests.support.requests import request_of


class Fake:
    """Raises what it is given, then replies; counts what is in flight."""

    info = ModelInfo(spec="fake", name="fake")

    def __init__(self, *errors: ModelError, usage: Usage | None = None) -> None:
        self.errors = list(errors)
        self.usage = usage or Usage(tokens_in=10, tokens_out=5)
        self.calls = self.now = self.most = 0
        self.closed = False

    async def complete(self, request: Request) -> Completion:
        self.calls += 1
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(0.001)
            if self.errors:
                raise self.errors.pop(0)
        finally:
            self.now -= 1
        return Completion(text="yes", call=Call(request=request, reply="yes", usage=self.usage))

    async def stream(self, request: Request) -> AsyncIterator[str | Completion]:
        whole = await self.complete(request)
        yield "ye"
        if self.errors:
            raise self.errors.pop(0)
        yield "s"
        yield whole

    async def score(self, request: Request, options: Sequence[str]) -> Scores:
        call = (await self.complete(request)).call
        return Scores(logprobs=(-1.0,) * len(options), tokens=(1,) * len(options), call=call)

    async def aclose(self) -> None:
        self.closed = True


class Waits(list[float]):
    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


REQUEST = request_of("You are Ann.", "Hello?")


async def test_transient_errors_are_tried_again_with_growing_waits() -> None:
    waits = Waits()
    fake = Fake(ServerFailed("a"), ModelTimeout("b"), ConnectionLost("c"))
    reply = await Retrying(fake, RetryPolicy(first_wait=1.0), waits).complete(REQUEST)
    assert (reply.call.attempts, fake.calls) == (4, 4)
    assert 1 <= waits[0] <= 2 and 2 <= waits[1] <= 3 and 4 <= waits[2] <= 5


async def test_the_server_may_ask_for_a_longer_wait() -> None:
    waits = Waits()
    fake = Fake(RateLimited("a", retry_after=17.0), RateLimited("b", retry_after=10_000.0))
    scores = await Retrying(fake, RetryPolicy(longest_told=60), waits).score(REQUEST, ["a"])
    assert waits == [17.0, 60.0] and scores.call.attempts == 3


async def test_attempts_are_bounded() -> None:
    fake = Fake(*[ServerFailed("down")] * 9)
    with pytest.raises(ServerFailed, match="down"):
        await Retrying(fake, RetryPolicy(max_attempts=3), Waits()).complete(REQUEST)
    assert fake.calls == 3


async def test_a_malformed_reply_gets_one_more_try() -> None:
    fake = Fake(*[BadReply("nonsense")] * 9)
    with pytest.raises(BadReply):
        await Retrying(fake, sleep=Waits()).complete(REQUEST)
    assert fake.calls == 2


def spoilt(tokens: int = 3) -> BadReply:
    usage = Usage(tokens_in=tokens, tokens_out=1)
    call = Call(request=REQUEST, reply="nonsense", usage=usage, latency=0.5, cost=0.25)
    return BadReply("nonsense").after([call])


async def test_a_malformed_reply_counts_in_the_call_that_follows_it() -> None:
    policy = RetryPolicy(bad_reply_attempts=4)
    purse = Purse(Budget(calls=9))
    model = Budgeted(
        Retrying(Fake(spoilt(), ServerFailed("500"), spoilt(4)), policy, Waits()), purse
    )
    call = (await model.complete(REQUEST)).call
    assert (call.reply, call.attempts) == ("yes", 4)
    assert call.usage == Usage(tokens_in=10 + 3 + 4, tokens_out=5 + 1 + 1)
    assert (call.cost, call.latency) == (0.5, 1.0)
    assert purse.spent == Spent(calls=4, tokens=24, cost=0.5)


@pytest.mark.parametrize("last", [spoilt(4), ServerFailed("500"), ConnectionLost("gone")])
async def test_malformed_replies_go_with_the_error_where_none_follows(last: ModelError) -> None:
    paid = 10 if last.calls else 5
    policy = RetryPolicy(max_attempts=2)
    purse = Purse(Budget(calls=9))
    model = Budgeted(Retrying(Fake(spoilt(4), last), policy, Waits()), purse)
    with pytest.raises(ModelError) as caught:
        await model.complete(REQUEST)
    (call,) = caught.value.calls
    assert (call.attempts, call.usage.tokens_in + call.usage.tokens_out) == (2, paid)
    assert purse.spent == Spent(calls=2, tokens=paid, cost=call.cost)


async def test_what_cannot_be_mended_is_not_tried_again() -> None:
    fake = Fake(FatalModelError("wrong key"))
    with pytest.raises(FatalModelError, match="wrong key"):
        await Retrying(fake, sleep=Waits()).complete(REQUEST)
    assert fake.calls == 1


async def test_a_server_that_stays_away_is_fatal() -> None:
    fake = Fake(*[ConnectionLost("cannot reach http://nowhere.")] * 9)
    with pytest.raises(FatalModelError, match=r"cannot reach http://nowhere.*after 3 attempts"):
        await Retrying(fake, RetryPolicy(max_attempts=3), Waits()).complete(REQUEST)


async def test_a_stream_is_tried_again_only_before_its_first_piece() -> None:
    fake = Fake(ServerFailed("early"))
    pieces = [piece async for piece in Retrying(fake, sleep=Waits()).stream(REQUEST)]
    assert pieces[:2] == ["ye", "s"]
    assert isinstance(pieces[2], Completion) and pieces[2].call.attempts == 2

    fake, seen = Fake(), []
    stream = Retrying(fake, sleep=Waits()).stream(REQUEST)
    with pytest.raises(ServerFailed, match="late"):
        async for piece in stream:
            seen.append(piece)
            fake.errors = [ServerFailed("late")]
    assert seen == ["ye"] and fake.calls == 1


async def test_calls_in_flight_are_bounded() -> None:
    fake = Fake()
    model = Bounded(fake, 3)
    await asyncio.gather(*(model.complete(REQUEST) for _ in range(20)))
    assert (fake.calls, fake.most) == (20, 3)


async def test_a_rate_holds_calls_back() -> None:
    fake = Fake()
    model = Throttled(fake, requests_per_minute=5)
    calls = [asyncio.ensure_future(model.complete(REQUEST)) for _ in range(8)]
    await asyncio.sleep(0.1)
    assert fake.calls == 5
    for call in calls:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)


async def test_a_token_rate_holds_calls_back_but_not_for_ever() -> None:
    usage = expected(REQUEST)
    fake = Fake()
    model = Throttled(fake, tokens_per_minute=2.5 * (usage.tokens_in + usage.tokens_out))
    calls = [asyncio.ensure_future(model.complete(REQUEST)) for _ in range(5)]
    await asyncio.sleep(0.1)
    assert fake.calls == 2
    for call in calls:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)
    assert (await Throttled(fake, tokens_per_minute=1).complete(REQUEST)).text == "yes"


async def test_a_budget_of_calls_is_never_exceeded() -> None:
    fake = Fake()
    purse = Purse(Budget(calls=5), Spent(calls=2))
    model = Budgeted(fake, purse)
    results = await asyncio.gather(
        *(model.complete(REQUEST) for _ in range(10)), return_exceptions=True
    )
    assert fake.calls == 3 and purse.spent == Spent(calls=5, tokens=45)
    assert sum(isinstance(result, BudgetSpent) for result in results) == 7


async def test_a_token_budget_waits_for_calls_in_flight_before_it_gives_up() -> None:
    usage = expected(REQUEST)
    most = usage.tokens_in + usage.tokens_out
    fake = Fake()
    purse = Purse(Budget(tokens=2 * most))
    model = Budgeted(fake, purse)
    results = await asyncio.gather(
        *(model.complete(REQUEST) for _ in range(20)), return_exceptions=True
    )
    replies = [result for result in results if isinstance(result, Completion)]
    # Two worst cases fit at a time, but each call takes 15 tokens only.
    assert fake.most == 2 and len(replies) > 2
    assert purse.spent.tokens == 15 * len(replies) <= 2 * most
    assert 15 * len(replies) + most > 2 * most - 15
    with pytest.raises(BudgetSpent, match="tokens is used up"):
        await model.complete(REQUEST)


async def test_a_budget_of_money_counts_every_attempt() -> None:
    fake = Fake(ServerFailed("a"), usage=Usage(tokens_in=100, tokens_out=50))
    price = Price(input=10.0, output=100.0)
    purse = Purse(Budget(cost=0.001))
    model = Budgeted(Retrying(fake, sleep=Waits()), purse, price=price)
    with pytest.raises(BudgetSpent, match=r"0\.001 US dollars"):
        await model.complete(REQUEST)
    assert fake.calls == 0 and purse.spent == Spent()
    purse = Purse(Budget(cost=1.0))
    model = Budgeted(Retrying(fake, sleep=Waits()), purse, price=price)
    await model.complete(REQUEST)
    assert purse.spent.calls == 2


async def test_a_failed_call_gives_its_reservation_back() -> None:
    purse = Purse(Budget(calls=2))
    model = Budgeted(Fake(FatalModelError("no")), purse)
    with pytest.raises(FatalModelError):
        await model.complete(REQUEST)
    assert purse.spent == Spent(calls=1)
    assert (await model.score(REQUEST, ["a"])).logprobs == (-1.0,)
    with pytest.raises(BudgetSpent):
        await model.complete(REQUEST)


async def test_wrappers_pass_facts_streams_and_closing_on() -> None:
    fake = Fake()
    purse = Purse(Budget(calls=1))
    model = Budgeted(Throttled(Bounded(Retrying(fake), 1), 100, 10_000), purse)
    assert model.info is fake.info
    assert [piece async for piece in model.stream(REQUEST)][:2] == ["ye", "s"]
    assert purse.spent.tokens == 15
    await model.aclose()
    assert fake.closed


async def test_a_stopped_model_lets_no_further_call_pass() -> None:
    fake = Fake()
    model = Stoppable(fake)
    await model.complete(REQUEST)
    model.stop()
    with pytest.raises(Interrupted, match="no further call"):
        await model.complete(REQUEST)
    assert fake.calls == 1

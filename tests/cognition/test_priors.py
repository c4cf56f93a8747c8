"""Priors: each bought once, whoever comes first."""

import asyncio

from simulacra.cognition.context import Priors
from simulacra.domain.call import Request, Usage
from simulacra.errors import ServerFailed
from tests.support.minds import FakeModel, exchanged, question, respondent, small
from tests.support.people import another, ilka
from tests.support.requests import request_of

OPTIONS = ("yes", "no")


async def test_a_kept_one_is_the_same_and_costs_nothing() -> None:
    model, priors = FakeModel(), Priors()
    asked = request_of("nobody", "Well?")
    first = await priors.score(model, asked, OPTIONS)
    kept = await priors.score(model, asked, OPTIONS)
    assert len(model.requests) == 1
    assert (kept.logprobs, kept.tokens) == (first.logprobs, first.tokens)
    assert (first.call.attempts, first.call.cost, first.call.latency) == (1, 0.25, 0.5)
    assert (kept.call.attempts, kept.call.cost, kept.call.latency) == (0, 0.0, 0.0)
    assert kept.call.usage == Usage()
    assert kept.call.request == first.call.request and kept.call.options == OPTIONS


async def test_wording_options_settings_and_model_tell_priors_apart() -> None:
    model, priors = FakeModel(), Priors()
    asked = request_of("nobody", "Well?")
    for request, options in (
        (asked, OPTIONS),
        (request_of("nobody", "Well??"), OPTIONS),
        (asked, ("no", "yes")),
        (asked.model_copy(update={"temperature": 0.5}), OPTIONS),
    ):
        await priors.score(model, request, options)
    assert len(model.requests) == 4
    await priors.score(model, asked.model_copy(update={"agent": "other"}), OPTIONS)
    assert len(model.requests) == 4
    other = FakeModel(spec="other")
    await priors.score(other, asked, OPTIONS)
    assert len(other.requests) == 1


async def test_the_longest_unused_leaves_first() -> None:
    model, priors = FakeModel(), Priors(keep=2)
    one, two, three = (request_of("nobody", text) for text in ("One?", "Two?", "Three?"))
    for asked in (one, two, one, three):
        await priors.score(model, asked, OPTIONS)
    assert model.requests == [one, two, three]
    await priors.score(model, one, OPTIONS)
    assert len(model.requests) == 3
    await priors.score(model, two, OPTIONS)
    assert len(model.requests) == 4


async def test_several_who_come_at_once_buy_one() -> None:
    async def slowly(request: Request) -> None:
        for _ in range(5):
            await asyncio.sleep(0)

    model, priors = small(before=slowly), Priors()
    people = [respondent(model, "profile", who, priors) for who in (ilka(), another())] * 3
    replies = await asyncio.gather(
        *(one.ask(question(), exchanged(), seed=n, temperature=0) for n, one in enumerate(people))
    )
    bought = [request for request in model.requests if request.prompt_name == "prior"]
    assert len(bought) == 1
    assert sorted(reply.calls[1].attempts for reply in replies) == [0, 0, 0, 0, 0, 1]


async def test_a_failed_purchase_is_not_kept_and_the_next_one_tries() -> None:
    failures = [ServerFailed("500")]

    async def fail_once(request: Request) -> None:
        await asyncio.sleep(0)
        if failures:
            raise failures.pop()

    model, priors = FakeModel(before=fail_once), Priors()
    asked = request_of("nobody", "Well?")
    results = await asyncio.gather(
        *(priors.score(model, asked, OPTIONS) for _ in range(3)), return_exceptions=True
    )
    assert isinstance(results[0], ServerFailed)
    assert [getattr(one, "logprobs", None) for one in results[1:]] == [(-3.0, -2.0)] * 2
    assert len(model.requests) == 2


def test_priors_outlive_an_event_loop() -> None:
    model, priors = FakeModel(), Priors()
    asked = request_of("nobody", "Well?")

    async def several() -> list[int]:
        found = await asyncio.gather(*(priors.score(model, asked, OPTIONS) for _ in range(3)))
        return [one.call.attempts for one in found]

    assert [asyncio.run(several()) for _ in range(2)] == [[1, 0, 0], [0, 0, 0]]


async def test_a_respondent_has_priors_of_its_own_unless_given() -> None:
    model = small()
    for _ in range(2):
        await respondent(model, "profile").ask(question(), exchanged(), seed=1, temperature=0)
    assert [one.prompt_name for one in model.requests] == ["answer", "prior"] * 2

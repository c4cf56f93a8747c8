import pytest

from personas.authoring.estimate import Speed, estimate
from personas.authoring.gate import Gate
from personas.authoring.pipeline import Pipeline
from personas.authoring.settings import Strategy, WriteSettings
from simulacra.settings import Price
from tests.support.authoring import FakeLedger, FakeReviews, author
from tests.support.embedders import HashEmbedder
from tests.support.novelist import novelist
from tests.support.people import ilka


@pytest.mark.parametrize("strategy", ["outline", "paper"])
@pytest.mark.parametrize("words", [1500, 6000])
async def test_the_estimate_is_within_a_factor_of_what_it_takes(
    strategy: Strategy, words: int
) -> None:
    settings = WriteSettings(words=words, strategy=strategy)
    ledger = FakeLedger()
    gate = Gate(FakeReviews(), "ilka-varga", auto_approve=True, by="test")
    await Pipeline(author(novelist(), ledger), settings, gate, HashEmbedder()).write(ilka())
    for expected in estimate(ilka(), settings):
        calls = [one for one in ledger.calls.values() if one.request.agent == expected.stage]
        sent = sum(len(m.text) for one in calls for m in one.request.messages) / 4
        made = sum(len(one.reply) for one in calls) / 4
        for name, figure, real in (
            ("calls", expected.calls, len(calls)),
            ("tokens in", expected.tokens_in, sent),
            ("tokens out", expected.tokens_out, made),
        ):
            assert real / 2 <= figure <= real * 2.5, (expected.stage, name, figure, real)


def test_money_and_time_follow_price_speed_and_concurrency() -> None:
    settings = WriteSettings(words=10_000)
    price = Price(input=1.0, output=10.0)
    stages = {one.stage: one for one in estimate(ilka(), settings, price=price)}
    story = stages["story"]
    assert story.cost == pytest.approx((story.tokens_in + 10 * story.tokens_out) / 1e6)
    fast = estimate(ilka(), settings, speed=Speed(first=0.0, rate=1000.0))
    one_by_one = estimate(ilka(), settings, concurrency=1, speed=Speed(first=0.0, rate=1000.0))
    assert fast[2].seconds == pytest.approx(2 * 500 * 1.35 / 1000)
    assert one_by_one[2].seconds == pytest.approx(20 * 500 * 1.35 / 1000)
    assert sum(one.cost for one in estimate(ilka(), settings)) == 0

"""Distributions over options: by letters in balanced orders, as stated, from several draws."""

import json
import math
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulacra.cognition.context import Priors
from simulacra.cognition.distributions import balanced_orders, read_stated
from simulacra.cognition.respondent import Respondent
from simulacra.domain.answer import Answer, Missing, MissingCode, Reply
from simulacra.domain.call import Request
from simulacra.domain.elicitation import Elicitation, orders_needed
from simulacra.domain.survey import Kind, Option, Question
from simulacra.errors import BadReply, ServerFailed
from simulacra.survey.parse import read_reply
from tests.support.minds import FakeModel, exchanged, options_of, question, recaller
from tests.support.people import ilka


def asker(model: FakeModel, elicit: str, priors: Priors | None = None) -> Respondent:
    way = Elicitation.named(elicit)
    return Respondent(ilka(), "profile", model, recaller(), priors, elicit=way)


async def reply_to(
    model: FakeModel, elicit: str, asked: Question | None = None, seed: int = 1, **more: Any
) -> Reply:
    asked = asked or question()
    who = asker(model, elicit)
    return await who.ask(asked, exchanged(), seed=seed, temperature=1.0, **more)


# --- log-probabilities by letter ---------------------------------------------------------------


@given(st.integers(1, 12), st.sampled_from([Kind.SINGLE, Kind.RATING]))
def test_every_option_stands_in_places_that_are_spread_evenly(many: int, kind: Kind) -> None:
    shown = options_of(*(f"Label {number}" for number in range(many)))
    orders = balanced_orders(question(kind, options=shown))
    assert len(orders) == orders_needed(kind, many) == len(set(orders))
    assert all(sorted(order, key=lambda one: one.code) == sorted(shown, key=lambda one: one.code)
               for order in orders)  # fmt: skip
    if kind == Kind.RATING or many <= 6:
        means = {
            option.code: sum(order.index(option) for order in orders) / len(orders)
            for option in shown
        }
        assert len(set(means.values())) == 1


def lettered_model(taste: dict[str, float], bias: list[float], habit: dict[str, float]) -> Any:
    """Log-probabilities of a model that likes options by taste, places by bias, and habits."""

    class Letters(FakeModel):
        async def score(self, request: Request, options: Any) -> Any:
            scores = await super().score(request, options)
            mine = request.prompt_name != "prior"
            logprobs = tuple(
                habit[label] + bias[place] + mine * taste[label]
                for place, label in enumerate(options)
            )
            return scores.model_copy(update={"logprobs": logprobs})

    return Letters()


async def test_bias_for_letters_and_habits_of_everybody_cancel() -> None:
    taste = {"The ferry house": 1.0, "A tram": 0.0, "The radio": -1.0}
    habit = {"The ferry house": -4.0, "A tram": 3.0, "The radio": 0.5}
    model = lettered_model(taste, [6.0, 0.0, -2.0], habit)
    reply = await reply_to(model, "logprobs")
    total = sum(math.exp(value) for value in taste.values())
    expected = {str(at): math.exp(v) / total for at, v in enumerate(taste.values(), start=1)}
    assert reply.probabilities == pytest.approx(expected, abs=1e-6)
    assert reply.selection == ("1",) and reply.text == "The ferry house"
    assert len(reply.calls) == 6  # three orders, each with its prior
    assert [call.request.prompt_name for call in reply.calls] == ["answer", "prior"] * 3
    assert {call.options[0] for call in reply.calls} == set(taste)


async def test_the_order_shown_changes_no_probability() -> None:
    taste = {"The ferry house": 0.3, "A tram": 0.2, "The radio": -1.0}
    habit = dict.fromkeys(taste, 0.0)
    model = lettered_model(taste, [2.0, 1.0, 0.0], habit)
    replies = [
        await reply_to(model, "logprobs", question(options=shown))
        for shown in (question().options, question().options[::-1])
    ]
    assert replies[0].probabilities == replies[1].probabilities
    assert replies[0].selection == replies[1].selection


async def test_options_are_not_listed_twice_and_priors_are_shared() -> None:
    model, priors = FakeModel(), Priors()
    for seed in (1, 2):
        who = asker(model, "logprobs", priors)
        reply = await who.ask(question(Kind.RATING), exchanged(), seed=seed, temperature=1.0)
    assert len(model.requests) == 2 + 2 + 2
    assert sum(call.attempts for call in reply.calls) == 2
    assert "The options:" not in model.requests[0].messages[-1].text


async def test_several_options_at_once_are_chosen() -> None:
    model = FakeModel({"top": json.dumps({"answer": ["1", "2"]})})
    reply = await reply_to(model, "logprobs", question(Kind.MULTI))
    assert reply.selection == ("1", "2") and reply.probabilities is None


# --- stated percentages ------------------------------------------------------------------------


def stated(*shares: Any, **others: Any) -> str:
    return json.dumps({"answer": {str(at): one for at, one in enumerate(shares, 1)} | others})


async def test_an_answer_is_drawn_by_what_is_stated() -> None:
    model = FakeModel({"top": stated(70, 30, 0)})
    replies = [await reply_to(model, "stated", seed=seed) for seed in range(400)]
    assert replies[0].probabilities == {"1": 0.7, "2": 0.3, "3": 0.0}
    assert replies[0].text == stated(70, 30, 0)
    counts = Counter(reply.selection for reply in replies)
    assert set(counts) == {("1",), ("2",)}
    assert abs(counts["1",] / 400 - 0.7) < 0.07  # three standard errors
    again = await reply_to(model, "stated", seed=5)
    assert again.selection == replies[5].selection


async def test_the_order_shown_does_not_change_what_is_drawn() -> None:
    model = FakeModel({"top": stated(40, 35, 25)})
    turned = question(options=question().options[::-1])
    for seed in range(20):
        first = await reply_to(model, "stated", seed=seed)
        assert first.selection == (await reply_to(model, "stated", turned, seed=seed)).selection


async def test_percentages_are_asked_for_in_a_form_of_their_own() -> None:
    model = FakeModel({"top": stated(50, 50, 0)}, one_form=True)
    await reply_to(model, "stated")
    request = model.requests[0]
    assert request.output is not None and request.output.name == "percentages"
    answer = request.output.definition["properties"]["answer"]
    assert answer["required"] == ["1", "2", "3"]
    text = request.messages[-1].text
    assert "1 = The ferry house" in text and "percentage" in text
    assert "Tell your answer, in JSON." not in text


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (stated(50, 30, 10), "add up to 90"),
        (stated(50, 30, 22), "add up to 102"),
        (stated(110, -10, 0), "no number from 0 to 100"),
        (stated(True, 50, 49), "no number from 0 to 100"),
        (stated("50", 50, 0), "no number from 0 to 100"),
        (stated(50, 50), "for each option and no other"),
        (stated(50, 40, 10, other=0), "for each option and no other"),
        (stated(0, 0, 0), "add up to 0"),
        (json.dumps({"answer": "1"}), "for each option and no other"),
        (json.dumps({"answer": {"1": float("nan"), "2": 50, "3": 50}}), "no number"),
        ("The ferry house", "states no percentages"),
    ],
)
async def test_what_is_no_distribution_is_unreadable(text: str, fault: str) -> None:
    reply = await reply_to(FakeModel({"top": text}), "stated")
    response = read_reply(question(), reply)
    assert isinstance(response, Missing) and response.code is MissingCode.UNREADABLE
    assert fault in response.detail
    assert reply.text == text and reply.probabilities is None and not reply.selection


async def test_who_would_not_say_has_refused() -> None:
    reply = await reply_to(FakeModel({"top": "I'd rather not say."}), "stated")
    assert read_reply(question(), reply).code is MissingCode.REFUSED  # type: ignore[union-attr]


async def test_a_dont_know_that_is_drawn_is_missing() -> None:
    shown = (*options_of("Yes", "No"), Option(code="3", label="Don't know", missing=-96))
    reply = await reply_to(FakeModel({"top": stated(0, 0, 100)}), "stated", question(options=shown))
    response = read_reply(question(options=shown), reply)
    assert isinstance(response, Missing) and response.code is MissingCode.DONT_KNOW


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=9).filter(any))
def test_percentages_that_were_rounded_are_read(weights: list[int]) -> None:
    shown = options_of(*(f"L{at}" for at in range(len(weights))))
    rounded = [round(100 * weight / sum(weights)) for weight in weights]
    read = read_stated(stated(*rounded), question(options=shown))
    if sum(rounded):
        assert not read.fault
        assert sum(read.probabilities.values()) == pytest.approx(1, abs=1e-5)


# --- draws -------------------------------------------------------------------------------------


def drawing(*answers: Any) -> FakeModel:
    """A model whose n-th call, by seed, gives the n-th answer."""
    texts = [one if isinstance(one, str) else json.dumps({"answer": one[0]}) for one in answers]

    class Drawing(FakeModel):
        async def complete(self, request: Request) -> Any:
            whole = await super().complete(request)
            seeds = [one.seed for one in self.requests]
            text = texts[seeds.index(request.seed)]
            call = whole.call.model_copy(update={"reply": text})
            return whole.model_copy(update={"text": text, "call": call})

    return Drawing()


async def test_the_majority_of_the_draws_is_the_answer() -> None:
    model = drawing(["2"], ["1"], ["2"], ["3"], ["2"])
    reply = await reply_to(model, "draws:5")
    assert reply.selection == ("2",) and reply.text == json.dumps({"answer": "2"})
    assert reply.probabilities == {"1": 0.2, "2": 0.6, "3": 0.2}
    assert len(reply.calls) == 5 == len({call.request.seed for call in reply.calls})
    assert read_reply(question(), reply) == Answer(codes=("2",))


async def test_a_tie_is_broken_by_the_seed() -> None:
    chosen = set()
    for seed in range(30):
        reply = await reply_to(drawing(["1"], ["3"]), "draws:2", seed=seed)
        chosen.add(reply.selection)
        assert reply == await reply_to(drawing(["1"], ["3"]), "draws:2", seed=seed)
    assert chosen == {("1",), ("3",)}


async def test_sets_of_options_are_counted_as_sets() -> None:
    model = drawing([["1", "2"]], [["2", "1"]], [["3"]])
    reply = await reply_to(model, "draws:3", question(Kind.MULTI))
    assert reply.selection == ("1", "2")
    assert reply.probabilities == {"1": 0.666667, "2": 0.666667, "3": 0.333333, "4": 0.0}


async def test_draws_that_cannot_be_read_do_not_count() -> None:
    reply = await reply_to(drawing("Hm.", ["1"], "Hm."), "draws:3")
    assert reply.selection == ("1",) and reply.probabilities == {"1": 1.0, "2": 0.0, "3": 0.0}
    none = await reply_to(drawing("Hm.", "Well.", "Hm."), "draws:3")
    assert read_reply(question(), none) == Missing(
        code=MissingCode.UNREADABLE, detail="no draw names an option"
    )


async def test_words_beside_an_option_are_those_of_a_draw_that_chose_it() -> None:
    shown = (*options_of("Tram", "Bus"), Option(code="3", label="Other", text_entry=True))
    told = json.dumps({"answer": "3", "words": "a ferry"})
    reply = await reply_to(drawing(["1"], told, told), "draws:3", question(options=shown))
    read = read_reply(question(options=shown), reply)
    assert read == Answer(codes=("3",), texts={"3": "a ferry"})


async def test_a_draw_that_fails_takes_the_others_along_and_they_are_used_again() -> None:
    broken = True

    async def before(request: Request) -> None:
        if broken and request.seed == seeds[1]:
            raise ServerFailed("down")

    model = FakeModel({"top": json.dumps({"answer": "1"})}, before=before)
    seeds: list[int | None] = [None, None]
    await reply_to(model, "draws:3")
    seeds = [one.seed for one in model.requests]
    with pytest.raises(ServerFailed) as failure:
        await reply_to(model, "draws:3")
    assert len(failure.value.calls) == 2
    broken, before_that = False, len(model.requests)
    reply = await reply_to(model, "draws:3", earlier=failure.value.calls)
    assert len(model.requests) == before_that + 1
    assert [call.attempts for call in reply.calls] == [0, 1, 0]


async def test_a_log_probability_that_is_no_number_is_no_answer() -> None:
    model = FakeModel(score=lambda request, option: math.nan)
    with pytest.raises(BadReply):
        await reply_to(model, "logprobs")

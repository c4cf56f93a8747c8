"""Options by the model's own probabilities: hand-made log-probabilities in, codes out."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulacra.cognition.context import Priors
from simulacra.cognition.elicitation import softmax
from simulacra.domain.answer import Answer, Missing, MissingCode, Reply
from simulacra.domain.call import Request
from simulacra.domain.survey import Kind, Option
from simulacra.errors import BadReply
from simulacra.survey.parse import read_reply
from tests.support.minds import exchanged, question, respondent, small
from tests.support.people import another, ilka

Logprobs = dict[str, float]


def scorer(mine: Logprobs, anybody: Logprobs | None = None) -> Any:
    """Scores by label: for the person, and for nobody in particular (0 where not given)."""

    def score(request: Request, option: str) -> float:
        if request.prompt_name == "prior":
            return (anybody or {}).get(option, 0.0)
        return mine[option]

    return score


async def choose(
    mine: Logprobs,
    anybody: Logprobs | None = None,
    *,
    kind: Kind = Kind.SINGLE,
    shown: tuple[Option, ...] | None = None,
    **changes: Any,
) -> Reply:
    shown = shown or tuple(Option(code=label.lower(), label=label) for label in mine)
    model = small(score=scorer(mine, anybody))
    asked = question(kind, options=shown, **changes)
    return await respondent(model, "blank").ask(asked, exchanged(), seed=1, temperature=0)


async def test_the_choice_is_what_the_person_makes_likelier_than_anybody() -> None:
    reply = await choose({"A": -10, "B": -4, "C": -7}, {"A": -12, "B": -3, "C": -8})
    # Gains 2, -1, 1: B is likeliest as a text and unlikeliest as this person's.
    assert reply.selection == ("a",) and reply.text == "A"
    total = math.exp(2) + math.exp(-1) + math.exp(1)
    assert reply.probabilities == pytest.approx(
        {"a": math.exp(2) / total, "b": math.exp(-1) / total, "c": math.exp(1) / total}, abs=1e-6
    )


async def test_ties_go_by_code_not_by_place() -> None:
    shown = tuple(Option(code=code, label=code.upper()) for code in ("c", "b", "d"))
    reply = await choose({"C": -2, "B": -2, "D": -5}, shown=shown)
    assert reply.selection == ("b",)
    multi = await choose({"C": -2, "B": -2, "D": -2}, shown=shown, kind=Kind.MULTI, choose=(2, 2))
    assert multi.selection == ("c", "b")


@pytest.mark.parametrize(
    ("bounds", "selection", "text"),
    [
        ((1, 1), ("b",), "B"),
        ((3, 3), ("a", "b", "d"), "A; B; D"),
        ((4, 4), ("a", "b", "c", "d"), "A; B; C; D"),
        (None, ("a", "b"), "A; B"),
        ((1, 4), ("a", "b"), "A; B"),
        ((3, 4), ("a", "b", "d"), "A; B; D"),
        ((0, 1), ("b",), "B"),
    ],
)
async def test_how_many_of_a_multi_select(
    bounds: tuple[int, int] | None, selection: tuple[str, ...], text: str
) -> None:
    scores = {"A": -1.0, "B": -0.5, "C": -6.0, "D": -4.0}
    reply = await choose(scores, kind=Kind.MULTI, choose=bounds)
    assert (reply.selection, reply.text) == (selection, text)


async def test_all_alike_is_still_an_answer() -> None:
    reply = await choose({"B": -3, "A": -3, "C": -3}, kind=Kind.MULTI)
    assert reply.selection == ("a",)


NONE = Option(code="z", label="None of them", exclusive=True)
UNSURE = Option(code="z", label="None of them", missing=-96)
AB = (Option(code="a", label="A"), Option(code="b", label="B"))


@pytest.mark.parametrize("odd", [NONE, UNSURE], ids=["exclusive", "missing"])
@pytest.mark.parametrize(
    ("scores", "selection"),
    [
        ({"A": -1, "B": -2, "None of them": -0.5}, ("z",)),
        ({"A": -1, "B": -2, "None of them": -1.5}, ("a",)),
        ({"A": -1, "B": -9, "None of them": -1.1}, ("a",)),
        ({"A": -1, "B": -1, "None of them": -1.1}, ("a", "b")),
    ],
)
async def test_an_option_that_excludes_the_others_stands_alone_or_not_at_all(
    odd: Option, scores: Logprobs, selection: tuple[str, ...]
) -> None:
    shown = (*AB, odd)
    reply = await choose(scores, kind=Kind.MULTI, shown=shown)
    assert reply.selection == selection
    response = read_reply(question(Kind.MULTI, options=shown), reply)
    if selection == ("z",) and odd is UNSURE:
        assert isinstance(response, Missing) and response.code is MissingCode.DONT_KNOW
    else:
        assert response == Answer(codes=selection)


async def test_bounds_count_options_that_go_together() -> None:
    scores = {"A": -1.0, "B": -9.0, "None of them": -2.0}
    reply = await choose(scores, kind=Kind.MULTI, shown=(*AB, NONE), choose=(2, 2))
    assert reply.selection == ("a", "b")


@st.composite
def scored(draw: st.DrawFn) -> tuple[tuple[Option, ...], Logprobs, Logprobs]:
    count = draw(st.integers(2, 7))
    shown = tuple(
        Option(code=str(n), label=f"label {n}", exclusive=draw(st.booleans()) and n > 1)
        for n in range(count)
    )
    logprob = st.floats(-60, 0) | st.integers(-4, 0).map(float)
    mine = {option.label: draw(logprob) for option in shown}
    anybody = {option.label: draw(logprob) for option in shown}
    return shown, mine, anybody


@settings(max_examples=60)
@given(
    case=scored(),
    kind=st.sampled_from([Kind.SINGLE, Kind.RATING, Kind.MULTI]),
    bounds=st.sampled_from([None, (1, 2), (2, 2)]),
    data=st.data(),
)
async def test_permuting_the_options_permutes_nothing_but_the_order(
    case: tuple[tuple[Option, ...], Logprobs, Logprobs],
    kind: Kind,
    bounds: tuple[int, int] | None,
    data: st.DataObject,
) -> None:
    shown, mine, anybody = case
    other = tuple(data.draw(st.permutations(shown)))
    bounds = bounds if kind == Kind.MULTI else None
    one = await choose(mine, anybody, kind=kind, shown=shown, choose=bounds)
    two = await choose(mine, anybody, kind=kind, shown=other, choose=bounds)
    assert one.probabilities == two.probabilities
    assert set(one.selection) == set(two.selection)
    for reply, order in ((one, shown), (two, other)):
        codes = [option.code for option in order]
        assert list(reply.selection) == sorted(reply.selection, key=codes.index)
        assert list(reply.probabilities or {}) == codes
        assert sum((reply.probabilities or {}).values()) == pytest.approx(1, abs=1e-5)
    if kind != Kind.MULTI:
        gains = {o.code: mine[o.label] - anybody[o.label] for o in shown}
        assert one.selection == (min(gains, key=lambda code: (-gains[code], code)),)


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=8), st.randoms())
def test_softmax_does_not_depend_on_order(scores: list[float], random: Any) -> None:
    weights = softmax(scores)
    assert sum(weights) == pytest.approx(1)
    places = list(range(len(scores)))
    random.shuffle(places)
    assert softmax([scores[place] for place in places]) == [weights[place] for place in places]


@pytest.mark.parametrize("odd", [math.nan, -math.inf, math.inf])
async def test_a_log_probability_that_is_no_number_is_no_answer(odd: float) -> None:
    with pytest.raises(BadReply, match="fake"):
        await choose({"A": -1, "B": odd, "C": -2})
    with pytest.raises(BadReply, match="fake"):
        await choose({"A": -1, "B": -3, "C": -2}, {"B": odd})


async def test_what_is_scored_is_the_labels_in_the_order_shown() -> None:
    model = small()
    shown = tuple(reversed(question().options))
    asked = question().model_copy(update={"options": shown})
    reply = await respondent(model, "profile").ask(asked, exchanged(), seed=1, temperature=0.4)
    mine, prior = reply.calls
    assert mine.options == prior.options == ("The radio", "A tram", "The ferry house")
    assert (mine.request.prompt_name, prior.request.prompt_name) == ("answer", "prior")
    assert (mine.request.seed, mine.request.temperature) == (1, 0.4)


async def test_a_prior_is_the_question_to_nobody_and_is_bought_once_for_all() -> None:
    model, priors = small(), Priors()
    one, other = (respondent(model, "profile", who, priors) for who in (ilka(), another()))
    first = await one.ask(question(), exchanged(), seed=1, temperature=0)
    second = await other.ask(question(), exchanged(("A", "B")), seed=2, temperature=0.9)
    bought = [request for request in model.requests if request.prompt_name == "prior"]
    assert len(bought) == 1 and len(model.requests) == 3
    text = "\n".join(message.text for message in bought[0].messages)
    assert question().text in text and "Ilka" not in text and "tram dispatcher" not in text
    assert first.calls[1].attempts == 1 and second.calls[1].attempts == 0
    assert second.calls[1].request == first.calls[1].request

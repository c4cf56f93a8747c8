"""A conversation: pieces as they come, then the whole reply."""

import pytest

from simulacra.domain.answer import Reply
from simulacra.domain.call import Request
from simulacra.domain.run import METHODS, Method
from simulacra.errors import ServerFailed
from tests.support.minds import FakeModel, exchanged, respondent, small

WORDS = "Night shift again, and you?"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("make", [FakeModel, small])
async def test_pieces_then_the_whole_reply(make: type[FakeModel], method: Method) -> None:
    model = make({"top": WORDS})
    one = respondent(model, method)
    *pieces, reply = [
        piece async for piece in one.chat("How are you?", one.opening(), seed=4, temperature=0.8)
    ]
    assert len(pieces) == len(WORDS.split()) and all(isinstance(piece, str) for piece in pieces)
    assert isinstance(reply, Reply)
    assert "".join(str(piece) for piece in pieces).strip() == reply.text == WORDS
    assert {call.request.seed for call in reply.calls} <= {4, None}
    assert reply.calls[-1].request.prompt_name == "chat"
    assert "You are asked: How are you?" in reply.calls[-1].request.messages[1].text


async def test_feeling_and_plan_come_before_the_first_piece_and_leave_with_the_reply() -> None:
    model = FakeModel({"top": WORDS})
    seen = []
    async for piece in respondent(model).chat(
        "Tell me of the flood", exchanged(), seed=1, temperature=0
    ):
        if isinstance(piece, Reply):
            whole = piece
        else:
            seen.append(list(model.events[:4]))
    assert {agent for agent, _ in seen[0]} == {"emotion", "planning"}
    assert [call.request.agent for call in whole.calls] == ["emotion", "planning", "top"]
    assert whole.emotion is not None and whole.emotion.feeling == "A little uneasy."
    assert whole.plan is not None and whole.plan.say == "I would rather keep it short."
    assert whole.recalled[0].memory.id == "m01"
    text = whole.calls[-1].request.messages[1].text
    assert "Your feeling: A little uneasy." in text and "I will say: I would rather" in text


async def test_the_conversation_so_far_is_in_view() -> None:
    model = FakeModel({"top": WORDS})
    one = respondent(model, "profile")
    state = one.opening()
    for message in ("How are you?", "Who is Judit?"):
        async for piece in one.chat(message, state, seed=1, temperature=0):
            if isinstance(piece, Reply):
                state = state.after_chat(message, piece)
    assert [exchange.question for exchange in state.exchanges] == ["How are you?", "Who is Judit?"]
    assert f"You are asked: How are you?\nYou said: {WORDS}" in model.requests[1].messages[1].text


@pytest.mark.parametrize("agent", ["emotion", "top"])
async def test_an_error_reaches_the_listener_as_it_is(agent: str) -> None:
    error = ServerFailed("500")

    async def fail(request: Request) -> None:
        if request.agent == agent:
            raise error

    one = respondent(FakeModel(before=fail))
    with pytest.raises(ServerFailed) as caught:
        async for _ in one.chat("Hello", one.opening(), seed=1, temperature=0):
            pass
    assert caught.value is error


async def test_a_listener_may_leave_early() -> None:
    model = FakeModel({"top": WORDS})
    pieces = respondent(model, "profile").chat("Hello", exchanged(), seed=1, temperature=0)
    assert await anext(pieces) == "Night "
    await pieces.aclose()  # type: ignore[attr-defined]
    assert len(model.requests) == 1


async def test_the_model_says_what_a_message_asks_to_be_remembered() -> None:
    model = FakeModel({"memory": "What did the flood of 1981 do to the ferry house?", "top": WORDS})
    one = respondent(model, rewrites=True)
    before = exchanged(("How are you?", "Tired."))
    said = [piece async for piece in one.chat("And then?", before, seed=1, temperature=0)]
    reply = said[-1]
    assert isinstance(reply, Reply)
    assert [call.request.agent for call in reply.calls[:1]] == ["memory"]
    assert "And then?" in reply.calls[0].request.messages[0].text
    assert reply.recalled[0].memory.id == "m01"


@pytest.mark.parametrize(("rewrites", "said_before"), [(False, True), (True, False)])
async def test_nothing_is_rewritten_unasked_or_at_the_beginning(
    rewrites: bool, said_before: bool
) -> None:
    model = FakeModel({"top": WORDS})
    one = respondent(model, rewrites=rewrites)
    state = exchanged(("How are you?", "Tired.")) if said_before else one.opening()
    async for _ in one.chat("And then?", state, seed=1, temperature=0):
        pass
    assert all(request.agent != "memory" for request in model.requests)

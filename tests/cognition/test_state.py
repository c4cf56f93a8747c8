"""Working memory: what stays in view, and what an answer leaves behind."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulacra.cognition.context import BRIEF, FULL, in_view
from simulacra.cognition.respondent import Exchange, InterviewState
from simulacra.domain.answer import Answer, Missing, MissingCode, Reply, Response
from simulacra.domain.emotion import EmotionalState
from simulacra.domain.survey import Kind, Option
from tests.support.minds import FakeModel, exchanged, question, respondent

FEELING = EmotionalState(valence=0.4, feeling="Pleased.")


def said(count: int) -> tuple[Exchange, ...]:
    return tuple(Exchange(item_id=f"q{n}", question=f"Q{n}", answer=f"A{n}") for n in range(count))


@given(count=st.integers(0, 200), limit=st.integers(1, 60))
def test_never_more_than_the_limit_and_always_the_latest(count: int, limit: int) -> None:
    exchanges = said(count)
    seen = in_view(exchanges, limit)
    assert len(seen) <= limit
    assert seen == exchanges[count - len(seen) :]
    # At most a block too few are shown, never none.
    assert len(seen) >= min(count, limit - max(1, limit // 2) + 1)


@given(limit=st.integers(1, 60), turns=st.integers(1, 200))
def test_older_ones_leave_in_blocks(limit: int, turns: int) -> None:
    block = max(1, limit // 2)
    exchanges = said(turns)
    starts = [n - len(in_view(exchanges[:n], limit)) for n in range(turns + 1)]
    steps = [after - before for before, after in pairwise(starts)]
    assert set(steps) <= {0, block}
    # Between two steps the view only grows, so a prompt begins as the one before it did.
    jumps = [n for n, step in enumerate(steps) if step]
    assert all(b - a == block for a, b in pairwise(jumps))


def test_the_window_of_a_full_and_a_brief_mind() -> None:
    assert in_view(said(40), FULL.exchanges) == said(40)
    assert in_view(said(41), FULL.exchanges) == said(41)[20:]
    assert in_view(said(5), BRIEF.exchanges) == said(5)[-1:]


async def test_only_what_is_in_view_reaches_the_prompt() -> None:
    model = FakeModel()
    pairs = [(f"Question {n:02d}?", f"Reply {n:02d}.") for n in range(41)]
    await respondent(model, "profile").ask(question(), exchanged(*pairs), seed=1, temperature=0)
    text = model.requests[0].messages[1].text
    assert "Reply 19." not in text and "Question 20?" in text and "Reply 40." in text


@pytest.mark.parametrize(
    ("kind", "reply", "response", "kept"),
    [
        (Kind.SINGLE, Reply(text='{"answer": "2"}'), Answer(codes=("2",)), "A tram"),
        (Kind.MULTI, Reply(text="x"), Answer(codes=("1", "3")), "Count trams; Use a pencil"),
        (Kind.NUMERIC, Reply(text="About forty"), Answer(number=40), "About forty"),
        (Kind.LONG_TEXT, Reply(text="I stayed."), Answer(text="I stayed."), "I stayed."),
        (Kind.SINGLE, Reply(text="Hm."), Missing(code=MissingCode.UNREADABLE), "Hm."),
        (Kind.SHORT_TEXT, Reply(text="No."), Missing(code=MissingCode.REFUSED), "No."),
    ],
)
def test_what_was_said_is_remembered_in_words(
    kind: Kind, reply: Reply, response: Response, kept: str
) -> None:
    asked = question(kind)
    after = InterviewState().after(asked, reply, response)
    assert after.exchanges == (Exchange(item_id=asked.item_id, question=asked.text, answer=kept),)


def test_choosing_not_to_know_is_remembered_by_its_label() -> None:
    unsure = Option(code="88", label="I do not know", missing=-96)
    asked = question().model_copy(update={"options": (*question().options, unsure)})
    reply = Reply(text='{"answer": "88"}', selection=("88",))
    response = Missing(code=MissingCode.DONT_KNOW, detail="I do not know")
    assert InterviewState().after(asked, reply, response).exchanges[0].answer == "I do not know"


def test_what_was_not_asked_leaves_no_trace() -> None:
    state = exchanged(("Where?", "Here."))
    assert state.after(question(), None, Missing(code=MissingCode.NOT_ASKED)) == state
    assert state.after(question(), None, Missing(code=MissingCode.TECHNICAL)) == state


def test_a_mood_stays_until_the_next_one() -> None:
    answer = Answer(codes=("1",))
    moved = InterviewState().after(question(), Reply(text="x", emotion=FEELING), answer)
    later = moved.after(question(), Reply(text="x"), answer)
    assert moved.emotion == later.emotion == FEELING
    assert len(later.exchanges) == 2
    chatted = later.after_chat("Still there?", Reply(text="I am."))
    assert chatted.emotion == FEELING
    assert chatted.exchanges[-1] == Exchange(
        item_id="chat", question="Still there?", answer="I am."
    )
    assert InterviewState().emotion == EmotionalState()

"""Working memory: what stays in view, and what an answer leaves behind."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulacra.cognition.context import BRIEF, FULL
from simulacra.cognition.respondent import Exchange, InterviewState
from simulacra.cognition.working_memory import best_and_gists, clipped, fitting, in_view, tokens_of
from simulacra.domain.answer import Answer, Missing, MissingCode, Reply, Response
from simulacra.domain.emotion import EmotionalState
from simulacra.domain.memory import Memory
from simulacra.domain.survey import Kind, Option
from tests.support.minds import FakeModel, exchanged, question, respondent

FEELING = EmotionalState(valence=0.4, feeling="Pleased.")


def said(count: int) -> tuple[Exchange, ...]:
    return tuple(Exchange(item_id=f"q{n}", question=f"Q{n}", answer=f"A{n}") for n in range(count))


TEXTS = st.text(alphabet="ab ü", max_size=120)
EXCHANGES = st.lists(
    st.builds(Exchange, item_id=st.just("q"), question=TEXTS, answer=TEXTS), max_size=40
).map(tuple)


def size(exchanges: tuple[Exchange, ...]) -> int:
    return sum(tokens_of(f"Question: {e.question}\nYou: {e.answer}\n") for e in exchanges)


@given(exchanges=EXCHANGES, tokens=st.integers(60, 400))
def test_never_more_than_the_budget_and_always_the_latest(
    exchanges: tuple[Exchange, ...], tokens: int
) -> None:
    seen = in_view(exchanges, tokens)
    assert size(seen) <= tokens
    assert bool(seen) == bool(exchanges)
    for shown, whole in zip(seen, exchanges[len(exchanges) - len(seen) :], strict=True):
        for name in ("question", "answer"):
            text = getattr(shown, name)
            assert text == getattr(whole, name) or text.endswith("…")
    assert in_view(exchanges, tokens, 1) == seen[-1:]


@given(turns=st.integers(1, 200), tokens=st.integers(60, 600))
def test_older_ones_leave_in_blocks(turns: int, tokens: int) -> None:
    exchanges = said(turns)
    starts = [n - len(in_view(exchanges[:n], tokens)) for n in range(turns + 1)]
    steps = [after - before for before, after in pairwise(starts)]
    assert all(step >= 0 for step in steps)
    # Between two steps the view only grows, so a prompt begins as the one before it did.
    jumps = [n for n, step in enumerate(steps) if step]
    for before, after in pairwise(jumps):
        assert after - before >= (tokens // 2) // (tokens_of(str(exchanges[0])) + 6) // 2
    for n in jumps:
        assert size(in_view(exchanges[: n + 1], tokens)) <= tokens // 2


def test_the_window_of_a_full_and_a_brief_mind() -> None:
    view = in_view(said(400), FULL.exchange_tokens, FULL.exchanges)
    assert 60 <= len(view) < 300 and view[-1] == said(400)[-1]
    assert in_view(said(5), BRIEF.exchange_tokens, BRIEF.exchanges) == said(5)[-1:]


async def test_only_what_is_in_view_reaches_the_prompt() -> None:
    model = FakeModel()
    pairs = [(f"Question {n:03d}?", f"Reply {n:03d}." + " Well." * 20) for n in range(100)]
    await respondent(model, "profile").ask(question(), exchanged(*pairs), seed=1, temperature=0)
    text = model.requests[0].messages[1].text
    assert "Reply 020." not in text and "Question 099?" in text
    assert tokens_of(text) < FULL.exchange_tokens + 200


async def test_a_long_conversation_does_not_make_prompts_longer() -> None:
    model = FakeModel(detail="full")
    one = respondent(model, "profile")
    lengths = []
    for turns in (50, 200):
        talked = exchanged(*((f"Say {n} " * 30, f"Said {n} " * 40) for n in range(turns)))
        async for _ in one.chat("And then?", talked, seed=1, temperature=0):
            pass
        lengths.append(tokens_of(model.requests[-1].messages[1].text))
    assert max(lengths) < FULL.exchange_tokens + 200


@given(texts=st.lists(st.text(alphabet="ab ü", min_size=1, max_size=200), max_size=12))
def test_memories_are_shown_best_first_while_they_fit(texts: list[str]) -> None:
    kept = fitting(texts, 60)
    assert len(kept) <= len(texts) and bool(kept) == bool(texts)
    assert sum(map(tokens_of, kept)) <= 60
    assert kept[1:] == texts[1 : len(kept)]


@given(text=st.text(max_size=300), tokens=st.integers(2, 80))
def test_a_text_is_shortened_at_a_word_and_says_so(text: str, tokens: int) -> None:
    short = clipped(text, tokens)
    assert tokens_of(short) <= tokens
    assert short == text or short.endswith("…")


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


def test_the_best_memory_is_told_and_the_others_are_summed_up() -> None:
    long = "I sold the boat to my cousin. " + "It was a year of drought. " * 4
    lived = [
        Memory(id="a", content="We moved to Baja.", summary="The move.", when="1990-05", age=12),
        Memory(id="b", content="The boat was sold.", summary="The boat. It went.", when="1991"),
        Memory(id="c", content="I signed the papers.", summary=long),
        Memory(id="d", content="Mr Toth gave me his watch."),
    ]
    assert best_and_gists(lived) == [
        "(1990-05, age 12) We moved to Baja.",
        "(1991) The boat. It went.",
        "I sold the boat to my cousin.",
        "Mr Toth gave me his watch.",
    ]
    assert best_and_gists([]) == []

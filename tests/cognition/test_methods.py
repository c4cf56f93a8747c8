"""How many calls a method makes, in what order, and what comes back when one fails."""

import asyncio
import json
from typing import Any

import pytest

from simulacra.cognition.respondent import InterviewState, Respondent
from simulacra.domain.answer import Answer, Reply
from simulacra.domain.call import Request
from simulacra.domain.memory import Recalled
from simulacra.domain.persona import Persona
from simulacra.domain.run import METHODS, Method
from simulacra.domain.survey import Kind, Option
from simulacra.errors import (
    BadReply,
    BudgetSpent,
    FatalModelError,
    ModelTimeout,
    RateLimited,
    ServerFailed,
    SimulacraError,
    WorkFailed,
)
from simulacra.memory.recall import Recaller
from simulacra.survey.parse import read_reply
from tests.support.minds import FakeModel, exchanged, question, respondent, small
from tests.support.people import ilka

STUCK = 20.0  # seconds after which a test that waits for something that never comes gives up


async def ask(model: FakeModel, method: Method, kind: Kind = Kind.SINGLE, **more: Any) -> Reply:
    return await respondent(model, method).ask(
        question(kind, **more), exchanged(), seed=5, temperature=0.7
    )


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind.askable])
@pytest.mark.parametrize(
    ("method", "agents"),
    [
        ("blank", ["top"]),
        ("profile", ["top"]),
        ("retrieval", ["top"]),
        ("cognitive", ["emotion", "planning", "top"]),
    ],
)
async def test_calls_of_each_method(method: Method, agents: list[str], kind: Kind) -> None:
    model = FakeModel()
    reply = await ask(model, method, kind)
    assert [call.request.agent for call in reply.calls] == agents
    assert len(model.requests) == len(agents)


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind.askable])
async def test_every_call_comes_back_in_the_reply(kind: Kind) -> None:
    model = small()
    reply = await ask(model, "cognitive", kind)
    assert sorted(call.request.key(call.options) for call in reply.calls) == sorted(
        request.key(call.options)
        for request, call in zip(model.requests, _calls_in_order_sent(model, reply), strict=True)
    )
    agents = [call.request.agent for call in reply.calls]
    assert agents == sorted(agents, key=["emotion", "planning", "top"].index)


def _calls_in_order_sent(model: FakeModel, reply: Reply) -> list[Any]:
    by_request = {call.request: call for call in reply.calls if call.request in model.requests}
    return [by_request[request] for request in model.requests]


async def test_emotion_and_planning_overlap_and_top_comes_after_both() -> None:
    both = asyncio.Barrier(2)

    async def meet(request: Request) -> None:
        # Neither is answered before the other was asked: one after the other would wait for ever.
        if request.agent != "top":
            await both.wait()

    model = FakeModel(before=meet)
    async with asyncio.timeout(STUCK):
        await ask(model, "cognitive")
    assert sorted(model.events[:4]) == [
        ("emotion", "begin"), ("emotion", "end"), ("planning", "begin"), ("planning", "end"),
    ]  # fmt: skip
    assert {event for _, event in model.events[:2]} == {"begin"}
    assert model.events[4:] == [("top", "begin"), ("top", "end")]


@pytest.mark.parametrize("first", ["emotion", "planning"])
async def test_calls_come_in_a_stable_order_whatever_finishes_first(first: str) -> None:
    done = asyncio.Event()

    async def in_turn(request: Request) -> None:
        if request.agent == first:
            done.set()
        elif request.agent != "top":
            await done.wait()
            await asyncio.sleep(0)  # the first one's reply leaves before this one's

    model = FakeModel(before=in_turn)
    async with asyncio.timeout(STUCK):
        reply = await ask(model, "cognitive")
    ended = [agent for agent, event in model.events if event == "end"]
    assert ended[0] == first
    assert [call.request.agent for call in reply.calls] == ["emotion", "planning", "top"]


class Spy(Recaller):
    """Recalls nothing, and notes how many calls the model had seen by then."""

    def __init__(self, model: FakeModel) -> None:
        self.seen: list[tuple[str, int, int]] = []
        self._model = model

    def _note(self, what: str, k: int) -> tuple[Recalled, ...]:
        self.seen.append((what, k, len(self._model.requests)))
        return ()

    def recall(self, persona: Persona, query: str, k: int = 4, **more: Any) -> tuple[Recalled, ...]:
        return self._note("memories", k)

    def recall_passages(self, persona: Persona, query: str, k: int = 4) -> tuple[Recalled, ...]:
        return self._note("passages", k)

    def recall_self(self, persona: Persona, query: str, k: int = 2) -> tuple[Recalled, ...]:
        return self._note("self", k)


@pytest.mark.parametrize(
    ("method", "recalled"),
    [
        ("blank", set()),
        ("profile", set()),
        ("retrieval", {"passages", "self"}),
        ("cognitive", {"memories", "self"}),
    ],
)
async def test_recall_comes_before_any_call_and_makes_none(
    method: Method, recalled: set[str]
) -> None:
    model = FakeModel()
    spy = Spy(model)
    one = Respondent(ilka(), method, model, spy)
    reply = await one.ask(question(), exchanged(), seed=1, temperature=0)
    assert {what for what, _, _ in spy.seen} == recalled
    assert all(before == 0 for _, _, before in spy.seen)
    assert reply.recalled == ()


async def test_the_reply_holds_what_was_recalled() -> None:
    cognitive, passages = await ask(FakeModel(), "cognitive"), await ask(FakeModel(), "retrieval")
    assert cognitive.recalled[0].memory.id == "m01"
    assert {one.memory.origin for one in cognitive.recalled} == {"life"}
    assert passages.recalled[0].memory.id.startswith("s")
    assert (await ask(FakeModel(), "profile")).recalled == ()


async def test_a_brief_mind_knows_facts_beside_its_memories() -> None:
    model = small()
    reply = await ask(model, "cognitive", Kind.SHORT_TEXT, text="What is your education?")
    known = [one.memory for one in reply.recalled if one.memory.origin == "self"]
    assert "vocational school" in known[0].content
    shown = model.asked("top")[0].messages[1].text
    assert f"You know of yourself:\n- {known[0].content}" in shown


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind.askable])
async def test_methods_differ_in_nothing_but_the_mind(kind: Kind) -> None:
    requests = {}
    for method in METHODS:
        model = FakeModel()
        shuffled = question(kind).model_copy(
            update={"options": tuple(reversed(question(kind).options))}
        )
        await respondent(model, method).ask(
            shuffled, exchanged(("Who?", "Me.")), seed=77, temperature=0.7
        )
        requests[method] = model
    (tops,) = zip(*(model.asked("top") for model in requests.values()), strict=True)
    settings = [one.model_dump(exclude={"messages"}) for one in tops]
    assert all(one == settings[0] for one in settings)
    assert settings[0]["seed"] == 77 and settings[0]["temperature"] == 0.7
    task = [one.messages[1].text.split("You are asked: ")[1] for one in tops]
    asked, feeling, thought, *rest = task[-1].split("\n\n")
    assert feeling.startswith("Your feeling") and thought.startswith("Your thought")
    assert task[0] == task[1] == task[2] == "\n\n".join([asked, *rest])
    for model in requests.values():
        assert {(one.seed, one.temperature) for one in model.requests} == {(77, 0.7)}


ERRORS = [
    RateLimited("slow down", retry_after=3),
    ModelTimeout("late"),
    ServerFailed("500"),
    BadReply("cut off"),
    FatalModelError("wrong key"),
    BudgetSpent("spent"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda one: type(one).__name__)
@pytest.mark.parametrize("agent", ["emotion", "planning", "top"])
@pytest.mark.parametrize("make", [FakeModel, small])
async def test_an_error_of_any_agent_reaches_the_caller_as_it_is(
    make: type[FakeModel], agent: str, error: SimulacraError
) -> None:
    async def fail(request: Request) -> None:
        if request.agent == agent:
            raise error

    model = make(before=fail)
    with pytest.raises(type(error)) as caught:
        await ask(model, "cognitive")
    assert caught.value is error
    if agent != "top":
        assert model.asked("top") == []


@pytest.mark.parametrize("method", ["retrieval", "cognitive"])
async def test_a_method_with_memory_needs_one(method: Method) -> None:
    one = Respondent(ilka(), method, FakeModel())
    with pytest.raises(WorkFailed, match=f"{method} needs a memory index"):
        await one.ask(question(), one.opening(), seed=1, temperature=0)


async def test_a_simple_method_feels_and_plans_nothing() -> None:
    for method in ("blank", "profile", "retrieval"):
        reply = await ask(FakeModel(), method)
        assert (reply.emotion, reply.plan, reply.probabilities) == (None, None, None)


@pytest.mark.parametrize(
    ("text", "selection"),
    [
        ('{"answer": "2"}', ("2",)),
        ('{"answer": "9"}', ()),
        ('{"answer": 2}', ()),
        ('{"answer": "a tram"}', ()),
        ('{"answer": ["2", {}]}', ()),
        ('{"answer": ', ()),
        ('{"reply": "2"}', ()),
        ("null", ()),
        ("A tram, I think.", ()),
        ("", ()),
    ],
)
async def test_a_structured_reply_counts_where_it_is_whole_and_is_kept_as_it_came(
    text: str, selection: tuple[str, ...]
) -> None:
    reply = await ask(FakeModel({"top": text}), "profile")
    assert (reply.text, reply.selection) == (text, selection)


async def test_several_codes_come_in_the_order_shown_and_once() -> None:
    reply = await ask(FakeModel({"top": '{"answer": ["4", "1", "4"]}'}), "profile", Kind.MULTI)
    assert reply.selection == ("1", "4")


@pytest.mark.parametrize(
    ("kind", "said", "text"),
    [
        (Kind.SHORT_TEXT, " sister's name is Judit", "My sister's name is Judit"),
        (Kind.NUMERIC, " 40", "My answer: 40"),
        (Kind.LONG_TEXT, " did not go. ", "I did not go."),
    ],
)
async def test_the_opening_word_is_part_of_a_small_models_reply(
    kind: Kind, said: str, text: str
) -> None:
    model = small({"top": said})
    assert (await ask(model, "profile", kind)).text == text
    opened = model.requests[0].messages[-1]
    assert opened.role == "assistant" and text.startswith(opened.text)


@pytest.mark.parametrize("kind", [Kind.SHORT_TEXT, Kind.NUMERIC, Kind.LONG_TEXT])
@pytest.mark.parametrize("make", [FakeModel, small])
async def test_an_empty_reply_stays_empty(make: type[FakeModel], kind: Kind) -> None:
    assert (await ask(make({"top": " \n"}), "profile", kind)).text == ""


async def test_a_small_model_is_stopped_after_a_fact_but_not_within_a_number() -> None:
    model = small()
    for kind in (Kind.SHORT_TEXT, Kind.NUMERIC, Kind.LONG_TEXT):
        await ask(model, "profile", kind)
    fact, number, story = (request.stop for request in model.requests)
    assert (fact, number, story) == (("\n",), ("\n",), ())
    full = FakeModel()
    for kind in (one for one in Kind if one.askable):
        await ask(full, "profile", kind)
    assert all(request.stop == () for request in full.requests)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (" city is St. Petersburg. I was born there in the", "My city is St. Petersburg."),
        (" name is Dr. Ama Boateng. I am 40 years", "My name is Dr. Ama Boateng."),
        (" share was 3.5 litres. I drank it", "My share was 3.5 litres."),
        (" father served in the U.S. Army. He was", "My father served in the U.S. Army."),
        (" friend is Mr. J. R. Smith. He", "My friend is Mr. J. R. Smith."),
        (" shop is at No. 5 Baker St. in London. We", "My shop is at No. 5 Baker St. in London."),
        (" sister is Judit", "My sister is Judit"),
    ],
)
async def test_a_fact_is_the_first_sentence_and_nothing_said_is_lost(
    said: str, answer: str
) -> None:
    reply = await ask(small({"top": said}), "profile", Kind.SHORT_TEXT)
    assert reply.text == f"My{said}"
    assert reply.calls[-1].reply == said
    assert read_reply(question(Kind.SHORT_TEXT), reply) == Answer(text=answer)
    whole = await ask(FakeModel({"top": said.strip()}), "profile", Kind.SHORT_TEXT)
    assert read_reply(question(Kind.SHORT_TEXT), whole) == Answer(text=said.strip())


@pytest.mark.parametrize(
    ("said", "number"),
    [
        (" 3.5. I have 2 brothers", 3.5),
        (" approx. 12. We", 12),
        (" 7", 7),
        (" 1,500. In 1990", 1500),
    ],
)
async def test_a_number_is_read_from_the_first_sentence(said: str, number: float) -> None:
    reply = await ask(small({"top": said}), "profile", Kind.NUMERIC)
    assert read_reply(question(Kind.NUMERIC), reply) == Answer(number=number)


async def test_respondents_share_a_graph_and_keep_nothing() -> None:
    model = FakeModel()
    one = respondent(model)
    asked = [question(Kind.SHORT_TEXT, text=f"Number {n}?") for n in range(6)]
    replies = await asyncio.gather(
        *(one.ask(q, exchanged(), seed=n, temperature=0) for n, q in enumerate(asked))
    )
    for n, reply in enumerate(replies):
        assert {call.request.seed for call in reply.calls} == {n}
        assert all(f"Number {n}?" in call.request.messages[1].text for call in reply.calls)
    again = await one.ask(asked[0], exchanged(), seed=0, temperature=0)
    assert again.model_copy(update={"recall_seconds": replies[0].recall_seconds}) == replies[0]


async def test_what_is_searched_in_memory_is_the_wording_and_telling_options() -> None:
    queries = []

    class Listening(Spy):
        def recall(
            self, persona: Persona, query: str, k: int = 4, **more: Any
        ) -> tuple[Recalled, ...]:
            queries.append(query)
            return ()

    model = FakeModel()
    one = Respondent(ilka(), "cognitive", model, Listening(model))
    for kind in (Kind.SINGLE, Kind.RATING, Kind.NUMERIC):
        await one.ask(question(kind), one.opening(), seed=1, temperature=0)
    single, rating, numeric = queries
    assert single == "What did the flood take from your family? The ferry house A tram The radio"
    assert rating == "I worry about things."
    assert numeric == "How many trams were on your board?"


async def test_a_message_of_a_few_words_is_searched_with_what_it_goes_on_from() -> None:
    queries = []

    class Listening(Spy):
        def recall(
            self, persona: Persona, query: str, k: int = 4, **more: Any
        ) -> tuple[Recalled, ...]:
            queries.append(query)
            return ()

    model = FakeModel()
    one = Respondent(ilka(), "cognitive", model, Listening(model))
    talked = exchanged(("Who is Judit?", "My sister."))
    for message, state in (
        ("And then?", talked),
        ("And then?", one.opening()),
        ("Tell me about the depot.", talked),
    ):
        async for _ in one.chat(message, state, seed=1, temperature=0):
            pass
    assert queries == [
        "And then? Who is Judit? My sister.",
        "And then?",
        "Tell me about the depot.",
    ]


async def test_a_brief_prefix_does_not_cut_structured_replies_short() -> None:
    # How much of a person is shown is a setting of its own: a hosted model may be brief, too.
    model, full = FakeModel(detail="brief"), FakeModel()
    for one in (model, full):
        await ask(one, "cognitive")
    assert model.asked("emotion")[0].output is not None
    assert model.asked("emotion")[0].max_tokens == full.asked("emotion")[0].max_tokens >= 200
    words = small()
    await ask(words, "cognitive")
    assert words.asked("emotion")[0].max_tokens <= 40


async def test_there_is_room_for_all_codes_of_a_long_multi_select() -> None:
    model = FakeModel()
    codes = [f"activity_number_{n}" for n in range(30)]
    shown = tuple(Option(code=code, label=code) for code in codes)
    await ask(model, "profile", Kind.MULTI, options=shown)
    assert model.requests[0].max_tokens >= len(json.dumps({"answer": codes})) / 2
    await ask(model, "profile", Kind.MULTI)
    assert model.requests[1].max_tokens <= 80


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Kind.SHORT_TEXT, "My sister is Judit"),
        (Kind.NUMERIC, "My answer: 40"),
        (Kind.LONG_TEXT, "I stayed home"),
    ],
)
async def test_a_model_that_repeats_the_opening_says_it_once(kind: Kind, text: str) -> None:
    assert (await ask(small({"top": text}), "profile", kind)).text == text


@pytest.mark.parametrize(
    ("kind", "answer", "said"),
    [
        (Kind.RANKING, Answer(codes=("2", "1")), "The hens; The trams"),
        (
            Kind.CONSTANT_SUM,
            Answer(amounts={"1": 70.0, "2": 30.0}),
            "Counting trams: 70; Keeping hens: 30",
        ),
        (Kind.SINGLE, Answer(codes=("2",), texts={"2": "line 4"}), "A tram (line 4)"),
        (Kind.DATE, Answer(text="1941-03-05"), "as it came"),
    ],
)
def test_what_was_said_is_remembered_in_words(kind: Kind, answer: Answer, said: str) -> None:
    state = InterviewState().after(question(kind), Reply(text="as it came"), answer)
    assert state.exchanges[0].answer == said

"""The fused mode, and agents that are switched off: calls, order, what comes of them."""

import itertools
import json
from typing import Any

import pytest

from simulacra.cognition.respondent import Respondent
from simulacra.domain.answer import Answer, Reply
from simulacra.domain.call import Request
from simulacra.domain.run import AGENTS, MODES, Agent, Mechanism
from simulacra.domain.survey import Kind
from simulacra.errors import BadReply, ServerFailed
from simulacra.llm.structured import MisfitReply
from simulacra.runs.plan import calls_of_an_answer
from simulacra.survey.parse import read_reply
from tests.support.minds import (
    APPRAISAL,
    PLANNED,
    FakeModel,
    exchanged,
    question,
    respondent,
    small,
)
from tests.support.people import ilka

FUSED = Mechanism(mode="fused")
COMBINATIONS = [
    Mechanism(mode=mode, without=without)
    for mode in MODES
    for count in range(4)
    for without in itertools.combinations(AGENTS, count)
]


def whole(answer: Any, without: tuple[Agent, ...] = ()) -> str:
    parts = {"emotion": APPRAISAL, "planning": PLANNED}
    kept = {
        {"emotion": "emotion", "planning": "plan"}[agent]: part
        for agent, part in parts.items()
        if agent not in without
    }
    return json.dumps({**kept, "answer": answer})


async def ask(
    model: FakeModel, way: Mechanism = FUSED, kind: Kind = Kind.SINGLE, **more: Any
) -> Reply:
    return await respondent(model, way).ask(
        question(kind), exchanged(("Who?", "Me.")), seed=5, temperature=0.7, **more
    )


@pytest.mark.parametrize("make", [FakeModel, small])
@pytest.mark.parametrize("way", COMBINATIONS, ids=lambda way: way.label)
@pytest.mark.parametrize("kind", [Kind.SINGLE, Kind.LONG_TEXT])
async def test_every_combination_answers_with_the_agents_it_has(
    way: Mechanism, make: type[FakeModel], kind: Kind
) -> None:
    model = make({"fused": whole("1", way.without)})
    reply = await ask(model, way, kind)
    assert (reply.emotion is not None) == way.has("emotion")
    assert (reply.plan is not None) == way.has("planning")
    assert bool(reply.recalled) == way.has("memory")
    priors = [one for one in reply.calls if one.request.prompt_name in ("prior", "emotion_prior")]
    scored = make is small
    assert len(reply.calls) - len(priors) == calls_of_an_answer(way, scored=scored)
    assert all(call in [one.request for one in reply.calls] for call in model.requests)
    assert reply.calls[-1].request.agent == "top"


@pytest.mark.parametrize("way", COMBINATIONS, ids=lambda way: way.label)
async def test_what_is_switched_off_leaves_no_trace_in_any_prompt(way: Mechanism) -> None:
    model = FakeModel({"fused": whole("1", way.without)})
    await ask(model, way)
    texts = [message.text for request in model.requests for message in request.messages]
    schemas = json.dumps([one.output.definition for one in model.requests if one.output])
    assert any("You remember" in text for text in texts) == way.has("memory")
    assert any("touch" in text or "Your feeling" in text for text in texts) == way.has("emotion")
    assert any("hold_back" in text for text in texts) == way.has("planning")
    assert ("arousal" in schemas) == way.has("emotion")
    assert ("hold_back" in schemas) == way.has("planning")


async def test_fused_a_closed_item_is_one_call_with_everything_in_it() -> None:
    model = FakeModel({"fused": whole("2")})
    reply = await ask(model)
    (request,) = model.requests
    assert request.output is not None
    parts = request.output.definition["properties"]
    assert list(parts) == ["emotion", "plan", "answer"]
    assert parts["answer"]["enum"] == ["1", "2", "3"]
    assert request.output.definition["required"] == list(parts)
    assert (request.seed, request.temperature, request.agent) == (5, 0.7, "top")
    assert reply.selection == ("2",) and reply.text == whole("2")
    assert read_reply(question(), reply) == Answer(codes=("2",))
    assert reply.emotion is not None and reply.emotion.feeling == "A little uneasy."
    assert reply.emotion.sources == {"fear": "the water"}
    assert reply.plan is not None and reply.plan.hold_back == "How cold it was."


@pytest.mark.parametrize(
    ("kind", "said", "read"),
    [
        (Kind.MULTI, ["4", "1"], Answer(codes=("1", "4"))),
        (Kind.NUMERIC, "40", Answer(number=40)),
        (Kind.SHORT_TEXT, " Judit ", Answer(text="Judit")),
        (Kind.LONG_TEXT, "I stayed.", Answer(text="I stayed.")),
    ],
)
async def test_fused_every_kind_is_read(kind: Kind, said: Any, read: Answer) -> None:
    reply = await ask(FakeModel({"fused": whole(said)}), kind=kind)
    assert read_reply(question(kind), reply) == read


@pytest.mark.parametrize(
    "text",
    [
        "",
        "The ferry house.",
        '{"answer": "2"}',
        json.dumps({"emotion": APPRAISAL, "plan": PLANNED}),
        json.dumps({"emotion": {**APPRAISAL, "valence": 9}, "plan": PLANNED, "answer": "2"}),
        json.dumps({"emotion": APPRAISAL, "plan": {**PLANNED, "knows": "much"}, "answer": "2"}),
        whole("2")[:-20],
    ],
)
async def test_what_is_no_fused_reply_is_a_bad_one_and_kept(text: str) -> None:
    with pytest.raises(MisfitReply) as caught:
        await ask(FakeModel({"fused": text}))
    assert [call.reply for call in caught.value.calls] == [text]


async def test_fused_a_reply_that_cannot_be_read_is_put_again_with_what_was_felt() -> None:
    model = FakeModel({"fused": whole("a fish"), "answer": '{"answer": "3"}'})
    first = await ask(model)
    again = await ask(model, unreadable=first)
    assert [one.prompt_name for one in model.requests] == ["fused", "answer"]
    assert (again.emotion, again.plan, again.selection) == (first.emotion, first.plan, ("3",))
    assert "could not be read" in model.requests[1].messages[1].text


async def test_fused_without_feeling_and_plan_is_the_plain_reply() -> None:
    model = FakeModel({"answer": '{"answer": "1"}'})
    await ask(model, Mechanism(mode="fused", without=("emotion", "planning")))
    assert [one.prompt_name for one in model.requests] == ["answer"]


async def test_fused_a_chat_streams_what_is_said_and_nothing_else() -> None:
    model = FakeModel({"fused": whole("Night shift again. And you?")})
    one = respondent(model, FUSED)
    *pieces, reply = [
        piece async for piece in one.chat("How are you?", one.opening(), seed=1, temperature=0)
    ]
    assert "".join(map(str, pieces)) == "Night shift again. And you?"
    assert len(pieces) > 3, "it comes in pieces"
    assert isinstance(reply, Reply) and reply.text == "Night shift again. And you?"
    assert reply.emotion is not None and reply.plan is not None and len(reply.calls) == 1


async def test_fused_an_error_takes_its_calls_along() -> None:
    async def fail(request: Request) -> None:
        if request.agent == "top":
            raise ServerFailed("500")

    model = small(before=fail)
    with pytest.raises(ServerFailed) as caught:
        await ask(model)
    names = [call.request.prompt_name for call in caught.value.calls]
    assert names == ["fused_brief", "emotion_name", "emotion_prior"]


@pytest.mark.parametrize(
    ("said", "feeling", "plan"),
    [
        (" calm. I want to say that it is fine. More", "I feel calm.", "It is fine."),
        (" calm. Nothing was lost.", "I feel calm.", "Nothing was lost."),
        (" calm", "I feel calm.", None),
        ("", "", None),
    ],
)
async def test_in_words_the_first_sentence_is_felt_and_the_next_is_meant(
    said: str, feeling: str, plan: str | None
) -> None:
    reply = await ask(small({"fused_brief": said}))
    assert reply.emotion is not None and reply.emotion.feeling == feeling
    assert (str(reply.plan) if reply.plan else None) == plan
    assert reply.selection and reply.probabilities is not None


async def test_in_words_a_single_part_is_all_that_is_said() -> None:
    only_feels = Mechanism(mode="fused", without=("planning",))
    reply = await ask(small({"fused_brief": " calm. I stay"}), only_feels)
    assert reply.emotion is not None and reply.emotion.feeling == "I feel calm. I stay."
    only_plans = Mechanism(mode="fused", without=("emotion",))
    reply = await ask(small({"fused_brief": " it is fine. More"}), only_plans)
    assert str(reply.plan) == "It is fine."


@pytest.mark.parametrize("way", [Mechanism(without=("memory",)), FUSED])
async def test_the_start_of_the_prompt_is_that_of_every_other_mode(way: Mechanism) -> None:
    model, other = FakeModel({"fused": whole("1")}), FakeModel()
    await ask(model, way)
    await ask(other, Mechanism())
    assert model.requests[0].messages[0] == other.requests[0].messages[0]


async def test_without_memory_no_index_is_needed() -> None:
    one = Respondent(ilka(), Mechanism(without=("memory",)), FakeModel())
    reply = await one.ask(question(), one.opening(), seed=1, temperature=0)
    assert reply.recalled == () and reply.recall_seconds == 0


async def test_a_plan_that_is_none_is_a_bad_reply() -> None:
    model = FakeModel({"planning": "I would rather keep it short."})
    with pytest.raises(BadReply, match="no Planned"):
        await ask(model, Mechanism())
    assert model.asked("top") == []


@pytest.mark.parametrize(
    ("knows", "kind", "told"),
    [
        ("nothing", Kind.LONG_TEXT, "You cannot know this"),
        ("part", Kind.SHORT_TEXT, "leave open"),
        ("all", Kind.LONG_TEXT, ""),
        ("nothing", Kind.SINGLE, ""),
    ],
)
async def test_what_the_person_cannot_know_is_told_before_an_open_reply(
    knows: str, kind: Kind, told: str
) -> None:
    model = FakeModel({"planning": json.dumps({**PLANNED, "knows": knows})})
    await ask(model, Mechanism(), kind)
    text = model.asked("top")[0].messages[1].text
    for sentence in ("You cannot know this", "leave open"):
        assert (sentence in text) == (sentence == told)

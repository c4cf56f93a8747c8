"""A long talk: the context stays bounded, and what left the view is recalled."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from simulacra.cognition.context import FULL
from simulacra.cognition.working_memory import tokens_of
from simulacra.domain.answer import Reply
from simulacra.domain.call import Request
from simulacra.errors import InputError, Interrupted, ServerFailed
from simulacra.llm.scripted import ScriptedModel
from simulacra.settings import Settings
from simulacra.storage.conversations import Conversation
from simulacra.workspace import Workspace
from tests.support.minds import APPRAISAL, PLANNED
from tests.support.people import ilka
from ui.talk import Talk

SPEC = "scripted:there-is-no-file"


class Told:
    """Replies to everything; remembers what stands after "remember:"; keeps what was asked."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.fails_at = ""
        self.replies = 0

    def __call__(self, request: Request) -> str | dict[str, Any]:
        self.requests.append(request)
        text = request.messages[-1].text
        if self.fails_at and self.fails_at == request.prompt_name:
            raise ServerFailed("500")
        if request.prompt_name == "consolidation":
            found = re.findall(r"^(\d+)\. .*remember: (.*)$", text, re.M)
            return {"memories": [self._memory(*one) for one in found]}
        if request.agent == "emotion":
            return APPRAISAL
        if request.agent == "planning":
            return dict(PLANNED)
        self.replies += 1
        return f"Reply number {self.replies} " + "and so on " * 20

    @staticmethod
    def _memory(turn: str, content: str) -> dict[str, Any]:
        return {"content": content, "thought": "", "feeling": "", "summary": "", "importance": 4,
                "turns": [int(turn)], "contradicts": ""}  # fmt: skip

    def chats(self) -> list[Request]:
        return [one for one in self.requests if one.prompt_name == "chat"]


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def workspace(tmp_path: Path, told: Told) -> Iterator[Workspace]:
    with Workspace.open(tmp_path / "w", settings=Settings()) as opened:
        opened.personas.save(ilka())
        opened._models[SPEC] = ScriptedModel(told)
        yield opened


def talk(workspace: Workspace, resume: Conversation | None = None, **options: Any) -> Talk:
    person = workspace.personas.get("ilka-varga")
    return Talk(workspace, person, "cognitive", SPEC, resume=resume, learns=True, **options)


async def heard(pieces: AsyncIterator[str | Reply]) -> Reply:
    whole = [piece async for piece in pieces if isinstance(piece, Reply)]
    return whole[-1]


def sent(request: Request) -> int:
    return sum(tokens_of(message.text) for message in request.messages)


async def test_after_two_hundred_turns_the_prompt_is_bounded_and_early_words_are_recalled(
    workspace: Workspace, told: Told
) -> None:
    one = talk(workspace)
    fact = "the heron of Zoe is called Admiral Nakamura"
    for turn in range(1, 200):
        said = f"remember: {fact}" if turn == 3 else f"Thing number {turn}: " + "the weather " * 8
        await heard(one.say(said))
        await one.learn(due_only=True)
    reply = await heard(one.say("What is the name of the heron of Zoe?"))
    first, last = told.chats()[0], told.chats()[-1]
    assert len(told.chats()) == one.turns == 200
    assert first.messages[0] == last.messages[0]
    around = FULL.memory_tokens + FULL.exchange_tokens + 400
    assert sent(last) <= tokens_of(first.messages[0].text) + around
    assert max(map(sent, told.chats())) <= tokens_of(first.messages[0].text) + around
    assert fact not in last.messages[-1].text.partition("You remember:")[0]
    assert reply.recalled[0].memory.content == fact
    assert fact in last.messages[-1].text
    gone_through = [one for one in told.requests if one.prompt_name == "consolidation"]
    assert 5 < len(gone_through) < 40


async def test_a_resumed_talk_stands_where_it_stood(workspace: Workspace, told: Told) -> None:
    one = talk(workspace)
    for said in ("Hello", "And you?"):
        await heard(one.say(said))
    assert one.id is not None
    again = talk(workspace, workspace.conversations.get(one.id))
    assert again._state == one._state
    assert again._state.emotion.feeling == APPRAISAL["feeling"]
    assert (again.turns, again.last) == (2, one.last)


async def test_another_reply_takes_the_place_of_the_last(workspace: Workspace, told: Told) -> None:
    one = talk(workspace)
    await heard(one.say("Hello"))
    old = await heard(one.say("And you?"))
    new = await heard(one.retry())
    newer = await heard(one.retry())
    assert one.id is not None
    assert [turn.reply.text for turn in workspace.conversations.turns(one.id)][1] == newer.text
    aside = workspace.conversations.set_aside(one.id)
    assert [(each.position, each.reply.text) for each in aside] == [(1, old.text), (1, new.text)]
    seeds = [request.seed for request in told.chats()[1:]]
    assert len(set(seeds)) == 3
    assert old.text not in told.chats()[-1].messages[-1].text
    assert len(one._state.exchanges) == one.turns == 2


async def test_what_a_failed_reply_cost_is_kept(workspace: Workspace, told: Told) -> None:
    told.fails_at = "chat"
    one = talk(workspace)
    with pytest.raises(ServerFailed):
        await heard(one.say("Hello"))
    [conversation] = workspace.conversations.list()
    [failed] = workspace.conversations.set_aside(conversation.id)
    assert {call.request.agent for call in failed.reply.calls} == {"emotion", "planning"}
    told.fails_at = ""
    asked = len(told.requests)
    reply = await heard(one.retry())
    assert [request.agent for request in told.requests[asked:]] == ["top"]
    assert [call.attempts for call in reply.calls] == [0, 0, 1]
    assert workspace.conversations.get(conversation.id).turns == 1


async def test_a_message_without_a_reply_is_said_again_after_the_process_ended(
    workspace: Workspace, told: Told
) -> None:
    one = talk(workspace)
    await heard(one.say("Hello"))
    told.fails_at = "chat"
    for said in ("Not this", "And you?"):
        with pytest.raises(ServerFailed):
            await heard(one.say(said))
    told.fails_at = ""
    assert one.id is not None
    again = talk(workspace, workspace.conversations.get(one.id))
    assert again.lost == "And you?"
    asked = len(told.requests)
    await heard(again.retry())
    assert [request.agent for request in told.requests[asked:]] == ["top"]
    assert [turn.text for turn in workspace.conversations.turns(one.id)] == ["Hello", "And you?"]
    assert talk(workspace, workspace.conversations.get(one.id)).lost == again.lost == ""


async def test_a_message_that_cost_nothing_is_said_again_too(
    workspace: Workspace, told: Told
) -> None:
    one = talk(workspace)
    await heard(one.say("Hello"))
    told.fails_at = "emotion"
    with pytest.raises(ServerFailed):
        await heard(one.say("And you?"))
    told.fails_at = ""
    assert one.id is not None
    again = talk(workspace, workspace.conversations.get(one.id))
    await heard(again.retry())
    assert again.turns == 2


async def test_the_same_reply_once_more_is_learned_from_again(
    workspace: Workspace, told: Told
) -> None:
    one = talk(workspace)
    await heard(one.say("remember: Zoe has a boat"))
    [old] = (await one.learn()).kept
    told.replies -= 1
    await heard(one.retry())
    [again] = (await one.learn()).kept
    assert again.id == old.id
    assert [each.status for each in workspace.learned.list("ilka-varga")] == ["kept"]


async def test_a_stopped_reply_keeps_its_calls_and_what_was_before(
    workspace: Workspace, told: Told
) -> None:
    one = talk(workspace)
    await heard(one.say("Hello"))

    async def cut() -> None:
        async for piece in one.say("And you?"):
            task.cancel()
            await asyncio.sleep(0)
            assert piece

    task = asyncio.ensure_future(cut())
    with pytest.raises((Interrupted, asyncio.CancelledError)):
        await task
    assert one.id is not None
    assert len(workspace.conversations.turns(one.id)) == one.turns == 1
    assert (await heard(one.say("And you?"))).text


async def test_a_branch_learns_only_what_is_its_own(workspace: Workspace, told: Told) -> None:
    one = talk(workspace)
    await heard(one.say("remember: Zoe has a boat"))
    await heard(one.say("remember: Max has a kite"))
    assert one.id is not None
    branch = talk(workspace, workspace.conversations.branch(one.id, 1))
    await heard(branch.say("remember: Ada has a drum"))
    assert [each.memory.content for each in (await branch.learn()).kept] == [
        "Zoe has a boat", "Ada has a drum",
    ]  # fmt: skip
    assert [each.memory.content for each in (await one.learn()).kept] == ["Max has a kite"]
    assert (await one.learn()).kept == (await branch.learn()).kept == ()
    shared = [json.dumps(request.model_dump()) for request in told.requests
              if request.prompt_name == "consolidation"]  # fmt: skip
    assert sum("1. You were asked or told: remember: Zoe" in each for each in shared) == 1


async def test_a_branch_does_not_remember_what_was_said_after_it(
    workspace: Workspace, told: Told
) -> None:
    one = talk(workspace)
    await heard(one.say("remember: Max has a kite"))
    await heard(one.say("remember: Zoe has a boat"))
    await one.learn()
    assert one.id is not None
    branch = talk(workspace, workspace.conversations.branch(one.id, 1))
    assert [each.content for each in branch._state.learned] == ["Max has a kite"]
    assert len(talk(workspace)._state.learned) == 2
    assert len(one._state.learned) == 2


async def test_what_a_replaced_reply_taught_is_forgotten_and_the_new_one_learned(
    workspace: Workspace, told: Told
) -> None:
    one = talk(workspace)
    await heard(one.say("remember: Zoe has a boat"))
    [old] = (await one.learn()).kept
    new = await heard(one.retry())
    assert old.id not in {each.memory.id for each in new.recalled}
    assert one._state.learned == ()
    [again] = (await one.learn()).kept
    assert again.memory.content == "Zoe has a boat" and again.id != old.id
    kept = workspace.learned.list("ilka-varga")
    assert {each.id: each.status for each in kept} == {old.id: "forgotten", again.id: "kept"}


async def test_two_at_one_conversation_do_not_mix(workspace: Workspace, told: Told) -> None:
    one = talk(workspace)
    await heard(one.say("Hello"))
    assert one.id is not None
    other = talk(workspace, workspace.conversations.get(one.id))
    await heard(other.say("Elsewhere"))
    with pytest.raises(InputError, match="went on elsewhere"):
        await heard(one.say("And here?"))
    with pytest.raises(InputError, match="went on elsewhere"):
        await heard(one.retry())
    texts = [turn.text for turn in workspace.conversations.turns(one.id)]
    assert texts == ["Hello", "Elsewhere"]
    lost = workspace.conversations.set_aside(one.id)
    assert {each.text for each in lost} == {"And here?"}
    assert len(lost[0].reply.calls) == 3


async def test_a_reply_that_a_branch_shares_stays(workspace: Workspace, told: Told) -> None:
    one = talk(workspace)
    first = await heard(one.say("Hello"))
    assert one.id is not None
    workspace.conversations.branch(one.id, 1)
    asked = len(told.requests)
    with pytest.raises(InputError, match="a branch shares"):
        await heard(one.retry())
    assert len(told.requests) == asked
    assert workspace.conversations.turns(one.id)[0].reply.text == first.text

import asyncio

import pytest
from pydantic import Field

from personas.authoring.author import PROMPTS, Step
from simulacra.domain.base import Frozen
from simulacra.domain.call import Call, Completion, Message, Request
from simulacra.errors import BadReply
from simulacra.llm.port import ModelInfo
from simulacra.llm.scripted import ScriptedModel
from simulacra.prompting import Prompt, template_hashes
from tests.support.authoring import FakeLedger, author

PROMPT = Prompt(name="ask", hash="0", messages=(Message(role="user", text="Where?"),))
OTHER = PROMPT.model_copy(update={"messages": (Message(role="user", text="When?"),)})
STEP = Step(stage="outline", part="e01")


class Place(Frozen):
    town: str = Field(min_length=2)


class Writer:
    """Replies from a list, or echoes the seed."""

    def __init__(self, *replies: str) -> None:
        self.requests: list[Request] = []
        self.replies = list(replies)

    def __call__(self, request: Request) -> str:
        self.requests.append(request)
        return self.replies.pop(0) if self.replies else f"seed {request.seed}"


async def test_a_call_is_bought_once() -> None:
    writer, ledger = Writer(), FakeLedger()
    heard: list[tuple[str, bool]] = []

    def hear(step: Step, call: Call, bought: bool) -> None:
        heard.append((step.part, bought))

    one = author(ScriptedModel(writer), ledger, on_call=hear)
    text = await one.write(STEP, PROMPT, max_tokens=9)
    again = author(ScriptedModel(writer), ledger, on_call=hear)
    assert await again.write(STEP, PROMPT, max_tokens=9) == text
    assert len(writer.requests) == 1
    assert heard == [("e01", True), ("e01", False)]
    assert ledger.kept == [STEP]
    assert writer.requests[0].agent == "outline"


async def test_what_decides_the_reply_decides_the_key() -> None:
    writer, ledger = Writer(), FakeLedger()
    info = ModelInfo(spec="other", name="other")
    plain = author(ScriptedModel(writer), ledger)
    await plain.write(STEP, PROMPT, max_tokens=9)
    await plain.write(STEP, OTHER, max_tokens=9)
    await plain.write(Step(stage="outline", part="e01", attempt=2), PROMPT, max_tokens=9)
    await plain.write(Step(stage="outline", part="e02"), PROMPT, max_tokens=9)
    await author(ScriptedModel(writer), ledger, seed=1).write(STEP, PROMPT, max_tokens=9)
    await author(ScriptedModel(writer), ledger, "zoe").write(STEP, PROMPT, max_tokens=9)
    await author(ScriptedModel(writer, info=info), ledger).write(STEP, PROMPT, max_tokens=9)
    assert len(writer.requests) == 7
    assert len({request.seed for request in writer.requests[:1] + writer.requests[2:6]}) == 5


async def test_a_misfit_is_asked_for_once_more_and_never_bought_again() -> None:
    writer, ledger = Writer('{"town": "X"}', '{"town": "Oslo"}'), FakeLedger()
    for _ in range(2):
        got = await author(ScriptedModel(writer), ledger).fill(STEP, PROMPT, Place, max_tokens=9)
        assert got == Place(town="Oslo")
    assert len(writer.requests) == 2
    second = writer.requests[1]
    assert [one.role for one in second.messages] == ["user", "assistant", "user"]
    assert "town: String should have at least 2 characters." in second.messages[2].text
    assert second.seed != writer.requests[0].seed
    assert second.output is not None
    assert second.output.name == "Place"


async def test_two_misfits_are_a_bad_reply() -> None:
    writer = Writer("no", "never")
    with pytest.raises(BadReply, match="gave no usable Place"):
        await author(ScriptedModel(writer)).fill(STEP, PROMPT, Place, max_tokens=9)
    assert len(writer.requests) == 2


async def test_a_reply_cut_off_is_paid_for_once_and_kept() -> None:
    ledger, inner = FakeLedger(), ScriptedModel(Writer('{"to', '{"town": "Oslo"}'))

    class Strict:
        info = inner.info
        asked = 0

        async def complete(self, request: Request) -> Completion:
            Strict.asked += 1
            done = await inner.complete(request)
            if not done.text.endswith("}"):
                raise BadReply("cut off").after([done.call])
            return done

    for _ in range(2):
        got = await author(Strict(), ledger).fill(STEP, PROMPT, Place, max_tokens=9)  # type: ignore[arg-type]
        assert got == Place(town="Oslo")
    assert Strict.asked == len(ledger.calls) == 2


async def test_a_cancelled_task_loses_no_call_that_came_back() -> None:
    ledger = FakeLedger()
    came = asyncio.Event()

    class Slow(FakeLedger):
        def keep(self, persona_id: str, key: str, call: Call, **step: object) -> None:
            came.set()
            ledger.calls[persona_id, key] = call

    task = asyncio.ensure_future(
        author(ScriptedModel(Writer()), Slow()).write(STEP, PROMPT, max_tokens=9)
    )
    await came.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert len(ledger.calls) == 1


def test_every_prompt_compiles() -> None:
    assert "misfit" in template_hashes(PROMPTS)

import asyncio
import json
import math
from pathlib import Path

import pytest

from simulacra.domain.call import Completion
from simulacra.errors import FatalModelError, InputError, ModelTimeout, RateLimited
from simulacra.llm.scripted import Rule, ScriptedModel, When
from tests.support.requests import FEELING, request_of

EXAMPLE = Path(__file__).parent.parent / "data" / "scripted_example.yaml"


@pytest.fixture
def example() -> ScriptedModel:
    return ScriptedModel.from_file(EXAMPLE)


async def test_the_first_rule_that_fits_replies(example: ScriptedModel) -> None:
    asked = request_of("You are Ann.", "What do you do for a living?")
    assert (await example.complete(asked)).text == "I repair clocks."
    felt = await example.complete(asked.model_copy(update={"agent": "emotion", "output": FEELING}))
    value = json.loads(felt.text)
    assert value["feeling"] in ("calm", "angry", "sad") and 0 <= value["strength"] <= 10
    assert len(value["why"]) <= 20


async def test_one_of_several_depends_on_the_request_alone(example: ScriptedModel) -> None:
    requests = [request_of("You are Ann.", "Favourite food?", seed=n) for n in range(30)]
    forward = [(await example.complete(r)).text for r in requests]
    again = ScriptedModel.from_file(EXAMPLE)
    backward = [(await again.complete(r)).text for r in reversed(requests)]
    assert forward == backward[::-1] and len(set(forward)) == 3


async def test_an_error_can_go_away(example: ScriptedModel) -> None:
    asked = request_of("You are Ann.", "Are you still there?", output=FEELING)
    with pytest.raises(ModelTimeout):
        await example.complete(asked)
    assert json.loads((await example.complete(asked)).text)


async def test_scores_follow_the_rule(example: ScriptedModel) -> None:
    asked = request_of("You are Ann.", "Do you like the sea?")
    scores = await example.score(asked, ["Yes", "No"])
    assert [math.exp(value) for value in scores.logprobs] == pytest.approx([0.75, 0.25])
    assert scores.call.reply == "Yes"


async def test_a_reply_that_is_an_option_gets_nine_tenths() -> None:
    model = ScriptedModel([Rule(reply="b")])
    scores = await model.score(request_of("You are Ann.", "?"), ["a", "b", "c"])
    assert [math.exp(value) for value in scores.logprobs] == pytest.approx([0.05, 0.9, 0.05])


async def test_other_scores_are_a_distribution_by_hash(example: ScriptedModel) -> None:
    asked = request_of("You are Ann.", "Parties?")
    first = await example.score(asked, ["a", "b c", "d"])
    assert sum(math.exp(value) for value in first.logprobs) == pytest.approx(1)
    assert first.tokens == (1, 2, 1)
    assert (await example.score(asked, ["a", "b c", "d"])).logprobs == first.logprobs
    assert (await example.score(asked, ["a", "b c", "e"])).logprobs != first.logprobs


async def test_a_share_of_requests() -> None:
    rule = Rule(when=When(share=0.2), error="rate_limited")
    model = ScriptedModel([rule, Rule(reply="ok")])
    failed = 0
    for number in range(300):
        try:
            await model.complete(request_of("You are Ann.", f"Question {number}"))
        except RateLimited:
            failed += 1
    assert 35 <= failed <= 85


async def test_a_function_can_reply() -> None:
    model = ScriptedModel(lambda request: request.messages[-1].text.upper())
    assert (await model.complete(request_of("You are Ann.", "hello"))).text == "HELLO"


async def test_a_stream_is_the_reply_word_by_word() -> None:
    model = ScriptedModel([Rule(reply=" I repair\nclocks. ")])
    *words, whole = [piece async for piece in model.stream(request_of("You are Ann.", "?"))]
    assert isinstance(whole, Completion) and "".join(map(str, words)) == whole.text
    assert len(words) == 3


async def test_a_script_never_guesses() -> None:
    model = ScriptedModel([Rule(when=When(agent="emotion"), reply="sad")])
    with pytest.raises(FatalModelError, match="No rule"):
        await model.complete(request_of("You are Ann.", "?"))
    with pytest.raises(FatalModelError, match="needs an output schema"):
        await ScriptedModel([Rule(choose=True)]).complete(request_of("You are Ann.", "?"))


async def test_a_delay_does_not_hold_others_up() -> None:
    model = ScriptedModel([Rule(when=When(last="slow"), reply="s", delay=0.2), Rule(reply="f")])
    done: list[str] = []

    async def ask(text: str) -> None:
        done.append((await model.complete(request_of("You are Ann.", text))).text)

    await asyncio.gather(ask("slow"), ask("fast"))
    assert done == ["f", "s"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("rules: [", "line 1"),
        ("rules: []", "rules"),
        ("rules: [{reply: a, choose: true}]", "one of reply"),
        ("rules: [{when: {agent: x}}]", "one of reply"),
        ("rules: [{reply: a, times: 2}]", "times goes with error"),
        ("rules: [{reply: a, when: {regex: '('}}]", "regex"),
        ("rules: [{error: nonsense}]", r"rules\.0\.error"),
        ("rulez: [{reply: a}]", "rule"),
    ],
)
def test_a_broken_script_says_where(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "script.yaml"
    file.write_text(text)
    with pytest.raises(InputError, match=says) as caught:
        ScriptedModel.from_file(file)
    assert "script.yaml" in str(caught.value)


def test_a_missing_script(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot read the script"):
        ScriptedModel.from_file(tmp_path / "none.yaml")


def test_fingerprint_and_facts_come_from_the_file(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("elicitation: score\ndetail: brief\nparallel: 2\nrules: [{reply: a}]")
    one = ScriptedModel.from_file(file).info
    assert (one.elicitation, one.detail, one.parallel, one.name) == ("score", "brief", 2, "a")
    file.write_text("rules: [{reply: b}]")
    assert ScriptedModel.from_file(file).info.fingerprint != one.fingerprint

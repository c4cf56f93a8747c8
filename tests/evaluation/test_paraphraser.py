"""Paraphrases by a model: checked, bought once, kept, paid for, and told apart from others."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.robustness.base import Wordings
from evaluation.robustness.paraphraser import KeptCalls, fault_in
from evaluation.robustness.runs import WRITTEN_NOTE
from evaluation.robustness.writer import Writer
from simulacra.domain.call import Request
from simulacra.errors import FatalModelError, InputError, WorkFailed
from simulacra.llm.port import ModelInfo
from simulacra.llm.scripted import ScriptedModel
from simulacra.settings import Settings
from simulacra.workspace import Workspace
from tests.evaluation.test_robustness import MODEL, plant, study
from tests.support.robustness import crowd

SPEC = "openai:writer"


class Pen:
    """Writes what it is told to for a text; counts how often it was asked."""

    def __init__(self, *said: str) -> None:
        self.said, self.asked = list(said), 0
        self.prompts: list[str] = []

    def __call__(self, request: Request) -> str:
        self.asked += 1
        self.prompts.append(request.messages[-1].text)
        if not self.said:
            raise FatalModelError("the key was withdrawn")
        return self.said.pop(0)


def wording(text: str) -> str:
    return json.dumps({"text": text})


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    settings = Settings.model_validate({"model": MODEL, "prices": {"writer": {"output": 1e6}}})
    opened = Workspace.open(tmp_path / "w", settings=settings)
    for one in crowd(4):
        opened.personas.save(one)
    plant(opened)
    yield opened
    opened.close()


def hold(workspace: Workspace, pen: Pen, **facts: object) -> Writer:
    info = ModelInfo.model_validate({"spec": SPEC, "name": "writer", **facts})
    workspace._models[SPEC] = ScriptedModel(pen, info=info)
    return Writer(workspace, SPEC, seed=1)


async def test_what_nobody_supplied_is_written_once_and_kept(workspace: Workspace) -> None:
    plain = study(workspace, "paraphrase", wordings=Wordings(paraphrase={"r1": "Trams, yes."}))
    pen = Pen(wording("I like trams."), wording("On day 1, which is your fruit?"))
    writer = hold(workspace, pen)
    assert writer.calls_for(plain) == 2
    words, written = await writer.write(plain, None)
    assert words.paraphrase == {
        "r1": "Trams, yes.",
        "r2": "I like trams.",
        "c1": "On day 1, which is your fruit?",
    }
    assert written is not None and (written.items, written.calls) == (("r2", "c1"), 2)
    assert "Fruit ap / Fruit pe" in pen.prompts[1]
    again, same = await hold(workspace, pen).write(plain, None)
    assert (again, same, pen.asked) == (words, written, 2)


async def test_a_wording_that_is_none_is_asked_for_again_and_then_left_out(
    workspace: Workspace,
) -> None:
    wordings = Wordings(paraphrase={"r1": "Trams, yes.", "c1": "Which fruit?"})
    plain = study(workspace, "paraphrase", wordings=wordings)
    pen = Pen(wording("trams, please ME"), wording("Trams please me!"))
    words, written = await hold(workspace, pen).write(plain, None)
    assert pen.asked == 2 and "it is the same text" in pen.prompts[1]
    assert "r2" not in words.paraphrase
    whole = study(workspace, "paraphrase", people=4, wordings=words)
    whole._written = written
    result = await whole.measure()
    assert "it is the same text" in result.perturbations[0].spared["r2"]
    assert result.calls == 3 * 4 * 4 + 2
    assert WRITTEN_NOTE.format(SPEC) in result.notes
    assert result.supplied.paraphrase == wordings.paraphrase


async def test_what_came_before_a_failure_is_not_bought_again(workspace: Workspace) -> None:
    plain = study(workspace, "paraphrase", wordings=Wordings(paraphrase={"r1": "Trams, yes."}))
    with pytest.raises(FatalModelError):
        await hold(workspace, Pen(wording("I like trams."))).write(plain, None)
    pen = Pen(wording("Your fruit of day 1?"))
    words, written = await hold(workspace, pen).write(plain, None)
    assert pen.asked == 1 and words.paraphrase["r2"] == "I like trams."
    assert written is not None and written.calls == 2


def test_a_line_that_was_broken_off_is_bought_again(tmp_path: Path) -> None:
    path = tmp_path / "kept.jsonl"
    path.write_text('{"key": "a", "ca', encoding="utf-8")
    kept = KeptCalls(path)
    assert kept.find("a") is None


def test_a_model_that_only_weighs_options_writes_nothing(workspace: Workspace) -> None:
    with pytest.raises(InputError, match="name another --paraphraser"):
        hold(workspace, Pen(), elicitation="score")


def test_money_without_prices_is_refused(workspace: Workspace) -> None:
    hold(workspace, Pen())
    workspace._models["openai:strange"] = ScriptedModel(
        Pen(), info=ModelInfo(spec="openai:strange", name="strange")
    )
    workspace.need_prices([SPEC])
    with pytest.raises(InputError, match="no price is set for openai:strange"):
        workspace.need_prices([SPEC, "openai:strange"])


async def test_a_measurement_without_money_pauses_and_goes_on(workspace: Workspace) -> None:
    workspace.settings.prices[MODEL] = workspace.settings.prices["writer"]
    whole = study(workspace, "paraphrase", people=4)
    with pytest.raises(WorkFailed, match=r"original: The budget of 1e-06 US dollars is used up"):
        await whole.measure(max_cost=1e-6)
    result = await whole.measure(max_cost=1e6)
    assert len(workspace.runs.list()) == 3 and result.calls == 3 * 4 * 4


@given(st.text(max_size=60))
def test_no_text_is_a_paraphrase_of_itself(text: str) -> None:
    assert fault_in(text, text)
    assert fault_in(text.upper(), text) or text.upper().casefold() != text.casefold()


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ("", "there are no words"),
        ("...", "there are no words"),
        ("Do you like ${fruit}", "the same text"),
        ("Do you enjoy fruit?", "what is filled in"),
        ("Do you enjoy ${fruit} and ${fruit}?", "what is filled in"),
        ("Enjoy ${fruit}? " + "Really? " * 30, "much longer"),
        ("Do you enjoy\n${fruit}?", "more than one line"),
        ("Do you enjoy ${fruit}?", ""),
    ],
)
def test_what_is_no_paraphrase_is_told(said: str, fault: str) -> None:
    found = fault_in(said, "Do you like ${fruit}?")
    assert fault in found and bool(found) == bool(fault)

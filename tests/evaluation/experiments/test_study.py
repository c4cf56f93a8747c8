"""An experiment through the engine: resumable, with its conditions, and as a section."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evaluation.asking import Asking
from evaluation.experiments.files import find
from evaluation.experiments.result import ExperimentResult
from evaluation.experiments.runs import Study
from evaluation.experiments.section import section_of
from evaluation.report.evaluation import alone, page, write_evaluation
from simulacra.domain.call import Request
from simulacra.domain.run import Mechanism, PersonaRef
from simulacra.errors import FatalModelError, InputError
from simulacra.llm.port import ModelInfo
from simulacra.llm.scripted import ScriptedModel
from simulacra.settings import Settings
from simulacra.workspace import Workspace
from tests.support.robustness import crowd

MODEL = "follower"


class Follower:
    """Sees the lengths, says what the others said in every third critical comparison."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.dies_after: int | None = None

    def __call__(self, request: Request) -> str:
        if self.dies_after is not None and len(self.requests) >= self.dies_after:
            raise FatalModelError("the key was withdrawn")
        self.requests.append(request)
        text = "\n".join(message.text for message in request.messages)
        asked = text[text.rindex("Comparison ") :]
        place, standard = re.findall(r"Comparison (\d+) of 18: a line of ([\d.]+) inches", asked)[0]
        lengths = re.findall(r"[Ll]ine (\d) is ([\d.]+) inches", asked)
        right = next(line for line, length in lengths if length == standard)
        others = re.findall(r'"Line (\d)\."', asked)
        return json.dumps({"answer": others[0] if others and int(place) % 3 == 0 else right})


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    opened = Workspace.open(tmp_path / "w", settings=Settings(model=MODEL))
    for one in crowd(5):
        opened.personas.save(one)
    yield opened
    opened.close()


def plant(workspace: Workspace) -> Follower:
    follower = Follower()
    info = ModelInfo(spec=MODEL, name=MODEL, default_temperature=1.0)
    workspace._models[MODEL] = ScriptedModel(follower, info=info)
    return follower


def study(
    workspace: Workspace, name: str = "conformity", *, people: int = 3, **choices: Any
) -> Study:
    who = tuple(PersonaRef(id=one.id, version=1) for one in crowd(people))
    asking = {"model": MODEL, "concurrency": 1, **choices}
    return Study(
        workspace, find(name), Asking(people=who, mechanism=Mechanism(method="profile"), **asking)
    )


async def test_a_model_that_follows_is_found_to_and_is_asked_in_one_conversation(
    workspace: Workspace,
) -> None:
    follower = plant(workspace)
    planned = study(workspace)
    assert planned.size()._asdict() == {"interviews": 6, "answers": 108, "calls": 108}
    result = await planned.measure()
    assert (result.calls, result.people, result.conditions) == (
        108, 3, {"pressure": 3, "control": 3},
    )  # fmt: skip
    assert result.missing == {"pressure": 0, "control": 0}
    by_name = {one.name: one.estimate.value for one in result.analysed.estimates}
    # Comparisons 3, 6, 9, 12, 15, 18 are critical, and the ones in which it follows.
    assert by_name["yield_rate"] == pytest.approx(0.5) and by_name["control_errors"] == 0
    assert (by_name["sometimes"], by_name["never"], by_name["often"]) == (1, 0, 0)
    followed = [one.first.value for one in result.analysed.items]
    assert followed == [1, 0, 1, 0, 0, 1, 1, 0, 1, 0, 0, 1]
    last = follower.requests[-1].messages
    assert any("Comparison 17 of 18" in message.text for message in last)
    told = ["\n".join(one.text for one in request.messages) for request in follower.requests]
    alone_ = [text for text in told if "You sit alone at a desk" in text]
    assert len(alone_) == 54 and not any("others" in text for text in alone_)
    assert sum("waits for your answer" in text for text in told) == 54


async def test_interrupted_it_goes_on_and_complete_it_is_a_new_one(workspace: Workspace) -> None:
    follower = plant(workspace)
    follower.dies_after = 30
    with pytest.raises(FatalModelError):
        await study(workspace).measure()
    follower.dies_after = None
    first = await study(workspace).measure()
    assert len(follower.requests) == 108 == first.calls and len(workspace.runs.list()) == 1
    second = await study(workspace).measure()
    assert second.runs != first.runs and len(workspace.runs.list()) == 2
    assert second.analysed == first.analysed


async def test_the_section_says_what_was_found_and_what_people_do(
    workspace: Workspace, tmp_path: Path
) -> None:
    plant(workspace)
    result = await study(workspace).measure()
    section = section_of(result)
    assert section.findings[0].startswith("Alone, 0%")
    assert section.findings[1].startswith("After others who err, 50%")
    assert "Asch (1956), n = 123" in section.findings[2]
    assert [one.name for one in section.tables] == [
        "effects", "by_size", "items", "wordings", "people",
    ]  # fmt: skip
    assert [one.name for one in section.drawings] == [
        "control_errors", "yield_rate", "never", "often", "items",
    ]  # fmt: skip
    assert any("read about the classic experiments" in one for one in section.limits)
    assert section.warnings == ()
    out = write_evaluation(alone(section, model=MODEL, people=("a",)), tmp_path / "out")
    text = out.read_text(encoding="utf-8")
    assert text == page(alone(section, model=MODEL, people=("a",)))
    assert "under 1%" in text and "${" not in text and "3.75 for 3" in text
    assert ExperimentResult.model_validate_json(result.model_dump_json()) == result


async def test_what_cannot_be_read_is_said_before_everything_else(workspace: Workspace) -> None:
    result = await study(workspace, model="behavioural", people=5, replicates=2).measure()
    section = section_of(result)
    assert "conformity cannot be read" in section.warnings[0]
    assert len(section.findings) == 1  # no figure of conformity stands in the text
    assert "A statistical model answered" in section.warnings[1]
    assert "2 times each" in section.sample


@pytest.mark.parametrize("name", ["anchoring", "framing", "orders"])
async def test_the_others_make_sections_too(workspace: Workspace, name: str) -> None:
    result = await study(workspace, name, model="behavioural", people=5).measure()
    section = section_of(result)
    assert section.findings and section.tables[0].name == "effects"
    assert bool(section.drawings) and page(alone(section, model="x", people=("a",)))
    if name == "orders":
        assert section.tables[0].columns[2] == "p" and "p = " in section.findings[0]
    else:
        # Everybody did the same in both: an interval without width is held against nobody's.
        assert "+0" in section.findings[0] and "lies apart" not in str(section)
        assert "the interval of the" in section.warnings[0]


async def test_too_few_people_are_said_to_be_too_few(workspace: Workspace) -> None:
    experiment = find("framing").model_copy(update={"within": False})
    who = tuple(PersonaRef(id=one.id, version=1) for one in crowd(2))
    few = Study(workspace, experiment, Asking(people=who, model="behavioural"))
    section = section_of(await few.measure())
    assert "only 1 person" in section.warnings[0]
    with pytest.raises(InputError, match="2 conditions with people of their own"):
        Study(workspace, experiment, Asking(people=who[:1], model="behavioural"))

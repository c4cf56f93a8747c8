"""A study of robustness through the engine, and what is written of it."""

import csv
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evaluation.asking import Asking
from evaluation.robustness.base import Wordings
from evaluation.robustness.perturbations import chosen
from evaluation.robustness.report import as_csv, figures_of, page, stars, write_robustness
from evaluation.robustness.result import RobustnessResult
from evaluation.robustness.runs import FEW_NOTE, SAME_NOTE, Study
from simulacra.domain.call import Request
from simulacra.domain.run import Mechanism, PersonaRef
from simulacra.domain.survey import Instrument, Item, Kind
from simulacra.errors import FatalModelError, InputError
from simulacra.llm.port import ModelInfo
from simulacra.llm.scripted import ScriptedModel
from simulacra.settings import Settings
from simulacra.workspace import Workspace
from tests.support.robustness import choice, crowd, instrument, rating

MODEL = "planted"
ASKED = instrument(
    rating(1, scale="kind", text="I am <b>fond</b> of trams."),
    rating(2, scale="kind", text="Trams please me.", reverse=True),
    choice(1),
    Item(id="why", kind=Kind.SHORT_TEXT, text="Why is that?"),
)


class Planted:
    """Answers by its seed, and one level higher where the statement is framed."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.dies_after: int | None = None

    def __call__(self, request: Request) -> str:
        if self.dies_after is not None and len(self.requests) >= self.dies_after:
            raise FatalModelError("the key was withdrawn")
        self.requests.append(request)
        if request.output is None:
            return "Plain."
        text = "\n".join(message.text for message in request.messages)
        if "fruit" in text:
            return json.dumps({"answer": "pe"})
        level = 2 + random.Random(request.seed).randrange(2)
        return json.dumps({"answer": str(level + ("\u2060" in text))})


WORDS = Wordings(paraphrase={"r1": "Trams, yes.\u2060", "r2": "Trams are fine.\u2060"})


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    opened = Workspace.open(tmp_path / "w", settings=Settings(model=MODEL))
    for one in crowd(12):
        opened.personas.save(one)
    yield opened
    opened.close()


def study(
    workspace: Workspace,
    names: str = "paraphrase,scale_reversed,dont_know_withheld",
    *,
    model: str = MODEL,
    people: int = 12,
    asked: Instrument = ASKED,
    wordings: Wordings = WORDS,
    **choices: Any,
) -> Study:
    who = tuple(PersonaRef(id=one.id, version=1) for one in crowd(people))
    way = Mechanism(method="profile")
    asking = Asking(people=who, mechanism=way, model=model, concurrency=1, **choices)
    return Study(workspace, asked, chosen(names), asking, wordings)


def plant(workspace: Workspace) -> Planted:
    planted = Planted()
    info = ModelInfo(spec=MODEL, name=MODEL, default_temperature=1.0)
    workspace._models[MODEL] = ScriptedModel(planted, info=info)
    return planted


async def measured(workspace: Workspace, **choices: Any) -> RobustnessResult:
    plant(workspace)
    return await study(workspace, **choices).measure()


async def test_a_planted_effect_is_found_and_what_does_nothing_is_not(
    workspace: Workspace,
) -> None:
    result = await measured(workspace, replicates=2)
    assert (result.people, result.replicates, result.temperature) == (12, 2, 1.0)
    framed, turned, withheld = result.perturbations
    assert [one.id for one in framed.items] == ["r1", "r2", "c1"]
    first, second, fruit = framed.items
    assert first.shift and first.shift.value == 1 and first.shift.clear
    assert second.shift and second.shift.value == -1
    assert fruit.changed.value == 0 and fruit.shift is None
    assert framed.scales[0].id == "kind" and framed.scales[0].items == 2
    assert first.changed.value == 1 and first.retest.value and first.retest.value < 1
    assert first.beyond.value and first.beyond.value > 0
    assert framed.wordings["r1"] == "Trams, yes.\u2060"
    assert turned.spared == {
        "c1": "it has no scale", "why": "it has no scale",
    }  # fmt: skip
    assert turned.overall and turned.overall.changed.value == 0
    assert withheld.overall is None and withheld.run is None and len(withheld.spared) == 4
    assert result.left_out == ("why",)
    assert list(result.runs) == ["original", "retest", "paraphrase", "scale_reversed"]
    assert result.calls == 4 * 12 * 2 * 4
    assert set(result.missing.values()) == {0} and result.notes == ()


async def test_the_runs_differ_in_the_items_and_in_nothing_else(workspace: Workspace) -> None:
    result = await measured(workspace, people=2)
    cells = {
        name: [
            (interview.seed, cell.item_id, cell.seed, cell.temperature, interview.position)
            for interview, cell in workspace.runs.records(run_id)
        ]
        for name, run_id in result.runs.items()
    }
    assert cells["original"] == cells["paraphrase"] == cells["scale_reversed"]
    assert {one[2] for one in cells["original"]}.isdisjoint(one[2] for one in cells["retest"])
    specs = {name: workspace.runs.spec(run_id) for name, run_id in result.runs.items()}
    assert specs["retest"].instrument == specs["original"].instrument
    shown = specs["scale_reversed"].instrument.items[0]
    assert [one.code for one in shown.options] == ["5", "4", "3", "2", "1"]
    assert shown.text == specs["original"].instrument.items[0].text
    assert result.notes == (FEW_NOTE,)
    assert study(workspace, people=2).size().calls == len(result.runs) * 2 * 4


async def test_interrupted_it_goes_on_and_complete_it_is_a_new_one(workspace: Workspace) -> None:
    planted = plant(workspace)
    planted.dies_after = 21
    with pytest.raises(FatalModelError):
        await study(workspace, people=4).measure()
    planted.dies_after = None
    first = await study(workspace, people=4).measure()
    assert len(planted.requests) == 4 * 4 * 4 == first.calls
    assert len(workspace.runs.list()) == 4
    second = await study(workspace, people=4).measure()
    assert set(second.runs.values()).isdisjoint(first.runs.values())
    assert second.perturbations[0].items == first.perturbations[0].items
    other = await study(workspace, "paraphrase", people=4, wordings=Wordings()).measure()
    assert len(other.runs) == 3 and len(workspace.runs.list()) == 11


async def test_simulated_respondents_are_asked_like_others(workspace: Workspace) -> None:
    result = await study(workspace, "typos,polarity", model="behavioural").measure()
    typos, polarity = result.perturbations
    assert typos.overall and typos.overall.changed.value == 0 and result.calls == 0
    assert [one.id for one in polarity.items] == ["r1"]
    assert polarity.wordings["r1"] == "I am not <b>fond</b> of trams."
    supplied = Wordings(negation={"r2": "Trams annoy me."})
    turned = await study(workspace, "polarity", model="behavioural", wordings=supplied).measure()
    assert [one.id for one in turned.perturbations[0].items] == ["r1", "r2"]


async def test_a_retest_that_repeats_the_original_is_told_of(workspace: Workspace) -> None:
    only = instrument(choice(1))
    result = await measured(
        workspace, asked=only, names="options_reversed", wordings=Wordings(), people=3
    )
    assert result.notes == (SAME_NOTE,)


def test_what_cannot_be_measured_is_refused(workspace: Workspace) -> None:
    plant(workspace)
    words = instrument(Item(id="why", kind=Kind.LONG_TEXT, text="Why is that?"))
    with pytest.raises(InputError, match="cannot be held against each other"):
        study(workspace, asked=words, wordings=Wordings())
    with pytest.raises(InputError, match="wordings name items that are not there: r1, r2"):
        study(workspace, asked=instrument(choice(1)))
    with pytest.raises(InputError, match="nothing of scale_reversed applies"):
        study(workspace, "scale_reversed", asked=instrument(choice(1)), wordings=Wordings())


async def test_the_page_shows_the_numbers_and_escapes_what_it_is_given(
    workspace: Workspace, tmp_path: Path
) -> None:
    result = await measured(workspace, wordings=Wordings(), names="distraction,options_reversed")
    path = write_robustness(result, tmp_path / "out")
    text = path.read_text(encoding="utf-8")
    assert text == page(result)
    assert "<b>fond</b>" not in text and "&lt;b&gt;fond" in text
    assert "<svg" in text and "Simulated respondents" in text and "<script" not in text
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert "Not applied to r1 (its options are a scale, which scale_reversed turns round)" in text
    written = json.loads((tmp_path / "out" / "robustness.json").read_text(encoding="utf-8"))
    assert RobustnessResult.model_validate(written) == result
    with (tmp_path / "out" / "robustness.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == as_csv(result).count("\n") - 1
    first = next(row for row in rows if row["people"] == "12" and row["id"] == "r1")
    effect = result.perturbations[1].items[0]
    assert effect.retest.interval
    assert float(first["retest"]) == pytest.approx(effect.retest.value, rel=1e-5)
    assert float(first["retest_low"]) == pytest.approx(effect.retest.interval.low, rel=1e-5)
    assert next(row["spared"] for row in rows if row["id"] == "r2").startswith("its options are a")
    assert [one.name for one in figures_of(result)] == [
        "All items: changed beyond the retest", "distraction: mean shift",
    ]  # fmt: skip
    assert stars(result) == (0, 4)

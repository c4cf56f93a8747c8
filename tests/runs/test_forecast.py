"""What a run will take: priced model by model, half of it in batches, unknown where it is."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from simulacra.domain.design import Condition, Design
from simulacra.domain.run import PersonaRef, RunSpec, RunStatus
from simulacra.errors import InputError
from simulacra.runs.forecast import Forecast
from simulacra.settings import Settings
from simulacra.workspace import Workspace
from tests.support.studies import instrument, person

PRICES = {"cheap": {"input": 1.0, "output": 4.0}, "dear": {"input": 10.0, "output": 40.0}}
TWO = Design(
    conditions=(
        Condition(name="a", model="openai:cheap"),
        Condition(name="b", model="openai:dear", share=2),
    )
)


@pytest.fixture
async def workspace(tmp_path: Path) -> AsyncIterator[Workspace]:
    settings = Settings.model_validate(
        {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "prices": PRICES}
    )
    opened = Workspace.open(tmp_path, settings=settings)
    yield opened
    await opened.aclose()


def planned(workspace: Workspace, *, people: int = 12, **choices: Any) -> RunSpec:
    stored = workspace.personas.save_all([person(f"Person {one}") for one in range(people)])
    refs = [PersonaRef(id=one.id, version=one.version) for one in stored]
    return workspace.spec(instrument(3), refs, method="profile", **choices)


async def forecast(workspace: Workspace, **choices: Any) -> Forecast:
    return await workspace.forecast(planned(workspace, **choices))


async def test_a_study_in_batches_costs_half_and_comes_in_waves(workspace: Workspace) -> None:
    whole = await forecast(workspace, model="openai:cheap")
    half = await forecast(workspace, model="openai:cheap", batch=True, concurrency=5_000)
    assert half.cost == pytest.approx(whole.cost / 2) and half.cost > 0
    assert (whole.waves, half.waves) == (0, 3)
    small = await forecast(workspace, model="openai:cheap", batch=True, concurrency=6)
    assert small.waves == 6


async def test_each_model_of_a_study_has_its_price(workspace: Workspace) -> None:
    cheap = await forecast(workspace, model="openai:cheap")
    dear = await forecast(workspace, model="openai:dear")
    both = await forecast(workspace, design=TWO)
    assert dear.cost == pytest.approx(10 * cheap.cost)
    assert both.cost == pytest.approx(cheap.cost / 3 + dear.cost * 2 / 3, rel=0.01)
    assert both.calls == cheap.calls
    assert planned(workspace, design=TWO).model == "openai:cheap"


async def test_what_has_no_price_is_named(workspace: Workspace) -> None:
    found = await forecast(workspace, model="openai:strange")
    assert (found.cost, found.unpriced) == (0.0, ("openai:strange",))
    assert (await forecast(workspace, model="openai:dear")).unpriced == ()
    with pytest.raises(InputError, match="no price is set for openai:strange"):
        planned(workspace, model="openai:strange", max_cost=1.0)


async def test_what_asks_at_once_goes_in_no_batch(workspace: Workspace) -> None:
    with pytest.raises(InputError, match="leave out --batch"):
        planned(workspace, model="openai:cheap", batch=True, elicit="logprobs")


async def test_models_with_temperatures_of_their_own_need_one(
    workspace: Workspace, tmp_path: Path
) -> None:
    mixed = Design(
        conditions=(
            Condition(name="a", model="openai:cheap"),
            Condition(name="b", model="embedded"),
        )
    )
    with pytest.raises(InputError, match="give one --temperature for all"):
        planned(workspace, design=mixed)
    assert planned(workspace, design=mixed, temperature=0.5).all_models[1] == "embedded"


async def test_a_budget_holds_over_all_models_of_a_study(tmp_path: Path) -> None:
    script = "rules:\n  - choose: true\n"
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text(script, encoding="utf-8")
    models = [f"scripted:{tmp_path / name}.yaml" for name in ("one", "two")]
    design = Design(
        conditions=tuple(Condition(name=one[-8:-5], model=one) for one in models), within=True
    )
    workspace = Workspace.open(tmp_path / "ws", settings=Settings())
    spec = planned(workspace, design=design, max_calls=20)
    run_id = workspace.plan(
        spec.instrument, spec.personas, method="profile", design=design, max_calls=20
    )
    summary = await workspace.run(run_id)
    assert (summary.status, summary.calls) == (RunStatus.PAUSED, 20)
    assert "budget of 20 calls" in summary.note
    summary = await workspace.run(run_id)
    assert summary.calls == 20
    await workspace.aclose()

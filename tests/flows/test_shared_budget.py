"""A budget holds over all processes at a run together, but for what is under way in the others."""

import asyncio
from pathlib import Path

import pytest

from simulacra.domain.run import PersonaRef, RunStatus
from simulacra.settings import Settings
from simulacra.workspace import Workspace
from tests.support.studies import instrument, person

CONCURRENCY, ITEMS, BUDGET = 3, 5, 60


@pytest.mark.parametrize("workers", [1, 2])
async def test_workers_share_one_budget(url: str, tmp_path: Path, workers: int) -> None:
    script = tmp_path / "script.yaml"
    script.write_text("delay: 0.002\nrules:\n  - choose: true\n", encoding="utf-8")
    settings = Settings(model=f"scripted:{script}")
    spaces = [
        Workspace.open(tmp_path / str(number), settings=settings, database_url=url)
        for number in range(workers)
    ]
    first = spaces[0]
    people = first.personas.save_all([person(f"Person {number}") for number in range(30)])
    run_id = first.plan(
        instrument(ITEMS),
        [PersonaRef(id=one.id, version=one.version) for one in people],
        method="blank",
        concurrency=CONCURRENCY,
        max_calls=BUDGET,
    )
    ended = await asyncio.gather(*(one.run(run_id, shared=True) for one in spaces))
    assert {one.status for one in ended} == {RunStatus.PAUSED}
    assert all(f"budget of {BUDGET} calls is used up" in one.note for one in ended)
    summary = first.runs.summary(run_id)
    assert BUDGET <= summary.calls <= BUDGET + (workers - 1) * CONCURRENCY
    assert summary.done == summary.calls < summary.cells
    for one in spaces:
        await one.aclose()

"""Waves of a panel on every database: SQLite, and PostgreSQL where it is there."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from simulacra.domain.call import Request
from simulacra.domain.run import PersonaRef, RunStatus
from simulacra.domain.survey import Instrument, Item, Kind
from simulacra.runs import sole
from simulacra.settings import Settings
from simulacra.storage import tables
from simulacra.workspace import Workspace
from tests.support.minds import FakeModel
from tests.support.people import ilka

SPEC = "scripted:there-is-no-file"
WHO = [PersonaRef(id="ilka-varga", version=1)]
CLOCKS = Instrument(
    id="clocks", items=(Item(id="clocks", kind=Kind.SHORT_TEXT, text="What of clocks?"),)
)


NOTED = {"content": "I was asked of clocks.", "thought": "", "feeling": "", "summary": "",
         "importance": 4, "turns": [1], "contradicts": ""}  # fmt: skip


@pytest.fixture
def opened(url: str, tmp_path: Path) -> Callable[[str], Workspace]:
    def open_(name: str) -> Workspace:
        workspace = Workspace.open(tmp_path / name, settings=Settings(), database_url=url)
        workspace._models[SPEC] = FakeModel({"consolidation": json.dumps({"memories": [NOTED]})})
        return workspace

    return open_


async def test_a_second_wave_remembers_the_first(opened: Any) -> None:
    with opened("w") as workspace:
        workspace.personas.save(ilka())
        first = workspace.plan(CLOCKS, WHO, model=SPEC, replicates=2, learn=True)
        assert (await workspace.run(first)).status is RunStatus.DONE
        second = workspace.plan(CLOCKS, WHO, model=SPEC, replicates=2, after=first)
        assert (await workspace.run(second)).status is RunStatus.DONE
        recalled = [
            [one.memory.id for one in cell.reply.recalled if one.memory.origin == "conversation"]
            for _, cell in workspace.runs.records(second)
        ]
        assert [len(one) for one in recalled] == [1, 1]
        learned = workspace.learned.list("ilka-varga")
        assert {one.id for one in learned} == {one for some in recalled for one in some}
        assert workspace.learned.forget("ilka-varga", learned[:1])[0].status == "forgotten"


async def test_two_that_resume_one_run_pay_once(
    opened: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sole, "LOOK_SECONDS", 0.01)
    bought: list[str] = []
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def wait(request: Request) -> None:
        if request.prompt_name == "consolidation":
            bought.append(request.prompt_name)
            begun.set()
            await go_on.wait()

    with opened("one") as one, opened("two") as two:
        for workspace in (one, two):
            workspace._models[SPEC] = FakeModel(
                {"consolidation": json.dumps({"memories": [NOTED]})}, before=wait
            )
        one.personas.save(ilka())
        run_id = one.plan(CLOCKS, WHO, model=SPEC, replicates=3, learn=True)
        first = asyncio.create_task(one.run(run_id))
        await begun.wait()
        second = asyncio.create_task(two.run(run_id))
        await asyncio.sleep(1)
        go_on.set()
        done = await asyncio.gather(first, second)
        assert [summary.status for summary in done] == [RunStatus.DONE] * 2
        assert len(bought) == len(one.learned.list("ilka-varga")) == 3
        with one.database.read() as connection:
            count = select(func.count()).select_from(tables.learning_claims)
            assert connection.execute(count).scalar() == 0

"""What was bought is never lost: the run's totals are what the server counted, however it ended."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from personas.library import library
from simulacra.domain.run import Abandoned, Cell, PersonaRef, RunStatus, RunSummary
from simulacra.domain.survey import Instrument
from simulacra.errors import FatalModelError
from simulacra.export.rows import LONG_COLUMNS, long_row
from simulacra.settings import Settings
from simulacra.workspace import Workspace
from tests.support.openai_server import OpenAIServer
from tests.support.studies import instrument

PRICE = {"m": {"input": 2.0, "output": 8.0}}


class Bought(NamedTuple):
    """A run after it ended, with what it stored."""

    summary: RunSummary
    cells: list[Cell]
    abandoned: list[Abandoned]
    agents: list[str]


class Study:
    """One person, a few items, the whole mechanism, against the test server."""

    def __init__(self, workspace: Workspace, server: OpenAIServer) -> None:
        self.workspace, self.server = workspace, server

    def plan(self, items: int = 1, *, max_calls: int | None = None) -> str:
        persona = self.workspace.personas.save(library()[0])
        ref = PersonaRef(id=persona.id, version=persona.version)
        survey: Instrument = instrument(items)
        return self.workspace.plan(
            survey, [ref], method="cognitive", model="openai:m", max_calls=max_calls
        )

    def bought(self, run_id: str) -> Bought:
        """What the run holds; its totals must be the server's and those of the calls stored."""
        runs = self.workspace.runs
        summary, abandoned = runs.summary(run_id), runs.abandoned(run_id)
        found = list(runs.records(run_id))
        cells = [cell for _, cell in found]
        calls = [call for one in (*cells, *abandoned) for call in one.calls]
        tokens = sum(call.usage.tokens_in + call.usage.tokens_out for call in calls)
        assert (summary.calls, summary.tokens) == (
            self.server.billed_calls,
            self.server.billed_tokens,
        )
        assert (summary.calls, summary.tokens) == (sum(one.attempts for one in calls), tokens)
        assert summary.cost == pytest.approx(sum(call.cost for call in calls))
        assert (summary.cost > 0) == bool(calls)
        place = {column.name: number for number, column in enumerate(LONG_COLUMNS)}
        rows = [long_row(run_id, interview, cell) for interview, cell in found]
        for row, cell in zip(rows, cells, strict=True):
            assert row[place["calls"]] == len(cell.calls)
            assert row[place["tokens_in"]] == sum(one.usage.tokens_in for one in cell.calls)
            assert row[place["cost"]] == pytest.approx(sum(one.cost for one in cell.calls))
        return Bought(summary, cells, abandoned, sorted(one.request.agent for one in calls))


Opened = Callable[[OpenAIServer, int], Study]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opened:
    def open_(server: OpenAIServer, attempts: int = 1) -> Study:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-any")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        settings = Settings.model_validate({"max_attempts": attempts, "prices": PRICE})
        return Study(Workspace.open(tmp_path, settings=settings), server)

    return open_


async def test_an_agent_beside_one_that_fails_is_paid_for_and_kept(opened: Opened) -> None:
    async with OpenAIServer() as server:
        study = opened(server, 1)
        run_id = study.plan()
        server.misbehave("none")
        server.misbehave("failed")
        await study.workspace.run(run_id)
        after = study.bought(run_id)
        assert (after.summary.status, after.summary.missing) == (RunStatus.DONE, 1)
        assert server.count == 2 and server.billed_calls == 1
        (cell,) = after.cells
        assert len(cell.unanswered) == 1 and cell.replies == ()
        await study.workspace.run(run_id)
        after = study.bought(run_id)
        assert after.summary.missing == 0 and server.billed_calls == 1 + 2, (
            "what was felt is not bought again"
        )
        await study.workspace.aclose()


async def test_calls_before_a_top_agent_that_fails_are_kept(opened: Opened) -> None:
    async with OpenAIServer() as server:
        study = opened(server, 1)
        run_id = study.plan(items=2)
        server.misbehave("none", times=2)
        server.misbehave("failed")
        await study.workspace.run(run_id)
        after = study.bought(run_id)
        assert [len(cell.unanswered) for cell in after.cells] == [2, 0]
        assert server.billed_calls == 5
        await study.workspace.aclose()


async def test_a_key_refused_in_the_middle_of_an_answer(opened: Opened) -> None:
    async with OpenAIServer() as server:
        study = opened(server, 1)
        run_id = study.plan(items=2)
        server.misbehave("none", times=5)
        server.misbehave("refused")
        with pytest.raises(FatalModelError):
            await study.workspace.run(run_id)
        after = study.bought(run_id)
        assert (after.summary.status, after.summary.done) == (RunStatus.FAILED, 1)
        assert after.summary.missing == 0
        assert [(one.item_id, one.position) for one in after.abandoned] == [("q2", 1)] * 2
        assert after.agents == ["emotion", "emotion", "planning", "planning", "top"]
        await study.workspace.run(run_id)
        after = study.bought(run_id)
        assert (after.summary.status, after.summary.done) == (RunStatus.DONE, 2)
        assert server.billed_calls == 3 + 2 + 1, "feeling and plan are not bought again"
        await study.workspace.aclose()


async def test_a_budget_spent_in_the_middle_of_an_answer(opened: Opened) -> None:
    async with OpenAIServer() as server:
        study = opened(server, 1)
        run_id = study.plan(items=3, max_calls=5)
        await study.workspace.run(run_id)
        after = study.bought(run_id)
        assert (after.summary.status, after.summary.done) == (RunStatus.PAUSED, 1)
        assert after.summary.calls == 5 and len(after.abandoned) == 2
        await study.workspace.run(run_id)
        after = study.bought(run_id)
        assert (after.summary.calls, server.count) == (5, 5), "resuming buys nothing more"
        await study.workspace.aclose()


@pytest.mark.parametrize("kind", ["length", "no_text"])
@pytest.mark.parametrize("times", [1, 3])
async def test_replies_that_are_no_good_are_paid_for(opened: Opened, kind: str, times: int) -> None:
    async with OpenAIServer() as server:
        study = opened(server, 2)
        run_id = study.plan()
        server.misbehave("none", times=2)
        server.misbehave(kind, times=times)
        await study.workspace.run(run_id)
        after = study.bought(run_id)
        assert after.summary.missing == (1 if times > 1 else 0)
        assert server.billed_calls == 4
        (cell,) = after.cells
        assert sorted(call.attempts for call in cell.calls) == [1, 1, 2]
        await study.workspace.aclose()

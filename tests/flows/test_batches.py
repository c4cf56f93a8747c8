"""A study by the Batch API: the answers of one asked directly, in as many waves as it has items."""

from pathlib import Path

import pytest

from simulacra.domain.answer import Response
from simulacra.domain.run import PersonaRef, RunStatus
from simulacra.errors import InputError
from simulacra.llm import batched
from simulacra.settings import Settings
from simulacra.workspace import Workspace
from tests.support.openai_server import OpenAIServer
from tests.support.studies import instrument, person

PEOPLE, ITEMS = 6, 3
PRICE = {"m": {"input": 2.0, "cached_input": 2.0, "output": 8.0}}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batched, "QUIET_SECONDS", 0.3)
    monkeypatch.setattr(batched, "POLL_SECONDS", 0.01)


def planned(workspace: Workspace, *, batch: bool, model: str = "openai:m") -> str:
    people = workspace.personas.save_all([person(f"Person {one}") for one in range(PEOPLE)])
    refs = [PersonaRef(id=one.id, version=one.version) for one in people]
    return workspace.plan(
        instrument(ITEMS), refs, method="profile", model=model, batch=batch, concurrency=PEOPLE
    )


def answers(workspace: Workspace, run_id: str) -> list[tuple[str, str, Response]]:
    return [(one.id, cell.item_id, cell.response) for one, cell in workspace.runs.records(run_id)]


async def test_a_study_in_batches(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with OpenAIServer() as server:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-any")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        settings = Settings.model_validate({"prices": PRICE})
        workspace = Workspace.open(tmp_path, settings=settings)
        direct, run_id = planned(workspace, batch=False), planned(workspace, batch=True)
        full = await workspace.run(direct)
        asked = server.billed_calls
        server.misbehave("failed")
        half = await workspace.run(run_id)
        assert (half.status, half.done, half.missing) == (RunStatus.DONE, PEOPLE * ITEMS, 0)
        assert answers(workspace, run_id) == answers(workspace, direct)
        assert half.cost == pytest.approx(full.cost / 2)
        assert server.billed_calls == asked * 2
        assert sum(server.batches.sizes) == PEOPLE * ITEMS + 1  # one failed and went again
        assert len(server.batches.sizes) <= 2 * ITEMS
        with pytest.raises(InputError, match="sent by one process"):
            await workspace.run(run_id, shared=True)
        await workspace.aclose()


def test_only_a_hosted_model_takes_batches(tmp_path: Path) -> None:
    script = tmp_path / "script.yaml"
    script.write_text("rules:\n  - choose: true\n", encoding="utf-8")
    with Workspace.open(tmp_path, settings=Settings()) as workspace:
        with pytest.raises(InputError, match="only openai:NAME takes batches, not scripted:"):
            planned(workspace, batch=True, model=f"scripted:{script}")
        assert workspace.runs.list() == []

"""kill -9 in the middle of a selection: what was bought stays, and the end is the same."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from personas.selection.selecting import planned, select
from simulacra.domain.call import Completion, Request
from simulacra.domain.selection import Selection
from simulacra.llm.port import Model
from simulacra.workspace import Workspace
from tests.conftest import ROOT
from tests.support.candidates import candidate

PEOPLE, KILL_AFTER, CONCURRENCY = 16, 4, 2
SCRIPT = "delay: 0.2\nrules:\n  - choose: true\n"


class Counted:
    """Counts what is bought."""

    def __init__(self, inner: Model) -> None:
        self._inner, self.info = inner, inner.info
        self.bought: Counter[str] = Counter()

    async def complete(self, request: Request) -> Completion:
        self.bought[request.key()] += 1
        return await self._inner.complete(request)

    async def aclose(self) -> None:
        await self._inner.aclose()


def ledger(workspace: Workspace) -> list[str]:
    """Keys of the requests that the ledger holds a reply to."""
    people = [f"sample-{number:03d}" for number in range(PEOPLE)]
    calls = [call for one in people for call in workspace.authoring.calls(one)]
    return [call.request.key() for call in calls]


async def conduct(folder: Path, model: str) -> tuple[Selection, Counter[str]]:
    workspace = Workspace.open(folder)
    counted = Counted(workspace.model(model))
    workspace._models[model] = counted  # type: ignore[assignment]
    spec = planned(workspace, "sample", 5, model=model)
    found = await select(workspace, spec, concurrency=CONCURRENCY)
    await workspace.aclose()
    return found, counted.bought


def seeded(folder: Path) -> Path:
    with Workspace.open(folder) as workspace:
        for number in range(PEOPLE):
            workspace.personas.save(candidate(number))
    return folder


def command(folder: Path, model: str) -> Sequence[str]:
    return [
        sys.executable, "-c", "from ui.cli import main; main()", "--workspace", str(folder),
        "persona", "select", "sample", "--keep", "5", "--model", model,
        "--concurrency", str(CONCURRENCY),
    ]  # fmt: skip


async def test_a_killed_selection_buys_nothing_twice(tmp_path: Path) -> None:
    script = tmp_path / "judge.yaml"
    script.write_text(SCRIPT, encoding="utf-8")
    model = f"scripted:{script}"
    calm, whole = await conduct(seeded(tmp_path / "calm"), model)

    folder = seeded(tmp_path / "killed")
    quiet = subprocess.DEVNULL
    with (
        Workspace.open(folder) as workspace,
        subprocess.Popen(command(folder, model), cwd=ROOT, stdout=quiet, stderr=quiet) as process,
    ):
        deadline = time.monotonic() + 60
        while len(ledger(workspace)) < KILL_AFTER:
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.01)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        kept = Counter(ledger(workspace))
    assert KILL_AFTER <= kept.total() < PEOPLE

    killed, bought = await conduct(folder, model)
    assert not bought & kept, "a finished call has been bought again"
    assert bought + kept == whole
    assert Counter(killed.scores) == Counter(calm.scores)
    assert killed.id == calm.id

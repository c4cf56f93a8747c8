"""The same seed gives the same answers; another seed gives others."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from personas.library import library
from simulacra.domain.answer import Answer
from simulacra.domain.run import PersonaRef
from simulacra.domain.survey import Instrument
from simulacra.settings import Settings
from simulacra.workspace import Workspace
from tests.support.studies import instrument

SCRIPT = """
rules:
  - when: {agent: emotion}
    choose: true
  - when: {agent: planning}
    choose: true
  - choose: true
"""
NOT_COMPARED = {"run_id", "latency_s", "recall_latency_s", "answered_at"}


def planned(workspace: Workspace, asked: Instrument, people: int, **choices: Any) -> str:
    """A planned run of the first people of the library."""
    saved = [workspace.personas.save(one) for one in library()[:people]]
    refs = [PersonaRef(id=one.id, version=one.version) for one in saved]
    return workspace.plan(asked, refs, **choices)


def tables(folder: Path) -> dict[str, list[dict[str, str]]]:
    """The CSV files, but for what no seed decides."""
    found = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            found[path.name] = [
                {name: value for name, value in row.items() if name not in NOT_COMPARED}
                for row in csv.DictReader(file)
            ]
    return found


async def study(folder: Path, script: Path, seed: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Tables and manifest of a run in a fresh workspace."""
    with Workspace.open(folder / "workspace", settings=Settings()) as workspace:
        run_id = planned(
            workspace, instrument(6), 3, model=f"scripted:{script}", seed=seed, replicates=2
        )
        await workspace.run(run_id)
        workspace.export(run_id, folder / "out", ["csv", "manifest"])
        await workspace.aclose()
    [path] = (folder / "out").glob("*manifest.json")
    manifest = json.loads(path.read_text(encoding="utf-8"))
    return tables(folder / "out"), manifest


async def test_a_seed_decides_the_answers(tmp_path: Path) -> None:
    script = tmp_path / "script.yaml"
    script.write_text(SCRIPT, encoding="utf-8")
    first, told = await study(tmp_path / "first", script, seed=11)
    second, _ = await study(tmp_path / "second", script, seed=11)
    other, other_told = await study(tmp_path / "other", script, seed=12)

    assert [len(rows) for rows in first.values()] == [3 * 2 * 6, 3 * 2]
    assert first == second
    answers, others = ([row["value"] for row in one["small_long.csv"]] for one in (first, other))
    assert all(answers) and answers != others
    assert told["reproducible"] is True
    assert (told["seed"], other_told["seed"]) == (11, 12)


@pytest.mark.embedded
async def test_the_embedded_model_answers_the_same_twice(tmp_path: Path) -> None:
    seen = []
    for name in ("first", "second"):
        settings = Settings(reproducible=True)
        with Workspace.open(tmp_path / name, settings=settings) as workspace:
            run_id = planned(
                workspace, instrument(2), 2, model="embedded", method="retrieval", seed=5
            )
            await workspace.run(run_id)
            assert workspace.stored(run_id).manifest["reproducible"] is True
            cells = [cell for _, cell in workspace.runs.records(run_id)]
            await workspace.aclose()
        assert len(cells) == 4 and all(isinstance(cell.response, Answer) for cell in cells)
        replies = [(one.text, one.probabilities) for cell in cells for one in cell.replies]
        assert all(probabilities for _, probabilities in replies)
        seen.append(([cell.response for cell in cells], replies))
    assert seen[0] == seen[1]

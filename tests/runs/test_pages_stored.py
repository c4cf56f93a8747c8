"""A run page by page that breaks off between the cells of a page, and goes on from its database."""

import csv
from pathlib import Path
from typing import Any

import pytest

from evaluation.instruments import find_instrument
from personas.library import library
from simulacra.domain.run import RunStatus
from simulacra.storage.runs import RunRepository
from simulacra.survey.formats import read_instrument
from simulacra.workspace import Workspace


async def test_what_a_page_brought_is_found_in_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "script.yaml"
    script.write_text("rules:\n  - choose: true\n", encoding="utf-8")
    instrument, _ = read_instrument(find_instrument("mini_ipip"))
    workspace = Workspace.open(tmp_path / "workspace")
    try:
        who = workspace.personas.save(library()[0]).id
        run_id = workspace.plan(instrument, who, model=f"scripted:{script}", page=True)
        stored, append = [], RunRepository.append

        def breaking(self: RunRepository, run: str, outcomes: list[object], **more: Any) -> Any:
            standing = append(self, run, outcomes, **more)  # type: ignore[arg-type]
            stored.extend(outcomes)
            if len(stored) >= 3:
                raise RuntimeError("broken off")
            return standing

        with monkeypatch.context() as patched:
            patched.setattr(RunRepository, "append", breaking)
            with pytest.raises(RuntimeError):
                await workspace.run(run_id)
        assert workspace.runs.summary(run_id).done == 3
        summary = await workspace.run(run_id)
        workspace.export(run_id, tmp_path / "files", ["csv"], name="pages")
    finally:
        await workspace.aclose()
    assert summary.status is RunStatus.DONE and summary.missing == 0
    assert summary.calls == 2 * 3  # two pages, each with a feeling, a plan and a reply
    with (tmp_path / "files" / "pages_long.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    items = [item.id for item in instrument.items]
    assert [row["page"] for row in rows] == ["", *[items[0]] * 9, "", *[items[10]] * 9]
    assert [int(row["calls"]) for row in rows] == [3, *[0] * 9] * 2
    assert sum(int(row["tokens_in"]) + int(row["tokens_out"]) for row in rows) == summary.tokens
    told = {(row["model"], row["agents"], row["prompt_hashes"]) for row in rows}
    assert len(told) == 1 and all(*told)

from pathlib import Path

from simulacra.runs.stored import StoredRun
from simulacra.workspace import Workspace
from tests.support.studies import instrument, person


def test_a_stored_run_carries_the_weight_its_people_had_when_planned(tmp_path: Path) -> None:
    with Workspace.open(tmp_path) as workspace:
        ada = workspace.personas.save(person(weight=0.4))
        run_id = workspace.plan(instrument(), "ada-byron", method="profile", model="embedded")
        workspace.personas.save(person(weight=3.0))
        run = StoredRun.load(run_id, workspace.runs, workspace.personas)
        (found,) = run.personas.values()
        assert found.weight == ada.weight == 0.4
        assert run.manifest["personas"][0]["weight"] == 0.4

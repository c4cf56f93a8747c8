"""The whole way on a real panel: rows become people, who answer and are held against the rows."""

import csv
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from evaluation.fidelity.measure import measure_fidelity
from personas.attributes.draw import SAMPLE_DAY
from personas.attributes.pools import load_pools
from personas.population.ids import with_ids
from personas.population.microdata import read_microdata
from personas.population.sample import sample
from simulacra.domain.run import PersonaRef
from simulacra.workspace import Workspace
from tests.support.gss import answers_mapping, instrument_of, people_mapping

DATA = Path(os.environ.get("SIMULACRA_TEST_DATA", "../shared/data")) / "gss-panel"
FILE = DATA / "respondents.csv"

pytestmark = [
    pytest.mark.skipif(not FILE.is_file(), reason=f"no shared data: {FILE} is not there"),
    pytest.mark.slow,
]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    opened = Workspace.open(tmp_path / "w")
    yield opened
    opened.close()


async def test_behavioural_people_of_the_panel(workspace: Workspace, tmp_path: Path) -> None:
    asked = instrument_of(DATA, ["abany", "health", "getahead"])
    rows = read_microdata(FILE, people_mapping(tmp_path), load_pools(), SAMPLE_DAY)
    people, _ = with_ids(sample(80, 1, microdata=rows).personas, {})
    workspace.personas.save_all(people)
    who = [PersonaRef(id=one.id, version=one.version) for one in people]
    run_id = workspace.plan(asked, who, model="behavioural", method="profile")
    await workspace.run(run_id)
    found = measure_fidelity(workspace, run_id, FILE, answers_mapping(asked, tmp_path))
    assert (found.people, found.humans, found.unmatched, found.behavioural) == (80, 507, 0, True)
    assert found.accuracy is not None
    assert found.accuracy.beyond_chance.interval is not None
    assert found.accuracy.beyond_chance.value == pytest.approx(0, abs=0.12)
    assert [one.group for one in found.groups if one.variable == "age"] == [
        "under 35", "35 to 50", "50 to 65", "65 and over",
    ]  # fmt: skip

    # The same numbers, worked out from the file alone.
    with FILE.open(encoding="utf-8", newline="") as file:
        human = {row["id"]: row for row in csv.DictReader(file)}
    drawn = [human[str(one.extra["sample"]["row"])] for one in people]
    for item in found.items:
        told = [row[f"{item.id}_w1"] for row in human.values() if row[f"{item.id}_w1"]]
        assert item.humans == len(told)
        if item.ordered:
            assert item.mean_human is not None
            assert item.mean_human.value == pytest.approx(sum(map(int, told)) / len(told))
        both = [
            (row[f"{item.id}_w1"], row[f"{item.id}_w2"])
            for row in drawn
            if row[f"{item.id}_w1"] and row[f"{item.id}_w2"]
        ]
        assert item.accuracy is not None
        assert item.accuracy.retest.n == len(both)
        assert item.accuracy.retest.value == pytest.approx(
            sum(one == other for one, other in both) / len(both)
        )

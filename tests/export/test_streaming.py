"""Stored cells pass through an export; they are not gathered in it."""

import weakref
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from simulacra.domain.run import Cell, Interview
from simulacra.export import export_run
from tests.support.exports import Run, small_run

RESPONDENTS = 300


class Many(Run):
    """As the small run, but with many respondents, whose cells are made when they are read."""

    most = 0

    def records(self) -> Iterator[tuple[Interview, Cell]]:
        alive = Counter[str]()
        first = [cell for who, cell in self.cells if who == self.cells[0][0]]
        for at in range(RESPONDENTS):
            who = self.cells[0][0].model_copy(update={"id": f"p{at}", "position": at})
            for cell in first:
                made = cell.model_copy(update={"interview_id": who.id})
                alive.update(["cells"])
                weakref.finalize(made, alive.subtract, ["cells"])
                yield who, made
            type(self).most = max(self.most, alive["cells"])


@pytest.mark.parametrize("form", ["csv", "parquet", "sav", "dta", "psychds", "xlsx", "ddi"])
def test_no_more_than_a_few_respondents_are_in_memory(form: str, tmp_path: Path) -> None:
    small = small_run()
    run = Many(small.spec, small.cells, personas=small.personas)
    Many.most = 0
    export_run(run, tmp_path, [form])
    assert 0 < Many.most <= 2 * 6
    if form == "parquet":
        assert pq.read_table(tmp_path / "trial_wide.parquet").num_rows == RESPONDENTS

"""A whole study by the command line: imported, run, killed, finished by others, exported."""

import csv
import math
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from simulacra.domain.run import RunStatus
from simulacra.storage.database import open_database
from simulacra.storage.runs import RunRepository
from tests.support.branching import TRUST, branching, population

_KILLED_AT = (0.2, 0.5)
_Z = 1.96


class Outcome(NamedTuple):
    """What came of it; the effect is that of the treatment on the mean of the scale."""

    people: int
    questions: int
    cells: int
    done: int
    kills: int
    files: tuple[str, ...]
    gain: float
    low: float
    high: float


class Study:
    """One study in a folder, on a database."""

    def __init__(self, folder: Path, database: str) -> None:
        self._folder, self._database = folder, database

    def conduct(self, people: int, seed: int = 3) -> Outcome:
        """Run it as a user would, killing two processes on the way."""
        survey = branching(self._folder / "branching.qsf")
        model = f"behavioural:{population(self._folder / 'people.yaml')}"
        self._call("persona", "sample", str(people), "--seed", str(seed))
        first = self._start(
            "run", str(survey), "--personas", "sample", "--model", model,
            "--factor", "tone=warm,cold", "--seed", str(seed), "--concurrency", "4",
        )  # fmt: skip
        runs = RunRepository(open_database(self._database))
        run_id = self._id(runs, first)
        self._kill(first, runs, run_id, _KILLED_AT[0])
        self._kill(self._start("worker", run_id), runs, run_id, _KILLED_AT[1])
        last = [self._start("worker", run_id) for _ in range(2)]
        assert [one.wait() for one in last] == [0, 0]
        summary = runs.summary(run_id)
        assert summary.status is RunStatus.DONE, summary
        out = self._folder / "out"
        self._call("export", run_id, "--out", str(out))
        gain, error = effect(out / "branching_wide.csv")
        return Outcome(
            people=people,
            questions=runs.spec(run_id).instrument.questions,
            cells=summary.cells,
            done=summary.done,
            kills=len(_KILLED_AT),
            files=tuple(sorted(one.name for one in out.iterdir())),
            gain=gain,
            low=gain - _Z * error,
            high=gain + _Z * error,
        )

    def _command(self, args: Sequence[str]) -> list[str]:
        entry = "from ui.cli import main; main()"
        where = ("--workspace", str(self._folder / "w"), "--database-url", self._database)
        return [sys.executable, "-c", entry, *where, *args]

    def _call(self, *args: str) -> None:
        subprocess.run(self._command(args), check=True, capture_output=True)

    def _start(self, *args: str) -> "subprocess.Popen[bytes]":
        quiet = subprocess.DEVNULL
        return subprocess.Popen(self._command(args), stdout=quiet, stderr=quiet)

    def _id(self, runs: RunRepository, process: "subprocess.Popen[bytes]") -> str:
        while True:
            if found := runs.list():
                return found[0].id
            assert process.poll() is None, "the run ended before it was planned"
            time.sleep(0.1)

    def _kill(
        self, process: "subprocess.Popen[bytes]", runs: RunRepository, run_id: str, share: float
    ) -> None:
        while True:
            summary = runs.summary(run_id)
            if summary.done >= share * summary.cells:
                break
            assert process.poll() is None, f"ended at {summary.done} of {summary.cells}"
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()


def effect(wide: Path) -> tuple[float, float]:
    """How much higher the scale is under the treatment than without, and its standard error."""
    scores: dict[str, list[float]] = {}
    with wide.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            answers = [float(row[name]) for name in row if name.startswith(f"{TRUST}_")]
            scores.setdefault(row["condition"], []).append(statistics.fmean(answers))
    warm, cold = scores["tone=warm"], scores["tone=cold"]
    gain = statistics.fmean(warm) - statistics.fmean(cold)
    variance = sum(statistics.variance(some) / len(some) for some in (warm, cold))
    return gain, math.sqrt(variance)

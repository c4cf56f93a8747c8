"""kill -9 at twenty moments: the run, resumed each time, ends as if nothing had happened.

On PostgreSQL, where a server is there, a shorter run is killed a few times.
"""

import csv
import io
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from simulacra.domain.run import PersonaRef, RunStatus
from simulacra.export import export_run
from simulacra.runs.plan import plan
from simulacra.runs.stored import StoredRun
from simulacra.storage.database import Database, open_database
from simulacra.storage.personas import PersonaRepository
from simulacra.storage.runs import RunRepository
from tests.conftest import ROOT
from tests.support.killable import conduct
from tests.support.studies import person, spec

CONCURRENCY = 8
CALLS = 4  # of one answer with its re-ask
TIMES = {"latency_s", "recall_latency_s", "answered_at"}
NOT_COMPARED = {"run_id", "tokens_cached", "attempts", *TIMES}


class Size(NamedTuple):
    """How much is asked, and how often the run is killed."""

    people: int
    items: int
    replicates: int
    kills: int

    @property
    def answers(self) -> int:
        return self.people * self.items * self.replicates


WHOLE, SHORT = Size(10, 10, 3, kills=20), Size(5, 6, 2, kills=4)
PAGES = Size(8, 20, 3, kills=8)


def exported(database: Database, run_id: str, out: Path) -> dict[str, str]:
    """The CSV files of a run byte for byte, but for the columns in ``NOT_COMPARED``."""
    run = StoredRun.load(run_id, RunRepository(database), PersonaRepository(database))
    return {path.name: _comparable(path) for path in export_run(run, out, ["csv"])}


def _comparable(path: Path) -> str:
    """A file without the named columns; what is left keeps its order and every byte."""
    text = path.read_bytes().decode()
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert _written(rows) == text, "written again whole, the file is the same"
    kept = [place for place, name in enumerate(rows[0]) if name not in NOT_COMPARED]
    return _written([row[place] for place in kept] for row in rows)


def _written(rows: Iterable[list[str]]) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


def study(url: str, size: Size, *, page: bool = False) -> tuple[str, str]:
    """The people in the database, and the same run planned twice: the ids of both."""
    with opened(url) as database:
        people = PersonaRepository(database)
        names = [f"Person {number}" for number in range(size.people)]
        saved = [people.save(person(name, memories=6)) for name in names]
        planned = spec(
            items=size.items,
            personas=tuple(PersonaRef(id=one.id, version=one.version) for one in saved),
            replicates=size.replicates,
            concurrency=CONCURRENCY,
            method="cognitive",
            seed=20,
            page=page,
        )
        runs = RunRepository(database)
        return runs.create(planned, plan(planned)), runs.create(planned, plan(planned))


@contextmanager
def opened(url: str) -> Iterator[Database]:
    database = open_database(url)
    yield database
    database.close()


def bought(log: Path) -> list[str]:
    return log.read_text().splitlines() if log.exists() else []


def stored(url: str, run_id: str) -> tuple[int, set[str]]:
    """How many answers are stored, and the calls that they took as the log names them."""
    with opened(url) as database:
        records = list(RunRepository(database).records(run_id))
    calls = [call for _, cell in records for reply in cell.replies for call in reply.calls]
    return len(records), {f"{call.request.agent} {call.request.key()}" for call in calls}


def wait_for(log: Path, lines: int, process: int) -> None:
    """Until so many calls are bought."""
    deadline = time.monotonic() + 60
    while len(bought(log)) < lines:
        assert time.monotonic() < deadline, "the run does not get on"
        os.kill(process, 0)
        time.sleep(0.002)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and kill -9")
@pytest.mark.parametrize("page", [False, True], ids=["items", "pages"])
async def test_kills_change_nothing(url: str, tmp_path: Path, page: bool) -> None:
    size = PAGES if page else WHOLE if url.startswith("sqlite") else SHORT
    calm, killed = study(url, size, page=page)
    run_id, log = calm, tmp_path / "calm.log"
    await conduct(url, run_id, log, delay=0.0)
    with opened(url) as database:
        expected = exported(database, run_id, tmp_path / "calm-files")
    answers, _ = stored(url, run_id)
    whole = Counter(bought(log))
    assert sorted(expected) == ["study_long.csv", "study_wide.csv"]
    assert answers == size.answers
    assert len(expected["study_long.csv"].splitlines()) > answers
    answered = [count for call, count in whole.items() if call.startswith("top ")]
    asked = size.people * size.replicates * 2 if page else answers
    assert len(answered) > asked, "some answers are asked again"
    assert max(answered) == 1

    run_id, log = killed, tmp_path / "killed.log"
    chance = random.Random(300)
    last = whole.total() * 9 // 10
    moments = sorted(chance.sample(range(1, last), size.kills))
    command = [sys.executable, "-m", "tests.support.killable", url, run_id, str(log)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as keeper:
        assert keeper.stdin is not None and keeper.stdout is not None
        said = keeper.stdout
        assert said.readline() == "ready\n"

        def start() -> int:
            print("go", file=keeper.stdin, flush=True)
            return int(said.readline())

        kept, safe = 0, set[str]()
        for moment in moments:
            before = len(bought(log))
            process = start()
            wait_for(log, max(before + 1, moment), process)
            time.sleep(chance.uniform(0, 0.01))
            os.kill(process, signal.SIGKILL)
            assert int(said.readline()) == -signal.SIGKILL
            again = safe & set(bought(log)[before:])
            assert not again, "an answer that was stored has been bought again"
            kept, safe = stored(url, run_id)
            open_calls = set(bought(log)) - safe
            in_flight = [one for one in open_calls if one.startswith("top ")]
            assert len(in_flight) <= CONCURRENCY * 2  # a re-ask is a second call
        assert 0 < kept < answers
        with opened(url) as database:
            assert RunRepository(database).summary(run_id).status is RunStatus.PAUSED
        start()
        assert said.readline() == "0\n"
        keeper.stdin.close()

    with opened(url) as database:
        assert exported(database, run_id, tmp_path / "killed-files") == expected
        assert RunRepository(database).summary(run_id).status is RunStatus.DONE
    counts = Counter(bought(log))
    assert set(counts) == set(whole)
    assert counts.total() - whole.total() <= size.kills * CONCURRENCY * CALLS

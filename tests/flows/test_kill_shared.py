"""kill -9 while two processes share a run: others go on, and it ends as if nothing had happened."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from simulacra.domain.run import RunStatus
from simulacra.storage.runs import RunRepository
from tests.conftest import ROOT
from tests.flows.test_kill import (
    CALLS,
    CONCURRENCY,
    Size,
    bought,
    exported,
    opened,
    stored,
    study,
)
from tests.support.killable import conduct

SIZE = Size(6, 6, 4, kills=6)


class Keeper:
    """Forks one worker after the other at a run."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdin is not None and process.stdout is not None
        self._in, self._out = process.stdin, process.stdout
        assert self._out.readline() == "ready\n"
        self.worker = 0

    def start(self) -> None:
        print("go", file=self._in, flush=True)
        self.worker = int(self._out.readline())

    def ended(self) -> int:
        """The exit status of the worker, once it has ended."""
        self.worker = 0
        return int(self._out.readline())

    def kill(self) -> None:
        os.kill(self.worker, signal.SIGKILL)
        assert self.ended() == -signal.SIGKILL


@contextmanager
def keepers(url: str, run_id: str, log: Path) -> Iterator[tuple[Keeper, Keeper]]:
    command = [sys.executable, "-m", "tests.support.killable", url, run_id, str(log), "shared"]
    pipe = subprocess.PIPE
    with (
        subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as one,
        subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as other,
    ):
        yield Keeper(one), Keeper(other)
        for process in (one, other):
            assert process.stdin is not None
            process.stdin.close()


def wait_for(log: Path, lines: int) -> None:
    """Until so many calls are bought."""
    deadline = time.monotonic() + 60
    while len(bought(log)) < lines:
        assert time.monotonic() < deadline, "the run does not get on"
        time.sleep(0.002)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and kill -9")
async def test_kills_of_workers_change_nothing(url: str, tmp_path: Path) -> None:
    calm, killed = study(url, SIZE)
    log = tmp_path / "calm.log"
    await conduct(url, calm, log, delay=0.0)
    with opened(url) as database:
        expected = exported(database, calm, tmp_path / "calm-files")
    whole = Counter(bought(log))

    log = tmp_path / "killed.log"
    chance = random.Random(7)
    moments = sorted(chance.sample(range(1, whole.total() * 3 // 4), SIZE.kills))
    with keepers(url, killed, log) as both:
        safe = set[str]()
        for number, moment in enumerate(moments):
            before = len(bought(log))
            for keeper in both:
                if not keeper.worker:
                    keeper.start()
            wait_for(log, max(before + 1, moment))
            time.sleep(chance.uniform(0, 0.01))
            # Now one, now the other, now both at once.
            for place, keeper in enumerate(both):
                if number % 3 in (place, 2):
                    keeper.kill()
            assert not safe & set(bought(log)[before:]), "a stored answer was bought again"
            _, safe = stored(url, killed)
        for keeper in both:
            if not keeper.worker:
                keeper.start()
        assert [keeper.ended() for keeper in both] == [0, 0]

    with opened(url) as database:
        assert exported(database, killed, tmp_path / "killed-files") == expected
        summary = RunRepository(database).summary(killed)
    assert (summary.status, summary.workers) == (RunStatus.DONE, 0)
    counts = Counter(bought(log))
    assert set(counts) == set(whole)
    lost = 4 * SIZE.kills // 3  # every third time both are killed
    assert counts.total() - whole.total() <= lost * CONCURRENCY * CALLS

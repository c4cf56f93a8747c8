"""kill -9 while a person learns: nothing is bought twice, nothing stored twice."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from simulacra.storage.database import open_database
from simulacra.storage.learned import LearnedRepository
from tests.conftest import ROOT
from tests.support.killable_learner import PIECES


def learn(url: str, moment: str, log: Path) -> int:
    command = [sys.executable, "-m", "tests.support.killable_learner", url, moment, str(log)]
    return subprocess.run(command, cwd=ROOT, check=False, capture_output=True).returncode


@pytest.mark.parametrize("moment", ["call", "settle", "settled"])
def test_killed_at_any_moment_it_buys_and_stores_once(tmp_path: Path, moment: str) -> None:
    url, log = f"sqlite:///{tmp_path / 'x.db'}", tmp_path / "log"
    deaths = 0
    while learn(url, moment, log) == -signal.SIGKILL and deaths < PIECES:
        deaths += 1
        if moment == "settle":  # without an end, it would die there for ever
            break
    assert deaths >= 1
    assert learn(url, "never", log) == 0
    bought = log.read_text(encoding="utf-8").splitlines()
    assert len(bought) == len(set(bought)) == PIECES
    store = LearnedRepository(open_database(url))
    found = [one.memory.content for one in store.list("ilka-varga")]
    assert sorted(found) == [f"I heard of thing {number}." for number in range(PIECES)]
    assert len(store.calls("ilka-varga", "c1")) == PIECES
    assert learn(url, "never", log) == 0
    assert len(log.read_text(encoding="utf-8").splitlines()) == PIECES

"""kill -9 at random moments of a writing: gone on with, it buys nothing twice and ends the same."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from personas.authoring.settings import Strategy
from simulacra.domain.persona import Persona
from simulacra.storage.authoring import AuthoringRepository
from simulacra.storage.database import open_database
from simulacra.storage.personas import PersonaRepository
from tests.conftest import ROOT
from tests.support.killable_writer import WORDS, conduct
from tests.support.people import ilka

KILLS = 6
IN_FLIGHT = 12  # episodes, or summaries, side by side


def prepared(folder: Path) -> tuple[str, Path]:
    """A fresh database with the person in it: URL, and the log of calls."""
    folder.mkdir()
    url = f"sqlite:///{folder / 'simulacra.db'}"
    database = open_database(url)
    PersonaRepository(database).save(ilka())
    database.close()
    return url, folder / "calls.log"


def bought(log: Path) -> list[str]:
    return log.read_text().splitlines() if log.exists() else []


def kept(url: str) -> set[str]:
    """The calls in the ledger, as the log names them."""
    database = open_database(url)
    calls = AuthoringRepository(database).calls("ilka-varga")
    database.close()
    return {f"{call.request.agent} {call.request.key()}" for call in calls}


def saved(url: str) -> Persona:
    database = open_database(url)
    found = PersonaRepository(database).get("ilka-varga")
    database.close()
    return found


def wait_for(log: Path, lines: int, process: int) -> None:
    deadline = time.monotonic() + 60
    while len(bought(log)) < lines:
        assert time.monotonic() < deadline, "the writing does not get on"
        os.kill(process, 0)
        time.sleep(0.002)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and kill -9")
@pytest.mark.parametrize("strategy", ["outline", "paper"])
async def test_kills_change_nothing(tmp_path: Path, strategy: Strategy) -> None:
    url, log = prepared(tmp_path / "calm")
    await conduct(url, strategy, log, delay=0.0)
    expected, whole = saved(url), Counter(bought(log))
    assert expected.version == 2
    assert WORDS * 0.9 <= expected.story_words <= WORDS * 1.1
    assert max(whole.values()) == 1

    url, log = prepared(tmp_path / "killed")
    chance = random.Random(f"{strategy} 400")
    moments = sorted(chance.sample(range(1, whole.total() * 9 // 10), KILLS))
    command = [sys.executable, "-m", "tests.support.killable_writer", url, strategy, str(log)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, text=True) as keeper:
        assert keeper.stdin is not None and keeper.stdout is not None
        said = keeper.stdout
        assert said.readline() == "ready\n"

        def start() -> int:
            print("go", file=keeper.stdin, flush=True)
            return int(said.readline())

        safe = set[str]()
        for moment in moments:
            before = len(bought(log))
            process = start()
            wait_for(log, max(before + 1, moment), process)
            time.sleep(chance.uniform(0, 0.01))
            os.kill(process, signal.SIGKILL)
            assert int(said.readline()) == -signal.SIGKILL
            again = safe & set(bought(log)[before:])
            assert not again, "a call that was kept has been bought again"
            safe = kept(url)
            assert len(set(bought(log)) - safe) <= IN_FLIGHT
        assert 0 < len(safe) < whole.total()
        assert saved(url).version == 1
        start()
        assert said.readline() == "0\n"
        keeper.stdin.close()

    assert saved(url) == expected
    counts = Counter(bought(log))
    assert set(counts) == set(whole)
    assert kept(url) == set(whole)
    assert counts.total() - whole.total() <= KILLS * IN_FLIGHT


STOPPED = """
import asyncio, os, signal, sys
from pathlib import Path
from personas.authoring.settings import WriteSettings
from personas.authoring.work import WorkOptions, begin, write
from simulacra.workspace import Workspace
from tests.support.killable_writer import LoggedModel
from tests.support.people import ilka

folder = Path(sys.argv[1])
workspace = Workspace.open(folder)
model = LoggedModel(folder / "calls.log", 0.05)
workspace._models["novelist"] = model
person = workspace.personas.save(ilka())
work = begin(workspace, person, WriteSettings(words=5000), "novelist")
seen = []

def on_call(step, call, bought):
    seen.append(step.stage)
    if seen.count("story") == 1:
        os.kill(os.getpid(), signal.SIGINT)

try:
    options = WorkOptions(concurrency=3, auto_approve=True, by="test")
    asyncio.run(write(workspace, person, work, options, on_call=on_call))
except KeyboardInterrupt:
    calls = workspace.authoring.calls("ilka-varga")
    print(len(calls), len((folder / "calls.log").read_text().splitlines()))
"""


def test_ctrl_c_keeps_what_is_under_way_and_buys_no_more(tmp_path: Path) -> None:
    command = [sys.executable, "-c", STOPPED, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    kept_, bought_ = map(int, done.stdout.split())
    assert kept_ == bought_, "what came back is kept"
    # Outline, biography, the episode told of, and those begun before it was told of.
    assert 3 <= bought_ <= 2 + 2 * 3

"""kill -9 while memories are made: the same command goes on and buys nothing twice."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from personas.library import library
from tests.conftest import ROOT
from tests.support.openai_server import OpenAIServer, serve_in_thread

INTI, CONCURRENCY = "inti-quispe", 4
COMMAND = "import sys; from ui.cli import app; app()"


def command(folder: Path, server: OpenAIServer, *args: str) -> "subprocess.Popen[str]":
    """A ``simulacra`` process on a workspace and a server."""
    environment = {**os.environ, "OPENAI_API_KEY": "k", "OPENAI_BASE_URL": server.url}
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, "--workspace", str(folder), "persona", "remember", INTI,
         "--model", "openai:m", "--concurrency", str(CONCURRENCY), "--all", *args],
        cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def bought(folder: Path) -> list[str]:
    """The episodes whose calls are in the database."""
    path = folder / "simulacra.db"
    if not path.exists():
        return []
    connection = sqlite3.connect(path, timeout=30)
    try:
        return [row[0] for row in connection.execute("SELECT part FROM authoring_calls")]
    except sqlite3.OperationalError:
        return []
    finally:
        connection.close()


def asked(server: OpenAIServer) -> Counter[str]:
    """How often each episode was asked about."""
    return Counter(one.body["messages"][-1]["content"] for one in server.requests)


def test_killed_and_started_again_it_buys_nothing_twice(tmp_path: Path) -> None:
    folder = tmp_path / "workspace"
    inti = next(one for one in library() if one.id == INTI)
    memories = len(inti.memories)
    with serve_in_thread(latency=0.05) as server:
        process = command(folder, server)
        while len(bought(folder)) < memories // 2 and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        kept = set(bought(folder))
        assert memories // 2 <= len(kept) < memories
        process = command(folder, server, "--json")
        out, errors = process.communicate()
        assert process.returncode == 0, errors
        done = json.loads(out)
        assert (done["made"], done["failures"]) == (memories, {})
        times = asked(server)
        assert len(times) == len(bought(folder)) == memories
        # A call is sent again only if it was under way when the process died.
        assert sum(times.values()) <= memories + CONCURRENCY
        assert 1 < server.most_in_flight <= CONCURRENCY
        count = server.count
        again = command(folder, server, "--json")
        out, errors = again.communicate()
        assert again.returncode == 0, errors
        assert server.count == count

"""kill -9 while questions are made: the same command goes on and buys nothing twice."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from tests.conftest import ROOT
from tests.support.novelist import compose
from tests.support.openai_server import OpenAIServer, serve_in_thread

INTI, CONCURRENCY = "inti-quispe", 2
COMMAND = "import sys; from ui.cli import app; app()"


def command(folder: Path, server: OpenAIServer) -> "subprocess.Popen[str]":
    """``persona questions`` in a process, on a workspace and a server."""
    environment = {**os.environ, "OPENAI_API_KEY": "k", "OPENAI_BASE_URL": server.url}
    return subprocess.Popen(
        [sys.executable, "-c", COMMAND, "--workspace", str(folder), "persona", "questions", INTI,
         "--model", "openai:m", "--concurrency", str(CONCURRENCY), "--again", "--auto-approve",
         "--json"],
        cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def bought(folder: Path) -> int:
    """How many calls are in the database."""
    path = folder / "simulacra.db"
    if not path.exists():
        return 0
    connection = sqlite3.connect(path, timeout=30)
    try:
        rows = connection.execute("SELECT count(*) FROM authoring_calls")
        return int(rows.fetchone()[0])
    except sqlite3.OperationalError:
        return 0
    finally:
        connection.close()


def test_killed_and_started_again_it_buys_nothing_twice(tmp_path: Path) -> None:
    folder = tmp_path / "workspace"
    with serve_in_thread(latency=0.2, write=compose) as server:
        process = command(folder, server)
        while bought(folder) < 4 and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert process.returncode == -signal.SIGKILL
        assert 4 <= bought(folder) < 10
        process = command(folder, server)
        out, errors = process.communicate()
        assert process.returncode == 0, errors
        done = json.loads(out)
        assert len(done["questions"]) == 15
        times = Counter(one.body["messages"][-1]["content"] for one in server.requests)
        assert len(times) == bought(folder) == 10
        # A call is sent again only if it was under way when the process died.
        assert sum(times.values()) <= 10 + CONCURRENCY
        assert "kept from before" in errors

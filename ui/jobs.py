"""Runs started from the app: each in a process of its own, which outlives the browser."""

import os
import subprocess
import sys

from simulacra.settings import Settings
from simulacra.workspace import Workspace

_COMMAND = [sys.executable, "-c", "from ui.cli import main; main()"]


def start(workspace: Workspace, run_id: str) -> None:
    """Start or continue a run; its progress is read from the database.

    What it says goes to ``logs/RUN.log`` in the workspace. Keys reach it by its environment alone.
    """
    settings = Settings()
    logs = workspace.path / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    with (logs / f"{run_id}.log").open("ab") as log:
        subprocess.Popen(
            [*_COMMAND, "runs", "resume", run_id],
            env={**os.environ, "SIMULACRA_WORKSPACE": str(settings.workspace.resolve())},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # closing the app leaves it at work
        )


def last_words(workspace: Workspace, run_id: str) -> str:
    """The last line that a run's process said; "" where it said nothing."""
    log = workspace.path / "logs" / f"{run_id}.log"
    try:
        lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    except OSError:
        return ""
    return lines[-1] if lines else ""

"""Who works on a run: an advisory claim by host and process, kept alive by a heartbeat."""

import os
import secrets
import socket
from pathlib import Path

EXPIRES = 60.0
"""Seconds without a heartbeat after which a claim no longer counts."""


def new_claim() -> str:
    """A claim of this process; two claims are never equal."""
    pid = os.getpid()
    return f"{socket.gethostname()}|{pid}|{_started(pid)}|{secrets.token_hex(4)}"


def holds(claim: str | None, heartbeat: float | None, now: float) -> bool:
    """Whether a claim still counts: fresh, and its process alive as far as this host can tell."""
    if claim is None or heartbeat is None or now - heartbeat > EXPIRES:
        return False
    host, pid, started, _ = claim.rsplit("|", 3)
    return host != socket.gethostname() or _alive(int(pid), started)


def host_and_process(claim: str) -> tuple[str, int]:
    """Where the process of a claim runs, and its number there."""
    host, pid, _, _ = claim.rsplit("|", 3)
    return host, int(pid)


def _alive(pid: int, started: str) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return _started(pid) == started


def _started(pid: int) -> str:
    """When a process started, where the system says so: a number may be given out twice."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] == "Z" else fields[19]

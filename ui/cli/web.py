"""``simulacra ui``: the app in the browser."""

import os
import signal
import socket
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from simulacra.errors import InputError, WorkFailed
from simulacra.settings import Settings
from ui.cli.common import Globals, ModelOption, example, open_workspace, options_of, read_settings

FOLDER = Path(__file__).parent.parent
APP, SERVE = FOLDER / "app.py", FOLDER / "serve.py"
ADDRESS = "127.0.0.1"
FIRST_PORT = 8501


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("ui", epilog=example("simulacra ui --port 8600"))(web)


def web(
    ctx: typer.Context,
    port: Annotated[
        int | None,
        typer.Option(
            min=1, max=65535, help="Without it, the first free one from 8501.", show_default=False
        ),
    ] = None,
    model: ModelOption = None,
) -> None:
    """Open the app: people, chat, surveys, studies, results. It listens on this machine only."""
    options = options_of(ctx)
    if find_spec("streamlit") is None:
        raise WorkFailed("the app needs streamlit; install the project again with: uv sync")
    with open_workspace(ctx):
        pass  # a workspace that cannot be used is said here, in one sentence, not in the browser
    chosen = _free_port(port)
    print(f"http://{ADDRESS}:{chosen}", flush=True)
    server = subprocess.Popen(
        command(chosen),
        env=environment(options, read_settings(options), model),
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
    )
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        code = server.wait()
    except KeyboardInterrupt:
        server.terminate()
        server.wait()
        return
    if code:
        raise WorkFailed(f"the app ended with code {code}; its messages stand above")


def command(port: int) -> list[str]:
    """The command that serves the app."""
    display = sys.platform in ("darwin", "win32") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    settings = {
        "server.address": ADDRESS,
        "server.port": str(port),
        "server.headless": "false" if display else "true",
        "server.showEmailPrompt": "false",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
        "browser.serverAddress": ADDRESS,
        "client.toolbarMode": "minimal",
        "theme.light.primaryColor": "#3b6795",
        "theme.dark.primaryColor": "#4378ad",
    }
    flags = [f"--{name}={value}" for name, value in settings.items()]
    return [sys.executable, str(SERVE), "run", str(APP), *flags]


def environment(options: Globals, settings: Settings, model: str | None) -> dict[str, str]:
    """The environment of the app: which workspace, database and model it opens."""
    given = {
        "SIMULACRA_WORKSPACE": str(settings.workspace.resolve()),
        "SIMULACRA_DATABASE_URL": options.database_url,
        "SIMULACRA_MODEL": model,
    }
    return {**os.environ, **{name: value for name, value in given.items() if value}}


def _free_port(wanted: int | None) -> int:
    """The wanted port, or the first free one of twenty."""
    candidates = [wanted] if wanted else range(FIRST_PORT, FIRST_PORT + 20)
    for port in candidates:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((ADDRESS, port))
            except OSError:
                continue
            return port
    if wanted:
        raise InputError(f"port {wanted} is in use or not allowed; choose another with --port")
    raise WorkFailed(f"no free port from {FIRST_PORT} on; choose one with --port")

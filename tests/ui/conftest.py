"""What the tests of the user interfaces share: a script for a model, a workspace, a runner."""

from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
import streamlit as st
from pytest_socket import enable_socket, socket_allow_hosts
from typer.testing import CliRunner

from ui.cli import app

SCRIPT = """
rules:
  - when: {agent: doctor}
    reply: "Yes."
  - when: {agent: emotion}
    choose: true
  - when: {agent: planning}
    reply: {asked: "", knows: all, known: "", unknown: "", stance: "",
            say: I will say it plainly., hold_back: "", tone: ""}
  - when: {contains: "Fail now"}
    error: fatal
  - when: {prompt: chat}
    reply: "I was born by the sea. <b>bold</b> ![x](http://192.0.2.1/x.png)"
  - when: {last: "How old are you"}
    reply: "44"
  - when: {last: "What work do you do"}
    reply: I mend tide gauges.
  - when: {last: "Tell me about a day"}
    reply: The day the pilot boat was mine.
  - when: {last: "Which decision in your life"}
    reply: To stay.
  - choose: true
"""

Run = Callable[..., Any]


@pytest.fixture(autouse=True)
def _loopback_only() -> None:
    """Sockets of this machine are free to use, others are not."""
    enable_socket()
    socket_allow_hosts(["127.0.0.1", "::1"], allow_unix_socket=True)


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the machine reaches a test."""
    for name in ("WORKSPACE", "MODEL", "DATABASE_URL"):
        monkeypatch.delenv(f"SIMULACRA_{name}", raising=False)
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def script(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The spec of a scripted model that answers every question of the demo, and chats."""
    path = tmp_path_factory.mktemp("script") / "script.yaml"
    path.write_text(SCRIPT, encoding="utf-8")
    return f"scripted:{path}"


@pytest.fixture(scope="session")
def _seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace as the first command leaves it, made once: making it takes most of a second."""
    folder = tmp_path_factory.mktemp("seeded") / "workspace"
    result = CliRunner().invoke(app, ["--workspace", str(folder), "persona", "list", "--json"])
    assert result.exit_code == 0, result.stderr
    return folder


@pytest.fixture
def folder(tmp_path: Path, _seeded: Path) -> Path:
    """The folder of a fresh workspace, with the library in it."""
    return Path(copytree(_seeded, tmp_path / "workspace"))


@pytest.fixture
def run(folder: Path) -> Run:
    """Calls a command on the workspace; give ``code`` where another exit code than 0 is right."""

    def call(*args: str, code: int = 0, text: str | None = None) -> Any:
        result = CliRunner().invoke(app, ["--workspace", str(folder), *args], input=text)
        assert result.exit_code == code, f"{result.stdout}\n{result.stderr}\n{result.exception}"
        return result

    return call


@pytest.fixture
def questionnaire(tmp_path: Path) -> Path:
    """An item table of two questions."""
    path = tmp_path / "colours.csv"
    path.write_text(
        "id,kind,text,options\n"
        "sea,single,Do you like the sea?,1=Yes|2=No\n"
        "age,numeric,How old are you in years?,\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def environment(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The app's environment: a fresh workspace and the scripted model."""
    monkeypatch.setenv("SIMULACRA_WORKSPACE", str(folder))
    monkeypatch.setenv("SIMULACRA_MODEL", script)
    yield folder
    st.cache_resource.clear()

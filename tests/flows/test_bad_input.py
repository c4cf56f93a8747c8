"""Bad input and a world that fails, as they reach a user: one sentence, the right exit code.

Nothing of what was answered is lost, and no failure of the surroundings is stored as an answer.
"""

import csv
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from typer.testing import CliRunner

from personas.library import library
from tests.conftest import ROOT
from tests.support.openai_server import serve_in_thread
from ui.cli import app

BOUNDED = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
most = int(sys.argv.pop(1))
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
from ui.cli import main
main()
"""  # a write beyond the limit fails, as one on a full disk does
KEY = "sk-very-secret"


class Result(NamedTuple):
    """How a command ended."""

    code: int
    out: str
    err: str


Simulacra = Callable[..., Result]


@pytest.fixture
def simulacra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Simulacra:
    """Calls a command on one workspace; with ``most``, where no file may grow beyond those bytes.

    No setting of the machine reaches it, but for those given by name.
    """
    for name in [*os.environ]:
        if name.startswith(("SIMULACRA_", "OPENAI_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def call(*args: str, most: int | None = None, **env: str) -> Result:
        given = ["--workspace", str(tmp_path / "workspace"), *args]
        if most is None:
            told = CliRunner().invoke(app, given, env=env)
            return Result(told.exit_code, told.stdout, told.stderr)
        command = [sys.executable, "-c", BOUNDED, str(most), *given]
        done = subprocess.run(
            command, env={**os.environ, "PYTHONPATH": str(ROOT), **env}, capture_output=True,
            text=True, timeout=120,
        )  # fmt: skip
        return Result(done.returncode, done.stdout, done.stderr)

    return call


@pytest.fixture
def table(tmp_path: Path) -> str:
    """An item table of two questions."""
    (tmp_path / "colours.csv").write_text(
        "id,kind,text,options\n"
        "sea,single,Do you like the sea?,1=Yes|2=No\n"
        "sky,single,Do you like the sky?,1=Yes|2=No\n",
        encoding="utf-8",
    )
    return "colours.csv"


@pytest.fixture
def model(tmp_path: Path) -> tuple[str, ...]:
    """The options for a scripted model and the plainest method."""
    (tmp_path / "script.yaml").write_text("rules:\n  - choose: true\n", encoding="utf-8")
    return ("--model", "scripted:script.yaml", "--method", "blank")


def the_sentence(result: Result, code: int) -> str:
    """The only line of stderr, which says what went wrong; stdout is empty."""
    assert result.code == code, result
    assert result.out == ""
    [said] = sentence_in(result, code)
    return said


def sentence_in(result: Result, code: int) -> list[str]:
    """The line that says what went wrong, and the lines before it."""
    assert result.code == code, result
    assert "Traceback" not in result.err
    *before, last = result.err.splitlines()
    assert last.startswith("Error: ")
    assert "--debug" not in last, "an error that nobody foresaw"
    assert not [line for line in before if line.startswith("Error")]
    return [last, *before]


def runs(simulacra: Simulacra) -> list[dict[str, Any]]:
    result = simulacra("runs", "list", "--json")
    assert result.code == 0, result
    found: list[dict[str, Any]] = json.loads(result.out)
    return found


# What the user gave cannot be used: 2.


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("id,kind,wording\nq,single,x\n", "line 1, field text: the table has no column text"),
        ("id,kind,text,options\nq,single,x,1=a|2=b\nq,single,y,1=a|2=b\n",
         "line 3, field id: item ids must be unique: q is also on line 2"),
        ("id,kind,text,options\nq,single,x,1=a|b\n",
         "line 2, field options: option without code: 'b'; write code=label"),
        ("", "the table is empty"),
    ],
)  # fmt: skip
def test_a_bad_table_starts_no_run(
    simulacra: Simulacra, tmp_path: Path, model: tuple[str, ...], content: str, says: str
) -> None:
    (tmp_path / "bad.csv").write_text(content, encoding="utf-8")
    assert says in the_sentence(simulacra("run", "bad.csv", *model), 2)
    assert not (tmp_path / "workspace").exists()


def test_a_missing_script_is_named(simulacra: Simulacra, table: str) -> None:
    result = simulacra("run", table, "--method", "blank", "--model", "scripted:gone.yaml")
    assert "gone.yaml" in the_sentence(result, 2)
    assert runs(simulacra) == []


@pytest.mark.parametrize("command", [("runs", "list"), ("run", "colours.csv"), ("persona", "list")])
def test_a_workspace_of_a_newer_version(
    simulacra: Simulacra, tmp_path: Path, table: str, command: tuple[str, ...]
) -> None:
    assert runs(simulacra) == []
    database = tmp_path / "workspace" / "simulacra.db"
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    before = database.read_bytes()
    said = the_sentence(simulacra(*command), 2)
    assert "written by a newer version: update simulacra" in said
    assert database.read_bytes() == before


# The input was good and the work failed: 1.


def left_to_resume(simulacra: Simulacra, result: Result) -> tuple[str, str]:
    """The id of the only run, none of whose cells was answered; and what the failure said."""
    said, *before = sentence_in(result, 1)
    [found] = runs(simulacra)
    assert (found["status"], found["done"], found["missing"]) == ("failed", 0, 0)
    assert f"runs resume {found['id']}" in before[-1]
    assert KEY not in result.out + result.err
    return found["id"], said


def resumed_whole(simulacra: Simulacra, tmp_path: Path, run_id: str, **env: str) -> None:
    """The run goes on to its end, and no answer of it is a technical failure."""
    assert simulacra("runs", "resume", run_id, **env).code == 0
    [found] = runs(simulacra)
    assert (found["status"], found["missing"]) == ("done", 0)
    assert found["done"] == found["cells"]
    assert simulacra("export", run_id, "--out", "files", "--formats", "csv").code == 0
    files = sorted((tmp_path / "files").glob("*.csv"))
    cells = [
        cell for path in files for row in csv.reader(path.read_text().splitlines()) for cell in row
    ]
    assert cells
    assert "-94" not in cells


def test_an_unreachable_server_leaves_a_run_to_resume(
    simulacra: Simulacra, tmp_path: Path, table: str
) -> None:
    with serve_in_thread() as server:
        port, env = server.port, {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": KEY}
    env["SIMULACRA_MAX_ATTEMPTS"] = "2"
    command = ("run", table, "--model", "openai:m", "--method", "blank")
    run_id, said = left_to_resume(simulacra, simulacra(*command, **env))
    assert f"127.0.0.1:{port}" in said
    with serve_in_thread(port=port):
        resumed_whole(simulacra, tmp_path, run_id, **env)


def test_a_wrong_key_leaves_a_run_to_resume(
    simulacra: Simulacra, tmp_path: Path, table: str
) -> None:
    with serve_in_thread(keys={"sk-right"}) as server:
        env = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": KEY}
        command = ("run", table, "--model", "openai:m", "--method", "blank")
        run_id, said = left_to_resume(simulacra, simulacra(*command, **env))
        assert "key" in said
        resumed_whole(simulacra, tmp_path, run_id, **{**env, "OPENAI_API_KEY": "sk-right"})


def test_a_database_opened_read_only(
    simulacra: Simulacra, tmp_path: Path, table: str, model: tuple[str, ...]
) -> None:
    assert runs(simulacra) == []
    url = f"sqlite:///file:{tmp_path / 'workspace' / 'simulacra.db'}?mode=ro&uri=true"
    said = the_sentence(simulacra("--database-url", url, "run", table, *model), 1)
    assert "read-only: make the file and its folder writable" in said
    assert simulacra("--database-url", url, "runs", "list").code == 0
    assert runs(simulacra) == []


@contextmanager
def unchangeable(folder: Path) -> Iterator[None]:
    """A folder that may be read only, for root too; skips where the file system cannot."""
    paths = [*(str(path) for path in folder.iterdir()), str(folder)]
    try:
        subprocess.run(["chattr", "+i", *paths], check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("needs chattr")
    except subprocess.CalledProcessError:
        subprocess.run(["chattr", "-i", *paths], check=False, capture_output=True)
        pytest.skip("needs root and a file system with immutable files")
    try:
        yield
    finally:
        subprocess.run(["chattr", "-i", *paths], check=True)


def test_a_workspace_that_cannot_be_written(
    simulacra: Simulacra, tmp_path: Path, table: str, model: tuple[str, ...]
) -> None:
    run = ("run", table, *model)
    assert simulacra(*run).code == 0
    [before] = runs(simulacra)
    with unchangeable(tmp_path / "workspace"):
        assert "writable" in the_sentence(simulacra(*run), 1)
    assert runs(simulacra) == [before]


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="needs limits on the size of files")
def test_a_disk_that_takes_no_more(
    simulacra: Simulacra, tmp_path: Path, table: str, model: tuple[str, ...]
) -> None:
    assert runs(simulacra) == []
    size = (tmp_path / "workspace" / "simulacra.db").stat().st_size
    cells = 2 * len(library()) * 200  # two items, everybody, so often
    run = ("run", table, *model, "--replicates", "200")
    said, *before = sentence_in(simulacra(*run, most=size // 2), 1)
    assert "reading or writing the disk failed" in said
    [found] = runs(simulacra)
    assert found["status"] in ("failed", "paused"), "as far as that could still be written"
    assert 0 < found["done"] < found["cells"] == cells
    assert found["missing"] == 0
    assert f"{found['done']} of {cells} answers kept" in before[-1]
    resumed_whole(simulacra, tmp_path, found["id"])


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="needs limits on the size of files")
def test_an_export_that_finds_no_room(
    simulacra: Simulacra, tmp_path: Path, table: str, model: tuple[str, ...]
) -> None:
    run_id = simulacra("run", table, *model, "--replicates", "100").out.splitlines()[-1]
    (tmp_path / "files").mkdir()
    result = simulacra("export", run_id, "--out", "files", most=64 * 1024)
    assert "the files cannot be written to files: " in the_sentence(result, 1)
    assert list((tmp_path / "files").iterdir()) == []

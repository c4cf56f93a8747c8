"""A key goes to the server and nowhere else: no file, no output, no error text holds it."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest
from typer.testing import CliRunner

from simulacra.errors import FatalModelError
from simulacra.settings import Settings
from simulacra.workspace import Workspace
from tests.support.openai_server import OpenAIServer, serve_in_thread
from tests.support.requests import request_of
from ui.cli import app

KEY = "sk-made-up-5f2c91d07ab34e68"
MODEL = "tell-tale-model"
QUESTIONS = (
    "id,kind,text,options\nsea,single,Do you like the sea?,1=Yes|2=No\nday,long_text,A day?,\n"
)


def contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file by name, as it lies there and, where it is packed, unpacked."""
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        yield str(path), path.read_bytes()
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as packed:
                for name in packed.namelist():
                    yield f"{path}:{name}", packed.read(name)
        if path.suffix == ".parquet":
            yield f"{path}:rows", pd.read_parquet(path).to_csv().encode()
        if path.suffix == ".sav":
            table, about = pyreadstat.read_sav(path)
            yield f"{path}:rows", f"{table.to_csv()}{about.__dict__}".encode()


def stored(folder: Path) -> Iterator[tuple[str, bytes]]:
    """All that the database says of every run, packed columns read."""
    with Workspace.open(folder, settings=Settings(openai_api_key=None)) as workspace:
        for summary in workspace.runs.list():
            yield "summary", f"{summary!r}{workspace.runs.spec(summary.id)!r}".encode()
            for _, cell in workspace.runs.records(summary.id):
                yield "cell", cell.model_dump_json().encode()


def holders(text: str, *places: Iterator[tuple[str, bytes]]) -> list[str]:
    """The places that hold a text, in either of the usual encodings."""
    forms = (text.encode(), text.encode("utf-16-le"))
    return [name for one in places for name, data in one if any(form in data for form in forms)]


@pytest.fixture
def use(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Points the program at a server, with the key."""

    def point(server: OpenAIServer) -> None:
        for name in ("WORKSPACE", "MODEL", "DATABASE_URL"):
            monkeypatch.delenv(f"SIMULACRA_{name}", raising=False)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)

    return point


def command(folder: Path, *args: str, code: int = 0) -> str:
    """What a command says on stdout and stderr."""
    result = CliRunner().invoke(app, ["--debug", "--workspace", str(folder), *args])
    said = f"{result.stdout}\n{result.stderr}"
    assert result.exit_code == code, said
    return said


@pytest.mark.parametrize("refused", [False, True], ids=["accepted", "refused"])
def test_the_key_is_nowhere(
    tmp_path: Path,
    use: Any,
    refused: bool,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    workspace, out = tmp_path / "workspace", tmp_path / "out"
    survey = tmp_path / "survey.csv"
    survey.write_text(QUESTIONS, encoding="utf-8")
    keys = {"sk-another"} if refused else {KEY}
    with serve_in_thread(keys=keys) as server:
        use(server)
        asked = ("run", str(survey), "--personas", "marta-kowalczyk", "--model", f"openai:{MODEL}")
        said = [command(workspace, *asked, code=1 if refused else 0)]
        assert server.requests and {one.key for one in server.requests} == {KEY}
    listed = command(workspace, "runs", "list", "--json")
    with Workspace.open(workspace) as opened:
        [summary] = opened.runs.list()
    assert summary.status.value == ("failed" if refused else "done")
    said += [listed, command(workspace, "runs", "show", summary.id)]
    said.append(command(workspace, "export", summary.id, "--out", str(out)))
    if refused:
        assert "Incorrect API key provided: [key]" in said[0], "the echo is told, without the key"
    streams = capfd.readouterr()
    spoken = io.StringIO()
    spoken.writelines([*said, streams.out, streams.err, caplog.text])

    assert KEY not in spoken.getvalue()
    assert holders(KEY, contents(tmp_path), stored(workspace)) == []
    found = holders(MODEL, contents(tmp_path), stored(workspace))
    assert {"simulacra.db", "manifest.json"} <= {Path(name).name for name in found}
    assert {path.suffix for path in out.iterdir()} >= {".csv", ".xlsx", ".sav", ".parquet"}
    if not refused:
        assert "cell" in found, "the search sees into stored calls"
        assert any(name.endswith("long.parquet:rows") for name in found)


async def test_an_error_and_all_that_hangs_on_it_keep_the_key(tmp_path: Path, use: Any) -> None:
    async with OpenAIServer(keys=set()) as server:
        use(server)
        with Workspace.open(tmp_path / "workspace") as workspace:
            model = workspace.model(f"openai:{MODEL}")
            with pytest.raises(FatalModelError) as caught:
                await model.complete(request_of("You are Ann.", "Who?"))
            assert KEY not in f"{model.info!r}{workspace.settings!r}"
            await workspace.aclose()
    error: BaseException | None = caught.value
    while error is not None:
        assert KEY not in f"{error}{error!r}"
        error = error.__cause__

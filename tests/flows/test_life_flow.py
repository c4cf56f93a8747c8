"""A life from its writing to a selection on one database: SQLite, and PostgreSQL where it is."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_socket import enable_socket, socket_allow_hosts
from typer.testing import CliRunner

from personas.formats.packs import write_pack
from simulacra.domain.persona import Profile
from tests.support.candidates import candidate
from tests.support.novelist import compose
from tests.support.openai_server import serve_in_thread
from tests.support.people import ilka
from ui.cli import app

ILKA = "ilka-varga"
JUDGE = "rules:\n  - reply: {contradictions: [], coherence: 5, distinctness: 5}\n"


@pytest.fixture(autouse=True)
def _novelist(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The novelist behind the model spec of the environment."""
    enable_socket()
    socket_allow_hosts(["127.0.0.1", "::1"], allow_unix_socket=True)
    with serve_in_thread(write=compose) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-any")
        monkeypatch.setenv("SIMULACRA_MODEL", "openai:novelist")
        yield


def test_a_life_from_writing_to_selection(url: str, tmp_path: Path) -> None:
    def call(*args: str, code: int = 0) -> Any:
        where = ["--workspace", str(tmp_path / "workspace"), "--database-url", url]
        result = CliRunner().invoke(app, [*where, "persona", *args, "--json"])
        assert result.exit_code == code, f"{result.stdout}\n{result.stderr}\n{result.exception}"
        return json.loads(result.stdout)

    for person in (ilka(), candidate(1)):
        write_pack(person, tmp_path / person.id)
        call("import", str(tmp_path / person.id))

    waits = call("write", ILKA, "--words", "400", code=1)
    assert waits["waits_for"]["stage"] == "outline"
    call("review", ILKA, "--approve", "--by", "zoe")
    written = call("write", ILKA, "--words", "400", "--auto-approve")
    assert written["version"] == 2 and written["memories"] == written["episodes"]
    history = call("review", ILKA, "--history")
    assert [row["decision"] for row in history] == ["approved", *["auto-approved"] * 4]
    assert history[0]["by"] == "zoe"

    remembered = call("remember", ILKA, "--all")
    assert (remembered["made"], remembered["failures"]) == (written["memories"], {})
    before = call("show", ILKA)
    edited = call("edit", ILKA, "--set", "occupation=harbour pilot", "--by", "zoe")
    assert edited["kind"] == "set"
    assert call("show", ILKA)["profile"]["occupation"] == "harbour pilot"
    call("edit", ILKA, "--undo")
    after = call("show", ILKA)
    parts = ("profile", "story", "memories", "facts")
    assert [after[part] for part in parts] == [before[part] for part in parts]
    assert Profile.model_validate(after["profile"]).occupation == ilka().profile.occupation
    assert [one["kind"] for one in call("edit", ILKA, "--history")][-2:] == ["set", "undo"]

    judge = tmp_path / "judge.yaml"
    judge.write_text(JUDGE, encoding="utf-8")
    who = f"{ILKA},{candidate(1).id}"
    chosen = call("select", who, "--keep", "1", "--model", f"scripted:{judge}")
    assert (len(chosen["candidates"]), len(chosen["kept"])) == (2, 1)
    word = ("--drop", chosen["kept"][0], "--reason", "too like others")
    again = call("select", who, "--keep", "1", "--model", f"scripted:{judge}", *word)
    assert again["kept"] != chosen["kept"]
    assert [one["id"] for one in call("select", "--show", "all")] == [chosen["id"]]

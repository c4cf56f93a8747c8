import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from simulacra.errors import StorageError, WorkspaceTooNew
from simulacra.storage import database as module
from simulacra.storage import tables
from simulacra.storage.database import Database, open_database
from simulacra.storage.personas import PersonaRepository
from tests.support.studies import person


def test_migrations_make_exactly_the_tables(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, tables.metadata) == []
    assert database.problems() == []


def test_head_is_the_newest_script() -> None:
    config = Config()
    config.set_main_option("script_location", str(module.MIGRATIONS))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_current_head() == tables.HEAD


def test_opening_again_changes_nothing(url: str) -> None:
    open_database(url).close()
    again = open_database(url)
    assert again.revision() == tables.HEAD
    again.close()


def test_a_newer_database_is_refused(url: str) -> None:
    database = open_database(url)
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'zzzz'"))
    database.close()
    with pytest.raises(WorkspaceTooNew, match="newer version"):
        open_database(url)


def test_two_processes_may_open_a_fresh_database_at_once(url: str) -> None:
    code = "import sys; from simulacra.storage.database import open_database as o; o(sys.argv[1])"
    both = [subprocess.Popen([sys.executable, "-c", code, url]) for _ in range(2)]
    assert [one.wait(timeout=60) for one in both] == [0, 0]


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as connection:
        connection.execute(text("INSERT INTO texts VALUES ('h', 'words')"))
        raise ZeroDivisionError
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM texts")).scalar() == 0


def test_sqlite_is_set_up(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    with database.read() as connection:
        values = [
            connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "foreign_keys", "busy_timeout")
        ]
    database.close()
    assert values == ["wal", 1, module.BUSY_SECONDS * 1000]


@pytest.mark.parametrize(
    "url",
    [
        "nonsense",
        "mysql://root:hunter2@localhost/a",
        "sqlite://",
        "postgresql://u:hunter2@host:not-a-port/a",
        "postgresql://u:hunter2@127.0.0.1:1/a",
        "",
    ],
)
def test_a_wrong_url_is_one_sentence_without_the_password(url: str) -> None:
    with pytest.raises(StorageError) as caught:
        open_database(url)
    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in repr(caught.value.__cause__)
    assert "\n" not in str(caught.value)


@pytest.mark.postgresql
def test_a_refused_user_is_one_sentence(url: str) -> None:
    if not url.startswith("postgresql"):
        pytest.skip("SQLite has no users")
    with pytest.raises(StorageError, match="user or password"):
        open_database("postgresql://nobody_here:hunter2@127.0.0.1/test")


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be opened: check that its folder exists"):
        open_database(f"sqlite:///{tmp_path / 'absent' / 'a.db'}")


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_text("a shopping list, quite long enough to be read as a header" * 20)
    with pytest.raises(StorageError, match="damaged or no database"):
        open_database(f"sqlite:///{path}")


def test_a_read_only_database_is_said(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    open_database(f"sqlite:///{path}").close()
    database = open_database(f"sqlite:///file:{path}?mode=ro&uri=true")
    with pytest.raises(StorageError, match="read-only: make the file and its folder writable"):
        PersonaRepository(database).save(person())
    database.close()


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    with database.write() as connection:
        connection.execute(text("PRAGMA max_page_count = 1"))
    with pytest.raises(StorageError, match="the disk is full"):
        PersonaRepository(database).save(person(biography="long " * 100_000))
    database.close()


def test_a_locked_database_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUSY_SECONDS", 0)
    path = tmp_path / "a.db"
    database = open_database(f"sqlite:///{path}")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError, match="another program keeps it locked"):
        PersonaRepository(database).save(person())
    other.close()
    database.close()


def test_problems_are_found(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    with database.write() as connection:
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
    raw = sqlite3.connect(tmp_path / "a.db")
    raw.execute("INSERT INTO memories VALUES ('ada', 1, 'm1', 0, '{}')")
    raw.commit()
    raw.close()
    assert database.problems() == ["memories: a row refers to one that is gone"]
    database.close()

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from simulacra.domain.answer import Answer
from simulacra.errors import StorageError, WorkspaceTooNew
from simulacra.storage import database as module
from simulacra.storage import tables
from simulacra.storage.database import Database, open_database
from simulacra.storage.learned import LearnedRepository
from simulacra.storage.personas import PersonaRepository
from simulacra.storage.runs import RunRepository
from tests.support.studies import person


def test_migrations_make_exactly_the_tables(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, tables.metadata) == []
    assert database.problems() == []


def scripts() -> Config:
    config = Config()
    config.set_main_option("script_location", str(module.MIGRATIONS))
    config.set_main_option("path_separator", "os")
    return config


def test_head_is_the_newest_script() -> None:
    assert ScriptDirectory.from_config(scripts()).get_current_head() == tables.HEAD


def test_opening_again_changes_nothing(url: str) -> None:
    open_database(url).close()
    again = open_database(url)
    assert again.revision() == tables.HEAD
    again.close()


def test_a_database_of_the_first_tables_is_brought_up_to_date(url: str) -> None:
    engine = create_engine(module._parsed(url))
    with engine.begin() as connection:
        config = scripts()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in (
            "INSERT INTO texts VALUES "
            """('q', '{"item_id":"q1","kind":"short_text","text":"Which?"}')""",
            "INSERT INTO runs (id, name, status, created, cells, done, spec) "
            "VALUES ('r', 'old', 'done', 1.0, 1, 1, '{}')",
            "INSERT INTO interviews VALUES ('r', 'i', 0, 'ada', 1, 1, '', 7)",
            "INSERT INTO answers VALUES "
            """('r', 'i', 0, 1, 'q1', NULL, 7, 0.5, 'q', '{"text":"so"}', '[{"text":"so"}]')""",
        ):
            connection.exec_driver_sql(statement)
    engine.dispose()
    database = open_database(url)
    assert (database.revision(), database.problems()) == (tables.HEAD, [])
    ((_, cell),) = RunRepository(database).records("r")
    assert cell.response == Answer(text="so")
    assert (cell.answered_at, cell.calls) == (None, ())
    assert RunRepository(database).abandoned("r") == []
    database.close()


def test_what_was_learned_before_streams_were_part_of_its_key_stays(url: str) -> None:
    engine = create_engine(module._parsed(url))
    with engine.begin() as connection:
        config = scripts()
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
        connection.exec_driver_sql(
            "INSERT INTO learned VALUES ('ada', 'c1', 'chat', 'kept', 1.0, "
            """'{"memory":{"id":"c1","content":"Zoe likes tea."},"sources":[{"kind":"told"}]}')"""
        )
    engine.dispose()
    database = open_database(url)
    [one] = LearnedRepository(database).list("ada")
    assert (one.id, one.stream, one.memory.content) == ("c1", "chat", "Zoe likes tea.")
    database.close()


def test_counters_of_older_runs_are_counted_once(url: str) -> None:
    engine = create_engine(module._parsed(url))
    with engine.begin() as connection:
        config = scripts()
        config.attributes["connection"] = connection
        command.upgrade(config, "0006")
        for run_id, status in (("a", "done"), ("b", "done"), ("c", "running")):
            connection.exec_driver_sql(
                "INSERT INTO runs (id, name, status, created, cells, done, spec, owner, heartbeat) "
                f"VALUES ('{run_id}', 'old', '{status}', 1.0, 2, 2, '{{}}', 'h|1|2|3', 5.0)"
            )
            connection.exec_driver_sql(
                f"INSERT INTO interviews VALUES ('{run_id}', 'i', 0, 'ada', 1, 1, '', 7)"
            )
            # The first item failed and was answered later; the second failed in b and c.
            for position, attempt, missing in (
                (0, 1, -94),
                (0, 2, "NULL"),
                (1, 1, -97 if run_id == "a" else -94),
            ):
                connection.exec_driver_sql(
                    "INSERT INTO answers (run_id, interview_id, position, attempt, item_id, "
                    "missing, seed, temperature, question, response, replies) VALUES "
                    f"('{run_id}', 'i', {position}, {attempt}, 'q', {missing}, 7, 0.5, 'q', "
                    "'{}', '[]')"
                )
    engine.dispose()
    database = open_database(url)
    assert database.problems() == []
    runs = RunRepository(database)
    failed = {one.id: (one.failed, one.status.value) for one in runs.list()}
    assert failed == {"a": (0, "done"), "b": (1, "done"), "c": (1, "paused")}
    due: dict[str, list[bool]] = {}
    for run_id in "abc":
        claim = runs.workers.join(run_id)
        assert claim is not None
        due[run_id] = [one.fresh for one in runs.workers.lease(run_id, claim, 5).interviews]
    assert due == {"a": [], "b": [False], "c": [False]}
    database.close()
    database.close()


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

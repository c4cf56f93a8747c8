"""The database: one URL, SQLite or PostgreSQL, brought to the newest tables when opened."""

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    URL,
    Column,
    ColumnElement,
    Connection,
    Engine,
    Executable,
    Table,
    cast,
    create_engine,
    event,
    inspect,
    make_url,
    text,
    type_coerce,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
    SQLAlchemyError,
)

from simulacra.errors import StorageError, WorkspaceTooNew
from simulacra.storage import tables

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 30
_MIGRATION_LOCK = 7_105_216
_WRITING = "simulacra_writes"


class Conflict(StorageError):
    """A row is there already, or refers to one that is not."""


class Database:
    """An open database. Values go in and come out; connections stay inside storage."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._insert_new: dict[Table, Executable] = {}

    @property
    def place(self) -> str:
        """Where it is, without user name and password."""
        return _place(self._engine.url)

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection in one consistent reading transaction.

        Raises:
            StorageError: the database cannot be read.
        """
        with _translated(self._engine.url), self._engine.connect() as connection:
            yield connection

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection in one writing transaction, committed at the end or not at all.

        Raises:
            StorageError: the database cannot be written.
        """
        with _translated(self._engine.url), self._engine.connect() as plain:
            connection = plain.execution_options(**{_WRITING: True})
            with connection.begin():
                yield connection

    def insert_new(
        self, connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]
    ) -> None:
        """Insert the rows whose primary key is not there yet."""
        if not rows:
            return
        statement = self._insert_new.get(table)
        if statement is None:
            dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
            statement = self._insert_new[table] = dialect.insert(table).on_conflict_do_nothing()
        connection.execute(statement, list(rows))

    def part(self, column: Column[str], name: str) -> ColumnElement[str]:
        """The text under a name in a column that holds JSON as text."""
        postgres = self._engine.dialect.name == "postgresql"
        document = cast(column, JSON) if postgres else type_coerce(column, JSON)
        found: ColumnElement[str] = document[name].as_string()
        return found

    def lock(self, connection: Connection, table: Table) -> None:
        """Keep other writers of a table out until the transaction ends (SQLite: always so)."""
        if self._engine.dialect.name == "postgresql":
            connection.execute(text(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE"))

    def revision(self) -> str | None:
        """The migration that the database stands at; None where it is empty."""
        with self.read() as connection:
            return _revision(connection)

    def problems(self) -> list[str]:
        """What is wrong with the database, in words; empty when it is sound."""
        with self.read() as connection:
            found = [] if _revision(connection) == tables.HEAD else ["its tables are out of date"]
            if self._engine.dialect.name == "sqlite":
                checks = connection.execute(text("PRAGMA integrity_check")).scalars()
                found += [line for line in checks if line != "ok"]
                broken = connection.execute(text("PRAGMA foreign_key_check")).all()
                found += [f"{row[0]}: a row refers to one that is gone" for row in broken[:20]]
        return found

    def close(self) -> None:
        """Give back all connections."""
        self._engine.dispose()


def open_database(url: str) -> Database:
    """Open a database by URL, make it where it is new, and bring its tables up to date.

    ``sqlite:///FILE`` or ``postgresql://USER:PASSWORD@HOST/NAME``.

    Raises:
        StorageError: the URL is wrong, or the database cannot be reached, read or written.
        WorkspaceTooNew: it was written by a newer version of the program.
    """
    parsed = _parsed(url)
    try:
        engine = create_engine(parsed, hide_parameters=True, **_options(parsed))
    except ModuleNotFoundError as error:
        raise StorageError(
            f"the database driver {error.name} is not installed: install simulacra[postgresql]"
        ) from None
    except (NoSuchModuleError, ArgumentError):
        raise StorageError(_WRONG_URL) from None
    if parsed.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    database = Database(engine)
    try:
        if database.revision() != tables.HEAD:
            _upgrade(database)
    except BaseException:
        database.close()
        raise
    return database


_WRONG_URL = (
    "the database URL cannot be used: write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME"
)


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except (ArgumentError, ValueError):
        raise StorageError(_WRONG_URL) from None
    if backend not in ("sqlite", "postgresql"):
        raise StorageError(_WRONG_URL)
    if backend == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if not parsed.database or parsed.database == ":memory:":
        raise StorageError("the database must be a file: write sqlite:///FILE")
    return parsed


def _options(url: URL) -> dict[str, Any]:
    """Connection settings: enough connections for the threads of one process."""
    if url.get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": BUSY_SECONDS}}
    return {"pool_pre_ping": True, "connect_args": {"connect_timeout": 10}}


def _prepare_sqlite(raw: Any, _record: Any) -> None:
    """Transactions begin when we say so; write-ahead log, foreign keys, patience."""
    raw.isolation_level = None
    raw.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")
    raw.execute("PRAGMA foreign_keys = ON")
    if raw.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        raw.execute("PRAGMA journal_mode = WAL")


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes the lock at once: a later upgrade from reading could fail as busy."""
    writes = connection.get_execution_options().get(_WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return str(found) if found is not None else None


def _upgrade(database: Database) -> None:
    """Run the migrations in one transaction; of several programs at once, the first does it."""
    with database.write() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
        current = _revision(connection)
        if current != tables.HEAD:
            _migrate(connection, current, database.place)


def _migrate(connection: Connection, current: str | None, place: str) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    if current is not None:
        scripts = ScriptDirectory.from_config(config).walk_revisions()
        if current not in {script.revision for script in scripts}:
            raise WorkspaceTooNew(
                f"the database at {place} was written by a newer version: "
                "update simulacra, or choose another workspace"
            )
    command.upgrade(config, "head")


def _place(url: URL) -> str:
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    port = f":{url.port}" if url.port else ""
    return f"{url.host or 'localhost'}{port}/{url.database or ''}"


_SQLITE_REASONS = (
    (r"disk is full", "the disk is full: free some space and try again"),
    (r"readonly", "it is read-only: make the file and its folder writable"),
    (
        r"unable to open database file",
        "it cannot be opened: check that its folder exists and is writable",
    ),
    (r"database is locked", "another program keeps it locked: close that one and try again"),
    (
        r"not a database|malformed",
        "it is damaged or no database: restore a copy or choose another workspace",
    ),
    (r"disk I/O error", "reading or writing the disk failed: check the disk"),
)
_POSTGRES_REASONS = (
    (r"[Dd]isk full|No space left", "the disk of the server is full: free some space"),
    (r"read-only", "it is read-only: choose a server that can be written"),
    (r"password|authentication|role .* does not exist", "the server refused the user or password"),
    (r"database .* does not exist", "the server has no database of this name: create it first"),
    (r"permission denied", "the user may not do this: grant the rights to read and write"),
    (
        r"refused|could not translate|resolve|timeout|timed out|closed|terminat|lost|Connection",
        "the server cannot be reached: check address and port, and that it runs",
    ),
)


@contextlib.contextmanager
def _translated(url: URL) -> Iterator[None]:
    """Errors of the driver leave as one sentence, without statement, parameters or password."""
    try:
        yield
    except IntegrityError as error:
        raise Conflict(f"database {_place(url)}: a row does not fit: {error.orig}") from None
    except DBAPIError as error:
        raise StorageError(f"database {_place(url)}: {_reason(url, error)}") from None
    except (SQLAlchemyError, UnicodeEncodeError) as error:
        raise StorageError(f"database {_place(url)}: {type(error).__name__}: {error}") from error


def _reason(url: URL, error: DBAPIError) -> str:
    words = str(error.orig)
    known = _SQLITE_REASONS if url.get_backend_name() == "sqlite" else _POSTGRES_REASONS
    for pattern, sentence in known:
        if re.search(pattern, words):
            return sentence
    return re.sub(r"\s+", " ", words).strip()

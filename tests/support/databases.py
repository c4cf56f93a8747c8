"""Fixtures: an empty database, SQLite and, where a server is there, PostgreSQL."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from simulacra.storage.database import Database, open_database

POSTGRESQL = os.environ.get("SIMULACRA_TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1/test")


class Clock:
    """A clock that stands until it is moved, in seconds since 1970."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database: a fresh file, or a schema of its own."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'simulacra.db'}"
        return
    pytest.importorskip("psycopg", reason="the PostgreSQL driver is not installed")
    base = make_url(POSTGRESQL).set(drivername="postgresql+psycopg")
    engine = create_engine(base, connect_args={"connect_timeout": 3})
    schema = f"test_{secrets.token_hex(6)}"
    try:
        with engine.begin() as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
    except OperationalError:
        engine.dispose()
        pytest.skip("no PostgreSQL server: set SIMULACRA_TEST_POSTGRESQL to its URL")
    own = base.update_query_dict({"options": f"-csearch_path={schema}"})
    yield own.set(drivername="postgresql").render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
    engine.dispose()


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """An open, empty database."""
    opened = open_database(url)
    yield opened
    opened.close()

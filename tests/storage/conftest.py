"""Every storage test runs on SQLite and, where a server is there, on PostgreSQL."""

import pytest

from simulacra.storage.database import Database
from simulacra.storage.runs import RunRepository
from tests.support.databases import Clock, database, url

__all__ = ["database", "url"]


@pytest.fixture
def clock() -> Clock:
    """A clock that the test moves."""
    return Clock()


@pytest.fixture
def runs(database: Database, clock: Clock) -> RunRepository:
    """Runs in an empty database, by that clock."""
    return RunRepository(database, clock=clock)

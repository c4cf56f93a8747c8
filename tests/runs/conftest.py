"""Every test of runs has a database of its own, on SQLite and, where it is there, PostgreSQL."""

import pytest

from simulacra.storage.database import Database
from simulacra.storage.runs import RunRepository
from tests.support.databases import database, url

__all__ = ["database", "url"]


@pytest.fixture
def runs(database: Database) -> RunRepository:
    """Runs in an empty database."""
    return RunRepository(database)

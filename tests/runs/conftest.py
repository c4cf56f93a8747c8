"""A database file for each test of runs."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulacra.storage.database import open_database
from simulacra.storage.runs import RunRepository


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[RunRepository]:
    """Runs in an empty database."""
    database = open_database(f"sqlite:///{tmp_path / 'simulacra.db'}")
    yield RunRepository(database)
    database.close()

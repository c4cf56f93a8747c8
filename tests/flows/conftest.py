"""Flows take seconds each, so all are slow; a database for those that need one of their own."""

from pathlib import Path

import pytest

from tests.support.databases import url

__all__ = ["url"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what stands in this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)

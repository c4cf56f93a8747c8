"""Every storage test runs on SQLite and, where a server is there, on PostgreSQL."""

from tests.support.databases import database, url

__all__ = ["database", "url"]

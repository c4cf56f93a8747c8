"""A database for flows that need one of their own: SQLite, and PostgreSQL where it is there."""

from tests.support.databases import url

__all__ = ["url"]

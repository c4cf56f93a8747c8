"""The one place that picks adapters: database, memory index, models."""

from simulacra.workspace.studies import Studies

__all__ = ["Workspace"]


class Workspace(Studies):
    """A folder with a database and a memory index, and the models that work with them."""

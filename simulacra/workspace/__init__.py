"""The one place that picks adapters: database, memory index, models."""

from simulacra.workspace.studies import Answered, Studies

__all__ = ["Answered", "Workspace"]


class Workspace(Studies):
    """A folder with a database and a memory index, and the models that work with them."""

"""Opens a workspace for a user, with the characters of the library in it from the first time on."""

from simulacra.settings import Settings
from simulacra.workspace import Workspace


def open_seeded(settings: Settings, database_url: str | None = None) -> Workspace:
    """The workspace that the settings name; a fresh one is filled with the library characters.

    Raises:
        WorkspaceTooNew: a newer version wrote it.
        StorageError: it cannot be read or written.
    """
    secret = settings.database_url
    url = database_url or (secret.get_secret_value() if secret else None)
    workspace = Workspace.open(settings.workspace, settings=settings, database_url=url)
    try:
        seed_library(workspace)
    except BaseException:
        workspace.close()
        raise
    return workspace


def seed_library(workspace: Workspace) -> int:
    """Save the library characters where the workspace has none of them; how many were saved."""
    if any(person.source == "library" for person in workspace.personas.list()):
        return 0
    from personas.library import library  # reads whole lives: only where they are needed

    people = library()
    for person in people:
        workspace.personas.save(person)
    return len(people)

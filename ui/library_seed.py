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
    """Save the library characters that the workspace lacks; how many were saved."""
    from personas.library import library, library_ids

    missing = library_ids() - {person.id for person in workspace.personas.list()}
    if not missing:  # reading whole lives takes time: only where they are needed
        return 0
    for person in library():
        if person.id in missing:
            workspace.personas.save(person)
    return len(missing)

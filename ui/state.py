"""What the pages share: the open workspace, the background thread, one sentence for an error."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from pydantic import ValidationError

from simulacra.errors import SimulacraError
from simulacra.settings import Settings
from simulacra.workspace import Workspace
from ui.background import Background
from ui.library_seed import open_seeded
from ui.widgets import failure


@st.cache_resource(show_spinner="Opening the workspace", on_release=Workspace.close)
def _opened(path: str, url: str | None, model: str) -> Workspace:  # noqa: ARG001
    """One workspace a process, whatever the number of visitors."""
    return open_seeded(Settings())


@st.cache_resource(show_spinner=False, on_release=Background.close)
def background() -> Background:
    """The thread in which models are called."""
    return Background()


def workspace() -> Workspace:
    """The workspace that the environment names."""
    settings = Settings()
    secret = settings.database_url
    return _opened(
        str(settings.workspace), secret.get_secret_value() if secret else None, settings.model
    )


@contextmanager
def errors_shown() -> Iterator[None]:
    """An error on purpose is shown as its sentence and ends the page; others are raised."""
    try:
        yield
    except SimulacraError as error:
        failure(str(error))
        st.stop()
    except ValidationError as error:
        failure(f"A setting cannot be used: {error.errors()[0]['msg']}")
        st.stop()

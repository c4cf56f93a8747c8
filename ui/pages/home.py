"""Home: what is here, whether the model answers, the last runs, and the way to a first answer."""

import streamlit as st

from simulacra.domain.run import RunStatus
from simulacra.workspace import Workspace
from ui import widgets
from ui.probe import asked
from ui.shelf import Shelf
from ui.state import background, errors_shown, workspace

_QUESTION = "What are you most proud of?"


def main() -> None:
    """Draw the page."""
    widgets.style()
    widgets.title(
        "Simulacra", "Language models that play particular people, and answer as they would."
    )
    with errors_shown():
        store = workspace()
        left, right = st.columns([3, 2], gap="large")
        with left:
            _first_steps(store)
        with right:
            _here(store)
        _last_runs(store)


def _first_steps(store: Workspace) -> None:
    """Three steps from a person of the library to an answer."""
    everybody = store.personas.list()
    people = sorted(everybody, key=lambda one: (one.source != "library", not one.story_words))
    if not people:
        st.write("Bring somebody in from the terminal: `simulacra persona import FOLDER`")
        return
    names = {one.id: f"{one.name}, {one.age}" for one in people}
    st.html(widgets.heading("Your first answer, in three steps"))
    person = st.selectbox("1. Choose a person", list(names), format_func=names.__getitem__)
    question = st.text_input("2. Ask something", _QUESTION, max_chars=500)
    if st.button("3. Hear the answer", icon=":material/forum:", type="primary"):
        st.session_state.update(talk_with=person, say_first=question.strip() or _QUESTION)
        st.switch_page("pages/chat.py")
    st.caption(
        "On the embedded model an answer takes some seconds; it needs no key and no network."
    )


def _here(store: Workspace) -> None:
    """People, instruments and runs; the model and whether it answers."""
    people = store.personas.list()
    runs = store.runs.list()
    shelf = Shelf(store)
    widgets.facts([
        ("people", f"{len(people):,}"),
        ("instruments", f"{len(shelf.names())}"),
        ("runs", f"{len(runs):,}"),
        ("conversations", f"{len(store.conversations.list()):,}"),
        ("workspace", str(store.path)),
        ("model", store.settings.model),
    ])  # fmt: skip
    if st.button("Does the model answer?", icon=":material/network_check:"):
        with st.spinner("Asking"):
            told = background().run(asked(store, store.settings.model))
        widgets.facts([("yes", told)])


def _last_runs(store: Workspace) -> None:
    """The newest runs, with the way to their results."""
    runs = store.runs.list()[:8]
    if not runs:
        return
    st.html(widgets.heading("Last runs"))
    picked = st.dataframe(
        {
            "study": [one.name for one in runs],
            "run": [one.id for one in runs],
            "status": [one.status.value for one in runs],
            "answers": [f"{one.done:,} of {one.cells:,}" for one in runs],
            "missing": [one.missing for one in runs],
            "cost": [f"${one.cost:.4f}" for one in runs],
        },
        hide_index=True, on_select="rerun", selection_mode="single-row", key="last_runs",
    )  # fmt: skip
    rows = picked["selection"]["rows"]
    if rows and rows[0] < len(runs):
        one = runs[rows[0]]
        over = one.status in (RunStatus.DONE, RunStatus.CANCELLED) and one.done
        st.session_state["result_of" if over else "watched"] = one.id
        st.switch_page("pages/results.py" if over else "pages/study.py")


main()

"""People: who there is, and one person's profile, personality, life, story and memories."""

from typing import Any

import streamlit as st

from simulacra.domain.persona import Persona
from ui import widgets
from ui.charts import FUNCTION_WORDS, facet_plot
from ui.state import errors_shown, workspace


def main() -> None:
    """Draw the page."""
    widgets.style()
    with errors_shown():
        people = workspace().personas.list()
    if not people:
        widgets.title("People", "Nobody is here yet.")
        st.write("Bring somebody in from the terminal: `simulacra persona import FOLDER`")
        return
    widgets.title("People", f"{len(people)} in this workspace. None of them is real.")
    left, right = st.columns([2, 5], gap="large")
    with left:
        chosen = _chosen(_filtered(people))
    with right:
        if chosen is None:
            st.info("Nobody fits these filters.")
            return
        with errors_shown():
            person = workspace().personas.get(chosen)
        _person(person)


def _filtered(people: list[Any]) -> list[Any]:
    """Those who fit the filters, in the list's own order."""
    text = st.text_input("Search", placeholder="part of a name", key="name").strip().casefold()
    with st.expander("Filters"):
        gender = st.multiselect("Gender", sorted({one.gender for one in people}), key="gender")
        source = st.multiselect("Source", sorted({one.source for one in people}), key="source")
        ages = [one.age for one in people]
        low, high = min(ages), max(ages)
        if low < high:
            low, high = st.slider("Age", low, high, (low, high), key="age")
    return [
        one
        for one in people
        if text in one.name.casefold()
        and (not gender or one.gender in gender)
        and (not source or one.source in source)
        and low <= one.age <= high
    ]


def _chosen(found: list[Any]) -> str | None:
    """The id of the person to show: the row picked, else the one in the address, else the first."""
    if not found:
        return None
    ids = [one.id for one in found]
    picked = st.dataframe(
        {
            "name": [one.name for one in found],
            "age": [one.age for one in found],
            "source": [one.source for one in found],
        },
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        height=min(38 + 35 * len(found), 560),
        key="people",
    )
    rows = picked["selection"]["rows"]
    if rows and rows[0] < len(ids):
        st.query_params["person"] = ids[rows[0]]
        return str(ids[rows[0]])
    asked = st.query_params.get("person")
    return asked if asked in ids else str(ids[0])


def _person(person: Persona) -> None:
    """One person, in tabs."""
    profile = person.profile
    line = [f"{profile.age}", profile.gender, profile.occupation, profile.place]
    head, button = st.columns([4, 1], vertical_alignment="center")
    with head:
        widgets.title(person.name, " · ".join(part for part in line if part))
    if button.button("Talk", icon=":material/forum:", key="to_chat", width="stretch"):
        st.session_state["talk_with"] = person.id
        st.switch_page("pages/chat.py")
    tabs = st.tabs(["Profile", "Personality", "Life", "Story", "Memories"])
    for tab, draw in zip(tabs, (_profile, _personality, _life, _story, _memories), strict=True):
        with tab:
            draw(person)


def _profile(person: Persona) -> None:
    """Attributes beside the biography."""
    left, right = st.columns([2, 3], gap="large")
    with left:
        widgets.facts(_attributes(person))
    with right:
        widgets.passage(person.biography or "No biography.")


def _attributes(person: Persona) -> list[tuple[str, str]]:
    """Names and values of everything that the profile says."""
    data = person.profile.model_dump(mode="json")
    further = data.pop("attributes")
    rows = []
    for name, value in {**data, **further}.items():
        if value not in (None, "", [], ()):
            text = ", ".join(value) if isinstance(value, list) else str(value)
            rows.append((name.replace("_", " "), text))
    rows.append(("id", f"{person.id}, version {person.version}"))
    return rows


def _personality(person: Persona) -> None:
    """Facet levels, the ranking of functions, the sentences."""
    personality = person.personality
    if not (personality.facets or personality.functions or personality.traits):
        st.caption("Nothing is known of the personality.")
        return
    left, right = st.columns([1, 1], gap="large")
    with left:
        if personality.facets:
            facet_plot(personality)
        else:
            st.caption("No facet levels are given.")
    with right:
        if personality.functions:
            title = "The eight functions, strongest first"
            widgets.ranking(title, personality.functions, FUNCTION_WORDS)
        if personality.traits:
            sentences = "\n\n".join(trait.text for trait in personality.traits)
            widgets.passage(sentences, "In their own words")


def _life(person: Persona) -> None:
    """Dated episodes."""
    if person.episodes:
        widgets.timeline(person)
    else:
        st.caption("The life is not divided into episodes.")


def _story(person: Persona) -> None:
    """The whole life story."""
    st.caption(f"{person.story_words:,} words")
    widgets.passage(person.story or "No story.")


def _memories(person: Persona) -> None:
    """Memories that hold what is searched for."""
    wanted = st.text_input("Search the memories", key="memory_search").strip().casefold()
    found = [
        memory
        for memory in person.memories
        if wanted in " ".join((memory.summary, memory.content, memory.feeling)).casefold()
    ]
    st.caption(f"{len(found)} of {len(person.memories)}")
    widgets.memories(found)


main()

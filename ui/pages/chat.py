"""Chat: a conversation with one person, each reply with what brought it about."""

from collections.abc import Iterator
from typing import Any

import streamlit as st

from simulacra.domain.answer import Reply
from simulacra.domain.run import METHODS, Method
from simulacra.errors import SimulacraError
from ui import widgets
from ui.state import background, errors_shown, workspace
from ui.talk import Talk

WAYS = {
    "cognitive": "Remembers, feels, plans, then replies.",
    "retrieval": "Replies with passages of the life story at hand.",
    "profile": "Replies from the profile alone.",
    "blank": "The bare model, knowing nobody.",
}


def main() -> None:
    """Draw the page."""
    widgets.style()
    with errors_shown():
        people = workspace().personas.list()
    if not people:
        widgets.title("Chat", "Nobody is here yet.")
        st.write("Bring somebody in from the terminal: `simulacra persona import FOLDER`")
        return
    with errors_shown():
        talk = _talk(people)
    profile = talk.persona.profile
    line = [f"{profile.age}", profile.gender, profile.occupation, profile.place]
    widgets.title(talk.persona.name, " · ".join(part for part in line if part))
    turns: list[tuple[str, Reply]] = st.session_state["turns"]
    if not turns:
        st.caption("A simulated person. Ask about their life; under each reply stands its why.")
    for message, reply in turns:
        _turn(message, reply)
    first = st.session_state.pop("say_first", None)
    typed = st.chat_input("Say something", key="message", max_chars=4000) or first
    if typed and typed.strip():
        _answer(talk, typed.strip(), turns)


def _talk(people: list[Any]) -> Talk:
    """The conversation with the person, method and model chosen; a new choice starts a new one."""
    choice, new = _choice({one.id: one.name for one in people})
    if new or st.session_state.get("choice") != choice:
        person, method, model = choice
        store = workspace()
        talk = Talk(store, store.personas.get(person), method, model)
        st.session_state.update(talk=talk, turns=[], choice=choice)
    kept: Talk = st.session_state["talk"]
    return kept


def _choice(names: dict[str, str]) -> tuple[tuple[str, Method, str], bool]:
    """Person, method and model as chosen beside the conversation, and whether to begin anew."""
    default = workspace().settings.model
    # Streamlit forgets widgets while another page is shown; the conversation's choice stays.
    kept = st.session_state.get("choice", (next(iter(names)), METHODS[-1], default))
    for name, value in zip(("person", "method", "model"), kept, strict=True):
        st.session_state.setdefault(name, value)
    wanted = st.session_state.pop("talk_with", None)
    if wanted in names:
        st.session_state["person"] = wanted
    with st.sidebar:
        person = st.selectbox("Person", list(names), format_func=names.__getitem__, key="person")
        method = st.selectbox("Method", list(reversed(METHODS)), key="method")
        st.caption(WAYS[method])
        model = st.selectbox(
            "Model",
            list(dict.fromkeys([default, "embedded", kept[2]])),
            accept_new_options=True,
            key="model",
            help="embedded, openai:NAME or scripted:FILE",
        )
        new = st.button("New conversation", icon=":material/add_comment:", width="stretch")
    return (person, method, model or default), new


def _turn(message: str, reply: Reply) -> None:
    """What was said and replied."""
    with st.chat_message("user", avatar=":material/edit:"):
        st.html(widgets.speech(message))
    with st.chat_message("assistant", avatar=":material/person:"):
        st.html(widgets.speech(reply.text))
        _why(reply)


def _why(reply: Reply) -> None:
    """The panel under a reply."""
    with st.expander("Why this reply", icon=":material/psychology:"):
        widgets.why(reply)


def _answer(talk: Talk, message: str, turns: list[tuple[str, Reply]]) -> None:
    """Stream the reply; a failure is said and leaves the conversation as it was."""
    with st.chat_message("user", avatar=":material/edit:"):
        st.html(widgets.speech(message))
    with st.chat_message("assistant", avatar=":material/person:"):
        place = st.empty()
        place.caption(
            "remembering, feeling, planning" if talk.method == "cognitive" else "thinking"
        )
        try:
            reply = _streamed(background().pieces(talk.say(message)), place)
        except SimulacraError as error:
            place.empty()
            widgets.failure(str(error))
            return
        place.html(widgets.speech(reply.text))
        turns.append((message, reply))
        _why(reply)


def _streamed(pieces: Iterator[str | Reply], place: Any) -> Reply:
    """Show the pieces as they come; the whole reply at the end."""
    text = ""
    for piece in pieces:
        if isinstance(piece, Reply):
            return piece
        text += piece
        place.html(widgets.speech(text))
    raise AssertionError("a conversation ends its reply with the whole of it")


main()

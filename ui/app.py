"""The app: which pages there are. Start it with ``simulacra ui``."""

from pathlib import Path

import streamlit as st

ICON = Path(__file__).parent / "assets" / "icon.png"

st.set_page_config(page_title="Simulacra", page_icon=str(ICON), layout="wide")
page = st.navigation(
    [
        st.Page("pages/people.py", title="People", icon=":material/group:", default=True),
        st.Page("pages/chat.py", title="Chat", icon=":material/forum:"),
    ],
    position="top",
)
page.run()

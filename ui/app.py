"""The app: which pages there are. Start it with ``simulacra ui``."""

from pathlib import Path

import streamlit as st

ICON = Path(__file__).parent / "assets" / "icon.png"

st.set_page_config(page_title="Simulacra", page_icon=str(ICON), layout="wide")
page = st.navigation(
    [
        st.Page("pages/home.py", title="Home", icon=":material/home:", default=True),
        st.Page("pages/people.py", title="People", icon=":material/group:"),
        st.Page("pages/chat.py", title="Chat", icon=":material/forum:"),
        st.Page("pages/surveys.py", title="Surveys", icon=":material/quiz:"),
        st.Page("pages/study.py", title="Study", icon=":material/science:"),
        st.Page("pages/results.py", title="Results", icon=":material/bar_chart:"),
    ],
    position="top",
)
page.run()

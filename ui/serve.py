"""Serves the app: ``streamlit run``, with the app's own menu from the first visitor on.

Streamlit makes a menu of every folder called ``pages`` until ``app.py`` has run once, so that the
first visitor who comes by a page's own address would see that menu and an unconfigured page.
"""

import sys

from streamlit.runtime.pages_manager import PagesManager
from streamlit.web.cli import main

if __name__ == "__main__":
    PagesManager.uses_pages_directory = False
    sys.exit(main(prog_name="streamlit"))

"""Pages of the app as a visitor sees them."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

APP = Path(__file__).parents[2] / "ui" / "app.py"


def opened(page: str = "people", **query: str) -> AppTest:
    """A page of the app as a visitor sees it, who came by its address."""
    test = AppTest.from_file(str(APP), default_timeout=60)
    for name, value in query.items():
        test.query_params[name] = value
    test.run().switch_page(f"pages/{page}.py").run()
    assert not test.exception, test.exception
    return test


def shown(test: AppTest) -> str:
    """All HTML of the page."""
    return "\n".join(element.proto.body for element in test.get("html"))

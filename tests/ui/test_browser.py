"""The app in a real browser: a chat, its why panel, and the row that stays in the database."""

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import pytest

from simulacra.settings import Settings
from ui.library_seed import open_seeded

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CHROMIUM = which("chromium") or which("chromium-browser")


@pytest.fixture
def address(folder: Path, script: str) -> Iterator[str]:
    """The app, served on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-c", "from ui.cli import main; main()", "ui", "--port", str(port),
         "--workspace", str(folder), "--model", script],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{url}/_stcore/health")
        yield url
    finally:
        process.terminate()
        process.wait(timeout=60)


def _wait(url: str) -> None:
    deadline = time.monotonic() + 90
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            assert time.monotonic() < deadline, "the app does not answer"
            time.sleep(0.2)


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
def test_a_conversation_in_the_browser(address: str, folder: Path):
    from playwright.sync_api import sync_playwright

    asked: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        page.set_default_timeout(90_000)
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{address}/chat")  # by the page's own address, as the first visitor
        page.get_by_test_id("stTopNavLink").get_by_text("People").wait_for()
        box = page.get_by_test_id("stChatInputTextArea")
        box.fill("Where were you born?")
        box.press("Enter")
        page.get_by_text("I was born by the sea. <b>bold</b> ![x]").first.wait_for()
        page.get_by_text("Why this reply").click()
        for part in ("What came to mind", "Feeling", "Plan", "Calls to the model"):
            page.get_by_role("heading", name=part).wait_for()
        page.locator("details.call summary").last.click()
        page.get_by_role("heading", name="system").last.wait_for()
        page.get_by_test_id("stTopNavLink").get_by_text("People").click()
        page.get_by_role("tab", name="Life").click()
        page.locator("ol.timeline summary").first.wait_for()
        browser.close()
    outside = [url for url in asked if not url.startswith((address, "data:", "blob:"))]
    assert outside == []
    with open_seeded(Settings(workspace=folder)) as workspace:
        [conversation] = workspace.conversations.list()
        [turn] = workspace.conversations.turns(conversation.id)
    assert turn.text == "Where were you born?"
    assert turn.reply.recalled
    assert [call.request.agent for call in turn.reply.calls][-1] == "top"

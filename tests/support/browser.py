"""The app in a real browser."""

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import which
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, sync_playwright

CHROMIUM = which("chromium") or which("chromium-browser")
needs_browser = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
]


class Visit(NamedTuple):
    """A page, where the app is, and every address that the browser asked for."""

    page: Page
    address: str
    asked: list[str]

    def go(self, name: str) -> None:
        """To a page by its link."""
        self.page.get_by_test_id("stTopNavLink").get_by_text(name).click()

    @property
    def outside(self) -> list[str]:
        """Addresses that are not the app's own."""
        return [url for url in self.asked if not url.startswith((self.address, "data:", "blob:"))]


@contextmanager
def served(folder: Path, model: str) -> Iterator[str]:
    """The app on a free port; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-c", "from ui.cli import main; main()", "ui", "--port", str(port),
         "--workspace", str(folder), "--model", model],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(f"{url}/_stcore/health")
        yield url
    finally:
        process.terminate()
        process.wait(timeout=60)


@contextmanager
def visited(address: str, place: str = "") -> Iterator[Visit]:
    """A visitor who comes by a page's own address."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        page.set_default_timeout(90_000)
        visit = Visit(page, address, [])
        page.on("request", lambda request: visit.asked.append(request.url))
        page.goto(f"{address}/{place}")
        yield visit
        browser.close()


def _wait(url: str) -> None:
    deadline = time.monotonic() + 90
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            assert time.monotonic() < deadline, "the app does not answer"
            time.sleep(0.2)

"""What all tests share: no network but loopback, and where the shared material lies."""

import os
from pathlib import Path

import pytest
from hypothesis import settings
from pytest_socket import socket_allow_hosts

from tests.support.snapshots import Snapshots

ROOT = Path(__file__).parent.parent

# The same cases in every run, and no clock: a busy machine fails no test.
settings.register_profile("project", deadline=None, derandomize=True, max_examples=40)
settings.load_profile("project")


@pytest.fixture(autouse=True)
def _loopback_only() -> None:
    """Every test may speak to this machine and to nothing else."""
    socket_allow_hosts(["127.0.0.1", "::1"], allow_unix_socket=True)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real material; tests that need it skip where it is absent."""
    folder = Path(os.environ.get("SIMULACRA_TEST_DATA", ROOT / ".." / "shared" / "data")).resolve()
    if not folder.is_dir():
        pytest.skip("shared data absent: set SIMULACRA_TEST_DATA to its folder")
    return folder


def pytest_addoption(parser: pytest.Parser) -> None:
    """An option to take the prompts as they are now for right."""
    parser.addoption("--update-snapshots", action="store_true", help="rewrite tests/snapshots")


@pytest.fixture(scope="session")
def snapshots(pytestconfig: pytest.Config) -> Snapshots:
    """Rendered prompts to compare with; ``pytest --update-snapshots`` rewrites them."""
    return Snapshots(update=bool(pytestconfig.getoption("update_snapshots")))

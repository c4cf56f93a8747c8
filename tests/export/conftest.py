"""What the tests of the exports share."""

import pytest

from tests.support.exports import Run, small_run


@pytest.fixture
def run() -> Run:
    return small_run()

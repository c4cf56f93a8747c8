"""Calls are counted here, so no reply is read once more for its role: other tests do that."""

import pytest

from simulacra.cognition import role_check


@pytest.fixture(autouse=True)
def _gate_shut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(role_check, "suspicions", lambda *_: ())

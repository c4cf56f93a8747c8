"""What the environment says, and that keys are not said back."""

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from simulacra.settings import ModelSettings, Price, Settings

KEY = "sk-not-to-be-seen"


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for field in Settings.model_fields:
        monkeypatch.delenv(f"SIMULACRA_{field.upper()}", raising=False)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)


def test_nothing_needs_to_be_set() -> None:
    settings = Settings()
    assert settings.workspace == Path("simulacra-data")
    assert settings.model == "embedded"
    assert settings.database_url is None and settings.openai_api_key is None
    assert settings.model_settings() == ModelSettings()


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    said = {
        "SIMULACRA_WORKSPACE": "/tmp/somewhere",
        "SIMULACRA_MODEL": "openai:small",
        "SIMULACRA_DATABASE_URL": "postgresql://u:secret@h/db",
        "SIMULACRA_GGUF": "/models/x.gguf",
        "SIMULACRA_REPRODUCIBLE": "true",
        "SIMULACRA_IN_FLIGHT": "12",
        "SIMULACRA_DETAIL": "brief",
        "SIMULACRA_PRICES": '{"small": {"input": 0.5, "output": 1.5}}',
        "OPENAI_API_KEY": KEY,
        "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
    }
    for name, value in said.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert (settings.workspace, settings.model) == (Path("/tmp/somewhere"), "openai:small")
    model = settings.model_settings()
    assert model.openai_api_key == SecretStr(KEY)
    assert model.openai_base_url == "http://127.0.0.1:9/v1"
    assert (model.gguf, model.reproducible) == (Path("/models/x.gguf"), True)
    assert (model.in_flight, model.detail) == (12, "brief")
    assert model.prices == {"small": Price(input=0.5, output=1.5)}


def test_an_empty_variable_is_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "SIMULACRA_MODEL", "SIMULACRA_IN_FLIGHT"):
        monkeypatch.setenv(name, "")
    assert Settings().model_settings() == ModelSettings()
    assert Settings().model == "embedded"


def test_keys_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("SIMULACRA_DATABASE_URL", f"postgresql://u:{KEY}@h/db")
    settings = Settings()
    for shown in (settings, settings.model_settings()):
        for text in (repr(shown), str(shown), str(shown.model_dump()), shown.model_dump_json()):
            assert KEY not in text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TIMEOUT", "0"),
        ("MAX_ATTEMPTS", "0"),
        ("IN_FLIGHT", "0"),
        ("REQUESTS_PER_MINUTE", "0"),
        ("TOKENS_PER_MINUTE", "-5"),
        ("DETAIL", "some"),
        ("REPRODUCIBLE", "perhaps"),
    ],
)
def test_a_value_that_cannot_work_is_refused(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"SIMULACRA_{name}", value)
    with pytest.raises(ValidationError) as caught:
        Settings()
    assert caught.value.errors()[0]["loc"] == (name.lower(),)


def test_bounds_hold_for_both() -> None:
    with pytest.raises(ValidationError, match="in_flight"):
        ModelSettings(in_flight=0)
    with pytest.raises(ValidationError, match="timeout"):
        ModelSettings(timeout=-1)


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Settings().model = "other"  # type: ignore[misc]

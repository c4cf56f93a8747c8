"""Settings: keys, paths, default model. Read once, passed on, never a global."""

from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from simulacra.domain.base import Frozen


class Price(Frozen):
    """US dollars per million tokens; ``cached_input`` None: cached ones cost as others do."""

    input: float = 0.0
    cached_input: float | None = None
    output: float = 0.0


class ModelSettings(Frozen):
    """How models are reached and held in bounds.

    ``timeout`` in seconds; ``requests_per_minute`` and ``tokens_per_minute`` None means unlimited;
    ``prices`` by model name; ``detail`` overrides how much of a person goes into the prefix,
    ``one_form`` whether all replies have one form (see ``ModelInfo``);
    ``reproducible`` turns the embedded server's prompt cache off.
    """

    openai_api_key: SecretStr | None = None
    openai_base_url: str | None = None
    gguf: Path | None = None
    reproducible: bool = False
    timeout: float = Field(default=60.0, gt=0)
    max_attempts: int = Field(default=5, ge=1)
    requests_per_minute: float | None = Field(default=None, gt=0)
    tokens_per_minute: float | None = Field(default=None, gt=0)
    in_flight: int | None = Field(default=None, ge=1)
    prices: dict[str, Price] = Field(default_factory=dict)
    detail: Literal["full", "brief"] | None = None
    one_form: bool = False


class Settings(BaseSettings):
    """What the environment says. Variables start with ``SIMULACRA_``; empty ones do not count.

    The standard ``OPENAI_API_KEY`` and ``OPENAI_BASE_URL`` are honoured as they are.
    ``max_failures`` technical failures in a row pause a run.
    """

    model_config = SettingsConfigDict(
        env_prefix="SIMULACRA_", env_ignore_empty=True, extra="ignore", frozen=True
    )

    workspace: Path = Path("simulacra-data")
    database_url: SecretStr | None = None
    model: str = "embedded"
    embedder: str = "wordllama"
    openai_api_key: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("OPENAI_API_KEY")
    )
    openai_base_url: str | None = Field(
        default=None, validation_alias=AliasChoices("OPENAI_BASE_URL")
    )
    gguf: Path | None = None
    reproducible: bool = False
    timeout: float = Field(default=60.0, gt=0)
    max_attempts: int = Field(default=5, ge=1)
    requests_per_minute: float | None = Field(default=None, gt=0)
    tokens_per_minute: float | None = Field(default=None, gt=0)
    in_flight: int | None = Field(default=None, ge=1)
    prices: dict[str, Price] = Field(default_factory=dict)
    detail: Literal["full", "brief"] | None = None
    one_form: bool = False
    max_failures: int = Field(default=20, ge=1)

    def model_settings(self) -> ModelSettings:
        """The part that models need."""
        return ModelSettings(**{name: getattr(self, name) for name in ModelSettings.model_fields})

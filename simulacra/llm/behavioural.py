"""The spec ``behavioural`` or ``behavioural:FILE``: simulated respondents in place of a model."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import yaml
from pydantic import ValidationError

from simulacra.domain.base import content_hash
from simulacra.domain.behaviour import Behaviour
from simulacra.domain.call import Completion, Request, Scores
from simulacra.errors import FatalModelError, InputError
from simulacra.llm.port import ModelInfo

KIND = "behavioural"


def behaviour_of(spec: str) -> Behaviour | None:
    """The population that a model spec names; None for a spec of another kind.

    Raises:
        InputError: the file cannot be read or is no population.
    """
    kind, _, name = spec.partition(":")
    if kind != KIND:
        return None
    if not name:
        return Behaviour()
    path = Path(name)
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Behaviour.model_validate(data or {})
    except OSError as error:
        raise InputError(f"the file cannot be read: {error.strerror}", path=path) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError("this is no YAML of simulated respondents", path=path) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{place}: {first['msg']}", path=path) from error


class BehaviouralModel:
    """Stands where a model would: says what it is, and refuses everything but survey items."""

    def __init__(self, spec: str, behaviour: Behaviour) -> None:
        self.info = ModelInfo(
            spec=spec,
            name=behaviour.name,
            default_temperature=0.0,
            reproducible=True,
            fingerprint=content_hash(behaviour)[:16],
        )

    async def complete(self, request: Request) -> Completion:  # noqa: ARG002
        """Refused: there is no language in it.

        Raises:
            FatalModelError: always.
        """
        raise _no_language()

    async def stream(self, request: Request) -> AsyncIterator[str | Completion]:
        """Refused, as ``complete`` is."""
        yield await self.complete(request)

    async def score(self, request: Request, options: Sequence[str]) -> Scores:  # noqa: ARG002
        """Refused, as ``complete`` is."""
        raise _no_language()

    async def aclose(self) -> None:
        """Nothing to give back."""


def _no_language() -> FatalModelError:
    return FatalModelError(
        "Simulated respondents (behavioural) answer surveys only; choose a language model for this."
    )

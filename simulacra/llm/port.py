"""The port every model stands behind: complete, stream, score options."""

from collections.abc import AsyncIterator, Sequence
from typing import Literal, Protocol

from simulacra.domain.base import Frozen
from simulacra.domain.call import Completion, Request, Scores


class ModelInfo(Frozen):
    """What callers need to know of a model before the first call.

    ``elicitation``: how a closed item is best asked: ``schema`` (structured output with an enum of
    codes) or ``score`` (log-probabilities of the options' texts). ``detail``: how much of a person
    goes into the shared prefix, ``full`` (profile, traits, biography) or ``brief`` (key facts; for
    small models). ``one_form``: the service puts the form of a reply in front of the prompt, so a
    prompt finds its beginning in a cache only where all replies have one form. ``reproducible``:
    equal requests give equal replies whatever came before.
    """

    spec: str
    name: str
    elicitation: Literal["schema", "score"] = "schema"
    detail: Literal["full", "brief"] = "full"
    one_form: bool = False
    default_temperature: float = 1.0
    context_tokens: int = 128_000
    parallel: int = 64
    reproducible: bool = False
    fingerprint: str = ""


class Model(Protocol):
    """A language model.

    Every method raises ``ModelError`` (see ``simulacra.errors``) and never answers in its place.
    """

    @property
    def info(self) -> ModelInfo:
        """Static facts about the model."""
        ...

    async def complete(self, request: Request) -> Completion:
        """The reply to a prompt; JSON text that fits ``request.output`` where that is given."""
        ...

    def stream(self, request: Request) -> AsyncIterator[str | Completion]:
        """Pieces of the reply as they come, and the whole ``Completion`` as the last one."""
        ...

    async def score(self, request: Request, options: Sequence[str]) -> Scores:
        """Log-probability of each option's text as the reply, given the prompt."""
        ...

    async def aclose(self) -> None:
        """Give back connections and processes."""
        ...

"""How people are asked in an evaluation, and who answered."""

from pydantic import Field

from simulacra.domain.base import Frozen
from simulacra.domain.run import Mechanism, PersonaRef


class Asking(Frozen):
    """Who is asked, by which method and model, how often; ``temperature`` None: the model's own."""

    people: tuple[PersonaRef, ...] = Field(min_length=1)
    mechanism: Mechanism = Mechanism()
    model: str
    replicates: int = Field(default=1, ge=1)
    seed: int = 0
    temperature: float | None = None
    concurrency: int = 8

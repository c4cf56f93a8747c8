"""A small model that goes on where its replies were begun, and a life written by it."""

import random

from personas.authoring.gate import Gate
from personas.authoring.pipeline import Pipeline, Written
from personas.authoring.settings import WriteSettings
from simulacra.domain.call import Request
from simulacra.llm.port import ModelInfo
from simulacra.llm.schema_values import value_for
from simulacra.llm.scripted import ScriptedModel
from simulacra.seeds import seed_of
from tests.support.authoring import FakeReviews, author
from tests.support.embedders import HashEmbedder
from tests.support.novelist import prose
from tests.support.people import ilka

SMALL = ModelInfo(spec="small", name="small", detail="brief", default_temperature=0.0)


async def lead(words: int = 700, *, dull: bool = False) -> tuple[Written, list[Request]]:
    """What came of it, and what was asked. ``dull``: the model says the same thing always."""
    requests: list[Request] = []

    def reply(request: Request) -> str | dict[str, object]:
        requests.append(request)
        if request.output is None:
            chance = random.Random(0 if dull else seed_of(request.key()))
            return f" she ran to the {prose(chance, 30).lower()}"
        made = value_for(request.output.definition, request.seed or 0)
        assert isinstance(made, dict)
        return made

    gate = Gate(FakeReviews(), "ilka-varga", auto_approve=True, by="test")
    writer = author(ScriptedModel(reply, info=SMALL))
    pipeline = Pipeline(writer, WriteSettings(words=words), gate, HashEmbedder())
    return await pipeline.write(ilka()), requests

"""A model that says something of the right form and length, to see beforehand what a run takes."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence

from simulacra.domain.base import Frozen
from simulacra.domain.call import Call, Completion, Request, Scores, Usage
from simulacra.llm.port import ModelInfo
from simulacra.llm.pricing import cost_of
from simulacra.llm.schema_values import value_for
from simulacra.settings import Price

_CHARACTERS_PER_TOKEN = 4  # of English text, on the vocabularies in use
_WORD = "word "


class Usual(Frozen):
    """What calls of an agent usually take: tokens of a reply, seconds."""

    tokens_out: float
    seconds: float


ASSUMED: Mapping[str, Usual] = {
    "emotion": Usual(tokens_out=70, seconds=1.0),
    "planning": Usual(tokens_out=110, seconds=1.2),
    "top": Usual(tokens_out=20, seconds=0.8),
    "role": Usual(tokens_out=25, seconds=0.6),
}
"""What is assumed of a model that no run of the workspace has used yet."""


class RehearsalModel:
    """Answers at once and for nothing; its calls carry the tokens, seconds and cost to expect.

    Beginnings of prompts that came before count as cached, as services count them: in blocks of
    128 tokens from 1,024 on.
    """

    def __init__(self, info: ModelInfo, usual: Mapping[str, Usual], price: Price) -> None:
        self.info, self._usual, self._price = info, usual, price
        self._seen: set[int] = set()

    async def complete(self, request: Request) -> Completion:
        """A value that fits the schema, or a few words."""
        if request.output is not None:
            text = json.dumps(value_for(request.output.definition, request.seed or 0))
        else:
            text = _WORD * 5
        return Completion(text=text, call=self._call(request, text))

    async def stream(self, request: Request) -> AsyncIterator[str | Completion]:
        """The same in one piece."""
        whole = await self.complete(request)
        yield whole.text
        yield whole

    async def score(self, request: Request, options: Sequence[str]) -> Scores:
        """All options alike."""
        call = self._call(request, "")
        return Scores(logprobs=(-1.0,) * len(options), tokens=(1,) * len(options), call=call)

    async def aclose(self) -> None:
        """Nothing to give back."""

    def _call(self, request: Request, text: str) -> Call:
        usual = self._usual.get(request.agent) or ASSUMED["top"]
        prompt = "\x1e".join(f"{one.role}\x1f{one.text}" for one in request.messages)
        usage = Usage(
            tokens_in=len(prompt) // _CHARACTERS_PER_TOKEN + 1,
            tokens_cached=self._cached(prompt),
            tokens_out=round(usual.tokens_out),
        )
        return Call(
            request=request,
            reply=text,
            usage=usage,
            latency=usual.seconds,
            cost=cost_of(usage, self._price),
            model=self.info.name,
        )

    def _cached(self, prompt: str) -> int:
        block = 128 * _CHARACTERS_PER_TOKEN
        ends = range(2 * 512 * _CHARACTERS_PER_TOKEN, len(prompt) + 1, block)
        known = [end for end in ends if hash(prompt[:end]) in self._seen]
        self._seen.update(hash(prompt[:end]) for end in ends)
        return known[-1] // _CHARACTERS_PER_TOKEN if known else 0

"""llama.cpp's own HTTP interface, as far as the scoring of texts needs it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby, takewhile
from typing import Any

import aiohttp

from simulacra.domain.call import Message
from simulacra.errors import BadReply, ConnectionLost, ModelTimeout
from simulacra.llm.status import Place, status_error

Tokens = tuple[int, ...]
# Where options part, one step lists so many likely tokens; the options among them cost nothing
# more. An option further down the list is asked for by name.
_LISTED = 1000


class LlamaClient:
    """POST requests to llama.cpp's server, each on a connection of its own.

    The server closes a kept connection after some hundred requests; a request that meets the
    closing is lost, and opening one on loopback costs next to nothing.
    """

    def __init__(self, url: str, model: str, timeout: float) -> None:
        self._place = Place(url, model)
        self._session = aiohttp.ClientSession(
            base_url=url,
            timeout=aiohttp.ClientTimeout(total=timeout),
            connector=aiohttp.TCPConnector(force_close=True),
        )
        self._timeout = timeout

    async def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The JSON object that the server answers with."""
        try:
            async with self._session.post(path, json=body) as response:
                text = await response.text()
                if response.status != 200:
                    raise status_error(self._place, response.status, text, response.headers)
                reply: dict[str, Any] = await response.json()
                return reply
        except TimeoutError:
            raise ModelTimeout(
                f"{self._place} did not answer within {self._timeout:g} s; raise the timeout."
            ) from None
        except aiohttp.ClientError as error:
            raise ConnectionLost(
                f"cannot reach {self._place} ({type(error).__name__}); start again."
            ) from None
        except ValueError:
            raise BadReply(f"{self._place} sent a body that is not valid JSON.") from None

    async def aclose(self) -> None:
        """Close the connection."""
        await self._session.close()

    async def prompt_tokens(self, messages: Sequence[Message]) -> Tokens:
        """The messages in the model's chat template, up to where the reply goes on."""
        body = {"messages": [{"role": m.role, "content": m.text} for m in messages]}
        text = (await self.post("/apply-template", body))["prompt"]
        return await self._tokens(text, special=True)

    async def option_tokens(self, options: Sequence[str]) -> list[Tokens]:
        """Each option's tokens, cut on its own."""
        return list(await asyncio.gather(*(self._tokens(o, special=False) for o in options)))

    async def _tokens(self, text: str, *, special: bool) -> Tokens:
        body = {"content": text, "add_special": special, "parse_special": special}
        return tuple((await self.post("/tokenize", body))["tokens"])


@dataclass
class TextScores:
    """Sums and counts of token log-probabilities by option, and what finding them took."""

    logprobs: tuple[float, ...] = ()
    tokens: tuple[int, ...] = ()
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0

    @property
    def best(self) -> int:
        """Index of the option with the highest log-probability; the first of equals."""
        return max(range(len(self.logprobs)), key=lambda index: self.logprobs[index])


@dataclass
class TokenScorer:
    """Log-probabilities of several texts after one prompt, each shared token evaluated once.

    The options form a tree of tokens, walked depth first so that the server's cache always holds
    the path to the present node. A grammar of token ids forces a stretch that does not part (a
    grammar of characters would force odd tokens); the log-probabilities returned are those before
    the grammar. ``fresh``: the first step reads the whole prompt anew, whatever the cache holds.
    """

    client: LlamaClient
    fresh: bool
    _sums: dict[Tokens, float] = field(default_factory=dict)
    _cost: TextScores = field(default_factory=TextScores)

    async def score(self, messages: Sequence[Message], options: Sequence[str]) -> TextScores:
        """The scores of the options, in the order given."""
        prompt = await self.client.prompt_tokens(messages)
        texts = await self.client.option_tokens(options)
        self._sums = {(): 0.0}
        # The prompt's last token is evaluated alone for every option alike, so that none gains
        # from the rounding of a long batch; the step before fills the cache up to there.
        if self.fresh or len(prompt) > 1:
            await self._step(prompt, {"n_predict": 0, "cache_prompt": not self.fresh})
        await self._walk(prompt, (), sorted(set(texts)))
        self._cost.logprobs = tuple(self._sums[text] for text in texts)
        self._cost.tokens = tuple(len(text) for text in texts)
        return self._cost

    async def _walk(self, prompt: Tokens, path: Tokens, texts: list[Tokens]) -> None:
        """Fill in the sums of all texts that begin with ``path``, whose own sum is known."""
        longer = [text for text in texts if len(text) > len(path)]
        branches = [list(group) for _, group in groupby(longer, lambda text: text[len(path)])]
        if len(branches) > 1:
            await self._list(prompt, path, [branch[0][len(path)] for branch in branches])
        for branch in branches:
            shared = _common(branch[0], branch[-1])
            known = path + shared[len(path) : len(path) + 1]
            start = known if known in self._sums else path
            await self._force(prompt, start, shared[len(start) :])
            await self._walk(prompt, shared, branch)

    async def _list(self, prompt: Tokens, path: Tokens, heads: list[int]) -> None:
        """Look for the next tokens ``heads`` among the likeliest after ``path``."""
        reply = await self._step(prompt + path, {"n_predict": 1, "n_probs": _LISTED})
        listed = reply["completion_probabilities"][0]["top_logprobs"]
        found = {entry["id"]: float(entry["logprob"]) for entry in listed}
        for head in heads:
            if head in found:
                self._sums[(*path, head)] = self._sums[path] + found[head]

    async def _force(self, prompt: Tokens, path: Tokens, stretch: Tokens) -> None:
        """Make the model write ``stretch`` after ``path`` and add up its log-probabilities."""
        if not stretch:
            return
        grammar = "root ::= " + " ".join(f"<[{token}]>" for token in stretch)
        reply = await self._step(
            prompt + path, {"n_predict": len(stretch), "n_probs": 1, "grammar": grammar}
        )
        written = reply["completion_probabilities"]
        if tuple(entry["id"] for entry in written) != stretch:
            raise BadReply("llama.cpp wrote other tokens than its grammar allows; try again.")
        for entry in written:
            total = self._sums[path] + float(entry["logprob"])
            path = (*path, entry["id"])
            self._sums[path] = total

    async def _step(self, tokens: Tokens, body: dict[str, Any]) -> dict[str, Any]:
        # top_k 1 keeps the sampler cheap; the log-probabilities are taken before it.
        common = {"prompt": list(tokens), "cache_prompt": True, "temperature": 0.0, "top_k": 1}
        reply = await self.client.post("/completion", {**common, **body})
        timings = reply["timings"]
        self._cost.tokens_in += timings["prompt_n"] + timings["cache_n"]
        self._cost.tokens_cached += timings["cache_n"]
        self._cost.tokens_out += timings["predicted_n"]
        return reply


def _common(first: Tokens, last: Tokens) -> Tokens:
    """What all texts between two in sorted order begin with."""
    pairs = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return tuple(token for token, _ in pairs)

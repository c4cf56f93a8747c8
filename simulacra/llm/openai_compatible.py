"""Any server that speaks the OpenAI chat protocol, through one long-lived ``AsyncOpenAI`` client.

Nothing is retried here (see ``simulacra.llm.limits``); every failure becomes one of the errors of
``simulacra.errors``, and no message holds the key.
"""

import json
import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx2
from openai import AsyncOpenAI, DefaultAioHttpClient
from openai.types.chat import ChatCompletion
from pydantic import SecretStr

from simulacra.domain.call import Call, Completion, Request, Scores, Usage
from simulacra.errors import BadReply
from simulacra.llm.letters import MAX_OPTIONS, letter_logprobs, lettered
from simulacra.llm.loops import PerLoop
from simulacra.llm.openai_errors import openai_errors
from simulacra.llm.port import ModelInfo
from simulacra.llm.pricing import cost_of
from simulacra.llm.status import Place
from simulacra.settings import Price

OPENAI_URL = "https://api.openai.com/v1"
_CLOSE = {"Connection": "close"}


class OpenAICompatibleModel:
    """A model behind an OpenAI-compatible URL.

    ``timeout`` is the longest silence of the server, in seconds. ``price`` gives the cost of a
    call, nothing where it is unknown. ``extra_body`` goes into every request as it stands.
    ``echoes_prefill`` says that the server repeats a closing assistant message at the start of its
    reply; the repetition is then taken off, so that a reply never holds its own prompt. Without
    ``keep_alive`` every request opens a connection of its own.
    """

    def __init__(
        self,
        info: ModelInfo,
        *,
        base_url: str | None = None,
        api_key: SecretStr | None = None,
        timeout: float = 60.0,
        price: Price | None = None,
        extra_body: dict[str, Any] | None = None,
        echoes_prefill: bool = False,
        trust_env: bool = True,
        keep_alive: bool = True,
    ) -> None:
        self.info = info
        self._place = Place(base_url or OPENAI_URL, info.name, api_key)
        self.timeout = timeout
        self._price = price or Price()
        self._extra_body = extra_body
        self._echoes_prefill = echoes_prefill
        self._trust_env = trust_env
        self._headers = {} if keep_alive else _CLOSE
        # OpenAI's own newer models refuse max_tokens; other servers may know nothing else.
        own = "api.openai.com" in self._place.url
        self._max_tokens_name = "max_completion_tokens" if own else "max_tokens"
        self._clients = PerLoop(self._open)

    async def complete(self, request: Request) -> Completion:
        """One chat completion; see the port."""
        started = time.perf_counter()
        return self.completion(request, await self._create(self.body(request)), started)

    def completion(self, request: Request, reply: Any, started: float) -> Completion:
        """A chat completion of the server as ours; ``started`` by ``time.perf_counter``.

        Raises:
            BadReply: it is no chat completion, or truncated or malformed.
        """
        choice = self._first_choice(reply)
        finish = choice.finish_reason or "stop"
        text = (choice.message.content or "").removeprefix(self._prefill(request))
        call = self._call(request, text, reply, started).model_copy(update={"finish": finish})
        self._check_text(choice, call)
        _check_json(call)
        return Completion(text=text, call=call)

    async def stream(self, request: Request) -> AsyncIterator[str | Completion]:
        """Pieces as the server sends them, the whole completion last; see the port."""
        started = time.perf_counter()
        body = {**self.body(request), "stream": True, "stream_options": {"include_usage": True}}
        pieces: list[str] = []
        finish, last = "", None
        ahead = self._prefill(request)
        with openai_errors(self._place, self.timeout):
            # Some servers drop the connection after a stream without saying so.
            chunks = await self._clients.get().chat.completions.create(**body, extra_headers=_CLOSE)
            async with chunks:
                async for chunk in chunks:
                    last = chunk
                    if not chunk.choices:
                        continue
                    finish = chunk.choices[0].finish_reason or finish
                    piece, ahead = _cut(chunk.choices[0].delta.content or "", ahead)
                    if piece:
                        pieces.append(piece)
                        yield piece
        if not finish:
            raise BadReply(f"{self._place} broke off in the middle of a reply; try again.")
        text = "".join(pieces)
        call = self._call(request, text, last, started).model_copy(update={"finish": finish})
        _check_json(call)
        yield Completion(text=text, call=call)

    async def score(self, request: Request, options: Sequence[str]) -> Scores:
        """Letter scoring: log-probability of each option's letter as the first token of the reply.

        A hosted server gives log-probabilities of what it wrote only, so the options are listed
        with letters in a closing user message and one token is asked for, with the 20 likeliest
        alternatives. A letter that is not among them gets the smallest log-probability seen: an
        upper bound. Forms of one letter ("A", " A", "a") are added up. One request, one call.

        Raises:
            BadReply: the server returns no log-probabilities.
            FatalModelError: more than 20 options.
        """
        started = time.perf_counter()
        body = self.body(lettered(request, options))
        body |= {self._max_tokens_name: 1, "logprobs": True, "top_logprobs": MAX_OPTIONS}
        reply = await self._create(body)
        choice = self._first_choice(reply)
        call = self._call(request, choice.message.content or "", reply, started)
        call = call.model_copy(update={"options": tuple(options)})
        self._check_text(choice, call)
        content = getattr(choice.logprobs, "content", None)
        if not content or not content[0].top_logprobs:
            raise BadReply(
                f"{self._place} returned no log-probabilities; choose structured replies for it."
            ).after([call])
        seen = [(entry.token, float(entry.logprob)) for entry in content[0].top_logprobs]
        return Scores(
            logprobs=letter_logprobs(seen, len(options)), tokens=(1,) * len(options), call=call
        )

    @property
    def client(self) -> AsyncOpenAI:
        """The running loop's own client."""
        return self._clients.get()

    @property
    def place(self) -> Place:
        """The server, the model and the key, as errors speak of them."""
        return self._place

    async def aclose(self) -> None:
        """Close the connections of the running loop; a later call opens new ones."""
        client = self._clients.pop()
        if client is not None:
            await client.close()

    def _open(self) -> AsyncOpenAI:
        key = self._place.key
        return AsyncOpenAI(
            api_key=key.get_secret_value() if key else "none",
            base_url=self._place.url,
            timeout=self.timeout,
            max_retries=0,
            http_client=DefaultAioHttpClient(
                timeout=self.timeout,
                trust_env=self._trust_env,
                limits=httpx2.Limits(max_connections=None, keepalive_expiry=60.0),
            ),
        )

    async def _create(self, body: dict[str, Any]) -> Any:
        # The client's own post: `completions.create` first walks through the whole body to
        # convert types that a body of plain values does not hold.
        sent = {name: value for name, value in body.items() if name != "extra_body"}
        with openai_errors(self._place, self.timeout):
            return await self._clients.get().post(
                "/chat/completions",
                body={**sent, **body.get("extra_body", {})},
                cast_to=ChatCompletion,
                options={"headers": self._headers} if self._headers else {},
            )

    def body(self, request: Request) -> dict[str, Any]:
        """What is sent for a request."""
        body: dict[str, Any] = {
            "model": self._place.model,
            "messages": [{"role": m.role, "content": m.text} for m in request.messages],
            self._max_tokens_name: request.max_tokens,
            "temperature": request.temperature,
        }
        if request.seed is not None:
            body["seed"] = request.seed
        if request.stop:
            body["stop"] = list(request.stop)
        if request.output is not None:
            body["response_format"] = {
                "type": "json_schema",
                "json_schema": {
                    "name": request.output.name,
                    "schema": request.output.definition,
                    "strict": True,
                },
            }
        if self._extra_body:
            body["extra_body"] = self._extra_body
        return body

    def _prefill(self, request: Request) -> str:
        """What the server will repeat and the reply should not; JSON is whole only with it."""
        last = request.messages[-1]
        repeated = self._echoes_prefill and last.role == "assistant" and request.output is None
        return last.text if repeated else ""

    def _first_choice(self, reply: Any) -> Any:
        """The first choice; the client is lenient, so the shape is checked here."""
        try:
            choice = reply.choices[0]
            if isinstance(choice.message.content, str | None):
                return choice
        except (AttributeError, IndexError, KeyError, TypeError):
            pass
        raise BadReply(f"{self._place} sent a body that is no chat completion; check the base URL.")

    def _check_text(self, choice: Any, call: Call) -> None:
        """A reply must have text; the call is paid for all the same and goes with the error."""
        if choice.message.content is None:
            refusal = getattr(choice.message, "refusal", None)
            said = f": {self._place.scrub(str(refusal))[:200]}" if refusal else ""
            raise BadReply(f"{self._place} sent a reply without text{said}.").after([call])

    def _call(self, request: Request, text: str, reply: Any, started: float) -> Call:
        usage = _usage(reply)
        named = getattr(reply, "system_fingerprint", None) or getattr(reply, "model", None)
        return Call(
            request=request,
            reply=text,
            usage=usage,
            latency=time.perf_counter() - started,
            cost=cost_of(usage, self._price),
            model=self._place.model,
            fingerprint=self.info.fingerprint or str(named or ""),
        )


def _usage(reply: Any) -> Usage:
    usage = getattr(reply, "usage", None)
    details = getattr(usage, "prompt_tokens_details", None)
    return Usage(
        tokens_in=getattr(usage, "prompt_tokens", 0) or 0,
        tokens_out=getattr(usage, "completion_tokens", 0) or 0,
        tokens_cached=getattr(details, "cached_tokens", 0) or 0,
    )


def _check_json(call: Call) -> None:
    """Where JSON was asked for, the reply must be whole; the call goes with the error."""
    if call.request.output is None:
        return
    if call.finish == "length":
        error = BadReply(f"{call.model} was cut off before its structured reply was whole.")
        raise error.after([call])
    try:
        json.loads(call.reply)
    except json.JSONDecodeError:
        error = BadReply(f"{call.model} was asked for JSON and replied: {call.reply[:200]!r}")
        raise error.after([call]) from None


def _cut(piece: str, ahead: str) -> tuple[str, str]:
    """A piece without what it repeats of the prefill, and what of the prefill is still to come."""
    if ahead and piece.startswith(ahead):
        return piece[len(ahead) :], ""
    if piece and ahead.startswith(piece):
        return "", ahead[len(piece) :]
    return piece, "" if piece else ahead

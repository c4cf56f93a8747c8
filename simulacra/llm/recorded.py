"""Record what a model says, and play it back: the same study again, without the model.

A record is a JSON Lines file: first a line about the model, then one line a reply, found again by
the hash of what reached the model (``Request.key``). A request that was recorded twice is answered
by the later reply.
"""

import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Self, TypeVar

from pydantic import ValidationError

from simulacra.domain.base import Frozen
from simulacra.domain.call import Call, Completion, Request, Scores
from simulacra.errors import FatalModelError, InputError, WorkFailed
from simulacra.llm.port import Model, ModelInfo


class _Head(Frozen):
    recorded: ModelInfo


class _Line(Frozen):
    key: str
    call: Call
    logprobs: tuple[float, ...] | None = None
    tokens: tuple[int, ...] = ()


Parsed = TypeVar("Parsed", _Head, _Line)


class RecordingModel:
    """Passes every request on to ``inner`` and appends its reply to a file.

    Raises:
        WorkFailed: the file cannot be written.
    """

    def __init__(self, inner: Model, path: Path) -> None:
        self._inner, self._path = inner, path
        self._begun = False

    @property
    def info(self) -> ModelInfo:
        """Facts about the recorded model."""
        return self._inner.info

    async def complete(self, request: Request) -> Completion:
        """As the recorded model."""
        completion = await self._inner.complete(request)
        self._append(_Line(key=request.key(), call=completion.call))
        return completion

    async def stream(self, request: Request) -> AsyncIterator[str | Completion]:
        """As the recorded model; written down once the reply is whole."""
        async for piece in self._inner.stream(request):
            if isinstance(piece, Completion):
                self._append(_Line(key=request.key(), call=piece.call))
            yield piece

    async def score(self, request: Request, options: Sequence[str]) -> Scores:
        """As the recorded model."""
        scores = await self._inner.score(request, options)
        self._append(
            _Line(
                key=request.key(options),
                call=scores.call,
                logprobs=scores.logprobs,
                tokens=scores.tokens,
            )
        )
        return scores

    async def aclose(self) -> None:
        """Close the recorded model."""
        await self._inner.aclose()

    def _append(self, line: _Line) -> None:
        try:
            if not self._begun:
                self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                if file.tell() == 0:
                    file.write(_Head(recorded=self.info).model_dump_json() + "\n")
                file.write(line.model_dump_json() + "\n")
        except OSError as error:
            raise WorkFailed(
                f"cannot write the record {self._path} ({error.strerror}); choose another file."
            ) from None
        self._begun = True


class ReplayModel:
    """Answers from a record; costs nothing and asks nobody.

    Tokens and latency are those of the recorded call. A request that was not recorded raises
    ``FatalModelError``.
    """

    def __init__(self, info: ModelInfo, lines: dict[str, _Line]) -> None:
        self.info = info
        self._lines = lines

    @classmethod
    def from_file(cls, path: Path, *, spec: str | None = None) -> Self:
        """Read a record.

        Raises:
            InputError: the file is missing or a line is broken; says which.
        """
        try:
            texts = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                f"cannot read the record ({getattr(error, 'strerror', 'no UTF-8 text')}).",
                path=path,
            ) from None
        head = _parsed(_Head, path, 1, texts[0])
        lines = {}
        for number, text in enumerate(texts[1:], start=2):
            line = _parsed(_Line, path, number, text)
            lines[line.key] = line
        info = head.recorded.model_copy(
            update={"spec": spec or f"replay:{path}", "reproducible": True}
        )
        return cls(info, lines)

    async def complete(self, request: Request) -> Completion:
        """The recorded reply."""
        call = self._found(request, ()).call
        return Completion(text=call.reply, call=_replayed(call, request))

    async def stream(self, request: Request) -> AsyncIterator[str | Completion]:
        """The recorded reply in one piece."""
        completion = await self.complete(request)
        if completion.text:
            yield completion.text
        yield completion

    async def score(self, request: Request, options: Sequence[str]) -> Scores:
        """The recorded scores."""
        line = self._found(request, options)
        if line.logprobs is None:
            raise FatalModelError("The record holds a reply here, not scores; record again.")
        return Scores(
            logprobs=line.logprobs, tokens=line.tokens, call=_replayed(line.call, request)
        )

    async def aclose(self) -> None:
        """Nothing to give back."""

    def _found(self, request: Request, options: Sequence[str]) -> _Line:
        line = self._lines.get(request.key(options))
        if line is None:
            shown = json.dumps(request.messages[-1].text[:80], ensure_ascii=False)
            raise FatalModelError(
                f"The record holds no reply for {request.agent} ({request.prompt_name}), whose "
                f"prompt ends with {shown}; record it with record:FILE:MODEL."
            )
        return line


def _replayed(call: Call, request: Request) -> Call:
    return call.model_copy(update={"request": request, "cost": 0.0, "attempts": 1})


def _parsed(kind: type[Parsed], path: Path, number: int, text: str) -> Parsed:
    try:
        return kind.model_validate_json(text)
    except ValidationError:
        raise InputError(
            "this is no line of a record; remove it or record again.", path=path, line=number
        ) from None

"""Paraphrases written by a model: bought once for a workspace, checked, and kept in the result.

What is checked is what can be: that there is a wording, that it is another one, that what is filled
in from earlier answers is still there, and that it has not grown out of all proportion. Whether it
means the same nobody checks but the reader, who finds every wording in the report.
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from simulacra.domain.base import Frozen
from simulacra.domain.call import Call, Request
from simulacra.domain.survey import Item
from simulacra.errors import BadReply, InputError, StorageError
from simulacra.llm.port import Model
from simulacra.llm.structured import MisfitReply, complete_as, read_as
from simulacra.prompting import find_template
from simulacra.seeds import seed_of
from simulacra.survey.piping import pipes_of

PROMPTS = Path(__file__).parents[1] / "prompts"
_ATTEMPTS = 2
_AT_ONCE = 8
_LONGER, _SOME = 3, 60  # a wording may be so many times longer, and some signs on top
_TOKENS = 400
_PIPE = re.compile(r"\$\{[^}]*\}")


class Paraphrase(Frozen):
    """The item in other words."""

    text: str


class Paraphrased(NamedTuple):
    """Wordings by item id, why other items have none, and the calls, whenever they were bought."""

    texts: dict[str, str]
    spared: dict[str, str]
    calls: tuple[Call, ...]


class KeptCalls:
    """Calls that were bought, as lines of a file, each written the moment it came."""

    def __init__(self, path: Path) -> None:
        """Read what is there; a line that was broken off is bought again.

        Raises:
            StorageError: the file cannot be read.
        """
        self._path = path
        self._calls: dict[str, Call] = {}
        try:
            text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
        except OSError as error:
            raise StorageError(f"cannot read {path} ({error.strerror})") from None
        for line in text.split("\n"):
            try:
                document = json.loads(line)
                self._calls[document["key"]] = Call.model_validate(document["call"])
            except (ValueError, KeyError, TypeError, ValidationError):
                continue

    def find(self, key: str) -> Call | None:
        """The call under a key."""
        return self._calls.get(key)

    def add(self, key: str, call: Call) -> None:
        """Keep a call; raises StorageError where it cannot be written."""
        self._calls[key] = call
        line = json.dumps({"key": key, "call": call.model_dump(mode="json")})
        try:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"\n{line}\n")
        except OSError as error:
            raise StorageError(f"cannot write {self._path} ({error.strerror})") from None


class Paraphraser:
    """A model that puts items in other words."""

    def __init__(self, model: Model, kept: KeptCalls, seed: int) -> None:
        """Nothing is asked yet. Raises InputError for a model that writes no structured replies."""
        if model.info.elicitation == "score":
            raise InputError(
                f"{model.info.spec} cannot be told to write other words: name another --paraphraser"
            )
        self._model, self._kept, self._seed = model, kept, seed
        self._calls: list[Call] = []
        self._free = asyncio.Semaphore(_AT_ONCE)

    async def paraphrase(self, items: Sequence[Item]) -> Paraphrased:
        """Each item in other words, asked twice at most.

        Raises:
            FatalModelError, BudgetSpent, TransientModelError: the model could not be asked; what
                came before is kept.
        """
        came = await asyncio.gather(*(self._written(one) for one in items), return_exceptions=True)
        for one in came:
            if isinstance(one, BaseException):
                raise one
        pairs = [
            (item, said)
            for item, said in zip(items, came, strict=True)
            if not isinstance(said, BaseException)
        ]
        return Paraphrased(
            texts={item.id: text for item, (text, why) in pairs if not why},
            spared={item.id: why for item, (_, why) in pairs if why},
            calls=tuple(self._calls),
        )

    async def _written(self, item: Item) -> tuple[str, str]:
        """The wording of an item, or why there is none."""
        head, line, text = item.text.rpartition("\n")  # a row of a matrix shares what stands before
        last = fault = ""
        for attempt in range(_ATTEMPTS):
            request = self._request(item, text, attempt, fault, last)
            try:
                last = (await self._told(request)).text.strip()
                fault = fault_in(last, text)
            except MisfitReply as error:
                last, fault = error.text[:200], "it is no JSON of the form asked for"
            except BadReply as error:
                self._calls += error.calls
                last, fault = "", f"the reply broke off ({str(error)[:100]})"
            if not fault:
                return head + line + last, ""
        return "", f"{self._model.info.name} found no other words for it: {fault}"

    async def _told(self, request: Request) -> Paraphrase:
        key = f"{self._model.info.spec}|{request.key()}"
        if known := self._kept.find(key):
            self._calls.append(known)
            return read_as(Paraphrase, known, known.reply)
        async with self._free:
            try:
                said, call = await complete_as(self._model, request, Paraphrase)
            except MisfitReply as error:
                self._keep(key, error.call)
                raise
        self._keep(key, call)
        return said

    def _keep(self, key: str, call: Call) -> None:
        self._kept.add(key, call)
        self._calls.append(call)

    def _request(self, item: Item, text: str, attempt: int, fault: str, last: str) -> Request:
        prompt = find_template("paraphrase", PROMPTS).render(
            {
                "text": text,
                "options": [one.label for one in item.options],
                "marks": _PIPE.findall(text),
                "fault": fault,
                "last": last,
            }
        )
        return Request(
            agent="paraphraser",
            prompt_name=prompt.name,
            prompt_hash=prompt.hash,
            messages=prompt.messages,
            temperature=self._model.info.default_temperature,
            max_tokens=_TOKENS,
            seed=seed_of(self._seed, "paraphrase", item.id, attempt),
        )


def fault_in(said: str, text: str) -> str:
    """Why a wording cannot stand for a text; empty where it can."""
    if not _words(said):
        return "there are no words in it"
    if _words(said) == _words(text):
        return "it is the same text"
    if Counter(pipes_of(said)) != Counter(pipes_of(text)):
        return "what is filled in from earlier answers is not the same"
    if len(said) > _LONGER * len(text) + _SOME:
        return "it is much longer than the item"
    if "\n" in said:
        return "it has more than one line"
    return ""


def _words(text: str) -> list[str]:
    """The words of a text, whatever their case and the signs between them."""
    return re.findall(r"\w+", text.casefold())

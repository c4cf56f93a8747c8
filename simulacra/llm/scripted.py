"""A model that follows a script: for tests, for teaching, and for trying a study without a model.

A script is a YAML file::

    elicitation: schema          # or score: how closed items are asked
    detail: full                 # or brief
    parallel: 64                 # calls at the same time
    delay: 0.0                   # seconds before every reply
    rules:                       # the first rule that fits replies
      - when: {agent: emotion}
        choose: true
      - when: {contains: "What do you do for a living?"}
        reply: I repair clocks.
      - when: {regex: "(?i)favou?rite (colour|food)"}
        replies: [Green., Dumplings., I would rather not say.]
      - when: {share: 0.02}
        error: timeout
      - choose: true

``when`` (all of its parts must hold; left out, the rule always fits): ``agent`` and ``prompt``
(names, exactly), ``schema`` (name of the output schema), ``contains`` (text in any message),
``last`` (text in the last message), ``regex`` (searched in all messages joined by line breaks),
``share`` (this share of all requests, 0 to 1, picked by hash).

A rule does one thing: ``reply`` gives a text (or a mapping, which becomes JSON); ``replies`` picks
one of several; ``choose: true`` makes up a valid reply to the output schema; ``error`` raises
rate_limited, timeout, connection_lost, server_failed, bad_reply or fatal. ``times: N`` beside
``error`` raises it only the first N times that the same request comes. ``scores`` (a mapping from
option to weight) says how options are scored, ``delay`` overrides the seconds before the reply.

A suspect reply is read once more by agent ``role`` (schema ``RoleVerdict``): only rules that name
this agent answer it, and without one every reply is found in role.

What is picked or made up depends on nothing but the request, so the order of calls and the number
of workers change nothing. Options are scored by ``scores``; else the option that ``reply`` names
gets nine tenths; else by hash. A token is a word. Lengths and stop texts are not obeyed.
"""

import asyncio
import json
import math
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any, Literal, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from simulacra.domain.base import Frozen, content_hash
from simulacra.domain.call import Call, Completion, Request, Scores, Usage
from simulacra.errors import (
    BadReply,
    ConnectionLost,
    FatalModelError,
    InputError,
    ModelError,
    ModelTimeout,
    RateLimited,
    ServerFailed,
)
from simulacra.llm.port import ModelInfo
from simulacra.llm.schema_values import value_for
from simulacra.seeds import seed_of

ErrorName = Literal[
    "rate_limited", "timeout", "connection_lost", "server_failed", "bad_reply", "fatal"
]
_ERRORS: dict[ErrorName, type[ModelError]] = {
    "rate_limited": RateLimited,
    "timeout": ModelTimeout,
    "connection_lost": ConnectionLost,
    "server_failed": ServerFailed,
    "bad_reply": BadReply,
    "fatal": FatalModelError,
}
_CHECKS = "role"  # the agent that reads what another one said


class When(Frozen):
    """The conditions of a rule; all that are given must hold."""

    agent: str | None = None
    prompt: str | None = None
    schema_: str | None = Field(default=None, alias="schema")
    contains: str | None = None
    last: str | None = None
    regex: re.Pattern[str] | None = None
    share: float | None = Field(default=None, ge=0, le=1)

    def fits(self, request: Request, key: str) -> bool:
        """Whether a request (with its key) meets every condition."""
        text = "\n".join(message.text for message in request.messages)
        schema = request.output.name if request.output else None
        named = (request.agent,) if request.agent == _CHECKS else (None, request.agent)
        return (
            self.agent in named
            and self.prompt in (None, request.prompt_name)
            and self.schema_ in (None, schema)
            and (self.contains is None or self.contains in text)
            and (self.last is None or self.last in request.messages[-1].text)
            and (self.regex is None or self.regex.search(text) is not None)
            and (self.share is None or _fraction(key, "share") < self.share)
        )


class Rule(Frozen):
    """One line of a script; see the module."""

    when: When = When()
    reply: str | dict[str, Any] | None = None
    replies: tuple[str | dict[str, Any], ...] = ()
    choose: bool = False
    error: ErrorName | None = None
    times: int | None = Field(default=None, ge=1)
    scores: dict[str, float] | None = None
    delay: float | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        chosen = sum((self.reply is not None, bool(self.replies), self.choose, bool(self.error)))
        if chosen > 1 or (chosen == 0 and self.scores is None):
            raise ValueError("a rule needs one of reply, replies, choose, error (or scores)")
        if self.times is not None and self.error is None:
            raise ValueError("times goes with error")
        if self.scores is not None and min(self.scores.values(), default=0.0) < 0:
            raise ValueError("weights in scores cannot be negative")
        return self


_IN_ROLE = Rule(reply={"why": "the script says nothing else", "role": "in"})


class Script(Frozen):
    """A script file."""

    elicitation: Literal["schema", "score"] = "schema"
    detail: Literal["full", "brief"] = "full"
    parallel: int = Field(default=64, ge=1)
    delay: float = Field(default=0.0, ge=0)
    rules: tuple[Rule, ...] = Field(min_length=1)


class ScriptedModel:
    """A model that replies by rules, or by a function from request to text.

    Raises ``FatalModelError`` where no rule fits: a script never guesses.
    """

    def __init__(
        self,
        rules: Sequence[Rule] | Callable[[Request], str | dict[str, Any]],
        *,
        delay: float = 0.0,
        info: ModelInfo | None = None,
    ) -> None:
        self._function = rules if callable(rules) else None
        self._rules = () if callable(rules) else tuple(rules)
        self._delay = delay
        self._raised: Counter[tuple[str, int]] = Counter()
        self.info = info or ModelInfo(
            spec="scripted",
            name="scripted",
            default_temperature=0.0,
            reproducible=True,
            fingerprint=_fingerprint(self._rules),
        )

    @classmethod
    def from_file(cls, path: Path, *, spec: str | None = None) -> Self:
        """Read a script.

        Raises:
            InputError: the file is missing, no YAML, or no script; says where.
        """
        script = _read(path)
        info = ModelInfo(
            spec=spec or f"scripted:{path}",
            name=path.stem,
            elicitation=script.elicitation,
            detail=script.detail,
            default_temperature=0.0,
            parallel=script.parallel,
            reproducible=True,
            fingerprint=_fingerprint(script.rules),
        )
        return cls(script.rules, delay=script.delay, info=info)

    async def complete(self, request: Request) -> Completion:
        """The reply of the first rule that fits."""
        started = time.perf_counter()
        key = request.key()
        rule = await self._rule(request, key)
        text = self._text(rule, request, key)
        return Completion(text=text, call=self._call(request, text, started))

    async def stream(self, request: Request) -> AsyncIterator[str | Completion]:
        """The reply word by word."""
        completion = await self.complete(request)
        for piece in re.findall(r"\s*\S+\s*$|\s*\S+", completion.text):
            yield piece
        yield completion

    async def score(self, request: Request, options: Sequence[str]) -> Scores:
        """Logarithms of the options' shares, each counted as one text of so many words."""
        if not options:
            raise FatalModelError("Nothing to score: give at least one option.")
        started = time.perf_counter()
        key = request.key(options)
        rule = await self._rule(request, key)
        weights = _weights(rule, options, key)
        total = sum(weights)
        best = options[max(range(len(options)), key=lambda index: weights[index])]
        call = self._call(request, best, started)
        return Scores(
            logprobs=tuple(math.log(max(weight / total, 1e-12)) for weight in weights),
            tokens=tuple(max(1, len(option.split())) for option in options),
            call=call.model_copy(update={"options": tuple(options)}),
        )

    async def aclose(self) -> None:
        """Nothing to give back."""

    async def _rule(self, request: Request, key: str) -> Rule | None:
        """The rule that replies (None for a function), after its delay; or its error."""
        if self._function is not None:
            await _pause(self._delay)
            return None
        for number, rule in enumerate(self._rules):
            if rule.when.fits(request, key) and not self._used_up(rule, (key, number)):
                await _pause(self._delay if rule.delay is None else rule.delay)
                if rule.error is not None:
                    raise _ERRORS[rule.error](f"The script's rule {number + 1} says {rule.error}.")
                return rule
        if request.agent == _CHECKS:
            return _IN_ROLE
        raise FatalModelError(
            f"No rule of the script {self.info.name} fits a request of {request.agent} "
            f"({request.prompt_name}); add a rule without `when` at the end."
        )

    def _used_up(self, rule: Rule, use: tuple[str, int]) -> bool:
        if rule.times is None:
            return False
        self._raised[use] += 1
        return self._raised[use] > rule.times

    def _text(self, rule: Rule | None, request: Request, key: str) -> str:
        reply: str | dict[str, Any] | None
        if rule is None:
            reply = self._function(request) if self._function else ""
        elif rule.replies:
            reply = rule.replies[seed_of(key, "replies") % len(rule.replies)]
        else:
            reply = rule.reply
        if isinstance(reply, dict):
            return json.dumps(reply, ensure_ascii=False)
        if reply is not None:
            return reply
        if rule is not None and rule.choose and request.output is not None:
            made = value_for(request.output.definition, seed_of(key, "choose"))
            return json.dumps(made, ensure_ascii=False)
        raise FatalModelError(
            f"The script {self.info.name} has no text for a request of {request.agent} "
            f"({request.prompt_name}): choose needs an output schema, scores need options."
        )

    def _call(self, request: Request, text: str, started: float) -> Call:
        words = sum(len(message.text.split()) for message in request.messages)
        return Call(
            request=request,
            reply=text,
            usage=Usage(tokens_in=words, tokens_out=len(text.split())),
            latency=time.perf_counter() - started,
            model=self.info.name,
            fingerprint=self.info.fingerprint,
        )


def _read(path: Path) -> Script:
    try:
        return Script.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise InputError(f"cannot read the script ({error.strerror}).", path=path) from None
    except UnicodeDecodeError:
        raise InputError("the script is not UTF-8 text.", path=path) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise InputError(
            "the script is not valid YAML.", path=path, line=mark.line + 1 if mark else None
        ) from None
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{first['msg']}.", path=path, field=field or None) from None


def _weights(rule: Rule | None, options: Sequence[str], key: str) -> list[float]:
    if rule is not None and rule.scores is not None:
        weights = [rule.scores.get(option, 0.0) for option in options]
        if sum(weights) > 0:
            return weights
        raise FatalModelError("The script's scores name none of the options; correct the rule.")
    if rule is not None and rule.reply in options:
        rest = 0.1 / max(1, len(options) - 1)
        return [0.9 if option == rule.reply else rest for option in options]
    return [0.01 + _fraction(key, option) for option in options]


def _fraction(*names: str) -> float:
    """A number in [0, 1) that depends on the names only."""
    return seed_of(*names) / 2**31


def _fingerprint(rules: tuple[Rule, ...]) -> str:
    return content_hash([rule.model_dump(mode="json") for rule in rules])[:16]


async def _pause(seconds: float) -> None:
    # Also without a delay: a model that never yields would keep the loop to itself.
    await asyncio.sleep(seconds)

"""A model that does as it is told and keeps a record, and respondents that think with it."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, Literal

from simulacra.cognition.context import Priors
from simulacra.cognition.respondent import Exchange, InterviewState, Respondent
from simulacra.domain.call import Call, Completion, Request, Scores, Usage
from simulacra.domain.persona import Persona
from simulacra.domain.run import Mechanism, Method
from simulacra.domain.survey import Kind, Option, Question
from simulacra.llm.port import ModelInfo
from simulacra.memory.exact import ExactIndex
from simulacra.memory.recall import Recaller
from tests.support.embedders import HashEmbedder
from tests.support.people import ilka

APPRAISAL: dict[str, Any] = {
    "feeling": "A little uneasy.",
    "valence": -2,
    "arousal": 4,
    "emotions": [{"name": "fear", "intensity": 3, "cause": "the water"}],
}
PLANNED: dict[str, str] = {
    "asked": "What the flood took.",
    "knows": "all",
    "known": "I carried the hens.",
    "unknown": "",
    "stance": "",
    "say": "I would rather keep it short.",
    "hold_back": "How cold it was.",
    "tone": "curt",
}
IN_ROLE_VERDICT = json.dumps({"why": "A person speaks.", "role": "in"})

Before = Callable[[Request], Awaitable[None]]
Score = Callable[[Request, str], float]


class FakeModel:
    """Replies by agent, scores by function.

    ``replies`` by agent, or by the name of a prompt, which goes first; ``before`` is awaited within
    every call and may wait or raise. ``requests`` are kept in the order they came, ``events`` say
    when each agent's call began and ended.
    """

    def __init__(
        self,
        replies: dict[str, str] | None = None,
        *,
        before: Before | None = None,
        score: Score | None = None,
        **info: Any,
    ) -> None:
        self.replies = {
            "emotion": json.dumps(APPRAISAL),
            "planning": json.dumps(PLANNED),
            "top": "Said.",
            "role": IN_ROLE_VERDICT,
            "fused": json.dumps({"emotion": APPRAISAL, "plan": PLANNED, "answer": "1"}),
            "fused_brief": " calm enough. I want to say that it is fine.",
            **(replies or {}),
        }
        self._before, self._score = before, score or (lambda request, option: -float(len(option)))
        self.info = ModelInfo(**{"spec": "fake", "name": "fake", **info})
        self.requests: list[Request] = []
        self.events: list[tuple[str, Literal["begin", "end"]]] = []

    async def complete(self, request: Request) -> Completion:
        await self._begin(request)
        named = request.prompt_name in self.replies
        text = self.replies[request.prompt_name if named else request.agent]
        self.events.append((request.agent, "end"))
        return Completion(text=text, call=self._call(request, text))

    async def stream(self, request: Request) -> AsyncIterator[str | Completion]:
        whole = await self.complete(request)
        for word in whole.text.split(" "):
            yield f"{word} "
        yield whole

    async def score(self, request: Request, options: Sequence[str]) -> Scores:
        await self._begin(request)
        logprobs = tuple(self._score(request, option) for option in options)
        self.events.append((request.agent, "end"))
        call = self._call(request, options[0]).model_copy(update={"options": tuple(options)})
        return Scores(logprobs=logprobs, tokens=(1,) * len(options), call=call)

    async def aclose(self) -> None:
        """Nothing to give back."""

    def asked(self, agent: str) -> list[Request]:
        """What one agent sent, in order."""
        return [request for request in self.requests if request.agent == agent]

    async def _begin(self, request: Request) -> None:
        self.requests.append(request)
        self.events.append((request.agent, "begin"))
        if self._before is not None:
            await self._before(request)

    def _call(self, request: Request, reply: str) -> Call:
        usage = Usage(tokens_in=10, tokens_out=2)
        return Call(request=request, reply=reply, usage=usage, latency=0.5, cost=0.25, model="fake")


def small(replies: dict[str, str] | None = None, **settings: Any) -> FakeModel:
    """A model as the embedded one is: brief prefix, options by score."""
    spoken = {"emotion": " calm enough", "planning": " it is fine", "top": " name is Ilka"}
    settings = {"elicitation": "score", "detail": "brief", **settings}
    return FakeModel({**spoken, **(replies or {})}, **settings)


def recaller() -> Recaller:
    return Recaller(ExactIndex(), HashEmbedder())


def respondent(
    model: FakeModel,
    method: Method | Mechanism = "cognitive",
    persona: Persona | None = None,
    priors: Priors | None = None,
    *,
    rewrites: bool = False,
) -> Respondent:
    return Respondent(persona or ilka(), method, model, recaller(), priors, rewrites=rewrites)


def options_of(*labels: str) -> tuple[Option, ...]:
    """Options with the codes 1, 2, 3, ..."""
    return tuple(Option(code=str(code), label=one) for code, one in enumerate(labels, start=1))


def question(kind: Kind = Kind.SINGLE, **changes: Any) -> Question:
    """A question of a kind, with options where it needs them."""
    text, options = {
        Kind.SINGLE: (
            "What did the flood take from your family?",
            options_of("The ferry house", "A tram", "The radio"),
        ),
        Kind.MULTI: (
            "Which of these did you do at the depot?",
            options_of("Count trams", "Keep hens", "Use a pencil", "Sell tickets"),
        ),
        Kind.RATING: (
            "I worry about things.",
            options_of("Very inaccurate", "Neither", "Very accurate"),
        ),
        Kind.RANKING: (
            "What mattered most to you at the depot?",
            options_of("The trams", "The hens", "The pay"),
        ),
        Kind.CONSTANT_SUM: (
            "How did you spend your time?",
            options_of("Counting trams", "Keeping hens"),
        ),
        Kind.NUMERIC: ("How many trams were on your board?", ()),
        Kind.SLIDER: ("How warm was the depot, from 0 to 10?", ()),
        Kind.DATE: ("When did the flood come?", ()),
        Kind.SHORT_TEXT: ("What is your sister's name?", ()),
        Kind.LONG_TEXT: ("Tell me about the wedding of your sister Judit.", ()),
    }[kind]
    return Question(**{"item_id": f"item_{kind}", "kind": kind, "text": text, "options": options}
                    | changes)  # fmt: skip


def exchanged(*pairs: tuple[str, str]) -> InterviewState:
    """An interview in which this was asked and said."""
    return InterviewState(
        exchanges=tuple(
            Exchange(item_id=f"q{number}", question=asked, answer=said)
            for number, (asked, said) in enumerate(pairs, start=1)
        )
    )

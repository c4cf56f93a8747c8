"""The door: a persona with a method and a model, to be asked or talked to."""

from collections.abc import AsyncIterator
from typing import cast

from langgraph.runtime import Runtime

from simulacra.cognition.context import MindContext, Priors
from simulacra.cognition.failures import raise_failure
from simulacra.cognition.graph import mind_graph
from simulacra.cognition.state import Exchange, InterviewState, Mind, Stimulus
from simulacra.cognition.top_agent import speak
from simulacra.domain.answer import Reply
from simulacra.domain.persona import Persona
from simulacra.domain.run import Method
from simulacra.domain.survey import Question
from simulacra.llm.port import Model
from simulacra.memory.recall import Recaller

__all__ = ["Exchange", "InterviewState", "Respondent"]


class Respondent:
    """One persona, one method, one model. Keeps nothing between questions.

    What was said so far travels in the ``InterviewState`` that the caller passes in.
    """

    def __init__(
        self,
        persona: Persona,
        method: Method,
        model: Model,
        recaller: Recaller | None = None,
        priors: Priors | None = None,
    ) -> None:
        """``recaller`` is needed for the methods retrieval and cognitive."""
        self._context = MindContext(persona, method, model, recaller, priors or Priors())
        self._graph = mind_graph(method)
        # Where one agent answers alone, calling it costs a tenth of running a graph of one node.
        self._alone = method in ("blank", "profile")
        self._runtime = Runtime(context=self._context)

    @property
    def persona(self) -> Persona:
        """Who answers."""
        return self._context.persona

    def opening(self) -> InterviewState:
        """The state before the first question."""
        return InterviewState()

    async def ask(
        self,
        question: Question,
        state: InterviewState,
        *,
        seed: int,
        temperature: float,
        unreadable: Reply | None = None,
    ) -> Reply:
        """The reply to a survey question; ``unreadable`` is a first reply that could not be read.

        Asked again, the person recalls, feels and plans nothing new, and only speaks again.

        Raises ModelError where the model gave no usable reply, BudgetSpent, StorageError; the
        ``calls`` of the error are those that came back before.
        """
        stimulus = Stimulus(
            text=_wording(question),
            question=question,
            interview=state,
            seed=seed,
            temperature=temperature,
            unreadable=unreadable,
        )
        if self._alone or unreadable is not None:
            mind = _ready(stimulus, unreadable)
            return _reply({**mind, **await speak(mind, self._runtime)})
        mind = cast(Mind, await self._graph.ainvoke({"stimulus": stimulus}, context=self._context))
        raise_failure(mind)
        return _reply(mind)

    async def chat(
        self, message: str, state: InterviewState, *, seed: int, temperature: float
    ) -> AsyncIterator[str | Reply]:
        """Pieces of the reply as they come, and the whole ``Reply`` last."""
        stimulus = Stimulus(
            text=message, question=None, interview=state, seed=seed, temperature=temperature
        )
        mind: Mind = {}
        async for mode, value in self._graph.astream(
            {"stimulus": stimulus}, context=self._context, stream_mode=["custom", "values"]
        ):
            if mode == "custom":
                yield str(value)
            else:
                mind = cast(Mind, value)
        raise_failure(mind)
        yield _reply(mind)


def _wording(question: Question) -> str:
    return f"{question.instructions} {question.text}".strip()


def _ready(stimulus: Stimulus, first: Reply | None) -> Mind:
    """A mind that has only to speak: with what it recalled, felt and planned the first time."""
    mind: Mind = {"stimulus": stimulus}
    if first is not None:
        mind |= {"recalled": first.recalled, "plan": first.plan}
        if first.emotion is not None:
            mind["emotion"] = first.emotion
    return mind


def _reply(mind: Mind) -> Reply:
    spoken = mind["spoken"]
    return Reply(
        text=spoken.text,
        first_sentence=spoken.first_sentence,
        selection=spoken.selection,
        probabilities=spoken.probabilities,
        recalled=mind.get("recalled", ()),
        recall_seconds=mind.get("recall_seconds", 0.0),
        emotion=mind.get("emotion"),
        plan=mind.get("plan", ""),
        calls=mind.get("calls", ()),
    )

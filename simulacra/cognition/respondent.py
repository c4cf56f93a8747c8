"""The door: a persona with a method and a model, to be asked or talked to."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import cast

from langgraph.runtime import Runtime

from simulacra.cognition.context import MindContext, Priors
from simulacra.cognition.failures import raise_failure
from simulacra.cognition.graph import mind_graph, speaker
from simulacra.cognition.pages import divided, page_as_question
from simulacra.cognition.state import Exchange, InterviewState, Mind, Stimulus
from simulacra.cognition.top_agent import speak
from simulacra.domain.answer import Reply
from simulacra.domain.call import Call
from simulacra.domain.elicitation import BY_CHOICE, Elicitation
from simulacra.domain.memory import Memory
from simulacra.domain.persona import Persona
from simulacra.domain.run import Mechanism, Method
from simulacra.domain.survey import Question
from simulacra.errors import Interrupted
from simulacra.llm.port import Model
from simulacra.memory.recall import Recaller

__all__ = ["Exchange", "InterviewState", "Respondent"]


class Respondent:
    """One persona, one mechanism, one model. Keeps nothing between questions.

    What was said so far travels in the ``InterviewState`` that the caller passes in.
    """

    def __init__(
        self,
        persona: Persona,
        method: Method | Mechanism,
        model: Model,
        recaller: Recaller | None = None,
        priors: Priors | None = None,
        *,
        rewrites: bool = False,
        elicit: Elicitation = BY_CHOICE,
    ) -> None:
        """``recaller`` is needed where memory is; a method stands for all its agents.

        ``rewrites``: in a chat, the model first says what a message asks to be remembered.
        ``elicit``: how closed items are asked.
        """
        way = Mechanism.of(method)
        self._context = MindContext(
            persona, way, model, recaller, priors or Priors(), rewrites, elicit
        )
        self._graph = mind_graph(way)
        self._speak = speaker(way)
        # Where one agent answers alone, calling it costs a tenth of running a graph of one node.
        self._alone = not way.recalls and (way.fuses or not way.inner)
        self._runtime = Runtime(context=self._context)

    @property
    def persona(self) -> Persona:
        """Who answers."""
        return self._context.persona

    @property
    def context(self) -> MindContext:
        """What this mind works with."""
        return self._context

    def opening(self, learned: Sequence[Memory] = ()) -> InterviewState:
        """The state before the first question: nothing said, and the person's usual mood.

        ``learned`` are memories that come to mind beside those of the life.
        """
        return InterviewState(emotion=self._context.baseline, learned=tuple(learned))

    async def ask(
        self,
        question: Question,
        state: InterviewState,
        *,
        seed: int,
        temperature: float,
        unreadable: Reply | None = None,
        earlier: tuple[Call, ...] = (),
    ) -> Reply:
        """The reply to a survey question; ``unreadable`` is a first reply that could not be read.

        Asked again, the person recalls, feels and plans nothing new, and only speaks again.
        ``earlier`` are calls of a try of this answer that failed: what they brought of feelings
        and plans is used where the request is the same, and costs nothing.

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
            earlier=earlier,
        )
        return _reply(await self._answered(stimulus))

    async def ask_page(
        self,
        questions: Sequence[Question],
        state: InterviewState,
        *,
        seeds: Sequence[int],
        temperature: float,
        earlier: tuple[Call, ...] = (),
    ) -> tuple[Reply, ...]:
        """The replies to questions that are put together: the person feels and plans once.

        The first reply holds the calls; their seed is the first of ``seeds``. ``earlier`` are calls
        of a try of this page: what they brought is used, the answers too. Raises as ``ask`` does.
        """
        question = page_as_question(questions)
        stimulus = Stimulus(
            text=question.text,
            question=question,
            interview=state,
            seed=seeds[0],
            temperature=temperature,
            earlier=earlier,
            page=tuple(questions),
        )
        mind = await self._answered(stimulus)
        whole = _reply(mind)
        said = divided(mind["spoken"].text, questions)
        replies = [whole.model_copy(update={**dict(one), "page": question.item_id}) for one in said]
        later = {"calls": (), "recall_seconds": 0.0}
        return (replies[0], *(one.model_copy(update=later) for one in replies[1:]))

    async def _answered(self, stimulus: Stimulus) -> Mind:
        """The mind once it has spoken."""
        unreadable = stimulus.unreadable
        if self._alone or unreadable is not None:
            mind = _ready(stimulus, unreadable)
            whole = unreadable is not None and (unreadable.emotion or unreadable.plan)
            spoken = await (speak if whole else self._speak)(mind, self._runtime)
            return {**mind, **spoken}
        mind = cast(Mind, await self._graph.ainvoke({"stimulus": stimulus}, context=self._context))
        raise_failure(mind)
        return mind

    async def chat(
        self,
        message: str,
        state: InterviewState,
        *,
        seed: int,
        temperature: float,
        earlier: tuple[Call, ...] = (),
    ) -> AsyncIterator[str | Reply]:
        """Pieces of the reply as they come, and the whole ``Reply`` last.

        Raises:
            Interrupted: the task was cancelled; the calls that came back before go along.
            ModelError, BudgetSpent, StorageError: as ``ask`` does.
        """
        stimulus = Stimulus(
            text=message,
            question=None,
            interview=state,
            seed=seed,
            temperature=temperature,
            earlier=earlier,
        )
        mind: Mind = {}
        try:
            async for mode, value in self._graph.astream(
                {"stimulus": stimulus}, context=self._context, stream_mode=["custom", "values"]
            ):
                if mode == "custom":
                    yield str(value)
                else:
                    mind = cast(Mind, value)
        except asyncio.CancelledError:
            stopped = Interrupted("the reply was stopped before it had come")
            raise stopped.after(mind.get("calls", ())) from None
        raise_failure(mind)
        yield _reply(mind)


def _wording(question: Question) -> str:
    wording = f"{question.instructions} {question.text}".strip()
    return f"{question.lead}\n\n{wording}" if question.lead else wording


def _ready(stimulus: Stimulus, first: Reply | None) -> Mind:
    """A mind that has only to speak: with what it recalled, felt and planned the first time."""
    mind: Mind = {"stimulus": stimulus}
    if first is not None:
        mind["recalled"] = first.recalled
        if first.plan is not None:
            mind["plan"] = first.plan
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
        fault=spoken.fault,
        recalled=mind.get("recalled", ()),
        recall_seconds=mind.get("recall_seconds", 0.0),
        emotion=mind.get("emotion"),
        plan=mind.get("plan"),
        calls=mind.get("calls", ()),
    )

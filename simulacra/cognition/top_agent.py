"""The top agent: brings question, memories, feeling and plan together and speaks."""

from typing import Any

from langgraph.config import get_stream_writer
from langgraph.runtime import Runtime

from simulacra.cognition.context import MindContext, request_for
from simulacra.cognition.elicitation import (
    choice_schema,
    choose_by_score,
    prior_prompt,
    room_for,
    spoken_choice,
    task_of,
)
from simulacra.cognition.state import Mind, Spoken
from simulacra.domain.call import Call, Completion, OutputSchema
from simulacra.domain.survey import Kind, Question
from simulacra.prompting import Prompt
from simulacra.sentences import first_sentence

_OPENINGS = {Kind.SHORT_TEXT: "My", Kind.NUMERIC: "My answer:", Kind.LONG_TEXT: "I"}


async def speak(state: Mind, runtime: Runtime[MindContext]) -> Mind:
    """The reply in the person's voice: to a message of a chat, or to a survey question."""
    context, stimulus = runtime.context, state["stimulus"]
    question = stimulus.question
    if question is None:
        spoken, calls = await _chat(context, state)
    elif question.kind.closed and context.model.info.elicitation == "score":
        prompt = _answer_prompt(context, state, question)
        prior = prior_prompt(stimulus.text, _task(context, question))
        spoken, calls = await choose_by_score(context, stimulus, question, prompt, prior)
    else:
        spoken, calls = await _complete(context, state, question)
    return {"spoken": spoken, "calls": calls}


async def _complete(
    context: MindContext, mind: Mind, question: Question
) -> tuple[Spoken, tuple[Call, ...]]:
    budgets = context.budgets
    tokens = budgets.long_tokens if question.kind == Kind.LONG_TEXT else budgets.short_tokens
    output: OutputSchema | None = None
    if question.kind.closed:
        output, tokens = choice_schema(question), max(budgets.closed_tokens, room_for(question))
    prompt = _answer_prompt(context, mind, question)
    request = request_for(
        prompt, "top", mind["stimulus"], tokens, output=output, stop=_stop(context, question)
    )
    said = await context.model.complete(request)
    if question.kind.closed:
        return spoken_choice(said.text, question), (said.call,)
    text = _continued(_opening(context, question), said.text)
    return Spoken(text=text, first_sentence=_sentence(context, question, text)), (said.call,)


async def _chat(context: MindContext, mind: Mind) -> tuple[Spoken, tuple[Call, ...]]:
    """Stream the reply; pieces leave through the graph's writer as they come."""
    prompt = context.render("chat", _inner(context, mind))
    request = request_for(prompt, "top", mind["stimulus"], context.budgets.long_tokens)
    write = get_stream_writer()
    whole: Completion | None = None
    async for piece in context.model.stream(request):
        if isinstance(piece, Completion):
            whole = piece
        else:
            write(piece)
    assert whole is not None, "a stream ends with its completion"
    return Spoken(text=whole.text.strip()), (whole.call,)


def _answer_prompt(context: MindContext, mind: Mind, question: Question) -> Prompt:
    unreadable = mind["stimulus"].unreadable
    variables = _inner(context, mind) | {
        "task": _task(context, question),
        "options": () if context.model.info.elicitation == "score" else question.options,
        "unreadable": unreadable.text if unreadable else None,
        "opening": _opening(context, question),
    }
    return context.render("answer", variables)


def _inner(context: MindContext, mind: Mind) -> dict[str, Any]:
    emotion = mind.get("emotion")
    return {
        "situation": context.situation(mind["stimulus"], mind.get("recalled", ())),
        "feeling": emotion.feeling if emotion else "",
        "plan": mind.get("plan", ""),
    }


def _opening(context: MindContext, question: Question) -> str:
    """The first word, put in the mouth of a small model, which else speaks of "you"."""
    return _OPENINGS.get(question.kind, "") if context.brief else ""


def _continued(opening: str, words: str) -> str:
    """The opening with what continues it; an opening without a reply is no reply."""
    said = words.strip()
    if not said or not opening or said.startswith(f"{opening} "):
        return said  # the last: not every server continues a message
    return f"{opening}{said}" if said[0] in "'’," else f"{opening} {said}"


def _runs_on(context: MindContext, question: Question) -> bool:
    """Whether the reply goes on after its answer: a small model that was asked for a fact does."""
    return context.brief and question.kind in (Kind.SHORT_TEXT, Kind.NUMERIC)


def _stop(context: MindContext, question: Question) -> tuple[str, ...]:
    return ("\n",) if _runs_on(context, question) else ()


def _sentence(context: MindContext, question: Question, text: str) -> str:
    """The first sentence of a reply that runs on; "St. Petersburg" and 3.5 are not cut in two."""
    return first_sentence(text) if _runs_on(context, question) else ""


def _task(context: MindContext, question: Question) -> str:
    # Scored options are never listed, so there is nothing to choose from in the prompt.
    if question.kind.closed and context.model.info.elicitation == "score":
        return "Answer in your own words."
    return task_of(question)

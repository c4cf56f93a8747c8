"""The top agent: brings question, memories, feeling and plan together and speaks, in role."""

from collections.abc import Awaitable, Callable
from typing import Any

from langgraph.runtime import Runtime

from simulacra.cognition.context import MindContext, request_for
from simulacra.cognition.distributions import (
    STATED_TASK,
    choose_as_stated,
    choose_by_draws,
    choose_by_letters,
)
from simulacra.cognition.elicitation import (
    choose_by_score,
    form_for,
    prior_prompt,
    room_for,
    spoken_choice,
    task_of,
    told_in,
    words_beside,
)
from simulacra.cognition.evidence import yet_to_come
from simulacra.cognition.pages import groups_of, open_words, page_schema, room_for_page
from simulacra.cognition.state import Mind, Spoken
from simulacra.cognition.thoughts import thought
from simulacra.cognition.voice import Told, Voice, in_role
from simulacra.domain.call import Call, Request
from simulacra.domain.elicitation import Way
from simulacra.domain.plan import Knowledge
from simulacra.domain.survey import Kind, Question
from simulacra.prompting import Prompt
from simulacra.sentences import first_sentence

_OPENINGS = {
    Kind.SHORT_TEXT: "My",
    Kind.NUMERIC: "My answer:",
    Kind.SLIDER: "My answer:",
    Kind.DATE: "My answer:",
    Kind.LONG_TEXT: "I",
}
_FORM_TOKENS = 24  # of a reply's form around what is said


async def speak(state: Mind, runtime: Runtime[MindContext]) -> Mind:
    """The reply in the person's voice: to a message of a chat, or to a survey question."""
    context, stimulus = runtime.context, state["stimulus"]
    question = stimulus.question
    if question is None:
        spoken, calls = await chat(context, state)
    elif stimulus.page:
        spoken, calls = await _answer_page(context, state)
    elif question.kind.optioned and context.in_words:
        prompt = _answer_prompt(context, state, question)
        prior = prior_prompt(stimulus.text, _task(context, question))
        spoken, calls = await choose_by_score(context, stimulus, question, prompt, prior)
    elif question.kind.optioned:
        way = context.elicit.way_for(question.kind, len(question.options))
        spoken, calls = await _WAYS[way](context, state, question)
    else:
        spoken, calls = await _answer(context, state, question)
    return {"spoken": spoken, "calls": calls}


def _choosing(context: MindContext, mind: Mind, question: Question, fault: str = "") -> Request:
    tokens = max(context.budgets.closed_tokens, room_for(question))
    prompt = _answer_prompt(context, mind, question, fault)
    output = form_for(context, mind["stimulus"], question)
    return request_for(prompt, "top", mind["stimulus"], tokens, output=output)


async def _choose(context: MindContext, mind: Mind, question: Question) -> Told:
    async def say(fault: str) -> tuple[Spoken, Call]:
        said = await context.model.complete(_choosing(context, mind, question, fault))
        return spoken_choice(said.text, question), said.call

    return await in_role(context, mind["stimulus"], say, words=words_beside)


async def _draw(context: MindContext, mind: Mind, question: Question) -> Told:
    request = _choosing(context, mind, question)
    return await choose_by_draws(context, mind["stimulus"], question, request)


async def _state_shares(context: MindContext, mind: Mind, question: Question) -> Told:
    prompt = _answer_prompt(context, mind, question, task=STATED_TASK, one_form=False)
    return await choose_as_stated(context, mind["stimulus"], question, prompt)


async def _weigh_letters(context: MindContext, mind: Mind, question: Question) -> Told:
    prompt = _answer_prompt(context, mind, question, options=(), one_form=False)
    prior = prior_prompt(mind["stimulus"].text, task_of(question))
    return await choose_by_letters(context, mind["stimulus"], question, prompt, prior)


_WAYS: dict[Way, Callable[[MindContext, Mind, Question], Awaitable[Told]]] = {
    "choice": _choose,
    "draws": _draw,
    "stated": _state_shares,
    "logprobs": _weigh_letters,
}


async def _answer(context: MindContext, mind: Mind, question: Question) -> Told:
    async def say(fault: str) -> tuple[Spoken, Call]:
        prompt = _answer_prompt(context, mind, question, fault)
        tokens = tokens_for(context, question) + _FORM_TOKENS * context.one_form
        stop = ("\n",) if _runs_on(context, question) else ()
        output = form_for(context, mind["stimulus"], question)
        request = request_for(prompt, "top", mind["stimulus"], tokens, stop=stop, output=output)
        said = await context.model.complete(request)
        text = _continued(_opening(context, question), told_in(said.text, output))
        return Spoken(text=text, first_sentence=_sentence(context, question, text)), said.call

    return await in_role(context, mind["stimulus"], say)


async def _answer_page(context: MindContext, mind: Mind) -> Told:
    """One reply to all questions of a page, from an earlier try where there was one."""
    stimulus, budgets = mind["stimulus"], context.budgets
    tokens = room_for_page(stimulus.page, budgets.short_tokens, budgets.long_tokens)
    words: dict[str, str] = {}

    async def say(fault: str) -> tuple[Spoken, Call]:
        variables = {**inner(context, mind), "groups": groups_of(stimulus.page), "fault": fault}
        prompt = context.render("page", variables)
        output = page_schema(stimulus.page)
        request = request_for(prompt, "top", stimulus, tokens, output=output)
        words["all"], call = await thought(context, stimulus, request)
        return Spoken(text=open_words(words["all"], stimulus.page)), call

    _, calls = await in_role(context, stimulus, say)
    return Spoken(text=words["all"]), calls


async def chat(context: MindContext, mind: Mind) -> Told:
    """Stream the reply; sentences leave through the graph's writer once they are found in role."""
    voice = Voice(context, mind["stimulus"])

    async def say(fault: str) -> tuple[Spoken, Call]:
        prompt = context.render("chat", {**inner(context, mind), "fault": fault})
        request = request_for(prompt, "top", mind["stimulus"], context.budgets.long_tokens)
        said = await voice.speak(request)
        return Spoken(text=said.text.strip()), said.call

    return await in_role(context, mind["stimulus"], say, voice)


def _answer_prompt(
    context: MindContext, mind: Mind, question: Question, fault: str = "", **other: Any
) -> Prompt:
    unreadable = mind["stimulus"].unreadable
    variables = inner(context, mind) | {
        "task": _task(context, question),
        "options": () if context.in_words else question.options,
        "unreadable": unreadable.text if unreadable else None,
        "fault": fault,
        "one_form": context.one_form,
        "opening": _opening(context, question),
    }
    if question.kind.optioned:
        variables["knows"] = None  # one of the options has to be chosen
    return context.render("answer", variables | other)


def inner(context: MindContext, mind: Mind) -> dict[str, Any]:
    """What the agents before brought, for a prompt."""
    emotion, plan, question = mind.get("emotion"), mind.get("plan"), mind["stimulus"].question
    closed = question is not None and question.kind.closed
    return {
        "situation": context.situation(mind["stimulus"], mind.get("recalled", ())),
        "feeling": emotion.feeling if emotion else "",
        "plan": plan.for_reply(closed=closed) if plan else "",
        "knows": _knowledge(context, mind),
    }


def _knowledge(context: MindContext, mind: Mind) -> Knowledge | None:
    """As the plan judges it; a small model judges nothing, and the calendar does it instead."""
    plan = mind.get("plan")
    if plan is not None and plan.knows is not None:
        return plan.knows
    profile, text = context.persona.profile, mind["stimulus"].text
    nobody = context.mechanism.method == "blank"
    return "nothing" if context.brief and not nobody and yet_to_come(profile, text) else None


def tokens_for(context: MindContext, question: Question | None) -> int:
    """How long an open reply may be."""
    long = question is None or question.kind == Kind.LONG_TEXT
    return context.budgets.long_tokens if long else context.budgets.short_tokens


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
    return context.brief and question.kind != Kind.LONG_TEXT


def _sentence(context: MindContext, question: Question, text: str) -> str:
    """The first sentence of a reply that runs on; "St. Petersburg" and 3.5 are not cut in two."""
    return first_sentence(text) if _runs_on(context, question) else ""


def _task(context: MindContext, question: Question) -> str:
    # Scored options are never listed, so there is nothing to choose from in the prompt.
    if question.kind.optioned and context.in_words:
        return "Answer in your own words."
    return task_of(question)

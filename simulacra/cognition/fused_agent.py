"""The fused mode: one structured call appraises, plans and replies.

A model that scores options instead of writing JSON says in one short text how it feels and what it
wants to answer; the feeling is named and the answer chosen as in the full mode.
"""

import json
from collections.abc import Sequence
from typing import Any

from langgraph.runtime import Runtime
from nupunkt import sentences
from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from simulacra.cognition.context import MindContext, request_for
from simulacra.cognition.elicitation import (
    choice_schema,
    fits_one_form,
    room_for,
    spoken_choice,
    task_of,
    words_beside,
)
from simulacra.cognition.emotion_agent import named
from simulacra.cognition.evidence import evidence_against
from simulacra.cognition.failures import kept_calls
from simulacra.cognition.moment import Appraisal, Moment, Planned
from simulacra.cognition.planning_agent import in_a_sentence
from simulacra.cognition.state import Mind, Spoken, Stimulus
from simulacra.cognition.thoughts import thought
from simulacra.cognition.top_agent import speak, tokens_for
from simulacra.cognition.voice import Voice, in_role
from simulacra.domain.call import Call, OutputSchema
from simulacra.domain.plan import Plan
from simulacra.domain.run import Agent
from simulacra.domain.survey import Question
from simulacra.llm.structured import MisfitReply, output_schema
from simulacra.prompting import find_template

_PARTS: dict[str, type[BaseModel]] = {"emotion": Appraisal, "plan": Planned}
_AGENTS: dict[str, Agent] = {"emotion": "emotion", "plan": "planning"}
_CHAT_TASK = (
    "reply to what was just said, as you would in a conversation: in your own voice, in a few "
    "sentences"
)


async def speak_at_once(state: Mind, runtime: Runtime[MindContext]) -> Mind:
    """Feeling, plan and reply of one moment."""
    context = runtime.context
    if not context.in_words:
        return await _structured(context, state)
    with kept_calls() as calls:
        inner = await _inner_voice(context, state, calls)
        spoken = await speak({**state, **inner}, runtime)
    return {**inner, "spoken": spoken["spoken"], "calls": (*calls, *spoken["calls"])}


async def _structured(context: MindContext, state: Mind) -> Mind:
    stimulus, budgets = state["stimulus"], context.budgets
    question, agents = stimulus.question, context.mechanism.inner
    output = schema_for(context, question)
    room = room_for(question) if question and question.kind.optioned else 0
    tokens = max(tokens_for(context, question), room)
    tokens += budgets.emotion_tokens * ("emotion" in agents)
    tokens += budgets.plan_tokens * ("planning" in agents)
    wanted = [name for name, agent in _AGENTS.items() if agent in agents]
    told: dict[str, Any] = {}

    async def say(fault: str) -> tuple[Spoken, Call]:
        prompt = context.render("fused", {**_asked(context, state), "fault": fault})
        request = request_for(prompt, "top", stimulus, tokens, output=output)
        said = await (voice.speak(request) if voice else context.model.complete(request))
        told.clear()
        told.update(_parts(said.call, said.text, wanted))
        if question is not None and question.kind.optioned:
            return spoken_choice(said.text, question), said.call
        return Spoken(text=str(told["answer"]).strip()), said.call

    voice = Voice(context, stimulus, _answer_so_far) if question is None else None
    words = words_beside if question is not None and question.kind.optioned else str
    spoken, calls = await in_role(context, stimulus, say, voice, words)
    mind: Mind = {"spoken": spoken, "calls": calls}
    if "emotion" in told:
        mind["emotion"] = context.mood(stimulus).moved(told["emotion"].state)
    if "plan" in told:
        mind["plan"] = told["plan"].plan
    return mind


def _asked(context: MindContext, state: Mind) -> dict[str, Any]:
    """The variables of the prompt."""
    stimulus, agents = state["stimulus"], context.mechanism.inner
    question, unreadable = stimulus.question, stimulus.unreadable
    task = _CHAT_TASK if question is None else task_of(question).rstrip(".")
    return {
        "situation": context.situation(stimulus, state.get("recalled", ())),
        "name": context.persona.name,
        "mood": context.mood(stimulus).words if "emotion" in agents else "",
        "plans": "planning" in agents,
        "evidence": _evidence(context, stimulus),
        "options": question.options if question else (),
        "task": task[0].lower() + task[1:],
        "unreadable": unreadable.text if unreadable else None,
    }


def _evidence(context: MindContext, stimulus: Stimulus) -> tuple[str, ...]:
    """What speaks against knowing: for who plans, as in the full mode."""
    plans = "planning" in context.mechanism.inner
    return evidence_against(context.persona, stimulus) if plans else ()


def schema_for(context: MindContext, question: Question | None) -> OutputSchema:
    """The parts that are switched on, then the answer: a code, codes or a text."""
    if context.one_form and (question is None or fits_one_form(question)):
        return output_schema(Moment)
    answer: dict[str, Any] = {"answer": {"type": "string"}}
    if question is not None and question.kind.optioned:
        answer = choice_schema(question).definition["properties"]
    parts, shared = dict[str, Any](), dict[str, Any]()
    for name, agent in _AGENTS.items():
        if agent in context.mechanism.inner:
            part = dict(output_schema(_PARTS[name]).definition)
            shared |= part.pop("$defs", {})
            parts[name] = part
    parts |= answer
    definition = {
        "type": "object",
        "properties": parts,
        "required": list(parts),
        "additionalProperties": False,
    }
    return OutputSchema(
        name="fused", definition={**definition, "$defs": shared} if shared else definition
    )


def _parts(call: Call, text: str, wanted: Sequence[str]) -> dict[str, Any]:
    """The parts of a fused reply as values.

    Raises:
        MisfitReply: one is missing or does not fit.
    """
    try:
        whole = json.loads(text)
        parts = {name: _PARTS[name].model_validate(whole[name]) for name in wanted}
        parts["answer"] = whole["answer"]
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        raise MisfitReply(
            f"{call.model} replied with something that is no fused reply ({type(error).__name__}).",
            text,
            call,
        ) from None
    return parts


def _answer_so_far(text: str) -> str:
    """What of a fused reply that is still being written is spoken."""
    try:
        whole = from_json(text, allow_partial="trailing-strings")
    except ValueError:
        return ""
    answer = whole.get("answer", "") if isinstance(whole, dict) else ""
    return answer if isinstance(answer, str) else ""


async def _inner_voice(context: MindContext, state: Mind, calls: list[Call]) -> Mind:
    """The first sentence is the feeling, what follows the plan; each where it is switched on."""
    stimulus, agents = state["stimulus"], context.mechanism.inner
    feels, plans = "emotion" in agents, "planning" in agents
    situation = context.situation(stimulus, state.get("recalled", ()))
    variables = {"persona": context.prefix, "situation": situation, "feels": feels, "plans": plans}
    variables["evidence"] = _evidence(context, stimulus)
    prompt = find_template("fused_brief").render(variables)
    agent = "planning" if plans else "emotion"
    request = request_for(prompt, agent, stimulus, context.budgets.voice_tokens, stop=("\n",))
    said, call = await thought(context, stimulus, request)
    calls.append(call)
    feeling, plan = _divided(said) if feels and plans else (said, said)
    mind: Mind = {}
    if feels:
        mind["emotion"] = await named(context, stimulus, feeling, calls)
    if plans and (meant := _meant(plan)) is not None:
        mind["plan"] = meant
    return mind


def _divided(text: str) -> tuple[str, str]:
    """The first sentence, and what follows it."""
    told = sentences(f"I feel {text.strip()}")
    return told[0] if told else "", " ".join(told[1:])


def _meant(text: str) -> Plan | None:
    """The first whole sentence of what is meant to be said."""
    told = sentences(text.strip())
    return in_a_sentence(told[0].removeprefix("I want to say that ")) if told else None

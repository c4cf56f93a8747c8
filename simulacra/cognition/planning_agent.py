"""The planning agent: what is asked, what the person knows of it, how to answer."""

from typing import Any

from langgraph.runtime import Runtime

from simulacra.cognition.context import MindContext, request_for
from simulacra.cognition.evidence import evidence_against
from simulacra.cognition.moment import Planned
from simulacra.cognition.state import Mind, Stimulus
from simulacra.cognition.thoughts import thought, thought_as
from simulacra.domain.call import Call
from simulacra.domain.plan import Plan


async def think(state: Mind, runtime: Runtime[MindContext]) -> Mind:
    """A plan by structured output; for small models a sentence that says what to answer."""
    context, stimulus = runtime.context, state["stimulus"]
    situation = context.situation(stimulus, state.get("recalled", ()))
    if context.in_words:
        plan, call = await _in_words(context, stimulus, situation)
        return {"calls": (call,)} if plan is None else {"plan": plan, "calls": (call,)}
    prompt = context.render("planning", _shown(context, stimulus, situation))
    request = request_for(prompt, "planning", stimulus, context.budgets.plan_tokens)
    said, call = await thought_as(context, stimulus, request, Planned, "plan")
    return {"plan": said.plan, "calls": (call,)}


async def _in_words(
    context: MindContext, stimulus: Stimulus, situation: str
) -> tuple[Plan | None, Call]:
    prompt = context.render("planning_brief", _shown(context, stimulus, situation))
    tokens = context.budgets.thought_tokens
    request = request_for(prompt, "planning", stimulus, tokens, stop=(".", "\n"))
    said, call = await thought(context, stimulus, request)
    return in_a_sentence(said), call


def _shown(context: MindContext, stimulus: Stimulus, situation: str) -> dict[str, Any]:
    return {"situation": situation, "evidence": evidence_against(context.persona, stimulus)}


def in_a_sentence(text: str) -> Plan | None:
    """A plan that is one sentence; None where nothing was said."""
    text = text.strip()
    return Plan(say=text[0].upper() + text[1:].rstrip(".") + ".") if text else None

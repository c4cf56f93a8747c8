"""The planning agent: what is asked, what bears on it, how to answer."""

from langgraph.runtime import Runtime

from simulacra.cognition.context import MindContext, request_for
from simulacra.cognition.state import Mind


async def think(state: Mind, runtime: Runtime[MindContext]) -> Mind:
    """A private thought in the first person that ends with how to answer."""
    context, stimulus = runtime.context, state["stimulus"]
    situation = context.situation(stimulus, state.get("recalled", ()))
    if context.brief:
        prompt = context.render("planning_brief", {"situation": situation})
        stop: tuple[str, ...] = (".", "\n")
    else:
        name = context.persona.name
        prompt = context.render("planning", {"situation": situation, "name": name})
        stop = ()
    request = request_for(prompt, "planning", stimulus, context.budgets.plan_tokens, stop=stop)
    said = await context.model.complete(request)
    plan = said.text.strip()
    if context.brief and plan:
        plan = plan[0].upper() + plan[1:].rstrip(".") + "."
    return {"plan": plan, "calls": (said.call,)}

"""The memory agent: what comes to mind at a stimulus. No model is called."""

import time

from langgraph.runtime import Runtime

from simulacra.cognition.context import MindContext
from simulacra.cognition.state import Mind
from simulacra.errors import WorkFailed


async def remember(state: Mind, runtime: Runtime[MindContext]) -> Mind:
    """Recall memories (``cognitive``) or passages of the life story (``retrieval``).

    Where the person feels, what fits the mood comes to mind a little sooner.
    """
    context, stimulus = runtime.context, state["stimulus"]
    query = stimulus.query
    if context.recaller is None:
        method = context.mechanism.method
        raise WorkFailed(f"the method {method} needs a memory index, and none was given")
    started = time.perf_counter()
    if context.mechanism.method == "retrieval":
        found = context.recaller.recall_passages(context.persona, query, context.budgets.passages)
    else:
        found = context.recaller.recall(
            context.persona,
            query,
            context.budgets.memories,
            learned=stimulus.interview.learned,
            mood=context.mood(stimulus) if context.mechanism.has("emotion") else None,
        )
        found += context.recaller.recall_self(context.persona, query, context.budgets.facts)
    return {"recalled": found, "recall_seconds": time.perf_counter() - started}

"""The memory agent: what comes to mind at a stimulus.

No model is called, unless a chat wants one to say what a message asks to be remembered.
"""

import time

from langgraph.runtime import Runtime

from simulacra.cognition.context import MindContext
from simulacra.cognition.state import Mind, Stimulus
from simulacra.domain.call import Call
from simulacra.errors import WorkFailed
from simulacra.memory.rewriting import query_of, rewriting_request


async def remember(state: Mind, runtime: Runtime[MindContext]) -> Mind:
    """Recall memories (``cognitive``) or passages of the life story (``retrieval``).

    Where the person feels, what fits the mood comes to mind a little sooner.
    """
    context, stimulus = runtime.context, state["stimulus"]
    if context.recaller is None:
        method = context.mechanism.method
        raise WorkFailed(f"the method {method} needs a memory index, and none was given")
    query, calls = await _query(context, stimulus)
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
    # Both methods know of themselves what a short prefix leaves out; they differ in the mind alone.
    found += context.recaller.recall_self(context.persona, query, context.budgets.facts)
    return {"recalled": found, "recall_seconds": time.perf_counter() - started, "calls": calls}


async def _query(context: MindContext, stimulus: Stimulus) -> tuple[str, tuple[Call, ...]]:
    """What to look for, and the call that said so, if one was made."""
    said = [(one.question, one.answer) for one in stimulus.interview.exchanges]
    request = None
    if context.rewrites and stimulus.question is None:
        request = rewriting_request(said, stimulus.text, stimulus.seed)
    if request is None:
        return stimulus.query, ()
    completion = await context.model.complete(request)
    return query_of(stimulus.query, completion.text), (completion.call,)

"""The memory agent: what comes to mind at a stimulus.

No model is called, unless a chat wants one to say what a message asks to be remembered.
"""

import asyncio
import time

from langgraph.runtime import Runtime

from simulacra.cognition.context import MindContext
from simulacra.cognition.failures import kept_calls
from simulacra.cognition.state import Mind, Stimulus
from simulacra.domain.call import Call
from simulacra.domain.memory import Recalled
from simulacra.errors import WorkFailed
from simulacra.llm.embedding_calls import embedding_calls
from simulacra.memory.rewriting import query_of, rewriting_request


async def remember(state: Mind, runtime: Runtime[MindContext]) -> Mind:
    """Recall memories (``cognitive``) or passages of the life story (``retrieval``).

    Where the person feels, what fits the mood comes to mind a little sooner.
    """
    context, stimulus = runtime.context, state["stimulus"]
    with kept_calls() as calls:
        query = await _query(context, stimulus, calls)
        started = time.perf_counter()
        embedded: list[Call] = []
        try:
            # In a thread: a hosted embedder, or a first indexing, lets other interviews go on.
            with embedding_calls(embedded):
                found = await asyncio.to_thread(_recalled, context, stimulus, query)
        finally:
            calls += embedded
    waited = sum(call.latency for call in embedded)
    seconds = max(0.0, time.perf_counter() - started - waited)
    return {"recalled": found, "recall_seconds": seconds, "calls": tuple(calls)}


def _recalled(context: MindContext, stimulus: Stimulus, query: str) -> tuple[Recalled, ...]:
    recaller, persona, budgets = context.recaller, context.persona, context.budgets
    if recaller is None:
        method = context.mechanism.method
        raise WorkFailed(f"the method {method} needs a memory index, and none was given")
    if context.mechanism.method == "retrieval":
        found = recaller.recall_passages(persona, query, budgets.passages)
    else:
        found = recaller.recall(
            persona,
            query,
            budgets.memories,
            learned=stimulus.interview.learned,
            mood=context.mood(stimulus) if context.mechanism.has("emotion") else None,
        )
    # Both methods know of themselves what a short prefix leaves out; they differ in the mind alone.
    return found + recaller.recall_self(persona, query, budgets.facts)


async def _query(context: MindContext, stimulus: Stimulus, calls: list[Call]) -> str:
    """What to look for; the call that said so, if one is made, goes into ``calls``."""
    said = [(one.question, one.answer) for one in stimulus.interview.exchanges]
    request = None
    if context.rewrites and stimulus.question is None:
        request = rewriting_request(said, stimulus.text, stimulus.seed)
    if request is None:
        return stimulus.query
    completion = await context.model.complete(request)
    calls.append(completion.call)
    return query_of(stimulus.query, completion.text)

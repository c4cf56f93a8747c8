"""The mind as a graph; this file only wires.

    memory ─┬─> emotion ──┬─> top
            └─> planning ─┘

The two in the middle work at the same time, and neither sees what the other says. Where one of
them fails, the other finishes and top does not speak.
"""

from functools import cache

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from simulacra.cognition.context import MindContext
from simulacra.cognition.emotion_agent import feel
from simulacra.cognition.failures import settled
from simulacra.cognition.memory_agent import remember
from simulacra.cognition.planning_agent import think
from simulacra.cognition.state import Mind
from simulacra.cognition.top_agent import speak
from simulacra.domain.run import Method


@cache
def mind_graph(method: Method) -> CompiledStateGraph[Mind, MindContext, Mind, Mind]:
    """The graph of a method: ``blank`` and ``profile`` only speak, ``retrieval`` recalls first."""
    graph = StateGraph(Mind, context_schema=MindContext)
    graph.add_node("top", settled(speak))
    graph.add_edge("top", END)
    if method in ("blank", "profile"):
        graph.add_edge(START, "top")
        return graph.compile()
    graph.add_node("memory", settled(remember))
    graph.add_edge(START, "memory")
    if method == "retrieval":
        graph.add_edge("memory", "top")
        return graph.compile()
    graph.add_node("emotion", settled(feel))
    graph.add_node("planning", settled(think))
    graph.add_edge("memory", "emotion")
    graph.add_edge("memory", "planning")
    graph.add_edge(["emotion", "planning"], "top")
    return graph.compile()

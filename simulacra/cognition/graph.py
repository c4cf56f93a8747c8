"""The mind as a graph; this file only wires.

    memory ─┬─> emotion ──┬─> top
            └─> planning ─┘

The two in the middle work at the same time, and neither sees what the other says. Where one of
them fails, the other finishes and top does not speak. Each of the three can be left out; fused,
top feels and plans itself.
"""

from functools import cache

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph

from simulacra.cognition.context import MindContext
from simulacra.cognition.emotion_agent import feel
from simulacra.cognition.failures import Node, settled
from simulacra.cognition.fused_agent import speak_at_once
from simulacra.cognition.memory_agent import remember
from simulacra.cognition.planning_agent import think
from simulacra.cognition.state import Mind
from simulacra.cognition.top_agent import speak
from simulacra.domain.run import Mechanism

_INNER: dict[str, Node] = {"emotion": feel, "planning": think}


@cache
def mind_graph(mechanism: Mechanism) -> CompiledStateGraph[Mind, MindContext, Mind, Mind]:
    """The graph: ``blank`` and ``profile`` only speak, ``retrieval`` recalls first."""
    graph = StateGraph(Mind, context_schema=MindContext)
    graph.add_node("top", settled(speaker(mechanism)))
    graph.add_edge("top", END)
    before = START
    if mechanism.recalls:
        graph.add_node("memory", settled(remember))
        graph.add_edge(START, "memory")
        before = "memory"
    inner: list[str] = [] if mechanism.fuses else list(mechanism.inner)
    for agent in inner:
        graph.add_node(agent, settled(_INNER[agent]))
        graph.add_edge(before, agent)
    graph.add_edge(inner or before, "top")
    return graph.compile()


def speaker(mechanism: Mechanism) -> Node:
    """The node that speaks."""
    return speak_at_once if mechanism.fuses else speak

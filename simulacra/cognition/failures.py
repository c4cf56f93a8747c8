"""Failures inside a mind are values, so that no model call is lost with them.

An agent that fails leaves its error and its calls in the state; the one that works beside it
finishes, and those that would come after it have nothing to do.
"""

from collections.abc import Awaitable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Protocol

from langgraph.runtime import Runtime

from simulacra.cognition.context import MindContext
from simulacra.cognition.state import Mind
from simulacra.domain.call import Call
from simulacra.errors import BadReply, SimulacraError, TransientModelError


class Node(Protocol):
    """A node of the graph."""

    def __call__(self, state: Mind, runtime: Runtime[MindContext]) -> Awaitable[Mind]:
        """What the node adds to the state."""
        ...


def settled(node: Node) -> Node:
    """The node with its failure as a value; it rests where another one has failed before."""

    @wraps(node)
    async def run(state: Mind, runtime: Runtime[MindContext]) -> Mind:
        if state.get("failures"):
            return {"calls": ()}
        try:
            return await node(state, runtime)
        except SimulacraError as error:
            return {"failures": (error,), "calls": error.calls}

    return run


def raise_failure(mind: Mind) -> None:
    """Raise what went wrong, if anything did, with every call that came back.

    Of several failures one that stops the run goes before one that a later try may mend.
    """
    failures = mind.get("failures", ())
    if not failures:
        return
    worst = gravest(failures)
    worst.calls = mind.get("calls", ())
    raise worst


def gravest(errors: Sequence[SimulacraError]) -> SimulacraError:
    """The first error that stops the run, or else the first of all."""
    return min(errors, key=lambda error: isinstance(error, TransientModelError | BadReply))


@contextmanager
def kept_calls() -> Iterator[list[Call]]:
    """A list for the calls of a node that makes several: a failure takes them along."""
    calls: list[Call] = []
    try:
        yield calls
    except SimulacraError as error:
        error.after(calls)
        raise

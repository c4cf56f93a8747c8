"""From short-term to long-term memory: what stays of a conversation, and what several add up to.

Rehearsal follows Human Simulacra (Xie et al., 2025), reflection Park et al. (2023, "Generative
Agents"). Each is one structured call; how it is bought is the caller's matter.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, Any, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from simulacra.cognition.context import MindContext
from simulacra.cognition.state import Exchange
from simulacra.cognition.working_memory import clipped
from simulacra.domain.base import content_hash
from simulacra.domain.call import Request
from simulacra.domain.memory import Memory
from simulacra.prompting import Prompt

T = TypeVar("T", bound=BaseModel)


class Ask(Protocol):
    """Buys a structured reply, or finds the one that was bought before."""

    async def __call__(
        self, request: Callable[[str], Request], schema: type[T], fault: Callable[[T], str]
    ) -> T:
        """The first reply without a fault; ``request`` takes the fault of the one before, or "".

        Raises:
            BadReply: two new replies could not be used.
        """
        ...


_TOKENS = 1600
_TOLD_TOKENS = 120  # of a message or a reply that is kept word for word
_SEVERAL = 2
Importance = Annotated[int, Field(ge=1, le=10)]


class Noted(BaseModel):
    """One memory as the model tells it; ``turns`` count from 1."""

    model_config = ConfigDict(extra="forbid")
    content: str
    thought: str
    feeling: str
    summary: str
    importance: Importance
    turns: list[int]
    contradicts: str


class Rehearsed(BaseModel):
    """What stays of a conversation."""

    model_config = ConfigDict(extra="forbid")
    memories: list[Noted]


class Concluded(BaseModel):
    """One reflection as the model tells it."""

    model_config = ConfigDict(extra="forbid")
    content: str
    thought: str
    summary: str
    importance: Importance
    rests_on: list[str]


class Reflected(BaseModel):
    """What several memories add up to."""

    model_config = ConfigDict(extra="forbid")
    reflections: Annotated[list[Concluded], Field(min_length=1, max_length=3)]


class Rehearsing(BaseModel):
    """A memory on its way: with the turns (from 0) it rests on, and what it is at odds with."""

    memory: Memory
    turns: tuple[int, ...] = ()
    contradicts: str = ""


async def rehearse(
    context: MindContext,
    exchanges: Sequence[tuple[int, Exchange]],
    known: Sequence[Memory],
    ask: Ask,
    *,
    when: date,
    key: str,
    seed: int,
) -> list[Rehearsing]:
    """The memories that some exchanges leave; each exchange comes with its turn, from 0.

    ``known`` are memories that the exchanges may repeat or contradict. A model that writes no
    structured replies is not asked: what was said is kept word for word. Ids come from ``key``,
    which names this piece of conversation.

    Raises:
        BadReply: the model named a turn that there was not, or told nothing, twice.
        ModelError, BudgetSpent: the call failed.
    """
    if context.in_words:
        return _word_for_word(exchanges, when, key)
    turns = {turn + 1 for turn, _ in exchanges}
    variables = {
        "exchanges": [(turn + 1, exchange) for turn, exchange in exchanges],
        "known": known,
        "name": context.persona.name,
    }
    said = await ask(
        lambda fault: _request(context, "consolidation", {**variables, "fault": fault}, seed),
        Rehearsed,
        lambda some: next((text for one in some.memories if (text := _fault(one, turns))), ""),
    )
    return [_rehearsing(one, when, f"{key}:{n}") for n, one in enumerate(said.memories)]


async def reflect(
    context: MindContext,
    memories: Sequence[Memory],
    ask: Ask,
    *,
    when: date,
    key: str,
    seed: int,
) -> list[Memory]:
    """One to three memories of a higher order, each with links to two or more of ``memories``.

    Raises:
        BadReply: the model linked to memories that there are not, twice.
        ModelError, BudgetSpent: the call failed.
    """
    ids = {one.id for one in memories}
    variables = {"memories": memories, "name": context.persona.name}
    said = await ask(
        lambda fault: _request(context, "reflection", {**variables, "fault": fault}, seed),
        Reflected,
        lambda some: next((text for one in some.reflections if (text := _unlinked(one, ids))), ""),
    )
    return [_concluded(one, when, f"{key}:{n}") for n, one in enumerate(said.reflections)]


def memory_id(letter: str, key: str) -> str:
    """The id of a learned memory: the same piece of conversation gives the same one."""
    return f"{letter}{content_hash(key)[:10]}"


def _request(context: MindContext, name: str, variables: dict[str, Any], seed: int) -> Request:
    prompt: Prompt = context.render(name, variables)
    return Request(
        agent="memory",
        prompt_name=prompt.name,
        prompt_hash=prompt.hash,
        messages=prompt.messages,
        max_tokens=_TOKENS,
        temperature=context.model.info.default_temperature,
        seed=seed,
    )


def _fault(one: Noted, turns: set[int]) -> str:
    if not one.content.strip():
        return "a memory had no content"
    unknown = [str(turn) for turn in one.turns if turn not in turns]
    if unknown or not one.turns:
        named = ", ".join(unknown) or "no number"
        return f"a memory rests on {named}, and what was said has the numbers {_span(turns)}"
    return ""


def _span(turns: set[int]) -> str:
    return f"{min(turns)} to {max(turns)}"


def _unlinked(one: Concluded, ids: set[str]) -> str:
    unknown = sorted(set(one.rests_on) - ids)
    if unknown:
        return f"a reflection rests on {', '.join(unknown)}, and no memory is called so"
    if len(set(one.rests_on)) < _SEVERAL:
        return "a reflection rests on fewer than two memories"
    return "" if one.content.strip() else "a reflection had no content"


def _rehearsing(one: Noted, when: date, key: str) -> Rehearsing:
    memory = Memory(
        id=memory_id("c", key),
        content=one.content.strip(),
        thought=one.thought.strip(),
        feeling=one.feeling.strip(),
        summary=one.summary.strip(),
        importance=one.importance,
        when=when.isoformat(),
        origin="conversation",
    )
    turns = tuple(sorted({turn - 1 for turn in one.turns}))
    return Rehearsing(memory=memory, turns=turns, contradicts=one.contradicts.strip())


def _concluded(one: Concluded, when: date, key: str) -> Memory:
    return Memory(
        id=memory_id("r", key),
        content=one.content.strip(),
        thought=one.thought.strip(),
        summary=one.summary.strip(),
        importance=one.importance,
        when=when.isoformat(),
        origin="reflection",
        links=tuple(dict.fromkeys(one.rests_on)),
    )


def _word_for_word(
    exchanges: Sequence[tuple[int, Exchange]], when: date, key: str
) -> list[Rehearsing]:
    """Each exchange as it was: nothing is lost, and nothing made up."""
    kept = []
    for turn, exchange in exchanges:
        asked = clipped(exchange.question, _TOLD_TOKENS)
        said = clipped(exchange.answer, _TOLD_TOKENS)
        memory = Memory(
            id=memory_id("c", f"{key}:{turn}"),
            content=f'I was told: "{asked}" I said: "{said}"',
            when=when.isoformat(),
            origin="conversation",
        )
        kept.append(Rehearsing(memory=memory, turns=(turn,)))
    return kept

"""Which memories a persona needs: lacking, out of date, or a person's own and left alone."""

from collections.abc import Sequence
from typing import Any

from personas.authoring.memories import (
    Made,
    Wanted,
    free_memory_id,
    memory_prompt,
    with_memories,
)
from simulacra.domain.base import Frozen, content_hash
from simulacra.domain.change import Change, Draft
from simulacra.domain.memory import Memory
from simulacra.domain.persona import Persona

REPLY_TOKENS = 320
"""Tokens of a usual reply: some 200 words of memory in JSON."""


class Due(Frozen):
    """What there is to do.

    ``wanted``: memories to be made, in the order of the life. ``current``: episodes whose memory
    fits their text. ``own``: memories that a person wrote or edited, which stay as they are.
    """

    wanted: tuple[Wanted, ...] = ()
    current: tuple[str, ...] = ()
    own: tuple[str, ...] = ()


def due(persona: Persona, changes: Sequence[Change], *, all_: bool = False) -> Due:
    """The memories that a persona needs.

    An episode needs one where it has none, or where its text changed since its memory was made.
    A memory that was not made here, or that differs from what was made, is a person's own. ``all_``
    makes anew those that were made here or came with the character, but none edited by hand.
    """
    made, edited = made_by_us(changes), edited_by_hand(changes)
    wanted: list[Wanted] = []
    current: list[str] = []
    own: list[str] = []
    taken = {one.id for one in persona.memories}
    for episode in persona.episodes:
        there = [one for one in persona.memories if one.episode == episode.id]
        passage = content_hash(persona.text_of(episode.span))
        for memory in there:
            record = made.get(memory.id)
            if record is None:
                stays = not all_ or memory.id in edited
            else:
                stays = record["memory"] != _hash(memory)
            if stays:
                own.append(memory.id)
            elif record is None or all_ or record["passage"] != passage:
                wanted.append(wanted_again(persona, memory))
            else:
                current.append(episode.id)
        if not there:
            fresh = free_memory_id(episode.id, taken)
            taken.add(fresh)
            wanted.append(Wanted(episode=episode.id, memory=fresh))
    return Due(wanted=tuple(wanted), current=tuple(current), own=tuple(own))


def wanted_again(persona: Persona, memory: Memory) -> Wanted:
    """The making anew of a memory: of its part of the episode where that has several."""
    several = sum(one.episode == memory.episode for one in persona.memories) > 1
    focus = memory.source if several else None
    return Wanted(episode=memory.episode or "", memory=memory.id, focus=focus)


def is_own(memory: Memory, changes: Sequence[Change]) -> bool:
    """Whether a person edited a memory, so that no model may write over it."""
    record = made_by_us(changes).get(memory.id)
    if record is None:
        return memory.id in edited_by_hand(changes)
    return record["memory"] != _hash(memory)


def made_by_us(changes: Sequence[Change]) -> dict[str, dict[str, str]]:
    """What each memory that was made here was made of: hashes of its passage and of itself."""
    found: dict[str, dict[str, str]] = {}
    for change in changes:
        found |= change.details.get("made", {})
    return found


def edited_by_hand(changes: Sequence[Change]) -> set[str]:
    """Ids of the memories that a person edited."""
    return {change.details["memory"] for change in changes if change.kind == "memory"}


def remembered(persona: Persona, made: Made) -> tuple[Persona, Draft]:
    """The persona with the memories made, and the change that this is."""
    changed = with_memories(persona, made.memories)
    count = len(made.memories)
    failed = f", {len(made.failures)} failed" if made.failures else ""
    refreshed = [f"memory:{key}" for key in made.memories]
    refreshed += [f"memory:of {one.episode}" for one in made.memories.values()]
    draft = Draft(
        kind="remember",
        summary=f"{count} {'memory' if count == 1 else 'memories'} made{failed}",
        refreshed=tuple(refreshed),
        details={"made": records(changed, made.memories.values()), "failures": made.failures},
    )
    return changed, draft


def records(persona: Persona, memories: Any) -> dict[str, dict[str, str]]:
    """What is kept of memories made here: hashes of the passage and of the memory, by id."""
    passages = {one.id: content_hash(persona.text_of(one.span)) for one in persona.episodes}
    return {
        one.id: {"passage": passages[one.episode], "memory": _hash(one)}
        for one in memories
        if one.episode in passages
    }


def size_of(persona: Persona, wanted: Sequence[Wanted]) -> tuple[int, int]:
    """Tokens in and out that making memories will take, at four characters a token.

    Replies that have to be asked for again are not foreseen, nor calls that are kept already.
    """
    episodes = {one.id: one for one in persona.episodes}
    prompts = [memory_prompt(persona, episodes[one.episode], one.focus) for one in wanted]
    characters = sum(len(message.text) for prompt in prompts for message in prompt.messages)
    return characters // 4, REPLY_TOKENS * len(wanted)


def _hash(memory: Memory) -> str:
    """A memory's own content: a place in a story that moved changes nothing."""
    return content_hash(memory.model_dump(mode="json", exclude={"source", "when", "age"}))

"""From story to memories: one structured call per episode, many at a time.

A memory has the four texts of Human Simulacra (Xie et al., 2025) within their word budgets, and how
it felt, how much it matters and which words of the story it rests on. A reply that breaks a rule
is asked for again with the fault named; an episode that fails all the same is listed, and the
others are kept. Every finished call is in the ledger, so that the same work done again buys only
what is missing.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Annotated

from pydantic import Field

from personas.authoring.author import PROMPTS, Author, Step
from personas.authoring.rounds import side_by_side
from personas.formats.packs import MEMORY_WORDS
from simulacra.domain.base import Frozen
from simulacra.domain.emotion import EmotionName, Intensity
from simulacra.domain.memory import Memory, Span
from simulacra.domain.persona import Episode, Persona
from simulacra.errors import BadReply
from simulacra.prompting import Prompt, find_template

STAGE = "memories"
TRIES = 3
"""Attempts at an episode, each with the faults of the one before."""
MAX_TOKENS, BRIEF_TOKENS = 900, 450

_TEXTS = ("content", "thought", "feeling", "summary")
_FIRST_PERSON = re.compile(r"\b(?:I|me|my|mine|myself|we|us|our|ours|ourselves)\b", re.IGNORECASE)
_THIRD_PERSON = re.compile(r"\b(?:he|him|his|she|her|hers|they|them|their)\b", re.IGNORECASE)
_QUOTED = re.compile(r"[\"“„«][^\"”“»]*[\"”»]")
_CALLED = r"(?:\b(?:named?|called?|calls|calling|am|I'm|as|after|name is|name was)\s+)"
_VERB = (
    r"(?:'s\b|’s\b|\s+(?:is|was|has|had|does|did|felt|thought|knew|went|came|said|told|took|made|"
    r"saw|left|kept|got|gave|found|began|stood|sat|could|would|should|will|must|never|always|"
    r"still|[a-z]+ed)\b)"
)


class Feeling(Frozen):
    """How strongly one emotion was felt, 0 to 10."""

    name: EmotionName
    intensity: Intensity


class MemoryReply(Frozen):
    """A memory as a model gives it; ``quote`` is a sentence of the episode."""

    content: str
    thought: str
    feeling: str
    emotions: Annotated[tuple[Feeling, ...], Field(min_length=1, max_length=4)]
    summary: str
    importance: Annotated[int, Field(ge=1, le=10)]
    quote: str


class ShortMemory(Frozen):
    """A memory of lengths that a small model can be held to; see ``MemoryReply``."""

    content: str = Field(min_length=1, max_length=400)
    thought: str = Field(min_length=1, max_length=180)
    feeling: str = Field(min_length=1, max_length=180)
    emotions: Annotated[tuple[Feeling, ...], Field(min_length=1, max_length=2)]
    summary: str = Field(min_length=1, max_length=90)
    importance: Annotated[int, Field(ge=1, le=10)]
    quote: str = Field(max_length=160)


class Wanted(Frozen):
    """A memory to be made: of which episode, in place of which, of which part of its passage.

    ``memory`` is the id that it will have.
    """

    episode: str
    memory: str
    focus: Span | None = None


class Made(Frozen):
    """What came of it: memories by id, and what went wrong by the ids of memories."""

    memories: dict[str, Memory] = Field(default_factory=dict)
    failures: dict[str, str] = Field(default_factory=dict)


async def make_memories(
    persona: Persona,
    wanted: Sequence[Wanted],
    author: Author,
    *,
    concurrency: int = 8,
    attempt: int = 1,
    on_done: Callable[[str], None] | None = None,
) -> Made:
    """Make the memories wanted, at most ``concurrency`` at a time; ``on_done`` hears their ids.

    ``attempt`` counts how often all of them were asked for anew.

    Raises:
        FatalModelError: no call can succeed (key, model, server); what was bought is kept.
        BudgetSpent: the budget allows no further call; likewise.
    """
    work = {want.memory: partial(make_memory, persona, want, author, attempt) for want in wanted}
    memories, failures = await side_by_side(work, concurrency, on_done)
    return Made(memories=memories, failures=failures)


async def make_memory(persona: Persona, want: Wanted, author: Author, attempt: int = 1) -> Memory:
    """One memory of one episode.

    Raises:
        BadReply: no attempt kept the rules; the faults of the last one are told.
        ModelError, BudgetSpent: the call itself failed.
    """
    episode = next(one for one in persona.episodes if one.id == want.episode)
    faults: list[str] = []
    for number in range(1, TRIES + 1):
        step = Step(stage=STAGE, part=_part(want), attempt=(attempt - 1) * TRIES + number)
        prompt = memory_prompt(persona, episode, want.focus, faults, brief=author.brief)
        reply = await _asked(author, step, prompt)
        faults = faults_of(reply, persona.name) or (repeats(reply) if author.brief else [])
        if not faults:
            return _memory(persona, episode, want, reply)
    raise BadReply(f"{author.model} gave no usable memory in {TRIES} attempts: {faults[0]}")


async def _asked(author: Author, step: Step, prompt: Prompt) -> MemoryReply:
    if author.brief:
        short = await author.fill(step, prompt, ShortMemory, max_tokens=BRIEF_TOKENS)
        return MemoryReply.model_validate(short.model_dump())
    return await author.fill(step, prompt, MemoryReply, max_tokens=MAX_TOKENS)


def memory_prompt(
    persona: Persona,
    episode: Episode,
    focus: Span | None,
    faults: Sequence[str] = (),
    *,
    brief: bool = False,
) -> Prompt:
    """The prompt for one memory: it holds what the memory depends on, and nothing else.

    So a change elsewhere in the life leaves it, and the call that was bought for it, as they are.
    """
    shared = {
        "name": persona.name,
        "first": first_name(persona.name),
        "when": episode.when,
        "age": episode.age,
        "passage": persona.text_of(episode.span),
        "focus": persona.text_of(focus) if focus else "",
        "faults": list(faults),
    }
    if brief:
        return find_template("memory_brief", PROMPTS).render(shared)
    variables = {
        **shared,
        "now": persona.profile.age,
        "about": f"{persona.profile.gender}, {persona.profile.age} years old now",
        "words": dict(MEMORY_WORDS),
        "title": episode.title,
    }
    return find_template("memory", PROMPTS).render(variables)


def faults_of(reply: MemoryReply, name: str) -> list[str]:
    """What is wrong with a memory, in words; nothing when it may stay."""
    faults = []
    for field in _TEXTS:
        text = getattr(reply, field).strip()
        words, most = len(text.split()), MEMORY_WORDS[field]
        if not text:
            faults.append(f'"{field}" is empty.')
        elif words > most:
            faults.append(f'"{field}" has {words} words; at most {most} are allowed.')
        elif text.strip(' ."').casefold() == field:
            faults.append(f'"{field}" only repeats its own name.')
        if third := third_person(text, name):
            faults.append(f'"{field}" speaks of the person by name ("{third}"); say "I".')
    if in_third_person(reply.content):
        faults.append('"content" is not in the first person; say "I".')
    return faults


def repeats(reply: MemoryReply) -> list[str]:
    """Texts that are the same as one before them: how a small model fills in a form."""
    faults, seen = [], dict[str, str]()
    for field in _TEXTS:
        text = getattr(reply, field).strip().casefold()
        if text in seen:
            faults.append(f'"{field}" repeats "{seen[text]}".')
        seen.setdefault(text, field)
    return faults


def in_third_person(text: str) -> bool:
    """Whether a text tells of him, her or them and never of me or us; speech in quotes is not."""
    told = _QUOTED.sub(" ", text)
    return bool(_THIRD_PERSON.search(told)) and not _FIRST_PERSON.search(told)


def third_person(text: str, name: str) -> str | None:
    """The words by which a text speaks of the person in the third person; None where it does not.

    That is the first name or the whole name with a verb or a possessive after it. Speech in quotes
    and "named", "called", "as" before the name do not count.
    """
    names = "|".join(re.escape(one) for one in (name, first_name(name)))
    own = _QUOTED.sub(" ", text)
    for match in re.finditer(rf"({_CALLED})?\b(?:{names})(?:\s+[A-Z][\w’'-]*)?{_VERB}", own):
        if not match.group(1):
            return match.group().strip()
    return None


def first_name(name: str) -> str:
    """The part of a name that people are called by: the first, after any title."""
    parts = [part for part in name.split() if not part.endswith(".")]
    return parts[0] if parts else name


def _memory(persona: Persona, episode: Episode, want: Wanted, reply: MemoryReply) -> Memory:
    texts = {field: getattr(reply, field).strip() for field in _TEXTS}
    return Memory(
        id=want.memory,
        **texts,
        when=episode.when,
        age=episode.age,
        importance=reply.importance,
        emotions={one.name: one.intensity for one in reply.emotions},
        episode=episode.id,
        source=_source(persona, episode, want.focus, reply.quote.strip()),
    )


def _source(persona: Persona, episode: Episode, focus: Span | None, quote: str) -> Span:
    """The quoted words where they stand in the passage; else the part asked for, or all of it."""
    for place in (focus, episode.span):
        if place and quote:
            start = persona.story.find(quote, place.start, place.end)
            if start >= 0:
                return Span(start=start, end=start + len(quote))
    return focus or episode.span


def _part(want: Wanted) -> str:
    return want.episode if want.focus is None else f"{want.episode} {want.memory}"


# ---- which memories are due ----------------------------------------------------------------------


def with_memories(persona: Persona, made: Mapping[str, Memory]) -> Persona:
    """The persona with these memories: in place of those of the same id, new ones by episode."""
    kept = [made.get(one.id, one) for one in persona.memories]
    order = {one.id: place for place, one in enumerate(persona.episodes)}
    ids = {one.id for one in kept}
    for memory in made.values():
        if memory.id not in ids:
            place = order.get(memory.episode or "", len(order))
            after = [
                number
                for number, one in enumerate(kept, start=1)
                if order.get(one.episode or "", len(order)) <= place
            ]
            kept.insert(after[-1] if after else 0, memory)
    return persona.model_copy(update={"memories": tuple(kept)})


def free_memory_id(episode: str, taken: set[str]) -> str:
    """An id for the memory of an episode: m12 of e12 where that is free."""
    number = re.fullmatch(r"[a-z]*?(\d+)", episode)
    plain = f"m{number.group(1)}" if number else f"m-{episode}"
    found, count = plain, 2
    while found in taken:
        found, count = f"{plain}-{count}", count + 1
    return found
